#include "compiler/dialects/Kt/KtOps.h"

#include "mlir/IR/Builders.h"
#include <numeric>

using namespace mlir;
using namespace inetc::kt;

#include "compiler/dialects/Kt/KtInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "compiler/dialects/Kt/KtOps.cpp.inc"

Value inetc::kt::resolveGroups(Value value) {
  while (auto group = value.getDefiningOp<FusedOp>())
    value = group.getBody().front().getTerminator()->getOperand(cast<OpResult>(value).getResultNumber());
  return value;
}

void inetc::kt::setKernels(KernelOpInterface op, ValueRange kernels) {
  if (auto dual = dyn_cast<DualOp>(op.getOperation()))
    dual.getInputsMutable().assign(kernels);
  else
    op->setOperands(kernels);
}

Value inetc::kt::findPositive(Value kernel) {
  KernelType type = typeOf(kernel);
  if (!type.getNegated())
    return kernel;
  auto op = kernel.getDefiningOp<KernelOpInterface>();
  if (!op)
    return {};
  SmallVector<Value> inputs;
  if (auto dual = dyn_cast<DualOp>(op.getOperation()); dual && dual.getNegated())
    inputs = {dual.getNegated(), dual.getInput()}; // the two have changed places
  else
    for (Value input : op.getKernels())
      inputs.push_back(findPositive(input));
  auto matches = [&](Operation &other) {
    auto otherOp = dyn_cast<KernelOpInterface>(other);
    if (!otherOp || other.getName() != op->getName() || other.getAttrs() != op->getAttrs())
      return false;
    KernelType otherType = typeOf(other.getResult(0));
    return !otherType.getNegated() && otherType.getState() == type.getState() &&
           otherType.getScalePower() == type.getScalePower() && llvm::equal(otherOp.getKernels(), inputs);
  };
  if (inputs.empty()) {
    for (Operation &other : *op->getBlock())
      if (matches(other))
        return other.getResult(0);
    return {};
  }
  if (inputs.front())
    for (Operation *user : inputs.front().getUsers())
      if (matches(*user))
        return user->getResult(0);
  return {};
}

static int64_t multiply(ArrayRef<int64_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
}

int64_t inetc::kt::countPositions(Value kernel) { return multiply(typeOf(kernel).getPositions()); }

int64_t NetworkOp::countFeatures() { return multiply(getInputShape()); }

ReturnOp NetworkOp::getReturn() { return cast<ReturnOp>(getBlock().getTerminator()); }

//===----------------------------------------------------------------------===//
// What the arithmetic reads
//===----------------------------------------------------------------------===//

// The inputs are brought to unit size whatever the state, so that no product of them overflows.
bool GramOp::needsScale() { return getType().isScaled() || !getType().getSelf(); }

// On D, Θ' = w2Θ + alpha Σ + beta needs Σ = (Q + Q' − D)/2.
bool LinearOp::needsVariance() {
  KernelType type = getInput().getType();
  return !type.getSelf() && type.isDistance() && type.getNtk();
}
bool LinearOp::needsScale() { return getInput().getType().isScaled() && (!getB2().isZero() || !getBeta().isZero()); }

bool NormalizeOp::needsScale() { return getInput().getType().isScaled(); }
bool DualOp::needsVariance() { return !getInput().getType().getSelf(); }
bool NormalizeOp::needsVariance() { return !getInput().getType().getSelf(); }
bool MulOp::needsVariance() { return !getType().getSelf() && getType().isDistance(); }
bool DropoutOp::needsVariance() { return !getInput().getType().getSelf() && getInput().getType().isDistance(); }
bool RescaleOp::needsVariance() { return !getInput().getType().getSelf(); }
bool RescaleOp::needsScale() { return getInput().getType().isScaled() && !getType().isScaled(); }

PlaneSet TraceOp::getInputDemand(unsigned, const PlaneSet &) {
  return PlaneSet::diagonal(getInput().getType().getRank());
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

LogicalResult inetc::kt::detail::verifyPositionsStay(Operation *op) {
  auto kernelOp = cast<KernelOpInterface>(op);
  auto result = typeOf(op->getResult(0));
  if (kernelOp.getKernels().empty())
    return op->emitOpError("needs a kernel at least");
  for (Value kernel : kernelOp.getKernels()) {
    auto type = typeOf(kernel);
    if (type.getPositions() != result.getPositions())
      return op->emitOpError("works at each position alone, found ") << type << " for " << result;
  }
  return success();
}

LogicalResult ReturnOp::verify() {
  KernelType type = getKernel().getType();
  if (type.getRank() != 0)
    return emitOpError("(C1) returns a kernel without spatial sizes, found ") << type;
  if (type.getSelf() || type.isDistance())
    return emitOpError("(C1) returns the covariance of pairs of examples, found ") << type;
  return success();
}

LogicalResult YieldOp::verify() {
  if (TypeRange(getOperandTypes()) != TypeRange((*this)->getParentOp()->getResultTypes()))
    return emitOpError("(C1) yields other types than ")
           << (*this)->getParentOp()->getName() << " has: " << getOperandTypes() << " for "
           << (*this)->getParentOp()->getResultTypes();
  return success();
}

LogicalResult TraceOp::verify() {
  if (getType().getRank() != 0)
    return emitOpError("(C1) leaves no spatial sizes, found a result of ") << getType();
  return success();
}

LogicalResult GramOp::verify() {
  if (!getInputs().empty())
    return emitOpError("(C1) reads the inputs of the network, found a kernel operand");
  if (static_cast<int64_t>(getChannels()) <= 0)
    return emitOpError("(C2) needs at least one channel, found ") << static_cast<int64_t>(getChannels());
  if (getType().isDistance() && getType().getScalePower() != 1)
    return emitOpError("(C4) is a distance in units of the scale, found ") << getType();
  if (auto network = (*this)->getParentOfType<NetworkOp>()) {
    int64_t features = network.countFeatures(), here = getChannels();
    for (int64_t size : getType().getPositions())
      here = size > features ? features + 1 : here * size; // without overflow
    if (here != features)
      return emitOpError("(C3) is of all ") << features << " inputs of the network, found " << getChannels()
                                            << " channels at the positions of " << getType();
  }
  return success();
}

LogicalResult LinearOp::verify() {
  if (getW2().isNegative() || getB2().isNegative())
    return emitOpError("(C1) w2 and b2 are variances and cannot be negative");
  return success();
}

LogicalResult DualOp::verify() {
  std::string error;
  std::optional<formulas::Activation> activation = formulas::makeActivation(getActivation(), getParameters(), error);
  if (!activation)
    return emitOpError("(C1) ") << error;
  if (!getGain().isExactlyValue(1.0) && !formulas::multiplyGain(*activation, 1.0))
    return emitOpError("(C2) the activation '") << getActivation() << "' has no gain";
  KernelType from = getInput().getType(), to = getType();
  if (from.isDistance() && formulas::getState(*activation) == formulas::State::covariance)
    return emitOpError("(C3) has the activation '") << getActivation() << "', which reads a covariance, found " << from;
  unsigned power = formulas::isHomogeneous(*activation) ? from.getScalePower() : 0;
  if (to.getState() != from.getState() || to.getScalePower() != power)
    return emitOpError("(C3) keeps the state, with the power ") << power << " of the scale, found " << to;
  auto isDistance = [&](Value kernel) { return typeOf(kernel).isDistance(); };
  bool isPair = getInputs().size() == 2 && llvm::all_of(getInputs(), isDistance) &&
                typeOf(getInputs()[0]).getNegated() != typeOf(getInputs()[1]).getNegated();
  if (getInputs().size() != 1 && !isPair)
    return emitOpError("(C4) reads one kernel, or a distance and the one that is negated, found ")
           << getInputs().getTypes();
  if (getType().getNegated() != getInput().getType().getNegated())
    return emitOpError("(C5) makes ") << getType() << " of " << getInput().getType();
  return success();
}

LogicalResult NormalizeOp::verify() {
  if (getType().getState() != getInput().getType().getState() || getType().isScaled())
    return emitOpError("(C1) keeps the state, with scale 1, found ") << getType();
  return success();
}

inetc::formulas::Activation DualOp::getFormula() {
  std::string error;
  formulas::Activation activation = *formulas::makeActivation(getActivation(), getParameters(), error);
  formulas::multiplyGain(activation, getGain().convertToDouble());
  return activation;
}

LogicalResult RescaleOp::verify() {
  KernelType from = getInput().getType(), to = getResult().getType();
  if (from.getState() == to.getState() && from.getScalePower() == to.getScalePower())
    return emitOpError("(C1) changes nothing: both sides have the same state");
  if (to.isScaled())
    return emitOpError("(C2) goes to scale 1 only, found a scaled result");
  if (!from.isScaled() && !getFactor().isExactlyValue(1.0))
    return emitOpError("(C3) has a factor beside a scale only, found ") << getFactor().convertToDouble();
  return success();
}

LogicalResult MulOp::verify() {
  if (getInputs().size() != 2)
    return emitOpError("(C1) multiplies two kernels, found ") << getInputs().size();
  unsigned power = typeOf(getInputs()[0]).getScalePower() + typeOf(getInputs()[1]).getScalePower();
  if (power != getType().getScalePower())
    return emitOpError("(C2) of values with powers of the scale that add up to ")
           << power << " has that power, found " << getType();
  for (Value factor : getInputs())
    if (typeOf(factor).getState() != getType().getState())
      return emitOpError("(C3) multiplies values of the state of its result, found ") << typeOf(factor);
  return success();
}

LogicalResult ConcatOp::verify() {
  if (getWeights().size() != getInputs().size())
    return emitOpError("(C1) needs a weight for each kernel, found ")
           << getWeights().size() << " for " << getInputs().size();
  return success();
}

//===----------------------------------------------------------------------===//
// Folds: all of them exact, none of them needed for correctness
//===----------------------------------------------------------------------===//

OpFoldResult LinearOp::fold(FoldAdaptor) {
  bool identity = getW2().isExactlyValue(1.0) && getB2().isZero() && getAlpha().isZero() && getBeta().isZero();
  return identity && getInput().getType() == getType() ? getInput() : Value();
}

// linear {w2} ∘ dual = linear {1} ∘ dual {gain = w2}: the weights go into the coefficients of the dual, also through
// windows and pools, which are linear
static LogicalResult moveWeightsIntoDual(LinearOp op, PatternRewriter &rewriter) {
  Value source = op.getInput();
  auto readsVariances = [](KernelOpInterface reader) { return !reader.getVariances().empty(); };
  while (isa_and_nonnull<WindowOp, PoolOp>(source.getDefiningOp()) && source.hasOneUse()) {
    if (readsVariances(cast<KernelOpInterface>(source.getDefiningOp())))
      return failure();
    source = source.getDefiningOp()->getOperand(0);
  }
  auto dual = source.getDefiningOp<DualOp>();
  double w2 = op.getW2().convertToDouble();
  if (!dual || !dual->hasOneUse() || w2 == 1 || w2 <= 0 || readsVariances(dual) || readsVariances(op) || op.getScale())
    return failure();
  inetc::formulas::Activation activation = dual.getFormula();
  if (!inetc::formulas::multiplyGain(activation, w2))
    return failure();
  rewriter.modifyOpInPlace(dual, [&] { dual.setGain(APFloat(dual.getGain().convertToDouble() * w2)); });
  rewriter.modifyOpInPlace(op, [&] {
    op.setW2(APFloat(1.0));
    op.setAlpha(APFloat(op.getAlpha().convertToDouble() / w2));
  });
  return success();
}

// linear ∘ linear = linear
LogicalResult LinearOp::canonicalize(LinearOp op, PatternRewriter &rewriter) {
  if (succeeded(moveWeightsIntoDual(op, rewriter)))
    return success();
  auto inner = op.getInput().getDefiningOp<LinearOp>();
  if (!inner || !inner->hasOneUse() || !op.getVariances().empty() || !inner.getVariances().empty() ||
      inner.getScale() || op.getScale())
    return failure();
  auto value = [](APFloat number) { return number.convertToDouble(); };
  double w = value(op.getW2()), a = value(op.getAlpha());
  double innerW = value(inner.getW2()), innerB = value(inner.getB2());
  auto attr = [&](double number) { return rewriter.getF64FloatAttr(number); };
  rewriter.replaceOpWithNewOp<LinearOp>(op, op.getType(), inner.getInput(), ValueRange(), Value(), attr(w * innerW),
                                        attr(w * innerB + value(op.getB2())),
                                        attr(w * value(inner.getAlpha()) + a * innerW),
                                        attr(w * value(inner.getBeta()) + a * innerB + value(op.getBeta())));
  return success();
}

OpFoldResult AffineOp::fold(FoldAdaptor) {
  return getA2().isExactlyValue(1.0) && getInput().getType() == getType() ? getInput() : Value();
}

// affine ∘ affine = affine
LogicalResult AffineOp::canonicalize(AffineOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<AffineOp>();
  if (!inner)
    return failure();
  double a2 = op.getA2().convertToDouble() * inner.getA2().convertToDouble();
  rewriter.replaceOpWithNewOp<AffineOp>(op, op.getType(), inner.getInput(), inner.getVariances(), inner.getScale(),
                                        rewriter.getF64FloatAttr(a2));
  return success();
}

// trace ∘ affine = affine ∘ trace and trace ∘ linear = linear ∘ trace: what is the same at every position is done once
static LogicalResult moveBehindTrace(TraceOp op, PatternRewriter &rewriter) {
  Operation *source = op.getInput().getDefiningOp();
  if (!isa_and_nonnull<AffineOp, LinearOp>(source) || !source->hasOneUse() || source->getNumOperands() != 1 ||
      op->getNumOperands() != 1)
    return failure();
  auto traced = rewriter.create<TraceOp>(op.getLoc(), op.getType(), source->getOperand(0), ValueRange(), Value());
  Operation *moved = rewriter.clone(*source);
  moved->setOperand(0, traced);
  moved->getResult(0).setType(op.getType());
  rewriter.replaceOp(op, moved);
  return success();
}

// The trace of the inputs' own gram is the gram of the flattened inputs: nothing spatial is left.
LogicalResult TraceOp::canonicalize(TraceOp op, PatternRewriter &rewriter) {
  if (succeeded(moveBehindTrace(op, rewriter)))
    return success();
  auto gram = op.getInput().getDefiningOp<GramOp>();
  if (!gram || gram.getScale() || !op.getVariances().empty())
    return failure();
  int64_t channels = gram.getChannels();
  for (int64_t size : gram.getType().getPositions())
    channels *= size;
  rewriter.replaceOpWithNewOp<GramOp>(op, op.getType(), ValueRange(), ValueRange(), Value(), channels,
                                      gram.getRefine());
  return success();
}
