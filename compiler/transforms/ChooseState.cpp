#include "compiler/formulas/Activations.h"
#include "compiler/transforms/Passes.h"
#include "compiler/transforms/Preconditions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTCHOOSESTATE
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {
using kt::State;

// What carries Σ: the state, and the power of each example's scale that it is in units of.
struct Carrier {
  State state;
  unsigned scalePower;
  friend bool operator==(const Carrier &, const Carrier &) = default;
};
constexpr Carrier covariance{State::covariance, 0}, distance{State::distance, 0};

Carrier carrierOf(Value kernel) {
  kt::KernelType type = kt::typeOf(kernel);
  return {type.getState(), type.getScalePower()};
}

bool readsDistance(kt::DualOp op) { return formulas::getState(op.getFormula()) == formulas::State::distance; }

struct ChooseStatePass : inetc::impl::KtChooseStateBase<ChooseStatePass> {
  // What the readers of a value want it to be: a distance if one of them does; nothing in particular if nobody cares.
  llvm::DenseMap<Value, State> wanted;
  // Conversions made so far, so that each is made once.
  llvm::MapVector<std::pair<Value, std::pair<int, unsigned>>, Value> converted;
  llvm::DenseMap<Value, formulas::Parity> parities;
  llvm::DenseMap<Value, Value> negated; // the distances to the second example negated that there are

  void want(Value kernel, std::optional<State> state) {
    if (!state)
      return;
    auto [entry, isNew] = wanted.try_emplace(kernel, *state);
    if (!isNew && *state == State::distance)
      entry->second = State::distance;
  }

  std::optional<State> wantedOf(Value kernel) const {
    auto entry = wanted.find(kernel);
    return entry == wanted.end() ? std::nullopt : std::optional(entry->second);
  }

  void collectWanted() {
    for (Operation &op : llvm::reverse(getOperation().getBlock())) {
      auto kernelOp = dyn_cast<kt::KernelOpInterface>(op);
      if (!kernelOp)
        continue;
      std::optional<State> state = wantedOf(op.getResult(0));
      if (auto dual = dyn_cast<kt::DualOp>(op))
        state = readsDistance(dual) ? State::distance : State::covariance;
      for (Value input : kernelOp.getKernels())
        want(input, state);
    }
  }

  Value convert(OpBuilder &builder, Value kernel, Carrier to) {
    if (carrierOf(kernel) == to)
      return kernel;
    Value &result = converted[{kernel, {static_cast<int>(to.state), to.scalePower}}];
    if (result)
      return result;
    builder.setInsertionPointAfterValue(kernel);
    kt::KernelType type = kt::typeOf(kernel).withState(to.state, to.scalePower);
    ++conversions;
    return result = builder.create<kt::RescaleOp>(kernel.getLoc(), type, kernel, ValueRange(), Value(), APFloat(1.0));
  }

  // The carrier that an input of an operation is brought to.
  Carrier chooseInput(kt::KernelOpInterface op, Value input) {
    Carrier first = carrierOf(op.getKernels().front()), own = carrierOf(input);
    if (auto dual = dyn_cast<kt::DualOp>(op.getOperation()))
      return !readsDistance(dual) ? covariance : first.state == State::distance ? first : distance;
    bool wantsDistance = wantedOf(op->getResult(0)) == State::distance;
    // Where no distance is read any more, a sum of Σ has no cancellation, and needs nothing of the examples' own
    // kernels.
    if (kt::leavesPlanes(op) && !wantsDistance)
      return covariance;
    if (auto product = dyn_cast<kt::MulOp>(op.getOperation())) {
      bool keepsScale = own.state == State::distance && powerOf(product) <= largestPower;
      return !wantsDistance ? covariance : keepsScale ? own : distance;
    }
    bool same = llvm::all_of(op.getKernels(), [&](Value kernel) { return carrierOf(kernel) == first; });
    if (same)
      return first;
    return wantsDistance ? distance : covariance;
  }

  // Products of more factors would leave the range of f32 in any case.
  static constexpr unsigned largestPower = 8;
  static unsigned powerOf(kt::MulOp product) {
    return carrierOf(product.getInputs()[0]).scalePower + carrierOf(product.getInputs()[1]).scalePower;
  }

  // The carrier of the result, when the inputs have theirs.
  static Carrier chooseResult(kt::KernelOpInterface op) {
    Carrier first = carrierOf(op.getKernels().front());
    if (auto product = dyn_cast<kt::MulOp>(op.getOperation()))
      return {first.state, powerOf(product)};
    bool losesScale = isa<kt::NormalizeOp>(op.getOperation());
    if (auto dual = dyn_cast<kt::DualOp>(op.getOperation()))
      losesScale = !formulas::isHomogeneous(dual.getFormula());
    return {first.state, losesScale ? 0 : first.scalePower};
  }

  // Whether Σ is never negative, given which inputs are not.
  static bool staysNonnegative(Operation &op, const llvm::DenseSet<Value> &known) {
    if (isa<kt::GramOp>(op))
      return false;
    if (auto dual = dyn_cast<kt::DualOp>(op))
      return formulas::hasNonnegativeDual(dual.getFormula());
    return llvm::all_of(cast<kt::KernelOpInterface>(op).getKernels(),
                        [&](Value kernel) { return known.contains(kernel); });
  }

  // What becomes of a value where the inputs are negated. Biases do not count: beside small ones opposite examples stay
  // nearly opposite, and large ones do no harm.
  formulas::Parity findParity(kt::KernelOpInterface op) const {
    using formulas::Parity;
    if (isa<kt::GramOp>(op.getOperation()))
      return Parity::odd;
    bool anyNone = false, allSame = true;
    int odd = 0;
    Parity first = parities.lookup(op.getKernels().front());
    for (Value kernel : op.getKernels()) {
      Parity parity = parities.lookup(kernel);
      anyNone |= parity == Parity::none;
      allSame &= parity == first;
      odd += parity == Parity::odd;
    }
    if (anyNone)
      return Parity::none;
    if (auto dual = dyn_cast<kt::DualOp>(op.getOperation()))
      return first == Parity::even ? Parity::even : formulas::getParity(dual.getFormula());
    if (isa<kt::MulOp>(op.getOperation()))
      return odd == 1 ? Parity::odd : Parity::even;
    return allSame ? first : Parity::none;
  }

  // The distance to the second example negated of a distance that is odd: what its operations make of the inputs'.
  Value negate(Value kernel) {
    if (Value known = negated.lookup(kernel))
      return known;
    Operation *op = kernel.getDefiningOp();
    SmallVector<Value> inputs;
    if (auto dual = dyn_cast<kt::DualOp>(op)) // the two change places
      inputs = {negate(dual.getInput()), dual.getInput()};
    else
      for (Value input : cast<kt::KernelOpInterface>(op).getKernels()) {
        // a product of an odd value and an even one
        bool flips = parities.lookup(input) == formulas::Parity::odd && kt::typeOf(input).isDistance();
        inputs.push_back(flips ? negate(input) : input);
      }
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfter(op);
    auto clone = cast<kt::KernelOpInterface>(builder.clone(*op));
    kt::setKernels(clone, inputs);
    clone->getResult(0).setType(kt::typeOf(kernel).asNegated());
    return negated[kernel] = clone->getResult(0);
  }

  // Angles near π are as exact as those near 0 where both distances are known. Behind the first rectifier no covariance
  // is negative, or nothing is opposite.
  void addNegatedDistances() {
    SmallVector<kt::DualOp> duals(getOperation().getOps<kt::DualOp>());
    for (auto op : getOperation().getOps<kt::KernelOpInterface>())
      parities[op->getResult(0)] = findParity(op);
    for (kt::DualOp dual : duals) {
      bool isOpposed =
          readsDistance(dual) && !dual.getNonnegative() && parities.lookup(dual.getInput()) == formulas::Parity::odd;
      if (!isOpposed || dual.getNegated())
        continue;
      dual.getInputsMutable().append(negate(dual.getInput()));
      ++opposed;
    }
  }

  void markFacts() {
    // A constant that a bias of 0 adds to Θ alone (standard parameterization) is the one way to Θ ≠ 0 at variance 0.
    bool zeroInert = llvm::none_of(getOperation().getOps<kt::LinearOp>(),
                                   [](kt::LinearOp op) { return op.getB2().isZero() && !op.getBeta().isZero(); });
    for (auto dual : getOperation().getOps<kt::DualOp>())
      dual.setZeroInert(zeroInert && readsDistance(dual));
    llvm::DenseSet<Value> known;
    for (Operation &op : getOperation().getBlock()) {
      if (!isa<kt::KernelOpInterface>(op))
        continue;
      if (auto dual = dyn_cast<kt::DualOp>(op); dual && readsDistance(dual) && known.contains(dual.getInput())) {
        dual.setNonnegative(true);
        ++nonnegative;
      }
      if (staysNonnegative(op, known))
        known.insert(op.getResult(0));
    }
  }

  void runOnOperation() override {
    if (failed(requireUnsplit(getOperation(), "kt-choose-state")))
      return signalPassFailure();
    if (!getOperation().getOps<kt::RescaleOp>().empty()) // it has run
      return;
    collectWanted();
    OpBuilder builder(&getContext());
    SmallVector<kt::KernelOpInterface> ops(getOperation().getOps<kt::KernelOpInterface>());
    // Nearly equal inputs matter to whoever reads distances later, also behind a smooth activation: then the inputs'
    // own kernel is a distance in any case.
    bool anyDual = !getOperation().getOps<kt::DualOp>().empty();
    bool anyDistance = llvm::any_of(getOperation().getOps<kt::DualOp>(), readsDistance);
    for (kt::KernelOpInterface op : ops) {
      Value result = op->getResult(0);
      kt::KernelType type = kt::typeOf(result);
      Carrier carrier = covariance;
      if (auto gram = dyn_cast<kt::GramOp>(op.getOperation())) {
        gram.setRefine(anyDual);
        if (anyDistance)
          carrier = {State::distance, /*scalePower=*/1};
      } else {
        auto chosen = llvm::map_to_vector(op.getKernels(), [&](Value input) { return chooseInput(op, input); });
        for (auto [i, to] : llvm::enumerate(chosen))
          op->setOperand(i, convert(builder, op->getOperand(i), to));
        carrier = chooseResult(op);
      }
      result.setType(type.withState(carrier.state, carrier.scalePower));
    }
    kt::ReturnOp ret = getOperation().getReturn();
    ret.setOperand(convert(builder, ret.getKernel(), covariance));
    markFacts();
    addNegatedDistances();
  }
};
} // namespace
