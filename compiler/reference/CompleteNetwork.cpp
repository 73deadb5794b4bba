#include "compiler/reference/CompleteNetwork.h"

#include "compiler/dialects/Kt/ScaleBias.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace inetc;

// The formula reads D, and Σ is what comes in.
static bool needsDistance(kt::DualOp op) {
  return formulas::getState(op.getFormula()) == formulas::State::distance && !op.getInput().getType().isDistance();
}

static void surroundWithDistance(kt::DualOp op) {
  OpBuilder builder(op);
  kt::KernelType covariance = op.getType(), distance = covariance.withState(kt::State::distance, /*scalePower=*/0);
  op.getInputsMutable().assign(
      builder.create<kt::RescaleOp>(op.getLoc(), distance, op.getInput(), ValueRange(), Value(), APFloat(1.0))
          .getResult());
  op.getResult().setType(distance);
  builder.setInsertionPointAfter(op);
  auto back =
      builder.create<kt::RescaleOp>(op.getLoc(), covariance, op.getResult(), ValueRange(), Value(), APFloat(1.0));
  op.getResult().replaceAllUsesExcept(back.getResult(), back);
}

OwningOpRef<kt::NetworkOp> inetc::reference::completeNetwork(kt::NetworkOp original) {
  OwningOpRef<kt::NetworkOp> network = cast<kt::NetworkOp>(original->clone());
  SmallVector<kt::DualOp> duals;
  network->walk([&](kt::DualOp op) { duals.push_back(op); });
  for (kt::DualOp dual : duals)
    if (needsDistance(dual))
      surroundWithDistance(dual);

  // a distance to the second example negated has the variances of the other one
  llvm::DenseMap<Value, Value> positives;
  network->walk([&](kt::KernelOpInterface op) {
    for (Value kernel : op.getKernels()) {
      Value positive = kt::findPositive(kernel);
      positives[kernel] = positive ? positive : kernel;
    }
  });
  kt::ScaleOp scale;
  network->walk([&](kt::KernelOpInterface op) {
    if (op.getVariances().empty())
      op.getVariancesMutable().assign(
          llvm::map_to_vector(kt::kernelsWithVariances(op), [&](Value kernel) { return positives.lookup(kernel); }));
    if (!op.needsScale() || op.getScaleOrNull())
      return;
    if (!scale) {
      OpBuilder builder = OpBuilder::atBlockBegin(&network->getBlock());
      auto elementType = kt::typeOf(op->getResult(0)).getElementType();
      scale = builder.create<kt::ScaleOp>(network->getLoc(), kt::ScaleType::get(builder.getContext(), elementType),
                                          builder.getF64FloatAttr(kt::findScaleBias(*network)));
    }
    op.getScaleMutable().assign(scale.getResult());
  });
  return network;
}
