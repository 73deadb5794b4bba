#include "compiler/formulas/Activations.h"
#include "compiler/transforms/Passes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTDEFERFACTORS
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {

// The variance of a value, for examples of unit size: f32 ends at 3e38, and NTK of many layers, sums over positions and
// readouts that add up come on top of it.
constexpr double largest = 1e22;

struct DeferFactorsPass : inetc::impl::KtDeferFactorsBase<DeferFactorsPass> {
  struct Known {
    double factor = 1; // how many times too large it is
    double size = 1;   // its variance, as it is carried, for an example of unit size and without biases
  };
  llvm::DenseMap<Value, Known> known;
  llvm::DenseSet<Value> deferring; // whatever reads it takes a factor for nothing

  static bool isScaled(Value kernel) { return cast<kt::KernelType>(kernel.getType()).getScaled(); }

  void findDeferring() {
    for (Operation &op : llvm::reverse(getOperation().getBlock())) {
      if (!isa<kt::KernelOpInterface>(op) || !isScaled(op.getResult(0)))
        continue;
      auto takesFactor = [&](Operation *user) {
        if (isa<kt::RescaleOp, kt::NormalizeOp>(user))
          return true;
        auto dual = dyn_cast<kt::DualOp>(user);
        // Nearly opposite inputs are at the mercy of the last bit of what an angle near π is made of: it stays as it is
        bool passes = dual ? formulas::isHomogeneous(dual.getFormula()) && dual.getNonnegative()
                           : isa<kt::LinearOp, kt::AffineOp, kt::WindowOp, kt::PoolOp, kt::MeanOp, kt::TraceOp,
                                 kt::DropoutOp, kt::AddOp, kt::ConcatOp>(user);
        return passes && deferring.contains(user->getResult(0));
      };
      if (llvm::all_of(op.getResult(0).getUsers(), takesFactor))
        deferring.insert(op.getResult(0));
    }
  }

  Known visit(kt::LinearOp op) {
    Known in = known.lookup(op.getInput());
    double w2 = op.getW2().convertToDouble(), factor = in.factor / w2;
    if (!deferring.contains(op.getResult()) || w2 <= 0)
      return {in.factor, in.size * w2};
    // exactly 1 where what is added to Θ is the new Σ
    op.setAlpha(APFloat(op.getAlpha() == op.getW2() ? 1.0 : op.getAlpha().convertToDouble() / w2));
    op.setBeta(APFloat(op.getBeta().convertToDouble() * factor));
    op.setB2(APFloat(op.getB2().convertToDouble() * factor));
    op.setW2(APFloat(1.0));
    return {factor, in.size};
  }

  Known visit(kt::AffineOp op) {
    Known in = known.lookup(op.getInput());
    double a2 = op.getA2().convertToDouble();
    if (!deferring.contains(op.getResult()) || a2 <= 0)
      return {in.factor, in.size * a2};
    op.setA2(APFloat(1.0));
    return {in.factor / a2, in.size};
  }

  Known visit(kt::DualOp op) {
    Known in = known.lookup(op.getInput());
    double variance = formulas::evaluateVariance(op.getFormula(), 1.0);
    if (!deferring.contains(op.getResult()) || variance <= 0)
      return {in.factor, in.size * variance};
    double before = op.getGain().convertToDouble();
    op.setGain(APFloat(1.0));
    double gain = 1 / formulas::evaluateVariance(op.getFormula(), 1.0);
    op.setGain(APFloat(gain));
    return {in.factor * (gain / before), in.size};
  }

  Known visit(kt::WindowOp op) {
    Known in = known.lookup(op.getInput());
    auto taps = static_cast<double>(op.countTaps());
    if (!deferring.contains(op.getResult()) || taps == 1 || in.size * taps > largest)
      return in;
    op.setSum(true);
    ++sums;
    return {in.factor * taps, in.size * taps};
  }

  // Σ wᵢΣᵢ of values with factors: that of the largest, the others times what they lack
  Known join(Operation *op, ValueRange inputs, ArrayRef<double> weights) {
    Known result{0, 0};
    for (auto [input, weight] : llvm::zip_equal(inputs, weights))
      result.factor = std::max(result.factor, known.lookup(input).factor);
    SmallVector<std::pair<double, Value>> terms;
    for (auto [input, weight] : llvm::zip_equal(inputs, weights)) {
      Known in = known.lookup(input);
      double ratio = result.factor / in.factor;
      if (std::abs(ratio - 1) < 1e-15) // the same factor, multiplied in another order
        ratio = 1;
      terms.push_back({weight * ratio, input});
      result.size += terms.back().first * in.size;
    }
    if (llvm::all_of(terms, [](const auto &term) { return term.first == 1; }))
      return result;
    // a weight other than 1 costs an operation where it comes first
    llvm::stable_sort(terms, [](const auto &a, const auto &b) { return a.first == 1 && b.first != 1; });
    SmallVector<Value> kernels;
    SmallVector<double> all;
    for (auto [weight, kernel] : terms) {
      kernels.push_back(kernel);
      all.push_back(weight);
    }
    OpBuilder builder(op);
    auto sum = builder.create<kt::ConcatOp>(op->getLoc(), op->getResult(0).getType(), kernels, ValueRange(), Value(), all);
    if (deferring.contains(op->getResult(0)))
      deferring.insert(sum);
    op->getResult(0).replaceAllUsesWith(sum);
    known[sum] = result;
    return result;
  }

  Known visit(kt::NormalizeOp op) {
    op.setEps(APFloat(op.getEps().convertToDouble() * known.lookup(op.getInput()).factor));
    return {};
  }

  Known visit(kt::RescaleOp op) {
    if (double factor = known.lookup(op.getInput()).factor; factor != 1)
      op.setFactor(APFloat(1 / factor));
    return {};
  }

  void runOnOperation() override {
    findDeferring();
    SmallVector<kt::KernelOpInterface> ops(getOperation().getOps<kt::KernelOpInterface>());
    for (kt::KernelOpInterface op : ops) {
      if (llvm::none_of(op.getKernels(), isScaled))
        continue;
      Known result =
          llvm::TypeSwitch<Operation *, Known>(op.getOperation())
              .Case<kt::LinearOp, kt::AffineOp, kt::DualOp, kt::WindowOp, kt::NormalizeOp, kt::RescaleOp>(
                  [&](auto specific) { return visit(specific); })
              .Case([&](kt::AddOp sum) {
                return join(sum, sum.getInputs(), SmallVector<double>(sum.getInputs().size(), 1.0));
              })
              .Case([&](kt::ConcatOp sum) { return join(sum, sum.getInputs(), SmallVector<double>(sum.getWeights())); })
              .Default([&](Operation *) { return known.lookup(op.getKernels().front()); });
      known[op->getResult(0)] = result;
      if (op->use_empty())
        op->erase();
    }
  }
};
} // namespace
