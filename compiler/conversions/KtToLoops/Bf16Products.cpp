//===- Bf16Products.cpp - f32 inputs as three bfloat16 ------------------------===//
//
// An f32 number is the sum of three bfloat16 of 8 bits each, x = h + m + l, and of the nine products of two such sums
// six are larger than the rounding of the result:
//
//   x x' = h h' + (h m' + m h') + (m m' + h l' + l h') + what is below 2^-26 |x x'|
//
// (Henry, Tang, Heinecke: Leveraging the bfloat16 artificial intelligence datatype for higher-precision computations,
// 2019; "bf16x6" in other compilers.) Four tile registers hold the sums of 32 x 32 examples, the other four what is
// multiplied.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/KtToLoops/MatrixProducts.h"

using namespace mlir;
using namespace inetc;

namespace {

class Bf16Products : public MatrixProducts {
public:
  using MatrixProducts::MatrixProducts;
  void prepare(Value prepared, Value group, Value laneBase) override;
  void multiply(Value firstRow, Value firstColumn, Meanwhile &work) override;

private:
  SmallVector<Value> split(Value memory, Value at, int64_t count);
};

// The parts of `count` numbers, at most 32 of them, and zeros behind them: three vectors of 64 bytes.
SmallVector<Value> Bf16Products::split(Value memory, Value at, int64_t count) {
  VectorType number = emission.getVector(), part = VectorType::get({lanes}, b.getBF16Type());
  SmallVector<Value> rest, vectors;
  for (int64_t first = 0; first < format.featuresOfTile(); first += lanes)
    rest.push_back(b.loadVector(number, memory, b.add(at, b.index(first)), count - first));
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, format.featuresOfTile()));
  for (int64_t i = 0; i < format.parts; ++i) {
    SmallVector<Value> rounded;
    for (Value &value : rest) {
      rounded.push_back(b.create<arith::TruncFOp>(part, value));
      value = b.create<arith::SubFOp>(value, b.create<arith::ExtFOp>(number, rounded.back()));
    }
    Value joined = b.create<vector::ShuffleOp>(rounded[0], rounded[1], all);
    vectors.push_back(b.create<vector::BitCastOp>(number, joined));
  }
  return vectors;
}

void Bf16Products::prepare(Value prepared, Value group, Value laneBase) {
  int64_t features = layout.getFeatures(), chunk = format.featuresOfTile(), whole = features / chunk;
  b.loop(b.index(0), b.index(lanes), 1, [&](Value lane) {
    Value compact = layout.compactBase(b, b.add(group, lane)), place = b.add(laneBase, b.mul(lane, b.index(lanes)));
    auto write = [&](Value c, int64_t count) {
      for (auto [part, vector] : llvm::enumerate(split(prepared, b.add(compact, b.mul(c, b.index(chunk))), count))) {
        Value tile = b.add(b.mul(c, b.index(format.parts)), b.index(static_cast<int64_t>(part)));
        b.storeVector(vector, prepared, b.add(place, b.mul(tile, b.index(format.tileSize()))));
      }
    };
    b.loop(b.index(0), b.index(whole), 1, [&](Value c) { write(c, chunk); });
    if (whole * chunk < features)
      write(b.index(whole), features - whole * chunk);
  });
}

void Bf16Products::multiply(Value firstRow, Value firstColumn, Meanwhile &work) {
  constexpr int64_t leftTile = 4, rightTile = 6;
  const int64_t halves = format.blockRows / lanes, vectors = format.blockVectors;
  SmallVector<Value> rows = findRows(firstRow), columns = findColumns(firstColumn);
  auto sum = [&](int64_t i, int64_t j) { return tile(i * vectors + j); };
  for (int64_t i = 0; i < halves * vectors; ++i)
    call("tilezero", tile(i));
  int64_t left = forChunks(work, 0, work.units, [&](Value c) {
    prefetchRowsBehind(firstRow, firstColumn, c);
    auto loadAll = [&](int64_t firstTile, Value memory, ArrayRef<Value> places, int64_t part) {
      for (auto [i, place] : llvm::enumerate(places))
        load(firstTile + static_cast<int64_t>(i), memory, place, c, part);
    };
    auto loadLeft = [&](int64_t part) { loadAll(leftTile, prepared1, rows, part); };
    auto loadRight = [&](int64_t part) { loadAll(rightTile, scratch, columns, part); };
    auto add = [&] {
      for (int64_t i = 0; i < halves; ++i)
        for (int64_t j = 0; j < vectors; ++j)
          call("tdpbf16ps", {sum(i, j), tile(leftTile + i), tile(rightTile + j)});
    };
    // h m', m m', m h', l h', h h', h l': each step but the first loads one side only
    enum Part { h, m, l };
    loadLeft(h), loadRight(m), add();
    loadLeft(m), add();
    loadRight(h), add();
    loadLeft(l), add();
    loadLeft(h), add();
    loadRight(l), add();
  });
  finishWork(work, left);
  for (int64_t i = 0; i < halves; ++i)
    for (int64_t j = 0; j < vectors; ++j) {
      Value place = b.index((i * vectors * lanes + j) * lanes);
      call("tilestored64", {sum(i, j), b.pointer(scratch, place), bytes(vectors * lanes * 4)});
    }
}

} // namespace

std::unique_ptr<MatrixProducts> inetc::makeBf16Products(Emission &emission, PreparedLayout &layout, LoopBuilder &b) {
  return std::make_unique<Bf16Products>(emission, layout, b);
}
