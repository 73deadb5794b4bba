#include "compiler/transforms/Preconditions.h"

using namespace mlir;
using namespace inetc;

LogicalResult inetc::requireUnfused(kt::NetworkOp network, StringRef pass) {
  if (network.getOps<kt::FusedOp>().empty())
    return success();
  return network.emitOpError("is fused: run ") << pass << " before kt-fuse";
}

LogicalResult inetc::requireUnsplit(kt::NetworkOp network, StringRef pass) {
  if (failed(requireUnfused(network, pass)))
    return failure();
  if (network.getOps<kt::PrepareOp>().empty())
    return success();
  return network.emitOpError("has its variances in kt.prepare: run ") << pass << " before kt-split-variance";
}

void inetc::eraseUnread(kt::NetworkOp network) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(network.getBlock())))
    if (isa<kt::KernelOpInterface>(op) && op.use_empty())
      op.erase();
}
