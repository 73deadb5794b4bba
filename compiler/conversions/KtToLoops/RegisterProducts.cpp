#include "compiler/conversions/KtToLoops/Emit.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace inetc;

// scratch[row][vector] = Σ_c x[row][c] x'[vector][c] for the rows and vectors of columns of a block. All sums stay in
// registers in the loop over the features; they are added up a chunk at a time, which loses fewer digits.
void inetc::emitRegisterProducts(Emission &emission, PreparedLayout &layout, LoopBuilder &b, Value prepared1,
                                 Value firstRow, Value prepared2, Value capacity2, Value firstColumn, Value scratch) {
  constexpr int64_t chunk = 512;
  Value lanes = b.index(emission.lanes), lastVector = b.sub(capacity2, lanes);
  // Past the last vector the last one is computed again. Rows are one base and constant steps: a pointer to each,
  // beside those to the vectors, would not stay in registers.
  SmallVector<Value> columns, sums;
  Value zero = b.create<arith::ConstantOp>(b.getZeroAttr(emission.getVector()));
  sums.assign(emission.gramRows * emission.gramVectors, zero);
  for (int64_t v = 0; v < emission.gramVectors; ++v)
    columns.push_back(
        layout.laneBase(b, capacity2, b.min(b.add(firstColumn, b.index(v * emission.lanes)), lastVector)));
  Value row = layout.compactBase(b, firstRow), step = layout.compactRows(b);
  auto place = [&](int64_t index) { return b.index(index * emission.lanes); };
  for (int64_t begin = 0; begin < layout.getFeatures(); begin += chunk) {
    int64_t end = std::min(begin + chunk, layout.getFeatures());
    SmallVector<Value> chunkSums = b.loop(b.index(begin), b.index(end), 1, sums, [&](Value c, ValueRange carried) {
      SmallVector<Value> next, y;
      for (Value column : columns)
        y.push_back(b.loadVector(emission.getVector(), prepared2, b.add(column, b.mul(c, lanes))));
      for (int64_t r = 0; r < emission.gramRows; ++r) {
        Value at = b.add(b.add(row, c), b.mul(step, b.index(r)));
        Value x = b.broadcast(emission.getVector(), b.load(prepared1, at));
        for (int64_t v = 0; v < emission.gramVectors; ++v)
          next.push_back(b.create<math::FmaOp>(x, y[v], carried[next.size()]));
      }
      return next;
    });
    for (auto [i, sum] : llvm::enumerate(chunkSums)) {
      Value total = sum;
      if (begin > 0)
        total = b.create<arith::AddFOp>(b.loadVector(emission.getVector(), scratch, place(i)), sum);
      b.storeVector(total, scratch, place(i));
    }
  }
}
