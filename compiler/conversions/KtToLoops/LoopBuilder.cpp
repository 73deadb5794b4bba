#include "compiler/conversions/KtToLoops/LoopBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

double inetc::countFlops(Block &body) {
  double flops = 0;
  for (Operation &op : body) {
    if (isa<math::FmaOp>(op))
      flops += 2;
    else if (op.getNumResults() == 1 && isa<VectorType>(op.getResult(0).getType()) &&
             isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::MaximumFOp, arith::MinimumFOp,
                 arith::CmpFOp, arith::SelectOp, math::SqrtOp, LLVM::CallIntrinsicOp>(op))
      flops += 1;
  }
  return flops;
}
