#include "compiler/conversions/KtToLoops/Emit.h"
#include "compiler/dialects/Kt/Pointwise.h"
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

using PairState = kt::PairState<Emitted>;
using Sides = kt::Sides<Emitted>;

// Everything that the body of the loop over pairs refers to.
struct PairLoop {
  LoopBuilder &b;
  Emission &emission;
  PreparedLayout &layout;
  EmissionContext &context;
  Value prepared1, prepared2, capacity1, capacity2, same;
  SmallVector<Value> rows; // index of the example of X1, for each row in lockstep
  Value column;            // index of the first example of X2 in the lanes
  // loads made in this body
  llvm::DenseMap<int64_t, Emitted> columnValues = llvm::DenseMap<int64_t, Emitted>();
  llvm::DenseMap<std::pair<int64_t, int>, Emitted> rowValues = llvm::DenseMap<std::pair<int64_t, int>, Emitted>();

  Emitted columnValue(int64_t row) {
    Emitted &value = columnValues[row];
    if (!value.getValue()) {
      Value at = b.add(b.mul(b.index(row), capacity2), column);
      value = Emitted(context, b.loadVector(emission.getVector(), prepared2, at));
    }
    return value;
  }

  Emitted rowValue(int64_t row, int lockstep) {
    Emitted &value = rowValues[{row, lockstep}];
    if (!value.getValue()) {
      Value at = b.add(b.mul(b.index(row), capacity1), rows[lockstep]);
      value = Emitted(context, b.broadcast(emission.getVector(), b.load(prepared1, at)));
    }
    return value;
  }
};

// The Source of kt::Pointwise for one of the rows in lockstep.
struct RowSource {
  PairLoop &loop;
  int lockstep;

  Emitted constant(double value) { return Emitted(loop.context, loop.context.getConstant(value)); }

  Sides perExample(ValueRange of, StringRef key, int count, PreparedLayout::Formula formula) {
    int64_t first = loop.layout.require(of, key, count, std::move(formula));
    Sides sides;
    for (int64_t row = first; row < first + count; ++row) {
      sides.row.push_back(loop.rowValue(row, lockstep));
      sides.column.push_back(loop.columnValue(row));
    }
    return sides;
  }

  Emitted whereSelf(Emitted self, Emitted other) {
    LoopBuilder &b = loop.b;
    int64_t lanes = loop.emission.lanes;
    auto indices = VectorType::get({lanes}, b.getIndexType());
    Value iota = b.create<arith::ConstantOp>(
        DenseElementsAttr::get(indices, ArrayRef<int64_t>(llvm::to_vector(llvm::seq<int64_t>(0, lanes)))));
    Value columns = b.create<arith::AddIOp>(iota, b.broadcast(indices, loop.column));
    Value row = b.broadcast(indices, loop.rows[lockstep]);
    Value equal = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, columns, row);
    Value sameSet = b.create<arith::CmpIOp>(arith::CmpIPredicate::ne, loop.same, b.index(0));
    Value mask = b.create<arith::AndIOp>(equal, b.broadcast(equal.getType(), sameSet));
    return Emitted(loop.context, b.create<arith::SelectOp>(mask, self.getValue(), other.getValue()));
  }
};

class BlockEmitter {
public:
  BlockEmitter(Emission &emission, PreparedLayout &layout)
      : emission(emission), layout(layout), b(emission.network.getLoc(), emission.network) {}

  double emit();

private:
  void createFunction();
  void emitGramProduct();
  void emitPairs(EmissionContext &context, Value firstRow, Value column);
  SmallVector<PairState> emitGram(PairLoop &loop);
  Emitted directSum(PairLoop &loop, int lockstep, bool differences);
  SmallVector<Emitted> productDistances(PairLoop &loop);
  Value loadProduct(PairLoop &loop, Value row);
  void storeResults(PairLoop &loop, ArrayRef<PairState> results);

  Emission &emission;
  PreparedLayout &layout;
  LoopBuilder b;
  func::FuncOp function, refine;
  Value prepared1, prepared2, nngp, ntk, scratch;
  Value capacity1, rowBegin, rowEnd, capacity2, columnBegin, columnEnd, same, leading;
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
  auto pointerTo = [&](Value memory, Value offset) -> Value {
    Value base = b.create<memref::ExtractAlignedPointerAsIndexOp>(memory);
    Value bytes = b.mul(offset, b.index(emission.element.getWidth() / 8));
    return b.create<LLVM::IntToPtrOp>(pointer, integer(b.add(base, bytes)));
  };
  Value features = b.index(layout.getFeatures());
  b.create<func::CallOp>(callee, TypeRange(),
                         ValueRange{integer(b.sub(rowEnd, rowBegin)), integer(b.sub(columnEnd, columnBegin)),
                                    integer(features), pointerTo(prepared1, b.mul(rowBegin, features)),
                                    integer(features), pointerTo(prepared2, b.mul(columnBegin, features)),
                                    integer(features), pointerTo(scratch, b.index(0)),
                                    integer(b.index(emission.tileColumns))});
}

// Σ_c (x − x')² or Σ_c x x' over the features in lanes
Emitted BlockEmitter::directSum(PairLoop &loop, int lockstep, bool differences) {
  std::optional<Emitted> sum;
  for (int64_t c = 0; c < layout.getFeatures(); ++c) {
    Emitted x = loop.rowValue(c, lockstep), y = loop.columnValue(c);
    Emitted left = differences ? x - y : x, right = differences ? left : y;
    sum = sum ? fma(left, right, *sum) : left * right;
  }
  return *sum;
}

// A vector of the tile's matrix product
Value BlockEmitter::loadProduct(PairLoop &loop, Value row) {
  Value at = b.add(b.mul(b.sub(row, rowBegin), b.index(emission.tileColumns)), b.sub(loop.column, columnBegin));
  return b.loadVector(emission.getVector(), scratch, at);
}

// D = Q + Q' − (2/C) Σ x x' from the matrix product, small ones from differences
SmallVector<Emitted> BlockEmitter::productDistances(PairLoop &loop) {
  double channels = static_cast<double>(layout.getFeatures());
  Value unitVariance = emission.getGram().getVariances().front();
  SmallVector<Value> distances, limits;
  Value anyBelow;
  for (size_t r = 0; r < loop.rows.size(); ++r) {
    RowSource source{loop, static_cast<int>(r)};
    auto same = [](ArrayRef<Emitted> v) { return SmallVector<Emitted>{v[0]}; };
    Sides q = source.perExample(unitVariance, "", 1, same);
    Emitted sum = q.row[0] + q.column[0];
    Emitted product(loop.context, loadProduct(loop, loop.rows[r]));
    Emitted distance = fma(source.constant(-2.0 / channels), product, sum);
    Emitted limit = source.constant(refineBelow) * sum;
    Value below = b.create<vector::ReductionOp>(vector::CombiningKind::OR, lessThan(distance, limit).value);
    anyBelow = anyBelow ? b.create<arith::OrIOp>(anyBelow, below).getResult() : below;
    distances.push_back(distance.getValue());
    limits.push_back(limit.getValue());
  }
  auto choice = b.create<scf::IfOp>(TypeRange(ValueRange(distances)), anyBelow, /*withElse=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(choice.thenBlock());
    SmallVector<Value> refined;
    for (size_t r = 0; r < loop.rows.size(); ++r)
      refined.push_back(b.create<func::CallOp>(refine, ValueRange{prepared1, loop.rows[r], prepared2, loop.column,
                                                                 distances[r], limits[r]})
                            .getResult(0));
    b.create<scf::YieldOp>(refined);
    b.setInsertionPointToStart(choice.elseBlock());
    b.create<scf::YieldOp>(distances);
  }
  return llvm::map_to_vector(choice.getResults(), [&](Value value) { return Emitted(loop.context, value); });
}

// The kernel of the inputs in each row, in the state that kt.gram has.
SmallVector<PairState> BlockEmitter::emitGram(PairLoop &loop) {
  kt::GramOp gram = emission.getGram();
  bool distance = gram.getType().getState() == kt::State::distance;
  auto mean = [this, &loop, channels = static_cast<double>(layout.getFeatures())](Emitted sum) {
    return channels == 1 ? sum : sum * Emitted(loop.context, loop.context.getConstant(1.0 / channels));
  };
  auto products = [this, &loop, mean](int r) {
    return mean(emission.gramByBlas ? Emitted(loop.context, loadProduct(loop, loop.rows[r]))
                                    : directSum(loop, r, /*differences=*/false));
  };
  SmallVector<Emitted> distances;
  if (distance && emission.gramByBlas)
    distances = productDistances(loop);
  SmallVector<PairState> states;
  for (int r = 0; r < static_cast<int>(loop.rows.size()); ++r) {
    if (distance) {
      states.push_back(PairState{emission.gramByBlas ? distances[r] : mean(directSum(loop, r, /*differences=*/true))});
      states.back().covariance = [products, r] { return products(r); };
      continue;
    }
    RowSource source{loop, r};
    // the inputs are of unit size: back to their own
    Sides inverse = source.perExample(gram.getScale(), "inverse", 1, [](ArrayRef<Emitted> g) {
      return SmallVector<Emitted>{formulas::constant(g[0], 1.0) / g[0]};
    });
    states.push_back(PairState{products(r) * (inverse.row[0] * inverse.column[0])});
  }
  return states;
}

void BlockEmitter::storeResults(PairLoop &loop, ArrayRef<PairState> results) {
  auto mask = b.create<vector::CreateMaskOp>(VectorType::get({emission.lanes}, b.getI1Type()),
                                             ValueRange{b.sub(columnEnd, loop.column)});
  for (auto [r, result] : llvm::enumerate(results)) {
    Value at = b.add(b.mul(b.sub(loop.rows[r], rowBegin), leading), b.sub(loop.column, columnBegin));
    auto store = [&](Value memory, Value vector) { b.create<vector::MaskedStoreOp>(memory, at, mask, vector); };
    if (emission.network.getNngp())
      store(nngp, result.nngp.getValue());
    if (!emission.network.getReturn().getKernel().getType().getNtk())
      continue;
    std::optional<Emitted> theta = result.completeNtk();
    store(ntk, theta ? theta->getValue() : loop.context.getConstant(0.0));
  }
}

// The whole group for `rows` examples of X1 and a vector of examples of X2: straight-line code
void BlockEmitter::emitPairs(EmissionContext &context, Value firstRow, Value column) {
  PairLoop loop{b, emission, layout, context, prepared1, prepared2, capacity1, capacity2, same, {}, column};
  // past the last row the last one is computed again: no code for the rest of a tile
  Value last = b.sub(rowEnd, b.index(1));
  for (int64_t r = 0; r < emission.rows; ++r)
    loop.rows.push_back(r == 0 ? firstRow : b.min(b.add(firstRow, b.index(r)), last));

  llvm::DenseMap<Value, SmallVector<PairState>> states;
  std::deque<RowSource> sources;
  std::deque<kt::Pointwise<Emitted, RowSource>> arithmetic;
  for (int64_t r = 0; r < emission.rows; ++r)
    arithmetic.emplace_back(sources.emplace_back(RowSource{loop, static_cast<int>(r)}));
  for (Operation &op : emission.group.getBody().front().without_terminator()) {
    if (auto gram = dyn_cast<kt::GramOp>(op)) {
      states[gram.getResult()] = emitGram(loop);
      continue;
    }
    SmallVector<PairState> results;
    for (int64_t r = 0; r < emission.rows; ++r) {
      SmallVector<PairState> inputs;
      for (Value kernel : cast<kt::KernelOpInterface>(op).getKernels())
        inputs.push_back(states.find(kernel)->second[r]);
      results.push_back(arithmetic[r].pair(&op, inputs));
    }
    states[op.getResult(0)] = results;
  }
  Value result = emission.group.getBody().front().getTerminator()->getOperand(0);
  storeResults(loop, states.find(result)->second);
}

// Floating-point operations of the innermost body, for one pair.
double countFlops(scf::ForOp body, int64_t rows) {
  double flops = 0;
  for (Operation &op : *body.getBody()) {
    if (isa<math::FmaOp>(op))
      flops += 2;
    else if (op.getNumResults() == 1 && isa<VectorType>(op.getResult(0).getType()) &&
             isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::MaximumFOp, arith::MinimumFOp,
                 arith::CmpFOp, arith::SelectOp, math::SqrtOp, LLVM::CallIntrinsicOp>(op))
      flops += 1;
  }
  return flops / static_cast<double>(rows);
}

double BlockEmitter::emit() {
  createFunction();
  EmissionContext context(b, b.getLoc(), emission.element, emission.lanes, emission.avx512, b.markStart());
  if (emission.gramByBlas) {
    emitGramProduct();
    if (emission.getGram().getRefine())
      refine = emitRefine(emission, layout);
  }
  // for each row i of the tile, `rows` at a time: for each vector of columns j: gram, the chain, store
  scf::ForOp innermost;
  b.loop(rowBegin, rowEnd, emission.rows, [&](Value row) {
    b.loop(columnBegin, columnEnd, emission.lanes, [&](Value column) {
      innermost = cast<scf::ForOp>(b.getInsertionBlock()->getParentOp());
      emitPairs(context, row, column);
    });
  });
  b.create<func::ReturnOp>();
  double gram = emission.gramByBlas ? 2.0 * static_cast<double>(layout.getFeatures()) : 0.0;
  return gram + countFlops(innermost, emission.rows);
}

} // namespace

double inetc::emitBlock(Emission &emission, PreparedLayout &layout) { return BlockEmitter(emission, layout).emit(); }
