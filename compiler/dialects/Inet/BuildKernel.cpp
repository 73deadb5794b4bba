//===- BuildKernel.cpp - what each layer does to the kernel ----------------===//
//
// Meanings are those of Neural Tangents' stax (Novak et al. 2020, arXiv:1912.02803), layer by layer.
//
//===----------------------------------------------------------------------===//

#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/dialects/Kt/KtOps.h"

using namespace mlir;
using namespace inetc;
using namespace inetc::inet;

static kt::KernelType typeOf(Value kernel) { return cast<kt::KernelType>(kernel.getType()); }

Value DenseOp::buildKernel(OpBuilder &builder, ValueRange kernels) {
  double w2 = getWStd().convertToDouble() * getWStd().convertToDouble();
  double b2 = getBStd() ? getBStd()->convertToDouble() * getBStd()->convertToDouble() : 0.0;
  double alpha = w2, beta = b2;
  if (getParameterization() == "standard") {
    alpha = static_cast<double>(cast<SignalType>(getInput().getType()).getChannels());
    beta = getBStd() ? 1.0 : 0.0;
  }
  if (!getTrain())
    alpha = beta = 0.0;
  auto attr = [&](double value) { return builder.getF64FloatAttr(value); };
  return builder.create<kt::LinearOp>(getLoc(), typeOf(kernels[0]), kernels[0], ValueRange(), Value(), attr(w2), attr(b2),
                                      attr(alpha), attr(beta));
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
