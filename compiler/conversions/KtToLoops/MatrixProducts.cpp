#include "compiler/conversions/KtToLoops/MatrixProducts.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace inetc;

// int8x28: 7 products of two parts of at most 2^7 must add up within 32 bits.
static constexpr MatrixFormat bf16x6{.elementBits = 32,
                                     .parts = 3,
                                     .partBits = 16,
                                     .blockRows = 32,
                                     .blockVectors = 2,
                                     .laneRowsBehind = 0,
                                     .scratchTiles = 0,
                                     .maxFeatures = std::numeric_limits<int64_t>::max()};
static constexpr MatrixFormat int8x28{.elementBits = 64,
                                      .parts = 7,
                                      .partBits = 8,
                                      .blockRows = 16,
                                      .blockVectors = 1,
                                      .laneRowsBehind = 1,
                                      .scratchTiles = 7,
                                      .maxFeatures = (int64_t(1) << 31) / (7 << 14) - 64};

const MatrixFormat *inetc::findMatrixFormat(GramMethod gram) {
  return gram == GramMethod::bf16x6 ? &bf16x6 : gram == GramMethod::int8x28 ? &int8x28 : nullptr;
}

int64_t MatrixFormat::countScratch(int64_t features, int64_t columns) const {
  int64_t groups = llvm::alignTo(columns, blockVectors * lanes) / lanes;
  return countProducts() + scratchTiles * tileSize() + groups * groupSize(features);
}

std::unique_ptr<MatrixProducts> MatrixProducts::create(Emission &emission, PreparedLayout &layout, LoopBuilder &b) {
  return emission.gram == GramMethod::bf16x6 ? makeBf16Products(emission, layout, b)
                                             : makeInt8Products(emission, layout, b);
}

MatrixProducts::MatrixProducts(Emission &emission, PreparedLayout &layout, LoopBuilder &b)
    : emission(emission), layout(layout), b(b), format(*findMatrixFormat(emission.gram)) {}

// 64 bytes as 16 words.
Value MatrixProducts::loadWords(Value memory, Value at) {
  return b.create<LLVM::LoadOp>(VectorType::get({16}, b.getI32Type()), b.pointer(memory, at), /*alignment=*/64);
}

void MatrixProducts::storeWords(Value words, Value memory, Value at) {
  b.create<LLVM::StoreOp>(words, b.pointer(memory, at), /*alignment=*/64);
}

// Of 16 vectors: blocks of 1, 2, 4, 8 change places with those across the diagonal.
SmallVector<Value> MatrixProducts::transpose(SmallVector<Value> rows) {
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

void MatrixProducts::packColumns(Value begin, Value end) {
  packedBegin = begin;
  b.loop(begin, end, lanes, [&](Value group) {
    Value from = layout.laneBase(b, capacity2, group), to = findColumns(group).front();
    b.loop(b.index(0), b.index(getGroupSize()), format.tileSize(), [&](Value tile) {
      auto row = [&](int64_t i) { return b.add(tile, b.index(i * format.tileSize() / 16)); };
      SmallVector<Value> rows;
      for (int64_t i = 0; i < 16; ++i)
        rows.push_back(loadWords(prepared2, b.add(from, row(i))));
      for (auto [i, words] : llvm::enumerate(transpose(rows)))
        storeWords(words, scratch, b.add(to, row(static_cast<int64_t>(i))));
    });
  });
}

void MatrixProducts::call(StringRef intrinsic, ValueRange arguments) {
  b.create<LLVM::CallIntrinsicOp>(TypeRange(), b.getStringAttr(("llvm.x86." + intrinsic).str()), arguments);
}

Value MatrixProducts::tile(int64_t index) {
  return b.create<LLVM::ConstantOp>(b.getI8Type(), b.getI8IntegerAttr(static_cast<int8_t>(index)));
}

Value MatrixProducts::bytes(int64_t count) {
  return b.create<LLVM::ConstantOp>(b.getI64Type(), b.getI64IntegerAttr(count));
}

// All eight tile registers hold 16 rows of 64 bytes (Intel SDM volume 1, 18.2: palette 1, then, for each of them, bytes
// at 16 and rows at 48).
void MatrixProducts::start(Value first, Value firstCapacity, Value second, Value secondCapacity, Value memory) {
  prepared1 = first, capacity1 = firstCapacity, prepared2 = second, capacity2 = secondCapacity, scratch = memory;
  SmallVector<int32_t> words(16, 0);
  words[0] = 1;
  std::fill_n(words.begin() + 4, 4, 64 << 16 | 64);
  std::fill_n(words.begin() + 12, 2, 0x10101010);
  Value configuration = b.create<arith::ConstantOp>(
      DenseElementsAttr::get(VectorType::get({16}, b.getI32Type()), ArrayRef<int32_t>(words)));
  storeWords(configuration, scratch, b.index(0));
  call("ldtilecfg", b.pointer(scratch, b.index(0)));
}

void MatrixProducts::finish() { call("tilerelease", {}); }

SmallVector<Value> MatrixProducts::findRows(Value first) {
  Value last = b.sub(capacity1, b.index(lanes));
  SmallVector<Value> places;
  for (int64_t row = 0; row < format.blockRows; row += lanes)
    places.push_back(layout.laneBase(b, capacity1, b.min(b.add(first, b.index(row)), last)));
  return places;
}

SmallVector<Value> MatrixProducts::findColumns(Value first) {
  int64_t before = format.countProducts() + format.scratchTiles * format.tileSize();
  Value number = b.create<arith::DivSIOp>(b.sub(first, packedBegin), b.index(lanes));
  SmallVector<Value> places;
  for (int64_t j = 0; j < format.blockVectors; ++j)
    places.push_back(b.add(b.mul(number, b.index(getGroupSize())), b.index(before + j * getGroupSize())));
  return places;
}

// Lets nothing that depends on this number move before the products that come before it.
static void pin(Operation *op) {
  auto type = op->getNumResults() == 1 ? dyn_cast<VectorType>(op->getResult(0).getType()) : VectorType();
  if (!type || !isa<FloatType>(type.getElementType()))
    return;
  ImplicitLocOpBuilder b(op->getLoc(), op->getContext());
  b.setInsertionPointAfter(op);
  Value number = op->getResult(0), pinned;
  llvm::SmallPtrSet<Operation *, 4> own;
  int64_t lanes = 512 / type.getElementTypeBitWidth(); // of a register
  for (int64_t first = 0; first < type.getNumElements(); first += lanes) {
    auto sequence = [](int64_t from, int64_t to) { return llvm::to_vector(llvm::seq<int64_t>(from, to)); };
    Value part = b.create<vector::ShuffleOp>(number, number, sequence(first, first + lanes));
    own.insert(part.getDefiningOp());
    auto nothing = b.create<LLVM::InlineAsmOp>(TypeRange(part.getType()), ValueRange(part), "", "=v,0",
                                               /*has_side_effects=*/true, /*is_align_stack=*/false,
                                               LLVM::AsmDialectAttr(), ArrayAttr());
    part = nothing.getResult(0);
    pinned = pinned ? b.create<vector::ShuffleOp>(pinned, part, sequence(0, first + lanes)).getResult() : part;
  }
  number.replaceAllUsesExcept(pinned, own);
}

// Puts the work between the products, as much behind each: a processor looks ahead over a few of them at a time.
static void spread(ArrayRef<Operation *> products, ArrayRef<Operation *> work) {
  auto isProduct = [](Operation *op) {
    auto call = dyn_cast<LLVM::CallIntrinsicOp>(op);
    return call && call.getIntrin().starts_with("llvm.x86.tdp");
  };
  int64_t count = llvm::count_if(products, isProduct), done = 0, moved = 0;
  for (Operation *product : products) {
    if (!isProduct(product))
      continue;
    ++done;
    Operation *place = product;
    for (int64_t until = done * static_cast<int64_t>(work.size()) / count; moved < until; ++moved) {
      work[moved]->moveAfter(place);
      place = work[moved];
    }
    if (place != product)
      pin(place);
  }
}

int64_t MatrixProducts::forChunks(Meanwhile &work, int64_t firstUnit, int64_t endUnit,
                                  llvm::function_ref<void(Value c)> body) {
  constexpr int64_t mostAtOnce = 2; // beyond, code grows and the products wait for the work
  int64_t chunks = countChunks(), units = std::min(endUnit - firstUnit, mostAtOnce * chunks);
  auto record = [&](llvm::function_ref<void()> emit) {
    Block *block = b.getInsertionBlock();
    Operation *before = b.getInsertionPoint() == block->begin() ? nullptr : &*std::prev(b.getInsertionPoint());
    emit();
    SmallVector<Operation *> emitted;
    for (auto op = before ? std::next(before->getIterator()) : block->begin(); op != b.getInsertionPoint(); ++op)
      emitted.push_back(&*op);
    return emitted;
  };
  // the chunks that have one unit more than the others, then those
  int64_t atLeast = units / chunks, withMore = units % chunks;
  auto loop = [&](int64_t from, int64_t to, int64_t unitsOfChunk, int64_t unit) {
    if (from == to)
      return;
    b.loop(b.index(from), b.index(to), 1, [&](Value c) {
      Value next = b.add(b.mul(b.sub(c, b.index(from)), b.index(unitsOfChunk)), b.index(unit));
      for (int64_t i = 0; i < unitsOfChunk; ++i)
        work.start(i, b.add(next, b.index(i)));
      auto products = record([&] { body(c); });
      spread(products, record([&] {
               for (int64_t i = 0; i < unitsOfChunk; ++i)
                 work.run(i);
             }));
      for (int64_t i = 0; i < unitsOfChunk; ++i)
        work.finish(i);
    });
  };
  loop(0, withMore, atLeast + 1, firstUnit);
  loop(withMore, chunks, atLeast, firstUnit + withMore * (atLeast + 1));
  return firstUnit + units;
}

void MatrixProducts::finishWork(Meanwhile &work, int64_t firstUnit) {
  if (firstUnit >= work.units)
    return;
  b.loop(b.index(firstUnit), b.index(work.units), 1, [&](Value unit) {
    work.start(0, unit);
    work.run(0);
    work.finish(0);
  });
}

void MatrixProducts::prefetchRowsBehind(Value firstRow, Value firstColumn, Value c) {
  const int64_t cacheLine = format.tileSize() / 16, blockColumns = format.blockVectors * lanes;
  int64_t blocks = std::max<int64_t>(emission.tileColumns / blockColumns, 1);
  int64_t lines = llvm::divideCeil(getGroupSize(), cacheLine * blocks * countChunks()); // in each step
  Value block = b.create<arith::DivSIOp>(b.sub(firstColumn, packedBegin), b.index(blockColumns));
  Value step = b.add(b.mul(block, b.index(countChunks())), c);
  for (Value place : findRows(b.add(firstRow, b.index(format.blockRows))))
    for (int64_t line = 0; line < lines; ++line) {
      Value at = b.add(b.add(place, b.mul(step, b.index(lines * cacheLine))), b.index(line * cacheLine));
      b.create<memref::PrefetchOp>(prepared1, at, /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
    }
}

void MatrixProducts::load(int64_t index, Value memory, Value place, Value c, int64_t part) {
  Value at = b.add(place, b.mul(c, b.index(format.parts * format.tileSize())));
  at = b.add(at, b.index(part * format.tileSize()));
  call("tileloadd64", {tile(index), b.pointer(memory, at), bytes(64)});
}
