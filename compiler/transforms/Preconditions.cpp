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

LogicalResult inetc::requirePairs(kt::NetworkOp network) {
  for (auto op : network.getOps<kt::KernelOpInterface>())
    if (!kt::findPositive(op->getResult(0)))
      return op->emitOpError("makes a negated distance, and nothing makes the one that is not negated");
  return success();
}

void inetc::eraseUnread(kt::NetworkOp network) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(network.getBlock())))
    if (isa<kt::KernelOpInterface>(op) && op.use_empty())
      op.erase();
}
