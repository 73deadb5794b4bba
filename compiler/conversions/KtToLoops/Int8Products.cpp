//===- Int8Products.cpp - f64 inputs as seven digits --------------------------===//
//
// An example's f64 numbers, below 2^e in size, are integers of 54 bits times 2^(e-54), and those are seven digits d of
// base 256, between -128 and 127, d_0 the highest. Digits are multiplied and added up exactly, so that of the 49
// products of two such numbers only those matter that are larger than the rounding of the result:
//
//   x x' = 2^(e+e'-108) (256^12 G_0 + 256^11 G_1 + … + 256^6 G_6 + what is below 256^6 / 2),
//   G_g = Σ_{i+j=g} d_i d'_j:  28 products.
//
// (Ootomo, Ozaki, Yokota: DGEMM on integer matrix multiplication unit, 2024.) The error is relative to the largest
// numbers of both examples, 2^-55 of each, and smaller than that of a sum of products in f64.
//
// Tile registers hold the sums of four of the G_g of 16 x 16 examples at a time: with i counting up one tile of x' is
// new for each of x, 20 loads for 28 products.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/KtToLoops/MatrixProducts.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace inetc;

namespace {

class Int8Products : public MatrixProducts {
public:
  using MatrixProducts::MatrixProducts;
  void prepare(Value prepared, Value group, Value laneBase) override;
  void multiply(Value firstRow, Value firstColumn, Meanwhile &work) override;

private:
  static constexpr int64_t step = 8; // features of a vector of f64
  static constexpr int64_t bits = 54;

  VectorType getNumbers() { return VectorType::get({step}, b.getF64Type()); }
  Value constant(int64_t value) { return b.create<arith::ConstantOp>(b.getI64IntegerAttr(value)); }
  Value findLargest(Value prepared, Value compact);
  SmallVector<Value> split(Value numbers, Value scale);
  Value findUnits(Value laneBase) { return b.add(laneBase, b.index(getGroupSize())); }
  int64_t addUp(Value firstRow, Value firstColumn, ArrayRef<int64_t> groups, Meanwhile &work, int64_t firstUnit,
                int64_t endUnit);
  void combine(Value firstRow, Value firstColumn);
};

// max |x| of an example
Value Int8Products::findLargest(Value prepared, Value compact) {
  int64_t features = layout.getFeatures(), whole = features / step * step;
  auto larger = [&](Value most, Value at, int64_t count) -> Value {
    return b.create<arith::MaxNumFOp>(
        most, b.create<math::AbsFOp>(b.loadVector(getNumbers(), prepared, b.add(compact, at), count)));
  };
  Value zero = b.create<arith::ConstantOp>(b.getZeroAttr(getNumbers()));
  Value most = b.loop(b.index(0), b.index(whole), step, zero, [&](Value at, ValueRange carried) {
    return SmallVector<Value>{larger(carried[0], at, step)};
  })[0];
  if (whole < features)
    most = larger(most, b.index(whole), features - whole);
  return b.create<vector::ReductionOp>(vector::CombiningKind::MAXNUMF, most);
}

// The digits of 8 numbers, the highest first: each 8 bytes. With 128 added to every digit they are the bytes of the
// sum.
SmallVector<Value> Int8Products::split(Value numbers, Value scale) {
  auto integers = VectorType::get({step}, b.getI64Type());
  auto everywhere = [&](int64_t value) { return b.broadcast(integers, constant(value)); };
  Value scaled = b.create<arith::MulFOp>(numbers, b.broadcast(getNumbers(), scale));
  Value integer = b.create<arith::FPToSIOp>(integers, b.create<math::RoundEvenOp>(scaled));
  Value offset = everywhere(0x80808080808080);
  Value sum = b.create<arith::XOrIOp>(b.create<arith::AddIOp>(integer, offset), offset);
  SmallVector<Value> digits;
  for (int64_t i = 0; i < format.parts; ++i) {
    Value shifted = b.create<arith::ShRUIOp>(sum, everywhere(8 * (format.parts - 1 - i)));
    Value digit = b.create<arith::TruncIOp>(VectorType::get({step}, b.getI8Type()), shifted);
    digits.push_back(b.create<vector::BitCastOp>(VectorType::get({1}, b.getF64Type()), digit));
  }
  return digits;
}

void Int8Products::prepare(Value prepared, Value group, Value laneBase) {
  // of the bits of a number its exponent e + 1022; zeros and what is next to nothing get one that has an inverse
  constexpr int64_t fraction = 52, leastExponent = 100;
  int64_t features = layout.getFeatures(), whole = features / step * step;
  b.loop(b.index(0), b.index(lanes), 1, [&](Value lane) {
    Value compact = layout.compactBase(b, b.add(group, lane)), place = b.add(laneBase, b.mul(lane, b.index(step)));
    Value largest = b.create<arith::BitcastOp>(b.getI64Type(), findLargest(prepared, compact));
    Value exponent =
        b.create<arith::MaxSIOp>(b.create<arith::ShRUIOp>(largest, constant(fraction)), constant(leastExponent));
    auto power = [&](Value biased) -> Value {
      return b.create<arith::BitcastOp>(b.getF64Type(), b.create<arith::ShLIOp>(biased, constant(fraction)));
    };
    // 2^(54-e), and 2^(e-54) for the products
    Value scale = power(b.sub(constant(1023 + bits + 1022), exponent));
    b.store(power(b.sub(exponent, constant(bits - 1))), prepared, b.add(findUnits(laneBase), lane));
    auto write = [&](Value feature, int64_t count) {
      Value numbers = b.loadVector(getNumbers(), prepared, b.add(compact, feature), count);
      Value chunk = b.create<arith::DivSIOp>(feature, b.index(format.featuresOfTile()));
      Value within = b.create<arith::RemSIOp>(feature, b.index(format.featuresOfTile()));
      Value at = b.add(place, b.create<arith::DivSIOp>(within, b.index(step)));
      at = b.add(at, b.mul(chunk, b.index(format.parts * format.tileSize())));
      for (auto [i, digits] : llvm::enumerate(split(numbers, scale)))
        b.storeVector(digits, prepared, b.add(at, b.index(static_cast<int64_t>(i) * format.tileSize())));
    };
    b.loop(b.index(0), b.index(whole), step, [&](Value feature) { write(feature, step); });
    int64_t padded = countChunks() * format.featuresOfTile();
    for (int64_t feature = whole; feature < padded; feature += step)
      write(b.index(feature), std::max<int64_t>(features - feature, 0));
  });
}

// scratch[g] = G_g of 16 x 16 examples, for each of `groups`: consecutive numbers, the highest first. Beside it the
// work from `firstUnit` to `endUnit`; returns the first unit that is left.
int64_t Int8Products::addUp(Value firstRow, Value firstColumn, ArrayRef<int64_t> groups, Meanwhile &work,
                            int64_t firstUnit, int64_t endUnit) {
  Value row = findRows(firstRow).front(), column = findColumns(firstColumn).front();
  auto count = static_cast<int64_t>(groups.size());
  const int64_t left = count, right = count + 1, rights = 8 - right;
  for (int64_t i = 0; i < count; ++i)
    call("tilezero", tile(i));
  int64_t unit = forChunks(work, firstUnit, endUnit, [&](Value c) {
    if (groups.front() == format.parts - 1)
      prefetchRowsBehind(firstRow, firstColumn, c);
    SmallVector<int64_t> held(rights, -1); // which digit of x' is in each register
    for (int64_t i = 0; i <= groups.front(); ++i) {
      load(left, prepared1, row, c, i);
      for (auto [sum, g] : llvm::enumerate(groups)) {
        int64_t j = g - i;
        if (j < 0)
          break;
        auto *found = llvm::find(held, j);
        if (found == held.end()) {
          // in the place of the highest, which no later step of x wants
          found = llvm::find(held, -1);
          if (found == held.end())
            found = llvm::max_element(held);
          load(right + (found - held.begin()), scratch, column, c, *found = j);
        }
        call("tdpbssd", {tile(static_cast<int64_t>(sum)), tile(left), tile(right + (found - held.begin()))});
      }
    }
  });
  for (auto [sum, g] : llvm::enumerate(groups)) {
    Value place = b.index(format.countProducts() + g * format.tileSize());
    call("tilestored64", {tile(static_cast<int64_t>(sum)), b.pointer(scratch, place), bytes(64)});
  }
  return unit;
}

// The products of 16 x 16 examples, of what was added up.
void Int8Products::combine(Value firstRow, Value firstColumn) {
  VectorType products = emission.getVector();
  Value rowUnits = findUnits(findRows(firstRow).front());
  Value columnUnits = b.loadVector(products, prepared2, findUnits(layout.laneBase(b, capacity2, firstColumn)));
  Value digit = b.broadcast(products, b.create<arith::ConstantOp>(b.getF64FloatAttr(0x1p-8)));
  Value highest = b.create<arith::ConstantOp>(b.getF64FloatAttr(0x1p96));
  b.loop(b.index(0), b.index(lanes), 1, [&](Value row) {
    Value total;
    for (int64_t g = format.parts - 1; g >= 0; --g) {
      Value at = b.add(b.index(format.countProducts() + g * format.tileSize()), b.mul(row, b.index(step)));
      Value sum = b.create<LLVM::LoadOp>(VectorType::get({lanes}, b.getI32Type()), b.pointer(scratch, at), 64);
      Value number = b.create<arith::SIToFPOp>(products, sum);
      total = total ? b.create<math::FmaOp>(total, digit, number) : number;
    }
    Value unit = b.create<arith::MulFOp>(b.load(prepared1, b.add(rowUnits, row)), highest);
    Value units = b.create<arith::MulFOp>(columnUnits, b.broadcast(products, unit));
    b.storeVector(b.create<arith::MulFOp>(total, units), scratch, b.mul(row, b.index(lanes)));
  });
}

void Int8Products::multiply(Value firstRow, Value firstColumn, Meanwhile &work) {
  // 22 of the 28 products, and as much of the work
  int64_t unit = addUp(firstRow, firstColumn, {6, 5, 4, 3}, work, 0, llvm::divideCeil(work.units * 22, 28));
  unit = addUp(firstRow, firstColumn, {2, 1, 0}, work, unit, work.units);
  finishWork(work, unit);
  combine(firstRow, firstColumn);
}

} // namespace

std::unique_ptr<MatrixProducts> inetc::makeInt8Products(Emission &emission, PreparedLayout &layout, LoopBuilder &b) {
  return std::make_unique<Int8Products>(emission, layout, b);
}
