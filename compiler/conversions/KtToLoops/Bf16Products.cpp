#include "compiler/conversions/KtToLoops/Bf16Products.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace inetc;

// The parts of `count` numbers, at most 32 of them, and zeros behind them: three vectors of 64 bytes.
SmallVector<Value> Bf16Products::split(Value memory, Value at, int64_t count) {
  VectorType number = emission.getVector(), part = VectorType::get({lanes}, b.getBF16Type());
  Value zero = b.create<arith::ConstantOp>(b.getZeroAttr(number));
  SmallVector<Value> rest, vectors;
  for (int64_t first = 0; first < chunk; first += lanes) {
    Value place = b.add(at, b.index(first));
    if (count >= first + lanes) {
      rest.push_back(b.loadVector(number, memory, place));
      continue;
    }
    auto mask = b.create<vector::ConstantMaskOp>(VectorType::get({lanes}, b.getI1Type()),
                                                 b.getI64ArrayAttr({std::max<int64_t>(count - first, 0)}));
    rest.push_back(b.create<vector::MaskedLoadOp>(number, memory, place, mask, zero));
  }
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, chunk));
  for (int64_t i = 0; i < parts; ++i) {
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

// Of 16 vectors: blocks of 1, 2, 4, 8 change places with those across the diagonal.
SmallVector<Value> Bf16Products::transpose(SmallVector<Value> rows) {
  for (int64_t size = 1; size < lanes; size *= 2) {
    SmallVector<int64_t> upper, lower;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      upper.push_back(lane & size ? lanes + lane - size : lane);
      lower.push_back(lane & size ? lanes + lane : lane + size);
    }
    for (int64_t row = 0; row < lanes; ++row) {
      if (row & size)
        continue;
      Value first = rows[row], second = rows[row + size];
      rows[row] = b.create<vector::ShuffleOp>(first, second, upper);
      rows[row + size] = b.create<vector::ShuffleOp>(first, second, lower);
    }
  }
  return rows;
}

int64_t Bf16Products::countScratch(int64_t features, int64_t columns) {
  return products + llvm::alignTo(columns, blockVectors * lanes) / lanes * countChunks(features) * parts * tileSize;
}

void Bf16Products::prepare(Value prepared, Value group, Value laneBase) {
  int64_t features = layout.getFeatures(), whole = features / chunk;
  b.loop(b.index(0), b.index(lanes), 1, [&](Value lane) {
    Value compact = layout.compactBase(b, b.add(group, lane)), place = b.add(laneBase, b.mul(lane, b.index(lanes)));
    auto write = [&](Value c, int64_t count) {
      for (auto [part, vector] : llvm::enumerate(split(prepared, b.add(compact, b.mul(c, b.index(chunk))), count))) {
        Value tile = b.add(b.mul(c, b.index(parts)), b.index(static_cast<int64_t>(part)));
        b.storeVector(vector, prepared, b.add(place, b.mul(tile, b.index(tileSize))));
      }
    };
    b.loop(b.index(0), b.index(whole), 1, [&](Value c) { write(c, chunk); });
    if (whole * chunk < features)
      write(b.index(whole), features - whole * chunk);
  });
}

void Bf16Products::packColumns(Value prepared2, Value capacity2, Value begin, Value end) {
  b.loop(begin, end, lanes, [&](Value group) {
    Value from = layout.laneBase(b, capacity2, group);
    Value number = b.create<arith::DivSIOp>(b.sub(group, begin), b.index(lanes));
    Value to = b.add(b.mul(number, b.index(getGroupSize())), b.index(products));
    // a pair of features is one element of 32 bits
    b.loop(b.index(0), b.index(getGroupSize()), tileSize, [&](Value tile) {
      auto row = [&](int64_t i) { return b.add(tile, b.index(i * lanes)); };
      SmallVector<Value> rows;
      for (int64_t i = 0; i < lanes; ++i)
        rows.push_back(b.loadVector(emission.getVector(), prepared2, b.add(from, row(i))));
      for (auto [i, vector] : llvm::enumerate(transpose(rows)))
        b.storeVector(vector, scratch, b.add(to, row(static_cast<int64_t>(i))));
    });
  });
}

void Bf16Products::call(StringRef intrinsic, ValueRange arguments) {
  b.create<LLVM::CallIntrinsicOp>(TypeRange(), b.getStringAttr(("llvm.x86." + intrinsic).str()), arguments);
}

Value Bf16Products::tile(int64_t index) {
  return b.create<LLVM::ConstantOp>(b.getI8Type(), b.getI8IntegerAttr(static_cast<int8_t>(index)));
}

Value Bf16Products::bytes(int64_t count) {
  return b.create<LLVM::ConstantOp>(b.getI64Type(), b.getI64IntegerAttr(count));
}

// All eight tile registers hold 16 rows of 64 bytes (Intel SDM volume 1, 18.2: palette 1, then, for each of them, bytes
// at 16 and rows at 48).
void Bf16Products::start(Value memory) {
  scratch = memory;
  SmallVector<int32_t> words(16, 0);
  words[0] = 1;
  std::fill_n(words.begin() + 4, 4, 64 << 16 | 64);
  std::fill_n(words.begin() + 12, 2, 0x10101010);
  Value configuration = b.create<arith::ConstantOp>(
      DenseElementsAttr::get(VectorType::get({16}, b.getI32Type()), ArrayRef<int32_t>(words)));
  b.storeVector(b.create<vector::BitCastOp>(emission.getVector(), configuration), scratch, b.index(0));
  call("ldtilecfg", b.pointer(scratch, b.index(0)));
}

void Bf16Products::finish() { call("tilerelease", {}); }

// Where the halves of a block's rows lie.
SmallVector<Value> Bf16Products::findRows(Value capacity, Value first) {
  Value last = b.sub(capacity, b.index(lanes));
  SmallVector<Value> places;
  for (int64_t i = 0; i < halves; ++i)
    places.push_back(layout.laneBase(b, capacity, b.min(b.add(first, b.index(i * lanes)), last)));
  return places;
}

void Bf16Products::multiply(Value prepared1, Value capacity1, Value firstRow, Value block) {
  constexpr int64_t leftTile = 4, rightTile = 6, blockColumns = blockVectors * lanes;
  int64_t chunks = countChunks(layout.getFeatures());
  SmallVector<Value> rows = findRows(capacity1, firstRow), columns;
  for (int64_t j = 0; j < blockVectors; ++j)
    columns.push_back(
        b.add(b.mul(block, b.index(blockVectors * getGroupSize())), b.index(products + j * getGroupSize())));
  // With each block of columns a part of the next rows comes into L2.
  constexpr int64_t cacheLine = 16;
  int64_t blocks = std::max<int64_t>(emission.tileColumns / blockColumns, 1);
  int64_t lines = llvm::divideCeil(getGroupSize(), cacheLine * blocks * chunks); // in each step
  SmallVector<Value> next = findRows(capacity1, b.add(firstRow, b.index(blockRows)));
  for (Value &place : next)
    place = b.add(place, b.mul(block, b.index(chunks * lines * cacheLine)));

  auto sum = [&](int64_t i, int64_t j) { return tile(i * blockVectors + j); };
  for (int64_t i = 0; i < halves * blockVectors; ++i)
    call("tilezero", tile(i));
  b.loop(b.index(0), b.index(chunks), 1, [&](Value c) {
    auto load = [&](int64_t firstTile, Value memory, ArrayRef<Value> places, int64_t part) {
      for (auto [i, place] : llvm::enumerate(places)) {
        Value at = b.add(b.add(place, b.mul(c, b.index(parts * tileSize))), b.index(part * tileSize));
        call("tileloadd64", {tile(firstTile + static_cast<int64_t>(i)), b.pointer(memory, at), bytes(64)});
      }
    };
    auto loadLeft = [&](int64_t part) { load(leftTile, prepared1, rows, part); };
    auto loadRight = [&](int64_t part) { load(rightTile, scratch, columns, part); };
    auto add = [&] {
      for (int64_t i = 0; i < halves; ++i)
        for (int64_t j = 0; j < blockVectors; ++j)
          call("tdpbf16ps", {sum(i, j), tile(leftTile + i), tile(rightTile + j)});
    };
    for (Value place : next)
      for (int64_t line = 0; line < lines; ++line) {
        Value at = b.add(b.add(place, b.mul(c, b.index(lines * cacheLine))), b.index(line * cacheLine));
        b.create<memref::PrefetchOp>(prepared1, at, /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
      }
    // h m', m m', m h', l h', h h', h l': each step but the first loads one side only
    enum Part { h, m, l };
    loadLeft(h), loadRight(m), add();
    loadLeft(m), add();
    loadRight(h), add();
    loadLeft(l), add();
    loadLeft(h), add();
    loadRight(l), add();
  });
  for (int64_t i = 0; i < halves; ++i)
    for (int64_t j = 0; j < blockVectors; ++j) {
      Value place = b.index((i * blockVectors * lanes + j) * lanes);
      call("tilestored64", {sum(i, j), b.pointer(scratch, place), bytes(blockColumns * 4)});
    }
}
