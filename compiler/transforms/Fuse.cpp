#include "compiler/transforms/Passes.h"
#include "compiler/transforms/Preconditions.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTFUSE
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {

// Whether a plane of the result needs one plane of each input: the same, that of s times the displacement under a
// stride, and where positions lie on a circle the two that are one there.
bool keepsDisplacement(Operation *op) { return isa<kt::KernelOpInterface>(op) && !kt::leavesPlanes(op); }

struct FusePass : inetc::impl::KtFuseBase<FusePass> {
  void runOnOperation() override {
    bool hasRun = !getOperation().getOps<kt::FusedOp>().empty();
    if (hasRun && llvm::none_of(getOperation().getBlock().without_terminator(),
                                [](Operation &op) { return keepsDisplacement(&op); }))
      return;
    if (hasRun) {
      getOperation().emitOpError("is fused in part: run kt-fuse on a network without groups");
      return signalPassFailure();
    }
    eraseUnread(getOperation());
    // The group of an operation: how many operations that end a group lie between it and the inputs, at most.
    llvm::DenseMap<Operation *, int> levels;
    llvm::MapVector<int, SmallVector<Operation *>> groups_;
    for (Operation &op : getOperation().getBlock()) {
      if (!isa<kt::KernelOpInterface>(op))
        continue;
      int level = 0;
      for (Value kernel : cast<kt::KernelOpInterface>(op).getKernels()) {
        Operation *producer = kernel.getDefiningOp();
        level = std::max(level, levels.lookup(producer) + (keepsDisplacement(producer) ? 0 : 1));
      }
      levels[&op] = level;
      if (keepsDisplacement(&op))
        groups_[level].push_back(&op);
    }
    for (auto &[level, ops] : groups_)
      makeGroup(ops);
    // a group stands where its last operation stood: readouts of others move behind it
    sortTopologically(&getOperation().getBlock());
  }

  void makeGroup(ArrayRef<Operation *> ops) {
    llvm::SmallPtrSet<Operation *, 16> members(ops.begin(), ops.end());
    llvm::SetVector<Value> results;
    for (Operation *op : ops)
      for (Operation *user : op->getUsers())
        if (!members.contains(user))
          results.insert(op->getResult(0));
    OpBuilder builder(ops.back());
    auto group = builder.create<kt::FusedOp>(ops.front()->getLoc(), ValueRange(results.getArrayRef()).getTypes(),
                                             ValueRange(), ArrayRef<NamedAttribute>());
    Block &body = group.getBody().emplaceBlock();
    for (Operation *op : ops)
      op->moveBefore(&body, body.end());
    builder.setInsertionPointToEnd(&body);
    builder.create<kt::YieldOp>(group.getLoc(), results.getArrayRef());
    for (auto [inside, result] : llvm::zip_equal(results, group.getResults()))
      Value(inside).replaceUsesWithIf(result, [&](OpOperand &use) { return !group->isProperAncestor(use.getOwner()); });
    ++groups;
    fused += ops.size();
  }
};
} // namespace
