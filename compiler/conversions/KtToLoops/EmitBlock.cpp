#include "compiler/conversions/KtToLoops/Emit.h"
#include "compiler/conversions/KtToLoops/EmitPlanes.h"
#include "compiler/conversions/KtToLoops/MatrixProducts.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <deque>

using namespace mlir;
using namespace inetc;
using formulas::EmissionContext;
using formulas::Emitted;

namespace {

// A distance below this part of Q + Q' is taken from differences of the inputs: what a matrix product leaves of it has
// lost too many digits (rounding of 1e-7 of Q in f32; the NTK sees its root).
constexpr double refineBelow = 1e-3;

constexpr int64_t cacheLine = 64; // bytes

// What the body of the loop over pairs refers to.
struct PairLoop {
  EmissionContext &context;
  Value wanted = {};                   // whether anybody wants the results; none: yes
  SmallVector<Value> rows = {};        // index of the example of X1, for each row in lockstep
  Value column = {};                   // index of the first example of X2 in the lanes
  std::deque<PairSource> sources = {}; // for each row
  llvm::DenseMap<Value, std::vector<EmittedState>> states{};
};

class BlockEmitter {
public:
  BlockEmitter(Emission &emission, PreparedLayout &layout)
      : emission(emission), layout(layout), b(emission.network.getLoc(), emission.network) {}

  EmittedFunctions emit();

private:
  void createFunction();
  void emitGramProduct();
  PairSource makeSource(EmissionContext &context, Value row, Value column);
  void startPairs(PairLoop &loop, Value firstRow, Value column);
  void runChain(PairLoop &loop);
  void finishPairs(PairLoop &loop);
  void emitPairs(EmissionContext &context, Value firstRow, Value column);
  class Chain;
  using EmitPairs = llvm::function_ref<void(Value row, Value column)>;
  void emitChains(Value row, Value column, EmitPairs pairs);
  void emitBlocks(EmissionContext &context, EmitPairs pairs);
  void emitMatrixBlocks(EmissionContext &context, EmitPairs pairs);
  void emitPlanes(EmissionContext &context);
  Value findStreaming();
  void storeResults(EmissionContext &context, ArrayRef<EmittedState> results, ArrayRef<Value> rows, Value column,
                    Value wanted = {});
  bool hasNtk() { return emission.network.getReturn().getKernel().getType().getNtk(); }
  // Of the inputs of unit size, for one row in lockstep.
  struct UnitGram {
    Emitted distance, sum, limit, mean; // sum: Q + Q'
    std::function<Emitted()> direct;    // Σ, where it need not be taken from a matrix product
    Emitted covariance() const;
  };
  kt::Sides<Emitted> unitVariances(PairSource &source);
  SmallVector<UnitGram> productGrams(PairLoop &loop);
  SmallVector<UnitGram> directGrams(PairLoop &loop);
  std::vector<EmittedState> emitGram(PairLoop &loop);
  Emitted directSum(PairLoop &loop, int lockstep, bool differences);
  Value loadProduct(Value row, Value column);

  Emission &emission;
  PreparedLayout &layout;
  LoopBuilder b;
  func::FuncOp function, refine;
  double flops = 0;
  Value prepared1, prepared2, nngp, ntk, scratch;
  Value capacity1, rowBegin, rowEnd, capacity2, columnBegin, columnEnd, same, leading;
  Value blockRow, blockColumn; // where the products in scratch begin
  Value streaming;             // whether results go past the caches; none: never
};

void BlockEmitter::createFunction() {
  Type memory = emission.getMemory(), index = b.getIndexType();
  SmallVector<Type> types(5, memory);
  types.append(8, index);
  function = b.create<func::FuncOp>(emission.getName("block"), b.getFunctionType(types, {}));
  b.setInsertionPointToStart(function.addEntryBlock());
  Value *arguments[] = {&prepared1, &prepared2, &nngp,        &ntk,       &scratch, &capacity1, &rowBegin,
                        &rowEnd,    &capacity2, &columnBegin, &columnEnd, &same,    &leading};
  for (auto [argument, value] : llvm::zip_equal(arguments, function.getArguments()))
    *argument = value;
}

// scratch[i][j] = Σ_c x[i][c] x'[j][c], the unit-size inputs of the tile; one call of BLAS
void BlockEmitter::emitGramProduct() {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Type i64 = b.getI64Type();
  std::string callee = emission.element.isF32() ? "inet_gram_f32" : "inet_gram_f64";
  auto module = emission.network->getParentOfType<ModuleOp>();
  if (!module.lookupSymbol(callee)) {
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    auto declaration = top.create<func::FuncOp>(
        b.getLoc(), callee, b.getFunctionType({i64, i64, i64, pointer, i64, pointer, i64, pointer, i64}, {}));
    declaration.setPrivate();
  }
  auto integer = [&](Value value) -> Value { return b.create<arith::IndexCastOp>(i64, value); };
  Value features = b.index(layout.getFeatures()), leading = layout.compactRows(b);
  b.create<func::CallOp>(callee, TypeRange(),
                         ValueRange{integer(b.sub(rowEnd, rowBegin)), integer(b.sub(columnEnd, columnBegin)),
                                    integer(features), b.pointer(prepared1, layout.compactBase(b, rowBegin)),
                                    integer(leading), b.pointer(prepared2, layout.compactBase(b, columnBegin)),
                                    integer(leading), b.pointer(scratch, b.index(0)),
                                    integer(b.index(emission.tileColumns))});
}

// Σ_c (x − x')² or Σ_c x x' over the features in lanes
Emitted BlockEmitter::directSum(PairLoop &loop, int lockstep, bool differences) {
  std::optional<Emitted> sum;
  for (int64_t c = 0; c < layout.getFeatures(); ++c) {
    PairSource &source = loop.sources[lockstep];
    Emitted x = source.loadFeature(source.row, b.index(c)), y = source.loadFeature(source.column, b.index(c));
    Emitted left = differences ? x - y : x, right = differences ? left : y;
    sum = sum ? fma(left, right, *sum) : left * right;
  }
  return *sum;
}

// A vector of the products of the tile, or of the register block, in scratch
Value BlockEmitter::loadProduct(Value row, Value column) {
  Value at;
  if (emission.gram == GramMethod::blas)
    at = b.add(b.mul(b.sub(row, rowBegin), b.index(emission.tileColumns)), b.sub(column, columnBegin));
  else
    at = b.add(b.mul(b.sub(row, blockRow), b.index(emission.gramVectors * emission.lanes)), b.sub(column, blockColumn));
  return b.loadVector(emission.getVector(), scratch, at);
}

// The mean squares of the inputs of unit size, Q of both examples.
kt::Sides<Emitted> BlockEmitter::unitVariances(PairSource &source) {
  PreparedLayout::Table table{.of = {emission.getGram().getScale()}, .key = PreparedLayout::unitVarianceKey.str()};
  int64_t index = layout.require(table);
  return {{source.loadTable(source.row, index, {})}, {source.loadTable(source.column, index, {})}};
}

// D = Q + Q' − (2/C) Σ x x' from the matrix product, small ones from differences
SmallVector<BlockEmitter::UnitGram> BlockEmitter::productGrams(PairLoop &loop) {
  double channels = static_cast<double>(layout.getFeatures());
  SmallVector<UnitGram> grams;
  SmallVector<Value> distances;
  Value anyBelow;
  for (size_t r = 0; r < loop.rows.size(); ++r) {
    PairSource &source = loop.sources[r];
    auto q = unitVariances(source);
    UnitGram &gram = grams.emplace_back();
    gram.sum = q.row[0] + q.column[0];
    gram.limit = source.constant(refineBelow) * gram.sum;
    Emitted product(loop.context, loadProduct(loop.rows[r], loop.column));
    gram.mean = product * source.constant(1.0 / channels);
    gram.distance = fma(source.constant(-2.0 / channels), product, gram.sum);
    if (!emission.getGram().getRefine())
      continue;
    Value below = b.create<vector::ReductionOp>(vector::CombiningKind::OR, lessThan(gram.distance, gram.limit).value);
    anyBelow = anyBelow ? b.create<arith::OrIOp>(anyBelow, below).getResult() : below;
    distances.push_back(gram.distance.getValue());
  }
  if (!anyBelow)
    return grams;
  if (loop.wanted)
    anyBelow = b.create<arith::AndIOp>(anyBelow, loop.wanted);
  auto choice = b.create<scf::IfOp>(TypeRange(ValueRange(distances)), anyBelow, /*withElse=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(choice.thenBlock());
    SmallVector<Value> refined;
    for (size_t r = 0; r < loop.rows.size(); ++r)
      refined.push_back(b.create<func::CallOp>(refine, ValueRange{prepared1, loop.rows[r], prepared2, loop.column,
                                                                  distances[r], grams[r].limit.getValue()})
                            .getResult(0));
    b.create<scf::YieldOp>(refined);
    b.setInsertionPointToStart(choice.elseBlock());
    b.create<scf::YieldOp>(distances);
  }
  for (auto [gram, value] : llvm::zip_equal(grams, choice.getResults()))
    gram.distance = Emitted(loop.context, value);
  return grams;
}

// The same from sums over the features in lanes, as exact as they can be.
SmallVector<BlockEmitter::UnitGram> BlockEmitter::directGrams(PairLoop &loop) {
  SmallVector<UnitGram> grams;
  Emitted scale = loop.sources.front().constant(1.0 / static_cast<double>(layout.getFeatures()));
  for (int r = 0; r < static_cast<int>(loop.rows.size()); ++r) {
    UnitGram &gram = grams.emplace_back();
    if (emission.getGram().getType().getState() == kt::State::distance)
      gram.distance = directSum(loop, r, /*differences=*/true) * scale;
    gram.direct = [this, &loop, r, scale] { return directSum(loop, r, /*differences=*/false) * scale; };
  }
  return grams;
}

// Σ of the inputs of unit size. Where D is small, from D: so that equal examples have, bit for bit, their variance.
Emitted BlockEmitter::UnitGram::covariance() const {
  if (direct)
    return direct();
  Emitted half = formulas::constant(sum, 0.5);
  return select(lessThan(distance, limit), half * (sum - distance), mean);
}

// The kernel of the inputs in each row, in the state that kt.gram has.
std::vector<EmittedState> BlockEmitter::emitGram(PairLoop &loop) {
  kt::GramOp gram = emission.getGram();
  SmallVector<UnitGram> grams = emission.gram == GramMethod::direct ? directGrams(loop) : productGrams(loop);
  std::vector<EmittedState> states;
  for (auto [r, unit] : llvm::enumerate(grams)) {
    if (gram.getType().getState() == kt::State::distance) {
      states.push_back(EmittedState{unit.distance});
      states.back().covariance = [unit = unit] { return unit.covariance(); };
      continue;
    }
    // the inputs are of unit size: back to their own
    auto inverse = loop.sources[r].perExample(gram.getScale(), "inverse", 1, [](ArrayRef<Emitted> g) {
      return SmallVector<Emitted>{formulas::constant(g[0], 1.0) / g[0]};
    });
    Emitted covariance = gram.getRefine() || unit.direct ? unit.covariance() : unit.mean;
    states.push_back(EmittedState{covariance * (inverse.row[0] * inverse.column[0])});
  }
  return states;
}

// Whether the results go past the caches: whole cache lines, of more columns than a tile's, so that nobody reads them
// soon. Else a line would be read from memory before it is written.
Value BlockEmitter::findStreaming() {
  Value bits = b.mul(leading, b.index(emission.element.getWidth() / 8));
  if (emission.network.getNngp())
    bits = b.create<arith::OrIOp>(bits, b.create<memref::ExtractAlignedPointerAsIndexOp>(nngp));
  if (hasNtk())
    bits = b.create<arith::OrIOp>(bits, b.create<memref::ExtractAlignedPointerAsIndexOp>(ntk));
  Value misaligned = b.create<arith::AndIOp>(bits, b.index(cacheLine - 1));
  Value aligned = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, misaligned, b.index(0));
  return b.create<arith::AndIOp>(aligned, b.less(b.index(emission.tileColumns), leading));
}

// A vector of entries for each of `rows`
void BlockEmitter::storeResults(EmissionContext &context, ArrayRef<EmittedState> results, ArrayRef<Value> rows,
                                Value column, Value wanted) {
  SmallVector<std::tuple<Value, Value, Value>> entries;
  for (auto [result, row] : llvm::zip_equal(results, rows)) {
    Value at = b.add(b.mul(b.sub(row, rowBegin), leading), b.sub(column, columnBegin));
    if (emission.network.getNngp())
      entries.push_back({nngp, at, result.nngp.getValue()});
    if (!hasNtk())
      continue;
    std::optional<Emitted> theta = result.completeNtk();
    entries.push_back({ntk, at, theta ? theta->getValue() : context.getConstant(0.0)});
  }
  auto storeInside = [&] {
    Value count = b.sub(columnEnd, column);
    if (wanted)
      count = b.create<arith::SelectOp>(wanted, count, b.index(0));
    auto mask = b.create<vector::CreateMaskOp>(VectorType::get({emission.lanes}, b.getI1Type()), ValueRange{count});
    for (auto [memory, at, vector] : entries)
      b.create<vector::MaskedStoreOp>(memory, at, mask, vector);
  };
  if (!streaming)
    return storeInside();
  Value whole = b.create<arith::AndIOp>(streaming, b.less(b.add(column, b.index(emission.lanes - 1)), columnEnd));
  if (wanted)
    whole = b.create<arith::AndIOp>(whole, wanted);
  auto choice = b.create<scf::IfOp>(whole, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(choice.thenBlock());
  for (auto [memory, at, vector] : entries)
    b.create<LLVM::StoreOp>(vector, b.pointer(memory, at), /*alignment=*/cacheLine, /*isVolatile=*/false,
                            /*isNonTemporal=*/true);
  b.setInsertionPointToStart(choice.elseBlock());
  storeInside();
}

// Of one example of X1 against a vector of examples of X2.
PairSource BlockEmitter::makeSource(EmissionContext &context, Value row, Value column) {
  auto sameExamples = [this, row, column]() -> Value {
    auto indices = VectorType::get({emission.lanes}, b.getIndexType());
    Value iota = b.create<arith::ConstantOp>(
        DenseElementsAttr::get(indices, ArrayRef<int64_t>(llvm::to_vector(llvm::seq<int64_t>(0, emission.lanes)))));
    Value columns = b.create<arith::AddIOp>(iota, b.broadcast(indices, column));
    Value equal = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, columns, b.broadcast(indices, row));
    Value sameSet = b.create<arith::CmpIOp>(arith::CmpIPredicate::ne, same, b.index(0));
    return b.create<arith::AndIOp>(equal, b.broadcast(equal.getType(), sameSet));
  };
  return PairSource{emission,
                    layout,
                    b,
                    context,
                    {false, prepared1, layout.compactBase(b, row)},
                    {true, prepared2, layout.laneBase(b, capacity2, column)},
                    sameExamples};
}

// The kernels of the inputs, of `rows` examples of X1 from `firstRow` on and of the vector of examples of X2 at
// `column`. Past the first and the last row these are computed again: no code for the rest of a tile.
void BlockEmitter::startPairs(PairLoop &loop, Value firstRow, Value column) {
  Value last = b.sub(rowEnd, b.index(1));
  for (int64_t r = 0; r < emission.rows; ++r)
    loop.rows.push_back(r == 0 ? firstRow : b.min(b.add(firstRow, b.index(r)), last));
  loop.column = column;
  for (Value row : loop.rows)
    loop.sources.push_back(makeSource(loop.context, row, column));
  loop.states[emission.getGram().getResult()] = emitGram(loop);
}

// The group behind them: straight-line code.
void BlockEmitter::runChain(PairLoop &loop) {
  std::deque<kt::Pointwise<Emitted, PairSource>> arithmetic;
  for (PairSource &source : loop.sources)
    arithmetic.emplace_back(source);
  for (Operation &op : emission.group.getBody().front().without_terminator()) {
    if (isa<kt::GramOp>(op))
      continue;
    std::vector<EmittedState> results;
    for (int64_t r = 0; r < emission.rows; ++r) {
      std::vector<EmittedState> inputs;
      for (Value kernel : cast<kt::KernelOpInterface>(op).getKernels())
        inputs.push_back(loop.states.find(kernel)->second[r]);
      results.push_back(arithmetic[r].pair(&op, inputs));
    }
    loop.states[op.getResult(0)] = results;
  }
}

void BlockEmitter::finishPairs(PairLoop &loop) {
  Value result = emission.group.getBody().front().getTerminator()->getOperand(0);
  storeResults(loop.context, loop.states.find(result)->second, loop.rows, loop.column, loop.wanted);
}

void BlockEmitter::emitPairs(EmissionContext &context, Value firstRow, Value column) {
  PairLoop loop{context};
  startPairs(loop, firstRow, column);
  runChain(loop);
  finishPairs(loop);
}

// for each vector of columns j: for each row i, `rows` at a time: the planes of the pairs, level by level; store
void BlockEmitter::emitPlanes(EmissionContext &context) {
  Value last = b.sub(rowEnd, b.index(1));
  auto emitter = [&](Value firstRow, Value column) {
    PlaneEmitter planes(makeSource(context, firstRow, column), emission.plan, scratch);
    // past the last row the last one is computed again
    planes.setRows(emission.rows, [this, &context, firstRow, column, last](PairSource &pair, Value r) {
      PairSource other = makeSource(context, b.min(b.add(firstRow, r), last), column);
      pair.row = other.row;
      pair.sameExamples = other.sameExamples;
    });
    return planes;
  };
  emitter(rowBegin, columnBegin).clearPools();
  b.loop(columnBegin, columnEnd, emission.lanes, [&](Value column) {
    b.loop(rowBegin, rowEnd, emission.rows, [&](Value firstRow) {
      PlaneEmitter planes = emitter(firstRow, column);
      planes.clearReadouts();
      planes.emitLevels();
      flops = planes.getFlops();
      planes.forRows([&] {
        Value row = planes.getRow() ? b.min(b.add(firstRow, planes.getRow()), last) : firstRow;
        storeResults(context, planes.emitLast(emission.network.getReturn().getKernel()), row, column);
      });
    });
  });
}

// for each pair of a block whose products lie in scratch: the chain, store
void BlockEmitter::emitChains(Value row, Value column, EmitPairs pairs) {
  Value endRow = b.min(b.add(row, b.index(emission.gramRows)), rowEnd);
  Value endColumn = b.min(b.add(column, b.index(emission.gramVectors * emission.lanes)), columnEnd);
  b.loop(column, endColumn, emission.lanes, [&](Value vector) {
    b.loop(b.max(row, rowBegin), endRow, emission.rows, [&](Value firstRow) { pairs(firstRow, vector); });
  });
}

// for each block of rows i and vectors of columns j: all products, into scratch; then the chain of each
void BlockEmitter::emitBlocks(EmissionContext &context, EmitPairs pairs) {
  b.loop(rowBegin, rowEnd, emission.gramRows, [&](Value row) {
    b.loop(columnBegin, columnEnd, emission.gramVectors * emission.lanes, [&](Value column) {
      // past the last row they are of what lies there; nobody asks for them
      blockRow = b.min(row, b.sub(capacity1, b.index(emission.gramRows))), blockColumn = column;
      emitRegisterProducts(emission, layout, b, prepared1, blockRow, prepared2, capacity2, column, scratch);
      emitChains(row, column, pairs);
    });
  });
}

// The chain of the block whose products lie in scratch: in each unit a vector of columns with the rows in lockstep.
class BlockEmitter::Chain : public MatrixProducts::Meanwhile {
public:
  /// `wanted`: whether there is such a block.
  Chain(BlockEmitter &emitter, EmissionContext &context, Value wanted)
      : Meanwhile(emitter.emission.gramRows / emitter.emission.rows * emitter.emission.gramVectors), emitter(emitter),
        context(context), wanted(wanted) {}

  void start(int64_t which, Value unit) override {
    LoopBuilder &b = emitter.b;
    const Emission &emission = emitter.emission;
    Value unitsOfRows = b.index(emission.gramRows / emission.rows);
    Value row = b.mul(b.create<arith::RemSIOp>(unit, unitsOfRows), b.index(emission.rows));
    Value column = b.mul(b.create<arith::DivSIOp>(unit, unitsOfRows), b.index(emission.lanes));
    // past the tile its last row and vector again
    Value lastRow = b.sub(emitter.rowEnd, b.index(1)), lastColumn = b.sub(emitter.columnEnd, b.index(1));
    lastColumn = b.sub(lastColumn, b.create<arith::RemSIOp>(lastColumn, b.index(emission.lanes)));
    row = b.min(b.max(b.add(emitter.blockRow, row), emitter.rowBegin), lastRow);
    loops.resize(std::max<size_t>(loops.size(), which + 1));
    loops[which] = std::make_unique<PairLoop>(PairLoop{context, wanted});
    emitter.startPairs(*loops[which], row, b.min(b.add(emitter.blockColumn, column), lastColumn));
  }
  void run(int64_t which) override { emitter.runChain(*loops[which]); }
  void finish(int64_t which) override { emitter.finishPairs(*loops[which]); }

private:
  BlockEmitter &emitter;
  EmissionContext &context;
  Value wanted;
  std::vector<std::unique_ptr<PairLoop>> loops;
};

// The same in matrix registers, with the chain of the block before between the products: matrix and vector units work
// side by side.
void BlockEmitter::emitMatrixBlocks(EmissionContext &context, EmitPairs pairs) {
  auto matrices = MatrixProducts::create(emission, layout, b);
  matrices->start(prepared1, capacity1, prepared2, capacity2, scratch);
  matrices->packColumns(columnBegin, columnEnd);
  int64_t blockColumns = emission.gramVectors * emission.lanes;
  Value firstRow = b.sub(rowBegin, b.create<arith::RemSIOp>(rowBegin, b.index(emission.lanes)));
  auto countBlocks = [&](Value begin, Value end, int64_t size) -> Value {
    return b.create<arith::DivSIOp>(b.add(b.sub(end, begin), b.index(size - 1)), b.index(size));
  };
  Value across = countBlocks(columnBegin, columnEnd, blockColumns);
  Value count = b.mul(countBlocks(firstRow, rowEnd, emission.gramRows), across);
  SmallVector<Value> last = b.loop(b.index(0), count, 1, {firstRow, columnBegin}, [&](Value block, ValueRange before) {
    Value row = b.add(firstRow, b.mul(b.create<arith::DivSIOp>(block, across), b.index(emission.gramRows)));
    Value column = b.add(columnBegin, b.mul(b.create<arith::RemSIOp>(block, across), b.index(blockColumns)));
    blockRow = before[0], blockColumn = before[1];
    Chain chain(*this, context, b.less(b.index(0), block));
    matrices->multiply(row, column, chain);
    return SmallVector<Value>{row, column};
  });
  blockRow = last[0], blockColumn = last[1];
  emitChains(blockRow, blockColumn, pairs);
  matrices->finish();
}

EmittedFunctions BlockEmitter::emit() {
  createFunction();
  EmissionContext context(b, b.getLoc(), emission.element, emission.lanes, emission.avx512, b.markStart());
  if (!emission.plan.levels.empty()) {
    emitPlanes(context);
    b.create<func::ReturnOp>();
    return {function, flops};
  }
  if (emission.gram != GramMethod::direct && emission.getGram().getRefine())
    refine = emitRefine(emission, layout);
  if (emission.gram == GramMethod::blas)
    emitGramProduct();
  if (emission.lanes * emission.element.getWidth() / 8 % cacheLine == 0 && emission.gram != GramMethod::direct)
    streaming = findStreaming();
  scf::ForOp innermost;
  auto pairs = [&](Value row, Value column) {
    innermost = cast<scf::ForOp>(b.getInsertionBlock()->getParentOp());
    emitPairs(context, row, column);
  };
  if (emission.gram == GramMethod::registers) {
    emitBlocks(context, pairs);
  } else if (findMatrixFormat(emission.gram)) {
    emitMatrixBlocks(context, pairs);
  } else {
    // for each row i of the tile, `rows` at a time: for each vector of columns j: gram, the chain, store
    b.loop(rowBegin, rowEnd, emission.rows, [&](Value row) {
      b.loop(columnBegin, columnEnd, emission.lanes, [&](Value column) { pairs(row, column); });
    });
  }
  if (streaming) // what went past the caches is seen by whoever learns that the tile is done
    b.create<LLVM::CallIntrinsicOp>(TypeRange(), b.getStringAttr("llvm.x86.sse.sfence"), ValueRange());
  b.create<func::ReturnOp>();
  double gram = emission.gram == GramMethod::direct ? 0.0 : 2.0 * static_cast<double>(layout.getFeatures());
  return {function, gram + countFlops(*innermost.getBody()) / static_cast<double>(emission.rows)};
}

} // namespace

EmittedFunctions inetc::emitBlock(Emission &emission, PreparedLayout &layout) {
  return BlockEmitter(emission, layout).emit();
}
