#include "compiler/conversions/KtToLoops/EmitPrepare.h"
#include "compiler/conversions/KtToLoops/PoolWeights.h"

using namespace mlir;
using namespace inetc;
using formulas::EmissionContext;
using formulas::Emitted;

namespace {

// kt::Pointwise asks for constants only where it computes variances.
struct ConstantSource {
  EmissionContext &context;
  Emitted constant(double value) { return Emitted(context, context.getConstant(value)); }
  kt::Sides<Emitted> perExample(ValueRange, StringRef, int, PreparedLayout::Formula) {
    llvm_unreachable("variances depend on one example only");
  }
  Emitted whereSelf(Emitted self, Emitted) { return self; }
};

} // namespace

Value PrepareEmitter::linear(ArrayRef<int64_t> sizes, ValueRange position) {
  Value index = b.index(0);
  for (auto [size, p] : llvm::zip_equal(sizes, position))
    index = b.add(b.mul(index, b.index(size)), p);
  return index;
}

void PrepareEmitter::forPositions(ArrayRef<int64_t> sizes, llvm::function_ref<void(ValueRange)> body) {
  std::function<void(SmallVector<Value>)> visit = [&](SmallVector<Value> position) {
    if (position.size() == sizes.size())
      return body(position);
    b.loop(b.index(0), b.index(sizes[position.size()]), 1, [&](Value p) {
      SmallVector<Value> more = position;
      more.push_back(p);
      visit(more);
    });
  };
  visit({});
}

Emitted PrepareEmitter::load(Value kernel, Value position) {
  const Variances &known = variances.find(kernel)->second;
  if (known.buffer < 0)
    return known.point;
  Value at = b.mul(b.add(position, b.index(known.buffer)), b.index(emission.lanes));
  return Emitted(*context, b.loadVector(emission.getVector(), scratch, at));
}

// The mean over all positions
Emitted PrepareEmitter::meanOver(Value kernel) {
  int64_t positions = countPositions(kernel);
  if (positions == 1)
    return load(kernel, b.index(0));
  Value sum = b.loop(b.index(0), b.index(positions), 1, context->getConstant(0.0), [&](Value p, ValueRange carried) {
    return SmallVector<Value>{(Emitted(*context, carried[0]) + load(kernel, p)).getValue()};
  })[0];
  return Emitted(*context, sum) * number(1.0 / static_cast<double>(positions));
}

// As the arithmetic of a pair computes it, so that equal examples have, bit for bit, their variance.
Emitted PrepareEmitter::gramVariance(kt::GramOp op, Value p) {
  Emitted inverse = number(1.0) / scale;
  Emitted back = inverse * inverse; // in units of the scale where it is asked for so, else of the inputs
  if (emission.gram != GramMethod::direct) {
    Emitted unit(*context, b.loadVector(emission.getVector(), unitVariances, b.index(0)));
    return op.getType().isScaled() ? unit : unit * back;
  }
  int64_t channels = op.getChannels();
  Value from = b.mul(p, b.index(channels));
  Value sum = b.loop(b.index(0), b.index(channels), 1, context->getConstant(0.0), [&](Value c, ValueRange carried) {
    Value at = b.add(laneBase, b.mul(b.add(from, c), b.index(emission.lanes)));
    Emitted v(*context, b.loadVector(emission.getVector(), prepared, at));
    return SmallVector<Value>{fma(v, v, Emitted(*context, carried[0])).getValue()};
  })[0];
  Emitted mean = Emitted(*context, sum) * number(1.0 / static_cast<double>(channels));
  return op.getType().isScaled() ? mean : mean * back;
}

// A position that a circular window reads, of `size`.
Value PrepareEmitter::wrapAround(Value position, const kt::WindowDimension &window, int64_t size) {
  int64_t turns = window.getExtent() / size + 1; // enough for what lies before the first position
  return b.create<arith::RemSIOp>(b.add(position, b.index(turns * size)), b.index(size));
}

// The mean (or sum) over taps, added up in the order in which nests do it.
Emitted PrepareEmitter::windowVariance(kt::WindowOp op, ValueRange position) {
  Value input = op.getInput();
  ArrayRef<int64_t> sizes = typeOf(input).getPositions();
  SmallVector<kt::WindowDimension> window = op.getWindow();
  bool backwards = sumsColumns(window.back(), sizes.back());
  std::function<Emitted(size_t, Value, Value)> sum = [&](size_t i, Value index, Value inside) -> Emitted {
    if (i == window.size()) {
      auto choice = b.create<scf::IfOp>(TypeRange(emission.getVector()), inside, /*withElse=*/true);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(choice.thenBlock());
      b.create<scf::YieldOp>(load(input, index).getValue());
      b.setInsertionPointToStart(choice.elseBlock());
      b.create<scf::YieldOp>(context->getConstant(0.0));
      return Emitted(*context, choice.getResult(0));
    }
    Value count = b.index(window[i].size);
    return Emitted(*context, b.loop(b.index(0), count, 1, context->getConstant(0.0), [&](Value t, ValueRange carried) {
      Value tap = i + 1 == window.size() && backwards ? b.sub(b.index(window[i].size - 1), t) : t;
      Value shift = b.sub(b.mul(tap, b.index(window[i].dilation)), b.index(window[i].padLow));
      Value p = b.add(b.mul(position[i], b.index(window[i].stride)), shift);
      if (window[i].wraps())
        p = wrapAround(p, window[i], sizes[i]);
      Value low = b.create<arith::CmpIOp>(arith::CmpIPredicate::sge, p, b.index(0));
      Value both = b.create<arith::AndIOp>(low, b.less(p, b.index(sizes[i])));
      Value in = inside ? b.create<arith::AndIOp>(inside, both).getResult() : both;
      Emitted term = sum(i + 1, b.add(b.mul(index, b.index(sizes[i])), p), in);
      return SmallVector<Value>{(Emitted(*context, carried[0]) + term).getValue()};
    })[0]);
  };
  Emitted total = sum(0, b.index(0), Value());
  double divisor = op.getDivisor();
  return divisor == 1 ? total : total * number(1.0 / divisor);
}

// Σω Q over the window
Emitted PrepareEmitter::poolMean(Operation *op, Value input, ValueRange position) {
  if (auto mean = dyn_cast<kt::MeanOp>(op)) {
    Emitted value = meanOver(input);
    return mean.getSum() ? value * number(static_cast<double>(countPositions(input))) : value;
  }
  auto pool = cast<kt::PoolOp>(op);
  ArrayRef<int64_t> sizes = typeOf(input).getPositions();
  SmallVector<kt::WindowDimension> window = pool.getWindow();
  std::function<Value(size_t, Value, Value)> sum = [&](size_t i, Value index, Value total) -> Value {
    if (i == window.size())
      return (Emitted(*context, total) + load(input, index)).getValue();
    Value first = b.sub(b.mul(position[i], b.index(window[i].stride)), b.index(window[i].padLow));
    Value from = first, to = b.add(first, b.index(window[i].size));
    if (!window[i].wraps())
      from = b.max(first, b.index(0)), to = b.min(to, b.index(sizes[i]));
    return b.loop(from, to, 1, total, [&](Value p, ValueRange carried) {
      if (window[i].wraps())
        p = wrapAround(p, window[i], sizes[i]);
      return SmallVector<Value>{sum(i + 1, b.add(b.mul(index, b.index(sizes[i])), p), carried[0])};
    })[0];
  };
  Emitted total(*context, sum(0, b.index(0), context->getConstant(0.0)));
  return total *
         poolWeight(pool, linear(typeOf(op->getResult(0)).getPositions(), position), emission.constants, b, *context);
}

// Σωω of the example's own kernel, over pairs of taps of one window; its planes have been run
Emitted PrepareEmitter::ownSum(Operation *op, ValueRange position) {
  return isa<kt::MeanOp>(op) ? planes->readSum(op).nngp : planes->readPoolDiagonal(cast<kt::PoolOp>(op), position);
}

Emitted PrepareEmitter::poolVariance(Operation *op, ValueRange position) {
  if (typeOf(op->getResult(0)).getState() == kt::State::covariance)
    return ownSum(op, position);
  Emitted mean = poolMean(op, op->getOperand(0), position);
  auto pool = dyn_cast<kt::PoolOp>(op);
  if (pool && (pool.hasUnequalWeights() || pool.getSum()))
    mean = mean * poolTotal(pool, linear(pool.getType().getPositions(), position), emission.constants, b, *context);
  else if (auto whole = dyn_cast<kt::MeanOp>(op); whole && whole.getSum())
    mean = mean * number(static_cast<double>(countPositions(whole.getInput())));
  return mean - number(0.5) * ownSum(op, position);
}

// A table is written when the last value that it is made of is there, and that of a pool with it.
void PrepareEmitter::findLastUses(ArrayRef<Operation *> operations) {
  llvm::DenseMap<Value, int> made;
  lastUses.clear();
  for (auto [index, op] : llvm::enumerate(operations)) {
    made[op->getResult(0)] = index;
    for (Value operand : op->getOperands())
      lastUses[operand] = index;
  }
  for (const PreparedLayout::Table &table : layout.getTables()) {
    int written = 0;
    for (Value value : table.of)
      written = std::max(written, made.lookup(value));
    if (Operation *own = table.pool ? findOwnPool(table) : nullptr)
      written = std::max(written, made.lookup(own->getResult(0)));
    for (Value value : table.of)
      lastUses[value] = std::max(lastUses.lookup(value), written);
  }
}

// `now`: the index of the operation. A distance to the second example negated has the variances of the other one.
void PrepareEmitter::computeVariance(kt::KernelOpInterface op, int now) {
  Value result = op->getResult(0);
  if (typeOf(result).getNegated())
    return;
  ArrayRef<int64_t> sizes = typeOf(result).getPositions();
  ConstantSource source{*context};
  kt::Pointwise<Emitted, ConstantSource> arithmetic(source);
  auto normalize = dyn_cast<kt::NormalizeOp>(op.getOperation());
  std::optional<Emitted> mean;
  if (normalize && normalize.getOverSpace())
    mean = meanOver(normalize.getInput());
  auto at = [&](ValueRange position) -> Emitted {
    Value p = linear(sizes, position);
    if (auto gram = dyn_cast<kt::GramOp>(op.getOperation()))
      return gramVariance(gram, p);
    if (auto window = dyn_cast<kt::WindowOp>(op.getOperation()))
      return windowVariance(window, position);
    if (kt::mixesPlanes(op))
      return poolVariance(op, position);
    if (isa<kt::TraceOp>(op))
      return meanOver(op->getOperand(0));
    SmallVector<Emitted> inputs;
    for (Value kernel : op.getKernels())
      if (!typeOf(kernel).getNegated())
        inputs.push_back(load(kernel, p));
    if (mean)
      inputs.push_back(*mean);
    return arithmetic.variance(op, inputs, op.getScaleOrNull() ? std::optional(scale) : std::nullopt);
  };
  if (sizes.empty()) {
    variances[result] = {at({})};
    return;
  }
  places.release(now);
  int64_t buffer = places.allocate(countPositions(result), std::max(lastUses.lookup(result), now));
  forPositions(sizes, [&](ValueRange position) {
    Value index = b.mul(b.add(linear(sizes, position), b.index(buffer)), b.index(emission.lanes));
    b.storeVector(at(position).getValue(), scratch, index);
  });
  variances[result] = {Emitted(), buffer};
}
