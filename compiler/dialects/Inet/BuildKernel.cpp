//===- BuildKernel.cpp - what each layer does to the kernel ----------------===//
//
// Meanings are those of Neural Tangents' stax (Novak et al. 2020, arXiv:1912.02803), layer by layer.
//
//===----------------------------------------------------------------------===//

#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/dialects/Inet/Sliding.h"
#include "compiler/dialects/Kt/KtOps.h"

using namespace mlir;
using namespace inetc;
using namespace inetc::inet;

using kt::typeOf;

// The weights and bias of a layer whose units read `fanIn` numbers each.
template <class Layer> static Value buildWeights(Layer op, OpBuilder &builder, Value kernel, double fanIn) {
  double w2 = op.getWStd().convertToDouble() * op.getWStd().convertToDouble();
  double b2 = op.getBStd() ? op.getBStd()->convertToDouble() * op.getBStd()->convertToDouble() : 0.0;
  double alpha = w2, beta = b2;
  if (op.getParameterization() == "standard") {
    alpha = fanIn;
    beta = op.getBStd() ? 1.0 : 0.0;
  }
  if (!op.getTrain())
    alpha = beta = 0.0;
  auto attr = [&](double value) { return builder.getF64FloatAttr(value); };
  return builder.create<kt::LinearOp>(op.getLoc(), typeOf(kernel), kernel, ValueRange(), Value(), attr(w2), attr(b2),
                                      attr(alpha), attr(beta));
}

Value DenseOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  return buildWeights(*this, builder, kernels[0],
                      static_cast<double>(cast<SignalType>(getInput().getType()).getChannels()));
}

Value ActivationOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  if (getFunction() == "identity")
    return kernels[0];
  return builder.create<kt::DualOp>(getLoc(), typeOf(kernels[0]), kernels[0], ValueRange(), Value(), getFunctionAttr(),
                                    builder.getDenseF64ArrayAttr(getParameters()), builder.getF64FloatAttr(1.0),
                                    /*nonnegative=*/UnitAttr(), /*zero_inert=*/UnitAttr());
}

Value AddOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  return builder.create<kt::AddOp>(getLoc(), typeOf(kernels[0]), kernels, ValueRange(), Value());
}

// (a·b)·c: kt multiplies two at a time
Value MulOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  Value product = kernels[0];
  for (Value factor : kernels.drop_front())
    product = builder.create<kt::MulOp>(getLoc(), typeOf(product), ValueRange{product, factor}, ValueRange(), Value());
  return product;
}

Value ScaleOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  double factor = getFactor().convertToDouble();
  return builder.create<kt::AffineOp>(getLoc(), typeOf(kernels[0]), kernels[0], ValueRange(), Value(),
                                      builder.getF64FloatAttr(factor * factor));
}

Value ConcatOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  double total = cast<SignalType>(getType()).getChannels();
  SmallVector<double> weights;
  for (Value input : getInputs())
    weights.push_back(cast<SignalType>(input.getType()).getChannels() / total);
  return builder.create<kt::ConcatOp>(getLoc(), typeOf(kernels[0]), kernels, ValueRange(), Value(), weights);
}

Value LayerNormOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  bool overSpace = getOver() && llvm::is_contained(getOver()->getAsValueRange<StringAttr>(), "space") &&
                   typeOf(kernels[0]).getRank() > 0;
  return builder.create<kt::NormalizeOp>(getLoc(), typeOf(kernels[0]), kernels[0], ValueRange(), Value(), getEpsAttr(),
                                         overSpace ? builder.getUnitAttr() : UnitAttr());
}

Value DropoutOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  if (getMode() == "test")
    return kernels[0];
  return builder.create<kt::DropoutOp>(getLoc(), typeOf(kernels[0]), kernels[0], ValueRange(), Value(), getKeepAttr());
}

Value FlattenOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  if (typeOf(kernels[0]).getRank() == 0)
    return kernels[0];
  return builder.create<kt::TraceOp>(getLoc(), typeOf(kernels[0]).withPositions({}), kernels[0], ValueRange(), Value());
}

Value IdentityOp::buildKernel(OpBuilder &, ValueRange kernels) { return kernels[0]; }

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

namespace {
// The lists of kt.window and kt.pool, without taps that reach nothing, and the kernel over the positions that come out.
struct WindowLists {
  SmallVector<int64_t> size, stride, dilation, padLow, padHigh;
  bool circular;
  double part = 1; // of the taps that are left
  kt::KernelType type;

  WindowLists(ArrayRef<kt::WindowDimension> window, kt::KernelType input) : circular(false) {
    SmallVector<int64_t> positions;
    for (auto [dimension, inputSize] :
         llvm::zip_equal(SmallVector<kt::WindowDimension>(window), input.getPositions())) {
      part *= dimension.trim(inputSize);
      size.push_back(dimension.size);
      stride.push_back(dimension.stride);
      dilation.push_back(dimension.dilation);
      padLow.push_back(dimension.padLow);
      padHigh.push_back(dimension.padHigh);
      positions.push_back(dimension.getOutput(inputSize));
      circular |= dimension.wraps();
    }
    type = input.withPositions(positions);
  }
};
} // namespace

// Σ and Θ times a number.
static Value buildTimes(OpBuilder &builder, Location loc, Value kernel, double factor) {
  if (factor == 1)
    return kernel;
  auto number = [&](double value) { return builder.getF64FloatAttr(value); };
  return builder.create<kt::LinearOp>(loc, kernel.getType(), kernel, ValueRange(), Value(), number(factor), number(0.0),
                                      number(0.0), number(0.0));
}

Value ConvOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  auto signal = cast<SignalType>(getInput().getType());
  SmallVector<kt::WindowDimension> dimensions = *slideOver(std::nullopt, signal, argumentsOfConv(*this));
  WindowLists window(dimensions, typeOf(kernels[0]));
  Value taps =
      builder.create<kt::WindowOp>(getLoc(), window.type, kernels[0], ValueRange(), Value(), window.size, window.stride,
                                   window.dilation, window.padLow, window.padHigh, window.circular);
  double fanIn = signal.getChannels();
  for (const kt::WindowDimension &dimension : dimensions)
    fanIn *= static_cast<double>(dimension.size);
  return buildWeights(*this, builder, buildTimes(builder, getLoc(), taps, window.part), fanIn);
}

static Value buildPool(OpBuilder &builder, Location loc, Value kernel, ArrayRef<kt::WindowDimension> dimensions,
                       bool sum, bool normalizeEdges) {
  WindowLists window(dimensions, typeOf(kernel));
  Value pool = builder.create<kt::PoolOp>(loc, window.type, kernel, ValueRange(), Value(), window.size, window.stride,
                                          window.padLow, window.padHigh, window.circular, sum, normalizeEdges);
  bool isMean = !sum && !normalizeEdges;
  return buildTimes(builder, loc, pool, isMean || window.part == 0 ? window.part * window.part : 1.0);
}

Value AvgPoolOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  auto window = slideOver(std::nullopt, cast<SignalType>(getInput().getType()), argumentsOfPool(getLayerName(), *this));
  return buildPool(builder, getLoc(), kernels[0], *window, /*sum=*/false, getNormalizeEdges());
}

Value SumPoolOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  auto window = slideOver(std::nullopt, cast<SignalType>(getInput().getType()), argumentsOfPool(getLayerName(), *this));
  return buildPool(builder, getLoc(), kernels[0], *window, /*sum=*/true, /*normalizeEdges=*/false);
}

Value LocalAvgPoolOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  auto window = slideLocally(std::nullopt, cast<SignalType>(getInput().getType()), getHalfWidth(), getPad());
  Value pooled = buildPool(builder, getLoc(), kernels[0], *window, /*sum=*/false, /*normalizeEdges=*/false);
  return builder.create<kt::TraceOp>(getLoc(), typeOf(pooled).withPositions({}), pooled, ValueRange(), Value());
}

static Value buildMean(OpBuilder &builder, Location loc, Value kernel, bool sum) {
  return builder.create<kt::MeanOp>(loc, typeOf(kernel).withPositions({}), kernel, ValueRange(), Value(), sum);
}

Value GlobalAvgPoolOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  return buildMean(builder, getLoc(), kernels[0], /*sum=*/false);
}

Value GlobalSumPoolOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  return buildMean(builder, getLoc(), kernels[0], /*sum=*/true);
}
