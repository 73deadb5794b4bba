#include "compiler/dialects/Inet/Inference.h"
#include "compiler/dialects/Inet/Sliding.h"
#include "compiler/dialects/Kt/KtTypes.h"

using namespace mlir;
using namespace inetc;
using namespace inetc::inet;

static LogicalResult requireSpace(std::optional<Location> loc, StringRef layer, SignalType input) {
  if (!input.getPositions().empty())
    return success();
  return emitOptionalError(loc, "'", layer, "' needs spatial sizes, found a vector of ", input.describeShape());
}

// One number for each dimension; 1 where none was given.
static FailureOr<SmallVector<int64_t>> expand(std::optional<Location> loc, StringRef layer, StringRef name,
                                              ArrayRef<int64_t> sizes, SignalType input) {
  size_t rank = input.getPositions().size();
  for (int64_t size : sizes)
    if (size < 1 || size > kt::maxPositions)
      return emitOptionalError(loc, "argument '", name, "' of '", layer, "' is from 1 to ", kt::maxPositions,
                               ", found ", size);
  if (sizes.size() <= 1)
    return SmallVector<int64_t>(rank, sizes.empty() ? 1 : sizes[0]);
  if (sizes.size() != rank)
    return emitOptionalError(loc, "argument '", name, "' of '", layer, "' has ", sizes.size(), " sizes, but ",
                             input.describeShape(), " has ", rank, " spatial dimension", rank == 1 ? "" : "s");
  return SmallVector<int64_t>(sizes);
}

FailureOr<SmallVector<kt::WindowDimension>> inetc::inet::slideOver(std::optional<Location> loc, SignalType input,
                                                                   const SlidingArguments &arguments) {
  if (failed(requireSpace(loc, arguments.layer, input)))
    return failure();
  auto window = expand(loc, arguments.layer, arguments.windowName, arguments.window, input);
  auto stride = expand(loc, arguments.layer, "stride", arguments.stride, input);
  auto dilation = expand(loc, arguments.layer, "dilation", arguments.dilation, input);
  if (failed(window) || failed(stride) || failed(dilation))
    return failure();
  SmallVector<kt::WindowDimension> dimensions;
  for (auto [i, size] : llvm::enumerate(input.getPositions())) {
    kt::WindowDimension &dimension = dimensions.emplace_back();
    dimension = {(*window)[i], (*stride)[i], (*dilation)[i]};
    dimension.circular = arguments.pad == "circular";
    if (arguments.pad != "valid")
      dimension.padToSame(size);
    if (dimension.circular && dimension.getExtent() / size > kt::maxTurns)
      return emitOptionalError(loc, "the window of '", arguments.layer, "' covers ", dimension.getExtent(),
                               " positions around a circle of ", size, " in spatial dimension ", i + 1, " of ",
                               input.describeShape(), "; it may go around ", kt::maxTurns, " times");
    if (!dimension.fits(size))
      return emitOptionalError(loc, "the window of '", arguments.layer, "' covers ", dimension.getExtent(),
                               " positions, but there are ", size, " in spatial dimension ", i + 1, " of ",
                               input.describeShape(), ": pad it (pad = same) or make it smaller");
  }
  return dimensions;
}

FailureOr<SmallVector<kt::WindowDimension>> inetc::inet::slideLocally(std::optional<Location> loc, SignalType input,
                                                                      ArrayRef<int64_t> halfWidth, StringRef pad) {
  // what is too large stays too large, and does not overflow
  auto window = llvm::map_to_vector(
      halfWidth, [](int64_t half) { return half < kt::maxPositions ? 2 * std::max<int64_t>(half, -1) + 1 : half; });
  return slideOver(loc, input, {"local_avg_pool", window, {}, {}, "half_width", pad});
}

// The shape of what a window makes of it.
static SignalType slide(SignalType input, ArrayRef<kt::WindowDimension> window) {
  SmallVector<int64_t> shape;
  for (auto [dimension, size] : llvm::zip_equal(window, input.getPositions()))
    shape.push_back(dimension.getOutput(size));
  shape.push_back(input.getChannels());
  return SignalType::get(input.getContext(), shape, input.getGaussian());
}

INFER(ConvOp) {
  Adaptor op(operands, attributes, properties, regions);
  SignalType input = inet::typeOf(op.getInput());
  auto window = slideOver(loc, input, argumentsOfConv(op));
  if (failed(window) ||
      failed(requireWeights(loc, op, "the number of channels of 'conv'", op.getChannels(), op.getInput())))
    return failure();
  results.push_back(slide(input, *window).withChannels(op.getChannels().value_or(-1)).withGaussian(true));
  return success();
}

template <class Adaptor>
static LogicalResult inferPool(std::optional<Location> loc, StringRef layer, Adaptor op,
                               SmallVectorImpl<Type> &results) {
  SignalType input = inet::typeOf(op.getInput());
  auto window = slideOver(loc, input, argumentsOfPool(layer, op));
  if (failed(window))
    return failure();
  results.push_back(slide(input, *window));
  return success();
}

INFER(AvgPoolOp) { return inferPool(loc, getLayerName(), Adaptor(operands, attributes, properties, regions), results); }
INFER(SumPoolOp) { return inferPool(loc, getLayerName(), Adaptor(operands, attributes, properties, regions), results); }

static LogicalResult inferGlobalPool(std::optional<Location> loc, StringRef layer, Value value,
                                     SmallVectorImpl<Type> &results) {
  SignalType input = inet::typeOf(value);
  if (failed(requireSpace(loc, layer, input)))
    return failure();
  results.push_back(SignalType::get(input.getContext(), {input.getChannels()}, input.getGaussian()));
  return success();
}

INFER(GlobalAvgPoolOp) { return inferGlobalPool(loc, getLayerName(), operands[0], results); }
INFER(GlobalSumPoolOp) { return inferGlobalPool(loc, getLayerName(), operands[0], results); }

INFER(LocalAvgPoolOp) {
  Adaptor op(operands, attributes, properties, regions);
  SignalType input = inet::typeOf(op.getInput());
  auto window = slideLocally(loc, input, op.getHalfWidth(), op.getPad());
  if (failed(window))
    return failure();
  FailureOr<int64_t> channels = multiplyChannels(loc, getLayerName(), input, slide(input, *window).getPositions());
  if (failed(channels))
    return failure();
  results.push_back(SignalType::get(context, {*channels}, /*gaussian=*/false));
  return success();
}
