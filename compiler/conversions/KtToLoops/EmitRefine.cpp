#include "compiler/conversions/KtToLoops/Emit.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace inetc;

// refine(prepared1, i, prepared2, j, sign, distances, limits) -> distances
// for each lane whose distance is below its limit: (1/C) Σ_c (x[i][c] + sign x'[j + lane][c])²; the sign is 1 or −1,
// and its product exact
func::FuncOp inetc::emitRefine(Emission &emission, PreparedLayout &layout) {
  LoopBuilder b(emission.network.getLoc(), emission.network);
  Type memory = emission.getMemory(), index = b.getIndexType(), vector = emission.getVector();
  auto function = b.create<func::FuncOp>(
      emission.getName("refine"),
      b.getFunctionType({memory, index, memory, index, emission.element, vector, vector}, vector));
  function.setPrivate();
  // rare: keep it out of the loop over pairs
  function->setAttr("passthrough", b.getStrArrayAttr({"noinline", "cold"}));
  b.setInsertionPointToStart(function.addEntryBlock());
  Value prepared1 = function.getArgument(0), row = function.getArgument(1), prepared2 = function.getArgument(2);
  Value column = function.getArgument(3), sign = function.getArgument(4), distances = function.getArgument(5);
  Value limits = function.getArgument(6);

  int64_t features = layout.getFeatures(), whole = features / emission.lanes * emission.lanes;
  b.markStart();
  Value count = b.index(features);
  Value x = layout.compactBase(b, row);
  Value signs = b.broadcast(vector, sign);
  Value zero = b.create<arith::ConstantOp>(b.getFloatAttr(emission.element, 0.0));
  auto refineLane = [&](Value lane) -> Value {
    Value y = layout.compactBase(b, b.add(column, lane));
    Value sums = b.broadcast(vector, zero);
    sums = b.loop(b.index(0), b.index(whole), emission.lanes, sums, [&](Value c, ValueRange carried) {
      Value gap = b.create<math::FmaOp>(signs, b.loadVector(vector, prepared2, b.add(y, c)),
                                        b.loadVector(vector, prepared1, b.add(x, c)));
      return SmallVector<Value>{b.create<math::FmaOp>(gap, gap, carried[0])};
    })[0];
    Value sum = b.create<vector::ReductionOp>(vector::CombiningKind::ADD, sums);
    sum = b.loop(b.index(whole), count, 1, sum, [&](Value c, ValueRange carried) {
      Value gap = b.create<math::FmaOp>(sign, b.load(prepared2, b.add(y, c)), b.load(prepared1, b.add(x, c)));
      return SmallVector<Value>{b.create<math::FmaOp>(gap, gap, carried[0])};
    })[0];
    Value scale = b.create<arith::ConstantOp>(b.getFloatAttr(emission.element, 1.0 / static_cast<double>(features)));
    return b.create<arith::MulFOp>(sum, scale);
  };
  Value refined = b.loop(b.index(0), b.index(emission.lanes), 1, distances, [&](Value lane, ValueRange carried) {
    Value distance = b.create<vector::ExtractElementOp>(carried[0], lane);
    Value limit = b.create<vector::ExtractElementOp>(limits, lane);
    Value below = b.create<arith::CmpFOp>(arith::CmpFPredicate::OLT, distance, limit);
    auto choice = b.create<scf::IfOp>(TypeRange(emission.element), below, /*withElse=*/true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(choice.thenBlock());
      b.create<scf::YieldOp>(refineLane(lane));
      b.setInsertionPointToStart(choice.elseBlock());
      b.create<scf::YieldOp>(distance);
    }
    return SmallVector<Value>{b.create<vector::InsertElementOp>(choice.getResult(0), carried[0], lane)};
  })[0];
  b.create<func::ReturnOp>(refined);
  return function;
}
