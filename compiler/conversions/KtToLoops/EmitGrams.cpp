#include "compiler/conversions/KtToLoops/EmitBlock.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace inetc;
using formulas::Emitted;

// A distance below this part of Q + Q' is taken from differences of the inputs: what a matrix product leaves of it has
// lost too many digits (rounding of 1e-7 of Q in f32; the NTK sees its root).
static constexpr double refineBelow = 1e-3;

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

// Σ_c (x − x')², Σ_c (x + x')² or Σ_c x x' over the features in lanes
Emitted BlockEmitter::directSum(PairLoop &loop, int lockstep, Terms terms) {
  std::optional<Emitted> sum;
  for (int64_t c = 0; c < layout.getFeatures(); ++c) {
    PairSource &source = loop.sources[lockstep];
    Emitted x = source.loadFeature(source.row, b.index(c)), y = source.loadFeature(source.column, b.index(c));
    Emitted left = terms == Terms::squaredDifferences ? x - y : terms == Terms::squaredSums ? x + y : x;
    Emitted right = terms == Terms::products ? y : left;
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

// D = Q + Q' − (2/C) Σ x x' from the matrix product, small ones from differences; the same to −x', from sums
SmallVector<BlockEmitter::UnitGram> BlockEmitter::productGrams(PairLoop &loop) {
  double channels = static_cast<double>(layout.getFeatures());
  SmallVector<UnitGram> grams;
  for (size_t r = 0; r < loop.rows.size(); ++r) {
    PairSource &source = loop.sources[r];
    auto q = unitVariances(source);
    UnitGram &gram = grams.emplace_back();
    gram.sum = q.row[0] + q.column[0];
    gram.limit = source.constant(refineBelow) * gram.sum;
    Emitted product(loop.context, loadProduct(loop.rows[r], loop.column));
    gram.mean = product * source.constant(1.0 / channels);
    gram.distance = fma(source.constant(-2.0 / channels), product, gram.sum);
    if (emission.getNegatedGram())
      gram.negated = fma(source.constant(2.0 / channels), product, gram.sum);
  }
  if (emission.getGram().getRefine())
    refineDistances(loop, grams);
  return grams;
}

// Takes the distances below their limits from the inputs, if there is one.
void BlockEmitter::refineDistances(PairLoop &loop, MutableArrayRef<UnitGram> grams) {
  SmallVector<Value> distances;
  Value anyBelow;
  for (UnitGram &gram : grams) {
    Emitted smaller = gram.negated ? formulas::min(gram.distance, *gram.negated) : gram.distance;
    Value below = b.create<vector::ReductionOp>(vector::CombiningKind::OR, lessThan(smaller, gram.limit).value);
    anyBelow = anyBelow ? b.create<arith::OrIOp>(anyBelow, below).getResult() : below;
    distances.push_back(gram.distance.getValue());
    if (gram.negated)
      distances.push_back(gram.negated->getValue());
  }
  if (loop.wanted)
    anyBelow = b.create<arith::AndIOp>(anyBelow, loop.wanted);
  auto choice = b.create<scf::IfOp>(TypeRange(ValueRange(distances)), anyBelow, /*withElse=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(choice.thenBlock());
    SmallVector<Value> refined;
    for (auto [row, gram] : llvm::zip_equal(loop.rows, grams)) {
      auto refineOne = [&, row = row, limit = gram.limit.getValue()](double sign, Emitted distance) {
        Value signValue = b.create<arith::ConstantOp>(b.getFloatAttr(emission.element, sign));
        return b
            .create<func::CallOp>(
                refine, ValueRange{prepared1, row, prepared2, loop.column, signValue, distance.getValue(), limit})
            .getResult(0);
      };
      refined.push_back(refineOne(-1, gram.distance));
      if (gram.negated)
        refined.push_back(refineOne(1, *gram.negated));
    }
    b.create<scf::YieldOp>(refined);
    b.setInsertionPointToStart(choice.elseBlock());
    b.create<scf::YieldOp>(distances);
  }
  auto result = choice.getResults().begin();
  for (UnitGram &gram : grams) {
    gram.distance = Emitted(loop.context, *result++);
    if (gram.negated)
      gram.negated = Emitted(loop.context, *result++);
  }
}

// The same from sums over the features in lanes, as exact as they can be.
SmallVector<BlockEmitter::UnitGram> BlockEmitter::directGrams(PairLoop &loop) {
  SmallVector<UnitGram> grams;
  Emitted scale = loop.sources.front().constant(1.0 / static_cast<double>(layout.getFeatures()));
  for (int r = 0; r < static_cast<int>(loop.rows.size()); ++r) {
    UnitGram &gram = grams.emplace_back();
    if (emission.getGram().getType().isDistance())
      gram.distance = directSum(loop, r, Terms::squaredDifferences) * scale;
    if (emission.getNegatedGram())
      gram.negated = directSum(loop, r, Terms::squaredSums) * scale;
    gram.direct = [this, &loop, r, scale] { return directSum(loop, r, Terms::products) * scale; };
  }
  return grams;
}

// Σ of the inputs of unit size. Where D is small, from D: so that equal examples have, bit for bit, their variance; and
// opposite ones its negative.
Emitted BlockEmitter::UnitGram::covariance() const {
  if (direct)
    return direct();
  Emitted half = formulas::constant(sum, 0.5);
  Emitted covariance = select(lessThan(distance, limit), half * (sum - distance), mean);
  return negated ? select(lessThan(*negated, limit), half * (*negated - sum), covariance) : covariance;
}

// The kernel of the inputs in each row, in the state that kt.gram has, and the distances to the second example negated.
void BlockEmitter::emitGrams(PairLoop &loop) {
  kt::GramOp gram = emission.getGram();
  SmallVector<UnitGram> grams = emission.gram == GramMethod::direct ? directGrams(loop) : productGrams(loop);
  if (kt::GramOp negated = emission.getNegatedGram()) {
    for (const UnitGram &unit : grams)
      loop.states[negated.getResult()].push_back(EmittedState{*unit.negated});
  }
  std::vector<EmittedState> states;
  for (auto [r, unit] : llvm::enumerate(grams)) {
    if (gram.getType().isDistance()) {
      states.push_back(EmittedState{unit.distance});
      states.back().covariance = [unit = unit] { return unit.covariance(); };
      continue;
    }
    // the inputs are of unit size: back to their own
    auto inverse = kt::Pointwise<Emitted, PairSource>(loop.sources[r]).inverse(gram.getScale());
    Emitted covariance = gram.getRefine() || unit.direct ? unit.covariance() : unit.mean;
    states.push_back(EmittedState{covariance * (inverse.row[0] * inverse.column[0])});
  }
  loop.states[gram.getResult()] = std::move(states);
}
