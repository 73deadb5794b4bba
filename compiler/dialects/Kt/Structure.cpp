#include "compiler/dialects/Kt/KtOps.h"

using namespace mlir;
using namespace inetc::kt;

//===----------------------------------------------------------------------===//
// What holds for every transform of kernels
//===----------------------------------------------------------------------===//

static bool carriesAlike(KernelType a, KernelType b) {
  return a.getState() == b.getState() && a.getScalePower() == b.getScalePower();
}

// (K3)
static LogicalResult verifyVariances(KernelOpInterface op) {
  OperandRange variances = op.getVariances(), kernels = kernelsWithVariances(op);
  if (variances.empty())
    return success();
  if (variances.size() != kernels.size())
    return op->emitOpError("(K3) reads a variance of each kernel, found ")
           << variances.size() << " for " << kernels.size();
  for (auto [variance, kernel] : llvm::zip_equal(variances, kernels))
    if (KernelType type = typeOf(variance);
        !type.getSelf() || !carriesAlike(type, typeOf(kernel)) || type.getPositions() != typeOf(kernel).getPositions())
      return op->emitOpError("(K3) reads self kernels of the positions and the state of its kernels, found ")
             << type << " for " << typeOf(kernel);
  return success();
}

LogicalResult inetc::kt::detail::verifyKernelOp(Operation *operation) {
  auto op = cast<KernelOpInterface>(operation);
  KernelType result = typeOf(op->getResult(0));
  for (Value operand : op->getOperands()) {
    auto kernel = dyn_cast<KernelType>(operand.getType());
    Type element = kernel ? kernel.getElementType() : cast<ScaleType>(operand.getType()).getElementType();
    if (element != result.getElementType())
      return op->emitOpError("(K1) has numbers of one type, found ") << operand.getType() << " for " << result;
  }
  bool keepsState = !isa<DualOp, NormalizeOp, RescaleOp, MulOp, WindowOp, PoolOp, MeanOp>(operation);
  for (Value kernel : op.getKernels()) {
    KernelType type = typeOf(kernel);
    if (type.getSelf() != result.getSelf())
      return op->emitOpError("(K2) is of pairs of examples, or of each with itself, found ")
             << type << " for " << result;
    bool anyNegated = type.getNegated() || result.getNegated();
    if (!anyNegated && type.getNtk() != result.getNtk())
      return op->emitOpError("(K2) carries the NTK on both sides or on none, found ") << type << " for " << result;
    if (keepsState && (!carriesAlike(type, result) || type.getNegated() != result.getNegated()))
      return op->emitOpError("(K4) keeps the state, found ") << type << " for " << result;
  }
  return verifyVariances(op);
}

//===----------------------------------------------------------------------===//
// What stands where
//===----------------------------------------------------------------------===//

static LogicalResult verifyNoArguments(Operation *op, Block &block, StringRef constraint) {
  if (block.getNumArguments() > 0)
    return op->emitOpError() << constraint << " has a body without arguments, found " << block.getNumArguments();
  return success();
}

LogicalResult NetworkOp::verify() {
  int64_t numbers = 1;
  for (int64_t size : getInputShape()) {
    if (size <= 0)
      return emitOpError("(C2) has an input of positive sizes, found ") << size;
    if (size > maxPositions / numbers)
      return emitOpError("(C2) has an input of at most ") << maxPositions << " numbers, found more";
    numbers *= size;
  }
  return success();
}

LogicalResult NetworkOp::verifyRegions() {
  if (failed(verifyNoArguments(*this, getBlock(), "(C3)")))
    return failure();
  Operation &last = getBlock().back();
  if (!isa<ReturnOp>(last))
    return emitOpError("(C1) ends in kt.return, found ") << last.getName();
  int prepares = 0;
  for (Operation &op : getBlock().without_terminator()) {
    auto kernelOp = dyn_cast<KernelOpInterface>(op);
    if (kernelOp ? typeOf(op.getResult(0)).getSelf() : !isa<PrepareOp, FusedOp>(op))
      return op.emitOpError("(C3) stands in a kt.network, which holds transforms of pairs, kt.fused and kt.prepare");
    if (isa<PrepareOp>(op) && ++prepares > 1)
      return op.emitOpError("(C3) is the second in a kt.network, which holds one at most");
  }
  return success();
}

LogicalResult PrepareOp::verifyRegions() {
  Block &block = getBody().front();
  if (failed(verifyNoArguments(*this, block, "(C1)")))
    return failure();
  for (Operation &op : block.without_terminator())
    if (!isa<ScaleOp>(op) && !(isa<KernelOpInterface>(op) && typeOf(op.getResult(0)).getSelf()))
      return op.emitOpError("(C1) stands in a kt.prepare, which holds transforms of self kernels and kt.scale");
  for (Type type : getResultTypes())
    if (auto kernel = dyn_cast<KernelType>(type); kernel && !kernel.getSelf())
      return emitOpError("(C2) computes self kernels and scales, found ") << kernel;
  return success();
}

LogicalResult FusedOp::verify() {
  if (getResults().empty())
    return emitOpError("(C2) needs a result at least");
  for (auto [name, size] : {std::pair("tile_rows", getTileRows()), std::pair("tile_columns", getTileColumns())})
    if (size && getLanes() && *size % *getLanes() != 0)
      return emitOpError("(C3) has ") << name << " = " << *size << ", which is no multiple of lanes = " << *getLanes();
  constexpr uint64_t mostSums = 64;
  if (uint64_t sums = getGramRows().value_or(1) * getGramVectors().value_or(1); sums > mostSums)
    return emitOpError("(C4) has gram_rows times gram_vectors of at most ") << mostSums << ", found " << sums;
  return success();
}

LogicalResult FusedOp::verifyRegions() {
  Block &block = getBody().front();
  if (failed(verifyNoArguments(*this, block, "(C1)")))
    return failure();
  for (Operation &op : block.without_terminator())
    if (!isa<KernelOpInterface>(op) || leavesPlanes(&op) || typeOf(op.getResult(0)).getSelf())
      return op.emitOpError("(C1) stands in a kt.fused, which holds transforms of pairs that keep the displacement");
  return success();
}
