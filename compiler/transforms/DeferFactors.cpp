#include "compiler/dialects/Kt/ScaleBias.h"
#include "compiler/formulas/Activations.h"
#include "compiler/transforms/Passes.h"
#include "compiler/transforms/Preconditions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTDEFERFACTORS
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {

// f32 ends at 3e38. The variance of a value as it is carried, for examples of unit size (NTK of many layers, sums over
// positions and readouts that add up come on top of it); and the factor of a value, or of the biases that are in it.
constexpr double largestSize = 1e22, largestFactor = 1e35;

struct DeferFactorsPass : inetc::impl::KtDeferFactorsBase<DeferFactorsPass> {
  llvm::DenseMap<Value, double> factors; // how many times too large a value is, where that is not 1
  llvm::DenseMap<Value, kt::Size> sizes; // its variance without that
  double scaleBias = 0;                  // what is carried is divided by the size of the example and this
  llvm::DenseSet<Value> deferring;       // whatever reads it takes a factor for nothing

  double factorOf(Value kernel) const {
    auto entry = factors.find(kernel);
    return entry == factors.end() ? 1.0 : entry->second;
  }

  // Whether a value can be carried with this factor. In units of g², = 1/(q̄ + β), to the n it has at most
  // g²ⁿ(Qq̄ⁿ + B) ≤ max(Q, B/βⁿ).
  bool fits(Value kernel, double factor) const {
    kt::Size size = sizes.lookup(kernel);
    double unit = std::pow(scaleBias, kt::typeOf(kernel).getScalePower());
    double carried = std::max(size.signal, size.biases > 0 ? size.biases / unit : 0.0);
    return factor * std::max(size.biases, 1.0) <= largestFactor && carried * factor <= largestSize;
  }

  static bool isScaled(Value kernel) { return kt::typeOf(kernel).isScaled(); }

  // Of what there are distances to both signs of the second example the two stay alike.
  llvm::DenseSet<Value> findPairs() {
    llvm::DenseSet<Value> pairs;
    for (auto op : getOperation().getOps<kt::KernelOpInterface>())
      if (Value result = op->getResult(0); kt::typeOf(result).getNegated()) {
        pairs.insert(result);
        pairs.insert(kt::findPositive(result));
      }
    return pairs;
  }

  void findDeferring() {
    llvm::DenseSet<Value> pairs = findPairs();
    for (Operation &op : llvm::reverse(getOperation().getBlock())) {
      if (!isa<kt::KernelOpInterface>(op) || !isScaled(op.getResult(0)) || pairs.contains(op.getResult(0)))
        continue;
      auto takesFactor = [&](Operation *user) {
        if (isa<kt::RescaleOp, kt::NormalizeOp>(user))
          return true;
        auto dual = dyn_cast<kt::DualOp>(user);
        // Nearly opposite inputs are at the mercy of the last bit of what an angle near π is made of: that stays.
        bool passes = dual ? formulas::isHomogeneous(dual.getFormula()) && dual.getNonnegative()
                           : isa<kt::LinearOp, kt::AffineOp, kt::WindowOp, kt::PoolOp, kt::MeanOp, kt::TraceOp,
                                 kt::DropoutOp, kt::AddOp, kt::ConcatOp>(user);
        return passes && deferring.contains(user->getResult(0));
      };
      if (llvm::all_of(op.getResult(0).getUsers(), takesFactor))
        deferring.insert(op.getResult(0));
    }
  }

  // Each of these changes an operation to take its input with the factor that it has, and returns that of its result.

  double visit(kt::LinearOp op) {
    double w2 = op.getW2().convertToDouble(), in = factorOf(op.getInput());
    if (!deferring.contains(op.getResult()))
      return in;
    bool passes = w2 > 0 && fits(op.getResult(), in / w2);
    double factor = passes ? in / w2 : in;
    if (passes) {
      // exactly 1 where what is added to Θ is the new Σ
      op.setAlpha(APFloat(op.getAlpha() == op.getW2() ? 1.0 : op.getAlpha().convertToDouble() / w2));
      op.setW2(APFloat(1.0));
    }
    op.setBeta(APFloat(op.getBeta().convertToDouble() * factor));
    op.setB2(APFloat(op.getB2().convertToDouble() * factor));
    return factor;
  }

  double visit(kt::AffineOp op) {
    double a2 = op.getA2().convertToDouble(), in = factorOf(op.getInput());
    if (!deferring.contains(op.getResult()) || a2 <= 0 || !fits(op.getResult(), in / a2))
      return in;
    op.setA2(APFloat(1.0));
    return in / a2;
  }

  double visit(kt::DualOp op) {
    double in = factorOf(op.getInput()), before = op.getGain().convertToDouble();
    double one = formulas::evaluateVariance(op.getFormula(), 1.0) / before; // of the activation without its gain
    if (!deferring.contains(op.getResult()) || one <= 0 || !fits(op.getResult(), in / one / before))
      return in;
    op.setGain(APFloat(1 / one));
    return in / one / before;
  }

  double visit(kt::WindowOp op) {
    double in = factorOf(op.getInput()), taps = op.countTaps();
    if (!deferring.contains(op.getResult()) || op.getSum() || taps == 1 || !fits(op.getResult(), in * taps))
      return in;
    op.setSum(true);
    ++sums;
    return in * taps;
  }

  // Σ wᵢΣᵢ of values with factors: the largest of these, the others times what they lack (or, where all of it would not
  // fit, the smallest)
  double join(Operation *op, ValueRange inputs, ArrayRef<double> weights) {
    auto known = llvm::map_to_vector(inputs, [&](Value input) { return factorOf(input); });
    double factor = *llvm::max_element(known);
    if (!fits(op->getResult(0), factor))
      factor = *llvm::min_element(known);
    // the same factor may have been multiplied in another order
    auto lacks = [&](Value input) { return std::abs(factor / factorOf(input) - 1) > 1e-15; };
    if (llvm::none_of(inputs, lacks))
      return factor;
    SmallVector<std::pair<double, Value>> terms;
    for (auto [input, weight] : llvm::zip_equal(inputs, weights))
      terms.push_back({lacks(input) ? weight * (factor / factorOf(input)) : weight, input});
    // a weight other than 1 costs an operation where it comes first
    llvm::stable_sort(terms, [](const auto &a, const auto &b) { return a.first == 1 && b.first != 1; });
    auto kernels = llvm::to_vector(llvm::make_second_range(terms));
    auto all = llvm::to_vector(llvm::make_first_range(terms));
    OpBuilder builder(op);
    Value sum =
        builder.create<kt::ConcatOp>(op->getLoc(), op->getResult(0).getType(), kernels, ValueRange(), Value(), all);
    op->getResult(0).replaceAllUsesWith(sum);
    factors[sum] = factor;
    return factor;
  }

  double visit(kt::NormalizeOp op) {
    op.setEps(APFloat(op.getEps().convertToDouble() * factorOf(op.getInput())));
    return 1;
  }

  double visit(kt::RescaleOp op) {
    if (double factor = factorOf(op.getInput()); factor != 1)
      op.setFactor(APFloat(op.getFactor().convertToDouble() / factor));
    return 1;
  }

  void runOnOperation() override {
    if (failed(requireUnsplit(getOperation(), "kt-defer-factors")) || failed(requirePairs(getOperation())))
      return signalPassFailure();
    sizes = kt::findSizes(getOperation());
    scaleBias = kt::findScaleBias(getOperation());
    findDeferring();
    SmallVector<kt::KernelOpInterface> ops(getOperation().getOps<kt::KernelOpInterface>());
    for (kt::KernelOpInterface op : ops) {
      if (llvm::none_of(op.getKernels(), isScaled))
        continue;
      factors[op->getResult(0)] =
          llvm::TypeSwitch<Operation *, double>(op.getOperation())
              .Case<kt::LinearOp, kt::AffineOp, kt::DualOp, kt::WindowOp, kt::NormalizeOp, kt::RescaleOp>(
                  [&](auto specific) { return visit(specific); })
              .Case([&](kt::AddOp sum) {
                return join(sum, sum.getInputs(), SmallVector<double>(sum.getInputs().size(), 1.0));
              })
              .Case([&](kt::ConcatOp sum) { return join(sum, sum.getInputs(), SmallVector<double>(sum.getWeights())); })
              .Default([&](Operation *) { return factorOf(op.getKernels().front()); });
      if (op->use_empty())
        op->erase();
    }
  }
};
} // namespace
