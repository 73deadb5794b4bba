#include "compiler/analysis/Demand.h"
#include "compiler/transforms/Passes.h"

using namespace mlir;

namespace inetc {
#define GEN_PASS_DEF_KTINFERDEMAND
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {
using namespace inetc;

// A pool with a window of 1: its input, as a value that lies behind one pool more.
Value copyPlanes(OpBuilder &builder, Location loc, Value kernel) {
  auto type = cast<kt::KernelType>(kernel.getType());
  SmallVector<int64_t> ones(type.getRank(), 1), zeros(type.getRank(), 0);
  return builder.create<kt::PoolOp>(loc, type, kernel, ValueRange(), Value(), ones, ones, zeros, zeros,
                                    /*circular=*/false, /*sum=*/false, /*normalize_edges=*/false);
}

// Planes mix in a pool, so what lies before it and behind it is computed in different loops over planes: where the two
// are joined, the one before waits as if it had been pooled too.
void alignPools(kt::NetworkOp network) {
  llvm::DenseMap<Value, int> pools; // on the way to a value
  llvm::DenseMap<Value, Value> copies;
  for (Operation &op : llvm::make_early_inc_range(network.getBlock())) {
    if (!isa<kt::KernelOpInterface>(op))
      continue;
    int most = 0;
    for (Value kernel : op.getOperands())
      most = std::max(most, pools.lookup(kernel));
    bool spatial = cast<kt::KernelType>(op.getResult(0).getType()).getRank() > 0;
    for (OpOperand &operand : op.getOpOperands())
      while (spatial && pools.lookup(operand.get()) < most) {
        Value &copy = copies[operand.get()];
        if (!copy) {
          OpBuilder builder(&op);
          copy = copyPlanes(builder, op.getLoc(), operand.get());
          pools[copy] = pools.lookup(operand.get()) + 1;
        }
        operand.set(copy);
      }
    pools[op.getResult(0)] = most + (isa<kt::PoolOp>(op) ? 1 : 0);
  }
}

struct InferDemandPass : inetc::impl::KtInferDemandBase<InferDemandPass> {
  void runOnOperation() override {
    alignPools(getOperation());
    Demand demand(getOperation());
    for (Operation &op : getOperation().getBlock())
      for (Value result : op.getResults()) {
        auto type = dyn_cast<kt::KernelType>(result.getType());
        std::optional<kt::PlaneSet> planes = demand.getPlanes(result);
        if (!type || !planes || *planes == type.getPlanes())
          continue;
        result.setType(type.withPlanes(*planes));
        ++restricted;
      }
  }
};
} // namespace
