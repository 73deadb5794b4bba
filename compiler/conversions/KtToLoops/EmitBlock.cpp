#include "compiler/conversions/KtToLoops/EmitBlock.h"
#include "compiler/conversions/KtToLoops/MatrixProducts.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace inetc;
using formulas::EmissionContext;
using formulas::Emitted;

static constexpr int64_t cacheLine = 64; // bytes

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
  emitGrams(loop);
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
  if (emission.getVectorBytes() % cacheLine == 0 && emission.gram != GramMethod::direct)
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

EmittedFunctions inetc::emitBlock(Emission &emission, PreparedLayout &layout) {
  return BlockEmitter(emission, layout).emit();
}
