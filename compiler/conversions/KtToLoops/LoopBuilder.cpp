#include "compiler/conversions/KtToLoops/LoopBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

Value inetc::LoopBuilder::loadVector(VectorType vector, Value memory, Value at, int64_t count) {
  if (count >= vector.getNumElements())
    return loadVector(vector, memory, at);
  Value zero = create<arith::ConstantOp>(getZeroAttr(vector));
  if (count <= 0)
    return zero;
  auto mask = create<vector::ConstantMaskOp>(VectorType::get(vector.getShape(), getI1Type()), getI64ArrayAttr({count}));
  return create<vector::MaskedLoadOp>(vector, memory, at, mask, zero);
}

Value inetc::LoopBuilder::pointer(Value memory, Value at) {
  int64_t bytes = cast<MemRefType>(memory.getType()).getElementTypeBitWidth() / 8;
  Value base = create<memref::ExtractAlignedPointerAsIndexOp>(memory);
  Value address = create<arith::IndexCastOp>(getI64Type(), add(base, mul(at, index(bytes))));
  return create<LLVM::IntToPtrOp>(LLVM::LLVMPointerType::get(getContext()), address);
}

double inetc::countFlops(Block &body) {
  double flops = 0;
  for (Operation &op : body) {
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      auto from = getConstantIntValue(loop.getLowerBound()), to = getConstantIntValue(loop.getUpperBound());
      auto step = getConstantIntValue(loop.getStep());
      if (from && to && step)
        flops += static_cast<double>((*to - *from) / *step) * countFlops(*loop.getBody());
    } else if (isa<math::FmaOp>(op))
      flops += 2;
    else if (op.getNumResults() == 1 && isa<VectorType>(op.getResult(0).getType()) &&
             isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::MaximumFOp, arith::MinimumFOp,
                 arith::CmpFOp, arith::SelectOp, math::SqrtOp, LLVM::CallIntrinsicOp>(op))
      flops += 1;
  }
  return flops;
}
