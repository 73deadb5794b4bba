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
  op.getInputMutable().assign(
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

  kt::ScaleOp scale;
  network->walk([&](kt::KernelOpInterface op) {
    if (op.getVariances().empty())
      op.getVariancesMutable().assign(SmallVector<Value>(op.getKernels()));
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
