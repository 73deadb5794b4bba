#include "compiler/conversions/KtToLoops/Preconditions.h"

using namespace mlir;
using namespace inetc;

using kt::typeOf;

// (C11), (C13) and (C14)
static LogicalResult checkGroup(kt::NetworkOp network, kt::FusedOp group) {
  Block &body = group.getBody().front();
  if (llvm::all_of(body.getOps<kt::GramOp>(), [](kt::GramOp gram) { return gram.getType().getNegated(); }))
    return group.emitOpError("(C11) is the first group and does not hold the gram: run kt-fuse on all of the network");
  if (group.getGramRows() && *group.getGramRows() > *group.getLanes())
    return group.emitOpError("(C14) has gram_rows = ")
           << *group.getGramRows() << ", more than a vector has lanes, which are " << *group.getLanes();
  if (typeOf(group.getResult(0)).getRank() > 0)
    return success();
  if (kt::resolveGroups(network.getReturn().getKernel()) != body.getTerminator()->getOperand(0))
    return network.emitOpError("(C13) returns something else than the first result of its group");
  // the code of each feature is written out, for each of the rows in lockstep; in registers that of every 512
  StringRef gram = *group.getGram();
  int64_t features = network.countFeatures();
  int64_t most = gram == "direct" ? 1024 : gram == "registers" ? 1 << 16 : features;
  if (features > most)
    return group.emitOpError("(C13) has gram = \"")
           << gram << "\", which is of at most " << most << " features, found " << features;
  return success();
}

// The displacements of both signs in the dimension that has most.
static int64_t countDisplacements(kt::KernelType type) {
  int64_t most = 1;
  for (auto [i, size] : llvm::enumerate(type.getPositions())) {
    auto apart = type.getPlanes().isAll() ? size : static_cast<int64_t>(type.getPlanes().getSets()[i].size());
    most = std::max(most, 2 * apart - 1);
  }
  return most;
}

// (C12) and (C15): of a transform of pairs or, in kt.prepare, of each example with itself
static LogicalResult checkOperation(kt::KernelOpInterface op) {
  kt::KernelType result = typeOf(op->getResult(0));
  constexpr int64_t mostDisplacements = (1 << 17) - 1;
  for (Value kernel : op->getOperands())
    if (auto type = dyn_cast<kt::KernelType>(kernel.getType()); type && countDisplacements(type) > mostDisplacements)
      return op.emitOpError("(C15) needs pairs of positions that are ")
             << countDisplacements(type) << " displacements apart in a dimension, where at most " << mostDisplacements
             << " can be";
  if (auto dual = dyn_cast<kt::DualOp>(op.getOperation()))
    if (formulas::getState(dual.getFormula()) == formulas::State::distance && !dual.getInput().getType().isDistance())
      return op.emitOpError("(C12) reads distances, found a covariance: run kt-choose-state before");
  for (auto [index, kernel] : llvm::enumerate(op.getKernels())) {
    kt::KernelType type = typeOf(kernel);
    kt::PlaneSet needed = op.getInputDemand(index, result.getPlanes()).clampTo(type.getPositions());
    if (!type.getSelf() && !type.getPlanes().includes(needed, type.getPositions()))
      return op.emitOpError("(C15) needs more planes than there are of ") << type << ": run kt-infer-demand before";
  }
  return success();
}

LogicalResult inetc::checkNetwork(kt::NetworkOp network, kt::FusedOp group) {
  if (failed(checkGroup(network, group)))
    return failure();
  WalkResult result = network.walk([](kt::KernelOpInterface op) {
    return failed(checkOperation(op)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}
