#include "compiler/dialects/Inet/InetOps.h"

#include "compiler/dialects/Inet/Inference.h"
#include "compiler/formulas/Activations.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace inetc::inet;

#include "compiler/dialects/Inet/InetInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "compiler/dialects/Inet/InetOps.cpp.inc"

InputOp NetworkOp::getInput() {
  auto inputs = getBlock().getOps<InputOp>();
  return inputs.empty() ? InputOp() : *inputs.begin();
}

LogicalResult NetworkOp::verifyRegions() {
  if (getBlock().getNumArguments() > 0)
    return emitOpError("(C3) has a body without arguments, found ") << getBlock().getNumArguments();
  if (llvm::range_size(getBlock().getOps<InputOp>()) != 1)
    return emitOpError("(C1) needs exactly one input");
  if (getBlock().empty() || !isa<ReturnOp>(getBlock().back()))
    return emitOpError("(C2) ends in inet.return");
  return success();
}

LogicalResult InputOp::verify() {
  if (getShape().empty() || llvm::any_of(getShape(), [](int64_t size) { return size <= 0; }))
    return emitOpError("sizes of the input are positive");
  if (getResult().getType().getShape() != getShape())
    return emitOpError("type and shape differ");
  return success();
}

LogicalResult ReturnOp::verify() {
  SignalType type = getValue().getType();
  if (type.getPositions().empty())
    return success();
  return emitError("the network ends in spatial sizes (")
         << type.describeShape() << "): end it in a readout, such as 'flatten' or 'global_avg_pool'";
}

//===----------------------------------------------------------------------===//
// What messages say of a value
//===----------------------------------------------------------------------===//

// 'relu', 'dense', '+', or "the network's input".
std::string inetc::inet::describeNumber(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

std::string inetc::inet::describeProducer(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<InputOp>(op))
    return "the network's input";
  auto layer = [](StringRef name) { return ("the result of '" + name + "'").str(); };
  return llvm::TypeSwitch<Operation *, std::string>(op)
      .Case([&](ActivationOp activation) { return layer(activation.getFunction()); })
      .Case([&](MulOp) { return std::string("a product"); })
      .Case([&](AddOp) { return std::string("a sum"); })
      .Case([&](ScaleOp) { return std::string("a scaled value"); })
      .Default([&](Operation *other) { return layer(other->getName().stripDialect()); });
}

static LogicalResult requireGaussian(std::optional<Location> loc, Value value, const Twine &user) {
  if (cast<SignalType>(value.getType()).getGaussian())
    return success();
  return emitOptionalError(loc, user, " needs a Gaussian value, found ", describeProducer(value),
                           ": put a linear layer, such as 'dense', between");
}

//===----------------------------------------------------------------------===//
// Independence of branches
//===----------------------------------------------------------------------===//

// The linear layers (or the input) from which a value comes without another linear layer between.
static void collectLastLinear(Value value, llvm::SetVector<Operation *> &sources) {
  llvm::SetVector<Value> reached;
  reached.insert(value);
  for (size_t i = 0; i < reached.size(); ++i) {
    Operation *op = reached[i].getDefiningOp();
    if (!op)
      continue;
    if (isa<DenseOp, ConvOp, InputOp>(op)) {
      sources.insert(op);
      continue;
    }
    for (Value operand : op->getOperands())
      reached.insert(operand);
  }
}

static LogicalResult requireIndependent(std::optional<Location> loc, ValueRange operands, StringRef user) {
  llvm::SetVector<Operation *> seen;
  for (Value operand : operands) {
    llvm::SetVector<Operation *> sources;
    collectLastLinear(operand, sources);
    for (Operation *source : sources)
      if (!seen.insert(source)) {
        if (!loc)
          return failure();
        InFlightDiagnostic error = mlir::emitError(*loc)
                                   << "the branches of " << user << " are not independent: they share "
                                   << describeProducer(source->getResult(0));
        error.attachNote(source->getLoc()) << "this is the last linear layer of both; put one of its own in a branch";
        return error;
      }
  }
  return success();
}

// All operands have the shape of the first, but for channels that are unknown; returns the joined shape.
static FailureOr<SmallVector<int64_t>> joinShapes(std::optional<Location> loc, ValueRange operands, StringRef user) {
  if (operands.empty())
    return emitOptionalError(loc, user, " has a branch at least, found none");
  SmallVector<int64_t> shape(cast<SignalType>(operands[0].getType()).getShape());
  for (Value operand : operands.drop_front()) {
    auto type = cast<SignalType>(operand.getType());
    auto first = SignalType::get(type.getContext(), shape, false);
    bool channelsDiffer = first.hasChannels() && type.hasChannels() && first.getChannels() != type.getChannels();
    if (first.getPositions() != type.getPositions() || channelsDiffer)
      return emitOptionalError(loc, "the branches of ", user, " have different shapes: ", first.describeShape(),
                               " and ", type.describeShape());
    if (!first.hasChannels())
      shape.back() = type.getChannels();
  }
  return shape;
}

//===----------------------------------------------------------------------===//
// Types of results: where a user's errors of meaning are found
//===----------------------------------------------------------------------===//

INFER(DenseOp) {
  Adaptor op(operands, attributes, properties, regions);
  SignalType input = typeOf(op.getInput());
  auto width = static_cast<int64_t>(op.getWidth().value_or(-1));
  results.push_back(input.withChannels(width > 0 && width <= maxChannels ? width : -1).withGaussian(true));
  return requireWeights(loc, op, "the width of 'dense'", op.getWidth(), op.getInput());
}

INFER(ActivationOp) {
  Adaptor op(operands, attributes, properties, regions);
  std::string error;
  if (!formulas::makeActivation(op.getFunction(), op.getParameters(), error))
    return emitOptionalError(loc, error);
  // the identity leaves a Gaussian process what it is
  results.push_back(typeOf(op.getInput()).withGaussian(op.getFunction() == "identity"));
  return requireGaussian(loc, op.getInput(), "the activation '" + op.getFunction() + "'");
}

INFER(AddOp) {
  FailureOr<SmallVector<int64_t>> shape = joinShapes(loc, operands, "a sum");
  if (failed(shape))
    return failure();
  results.push_back(SignalType::get(context, *shape, /*gaussian=*/true));
  for (Value operand : operands)
    if (failed(requireGaussian(loc, operand, "a sum")))
      return failure();
  return requireIndependent(loc, operands, "a sum");
}

INFER(MulOp) {
  FailureOr<SmallVector<int64_t>> shape = joinShapes(loc, operands, "a product");
  if (failed(shape))
    return failure();
  results.push_back(SignalType::get(context, *shape, /*gaussian=*/false));
  return requireIndependent(loc, operands, "a product");
}

INFER(ScaleOp) {
  Adaptor op(operands, attributes, properties, regions);
  results.push_back(operands[0].getType());
  if (double factor = op.getFactor().convertToDouble(); !std::isfinite(factor))
    return emitOptionalError(loc, "a value is scaled by a finite number, found ", describeNumber(factor));
  return success();
}

INFER(ConcatOp) {
  if (operands.empty())
    return emitOptionalError(loc, "'concat' has a branch at least, found none");
  int64_t channels = 0;
  for (Value operand : operands) {
    SignalType type = typeOf(operand);
    if (type.getPositions() != typeOf(operands[0]).getPositions())
      return emitOptionalError(loc, "'concat' needs branches of the same spatial sizes, found ",
                               typeOf(operands[0]).describeShape(), " and ", type.describeShape());
    if (!type.hasChannels())
      return emitOptionalError(loc, "'concat' needs the width of every branch, which ", describeProducer(operand),
                               " does not have: give it one, as in 'dense(512)' or 'conv(3, channels = 512)'");
    channels += type.getChannels();
    if (channels > maxChannels)
      return emitOptionalError(loc, "'concat' has at most ", maxChannels, " channels, found more");
  }
  if (failed(requireIndependent(loc, operands, "'concat'")))
    return failure();
  // the channels of the branches are distributed differently
  results.push_back(typeOf(operands[0])
                        .withChannels(channels)
                        .withGaussian(operands.size() == 1 && typeOf(operands[0]).getGaussian()));
  return success();
}

// channels, space
static std::string describeNames(ArrayAttr names) { return llvm::join(names.getAsValueRange<StringAttr>(), ", "); }

INFER(LayerNormOp) {
  Adaptor op(operands, attributes, properties, regions);
  results.push_back(typeOf(operands[0]).withGaussian(true));
  if (double eps = op.getEps().convertToDouble(); !isStandardDeviation(eps))
    return emitOptionalError(loc, "eps of 'layer_norm' is finite and not negative, found ", describeNumber(eps));
  if (op.getOver() && !llvm::is_contained(op.getOver()->getAsValueRange<StringAttr>(), "channels"))
    return emitOptionalError(loc, "'layer_norm' normalises over channels, or over [channels, space]; found [",
                             describeNames(*op.getOver()), "]");
  if (op.getOver() && op.getOver()->size() > 1) {
    auto names = op.getOver()->getAsValueRange<StringAttr>();
    if (llvm::count(names, "channels") > 1 || llvm::count(names, "space") > 1)
      return emitOptionalError(loc, "'layer_norm' normalises over each of channels and space once, found [",
                               describeNames(*op.getOver()), "]");
    if (typeOf(operands[0]).getPositions().empty())
      return emitOptionalError(loc, "'layer_norm' normalises over space where there are spatial sizes, found ",
                               typeOf(operands[0]).describeShape());
  }
  return requireGaussian(loc, op.getInput(), "'layer_norm'");
}

INFER(DropoutOp) {
  Adaptor op(operands, attributes, properties, regions);
  SignalType input = typeOf(op.getInput());
  results.push_back(input.withGaussian(input.getGaussian() && op.getMode() == "test"));
  double keep = op.getKeep().convertToDouble();
  if (!(keep > 0 && keep <= 1))
    return emitOptionalError(loc, "'dropout' keeps with a probability in (0, 1], found ", describeNumber(keep));
  return success();
}

FailureOr<int64_t> inetc::inet::multiplyChannels(std::optional<Location> loc, StringRef layer, SignalType input,
                                                 ArrayRef<int64_t> positions) {
  int64_t channels = input.getChannels();
  if (!input.hasChannels())
    return channels;
  for (int64_t size : positions) {
    if (size > maxChannels / channels)
      return emitOptionalError(loc, "'", layer, "' makes more than ", maxChannels, " channels of ",
                               input.describeShape());
    channels *= size;
  }
  return channels;
}

INFER(FlattenOp) {
  SignalType input = typeOf(operands[0]);
  FailureOr<int64_t> channels = multiplyChannels(loc, getLayerName(), input, input.getPositions());
  if (failed(channels))
    return failure();
  // a vector without spatial sizes is flat already
  bool gaussian = input.getPositions().empty() && input.getGaussian();
  results.push_back(SignalType::get(context, {*channels}, gaussian));
  return success();
}

INFER(IdentityOp) {
  results.push_back(operands[0].getType());
  return success();
}
