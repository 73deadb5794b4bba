#include "compiler/conversions/KtToLoops/MatrixProducts.h"
#include "compiler/conversions/KtToLoops/EmitPlanes.h"
#include "compiler/conversions/KtToLoops/PoolWeights.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <limits>

using namespace mlir;
using namespace inetc;
using formulas::EmissionContext;
using formulas::Emitted;

namespace {

// Whether the variance of an operation needs sums of an example's own kernel over pairs of taps.
bool needsOwnSums(Operation *op) { return isa<kt::PoolOp, kt::MeanOp>(op); }

// kt::Pointwise asks for constants only where it computes variances.
struct ConstantSource {
  EmissionContext &context;
  Emitted constant(double value) { return Emitted(context, context.getConstant(value)); }
  kt::Sides<Emitted> perExample(ValueRange, StringRef, int, PreparedLayout::Formula) {
    llvm_unreachable("variances depend on one example only");
  }
  Emitted whereSelf(Emitted self, Emitted) { return self; }
};

class PrepareEmitter {
public:
  PrepareEmitter(Emission &emission, PreparedLayout &layout, bool writesTables)
      : emission(emission), layout(layout), writesTables(writesTables), b(emission.network.getLoc(), emission.network) {
  }

  LogicalResult emit();
  func::FuncOp function;

private:
  // The variances of a value: one vector, or one for each position in scratch memory.
  struct Variances {
    Emitted point;
    int64_t buffer = -1; // in vectors
  };

  LogicalResult planOwnPlanes();
  SmallVector<Operation *> orderOperations();
  double getScaleBias();
  Value sumOfSquares(Value example);
  void scaleExample(Value lane);
  void writeInputsInLanes();
  void computeVariances();
  void computeVariance(kt::KernelOpInterface op);
  Emitted gramVariance(kt::GramOp op, Value p);
  Emitted windowVariance(kt::WindowOp op, ValueRange position);
  Emitted poolVariance(Operation *op, ValueRange position);
  Emitted poolMean(Operation *op, Value input, ValueRange position);
  Emitted ownSum(Operation *op, ValueRange position);
  Emitted meanOver(Value kernel);
  Emitted load(Value kernel, Value position);
  Value linear(ArrayRef<int64_t> sizes, ValueRange position);
  void forPositions(ArrayRef<int64_t> sizes, llvm::function_ref<void(ValueRange)> body);
  void writeTables(Operation *pool);
  void copyTables();
  Operation *findOwnPool(const PreparedLayout::Table &table);
  void writeTable(const PreparedLayout::Table &table, int64_t index);
  void doubt(Emitted value);
  Value findBadLane(Value vector, Value bad);
  Emitted number(double value) { return Emitted(*context, context->getConstant(value)); }

  Emission &emission;
  PreparedLayout &layout;
  bool writesTables;
  LoopBuilder b;
  std::optional<EmissionContext> context;
  std::optional<PlaneEmitter> planes; // of self kernels
  PlanePlan plan;
  int64_t scratchVectors = 0;
  Value x, prepared, scratch, begin, end, capacity, group, laneBase;
  // [lanes]: g, the variance g²q̄ of the scaled inputs, NaN where all is not finite
  Value scales, unitVariances, doubtful;
  Emitted scale;
  llvm::DenseMap<Value, Variances> variances; // also of the scale
  llvm::DenseSet<int64_t> written;
};

double PrepareEmitter::getScaleBias() {
  double bias = 0;
  emission.network.walk([&](kt::ScaleOp op) { bias = op.getBias().convertToDouble(); });
  return bias;
}

//===----------------------------------------------------------------------===//
// The inputs
//===----------------------------------------------------------------------===//

// Σ_c x[c]² of one example, in f64; `example` is relative to `begin`
Value PrepareEmitter::sumOfSquares(Value example) {
  int64_t features = layout.getFeatures(), lanes = emission.lanes, whole = features / lanes * lanes;
  Type f64 = b.getF64Type();
  auto wide = VectorType::get({lanes}, f64);
  Value base = b.mul(example, b.index(features)), zero = b.create<arith::ConstantOp>(b.getF64FloatAttr(0.0));
  auto widen = [&](Type type, Value value) -> Value {
    return emission.element.isF64() ? value : b.create<arith::ExtFOp>(type, value).getResult();
  };
  Value sums = b.loop(b.index(0), b.index(whole), lanes, b.broadcast(wide, zero), [&](Value c, ValueRange carried) {
    Value v = widen(wide, b.loadVector(emission.getVector(), x, b.add(base, c)));
    return SmallVector<Value>{b.create<math::FmaOp>(v, v, carried[0])};
  })[0];
  Value sum = b.create<vector::ReductionOp>(vector::CombiningKind::ADD, sums);
  return b.loop(b.index(whole), b.index(features), 1, sum, [&](Value c, ValueRange carried) {
    Value v = widen(f64, b.load(x, b.add(base, c)));
    return SmallVector<Value>{b.create<math::FmaOp>(v, v, carried[0])};
  })[0];
}

// g = 1/√(q̄ + bias), 1 where that is 0; the inputs times g. In f64, rounded once.
void PrepareEmitter::scaleExample(Value lane) {
  int64_t features = layout.getFeatures();
  Type f64 = b.getF64Type();
  auto number = [&](double value) -> Value { return b.create<arith::ConstantOp>(b.getF64FloatAttr(value)); };
  Value example = b.add(group, lane), local = b.sub(example, begin);
  Value mean = b.create<arith::MulFOp>(sumOfSquares(local), number(1.0 / static_cast<double>(features)));
  Value square = b.create<arith::AddFOp>(mean, number(getScaleBias()));
  Value empty = b.create<arith::CmpFOp>(arith::CmpFPredicate::OLE, square, number(0.0));
  Value root = b.create<math::SqrtOp>(b.create<arith::SelectOp>(empty, number(1.0), square));
  Value scale = b.create<arith::DivFOp>(number(1.0), root);
  Value variance = b.create<arith::MulFOp>(b.create<arith::MulFOp>(mean, scale), scale);
  auto narrow = [&](Value value) -> Value {
    return emission.element.isF64() ? value : b.create<arith::TruncFOp>(emission.element, value).getResult();
  };
  b.store(narrow(scale), scales, lane);
  b.store(narrow(variance), unitVariances, lane);
  Value from = b.mul(local, b.index(features)), compact = layout.compactBase(b, example);
  b.loop(b.index(0), b.index(features), 1, [&](Value c) {
    Value v = b.load(x, b.add(from, c));
    if (!emission.element.isF64())
      v = b.create<arith::ExtFOp>(f64, v);
    b.store(narrow(b.create<arith::MulFOp>(v, scale)), prepared, b.add(compact, c));
  });
}

// The scaled inputs of `lanes` examples again, as the code of a pair reads them of X2.
void PrepareEmitter::writeInputsInLanes() {
  if (findMatrixFormat(emission.gram))
    return MatrixProducts::create(emission, layout, b)->prepare(prepared, group, laneBase);
  if (emission.gram == GramMethod::blas)
    return;
  b.loop(b.index(0), b.index(emission.lanes), 1, [&](Value lane) {
    Value compact = layout.compactBase(b, b.add(group, lane)), first = b.add(laneBase, lane);
    b.loop(b.index(0), b.index(layout.getFeatures()), 1, [&](Value c) {
      b.store(b.load(prepared, b.add(compact, c)), prepared, b.add(first, b.mul(c, b.index(emission.lanes))));
    });
  });
}

//===----------------------------------------------------------------------===//
// Variances
//===----------------------------------------------------------------------===//

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
    return op.getType().getScaled() ? unit : unit * back;
  }
  int64_t channels = op.getChannels();
  Value from = b.mul(p, b.index(channels));
  Value sum = b.loop(b.index(0), b.index(channels), 1, context->getConstant(0.0), [&](Value c, ValueRange carried) {
    Value at = b.add(laneBase, b.mul(b.add(from, c), b.index(emission.lanes)));
    Emitted v(*context, b.loadVector(emission.getVector(), prepared, at));
    return SmallVector<Value>{fma(v, v, Emitted(*context, carried[0])).getValue()};
  })[0];
  Emitted mean = Emitted(*context, sum) * number(1.0 / static_cast<double>(channels));
  return op.getType().getScaled() ? mean : mean * back;
}

// The mean over taps, added up in the order in which nests do it.
Emitted PrepareEmitter::windowVariance(kt::WindowOp op, ValueRange position) {
  Value input = op.getInput();
  ArrayRef<int64_t> sizes = typeOf(input).getPositions();
  SmallVector<kt::WindowDimension> window = op.getWindow();
  bool backwards = sumsColumns(window.back(), sizes.back());
  double taps = 1;
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
        p = b.create<arith::RemSIOp>(b.add(p, b.index((window[i].getExtent() / sizes[i] + 1) * sizes[i])),
                                     b.index(sizes[i]));
      Value low = b.create<arith::CmpIOp>(arith::CmpIPredicate::sge, p, b.index(0));
      Value both = b.create<arith::AndIOp>(low, b.less(p, b.index(sizes[i])));
      Value in = inside ? b.create<arith::AndIOp>(inside, both).getResult() : both;
      Emitted term = sum(i + 1, b.add(b.mul(index, b.index(sizes[i])), p), in);
      return SmallVector<Value>{(Emitted(*context, carried[0]) + term).getValue()};
    })[0]);
  };
  for (const kt::WindowDimension &dimension : window)
    taps *= static_cast<double>(dimension.size);
  Emitted total = sum(0, b.index(0), Value());
  return taps == 1 ? total : total * number(1.0 / taps);
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
        p = b.create<arith::RemSIOp>(b.add(p, b.index((window[i].getExtent() / sizes[i] + 1) * sizes[i])),
                                     b.index(sizes[i]));
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

void PrepareEmitter::computeVariance(kt::KernelOpInterface op) {
  Value result = op->getResult(0);
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
    if (isa<kt::PoolOp, kt::MeanOp>(op))
      return poolVariance(op, position);
    if (isa<kt::TraceOp>(op))
      return meanOver(op->getOperand(0));
    auto inputs = llvm::map_to_vector(op.getKernels(), [&](Value kernel) { return load(kernel, p); });
    if (mean)
      inputs.push_back(*mean);
    return arithmetic.variance(op, inputs, op.getScaleOrNull() ? std::optional(scale) : std::nullopt);
  };
  if (sizes.empty()) {
    variances[result] = {at({})};
    return;
  }
  int64_t buffer = scratchVectors;
  scratchVectors += countPositions(result);
  forPositions(sizes, [&](ValueRange position) {
    Value index = b.mul(b.add(linear(sizes, position), b.index(buffer)), b.index(emission.lanes));
    b.storeVector(at(position).getValue(), scratch, index);
  });
  variances[result] = {Emitted(), buffer};
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

void PrepareEmitter::doubt(Emitted value) {
  Emitted before(*context, b.loadVector(emission.getVector(), doubtful, b.index(0)));
  b.storeVector(fma(value, number(0.0), before).getValue(), doubtful, b.index(0));
}

void PrepareEmitter::writeTable(const PreparedLayout::Table &table, int64_t index) {
  int64_t lanes = emission.lanes;
  Value laneRow = layout.laneRow(b, index), step = layout.stepOf(b, index);
  auto write = [&](Value entry, Emitted value) {
    doubt(value);
    Value at = b.add(laneBase, b.mul(b.add(laneRow, b.mul(entry, step)), b.index(lanes)));
    b.storeVector(value.getValue(), prepared, at);
  };
  std::optional<Emitted> mean;
  if (table.overSpace)
    mean = meanOver(table.of.front());
  auto valueAt = [&](Value p, ValueRange position) -> Emitted {
    if (table.pool) {
      bool spread = StringRef(table.key).starts_with("spread");
      return spread ? number(0.5) * ownSum(findOwnPool(table), position)
                    : poolMean(table.pool, table.of.front(), position);
    }
    if (table.key == PreparedLayout::unitVarianceKey)
      return Emitted(*context, b.loadVector(emission.getVector(), unitVariances, b.index(0)));
    SmallVector<Emitted> of;
    for (Value value : table.of)
      of.push_back(table.overSpace && value == table.of.front() ? *mean : load(value, p));
    return table.formula(of)[table.index];
  };
  if (table.positions.empty())
    return write(b.index(0), valueAt(b.index(0), {}));
  bool bordered = !table.borderLow.empty();
  SmallVector<int64_t> sizes(table.positions);
  if (bordered)
    for (auto [i, size] : llvm::enumerate(sizes))
      size += table.borderLow[i] + table.borderHigh[i];
  if (bordered)
    b.loop(b.index(0), b.index(table.getRows()), 1, [&](Value entry) { write(entry, number(0.0)); });
  forPositions(table.positions, [&](ValueRange position) {
    SmallVector<Value> shifted(position);
    for (size_t i = 0; bordered && i < shifted.size(); ++i)
      shifted[i] = b.add(shifted[i], b.index(table.borderLow[i]));
    write(linear(sizes, shifted), valueAt(linear(table.positions, position), position));
  });
}

// The operation in kt.prepare that pools the same with the same window.
Operation *PrepareEmitter::findOwnPool(const PreparedLayout::Table &table) {
  for (Operation *user : table.of.front().getUsers())
    if (isa<kt::PoolOp, kt::MeanOp>(user) && user->getOperand(0) == table.of.front() &&
        describePool(user) == describePool(table.pool))
      return user;
  return nullptr;
}

// The tables that can be made by now: those of variances, and, where `pool` has just been computed, its own.
void PrepareEmitter::writeTables(Operation *pool) {
  if (!writesTables)
    return;
  for (int64_t index = 0, e = layout.getTables().size(); index < e; ++index) {
    const PreparedLayout::Table &table = layout.getTables()[index];
    bool known = llvm::all_of(table.of, [&](Value value) { return variances.count(value) > 0; });
    if (table.row < 0 || !known || written.contains(index))
      continue;
    Operation *own = table.pool ? findOwnPool(table) : nullptr;
    if (own && own != pool)
      continue;
    written.insert(index);
    writeTable(table, index);
  }
}

// The first lane with something that is not finite, unless an earlier example was bad.
Value PrepareEmitter::findBadLane(Value vector, Value bad) {
  return b.loop(b.index(0), b.index(emission.lanes), 1, bad, [&](Value lane, ValueRange carried) {
    Value value = b.create<vector::ExtractElementOp>(vector, lane);
    Value unordered = b.create<arith::CmpFOp>(arith::CmpFPredicate::UNO, value, value);
    Value none = b.create<arith::CmpIOp>(arith::CmpIPredicate::slt, carried[0], b.index(0));
    Value first = b.create<arith::AndIOp>(unordered, none);
    return SmallVector<Value>{b.create<arith::SelectOp>(first, b.add(group, lane), carried[0])};
  })[0];
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

// Level by level; in each the pools last, when all planes that go into them can be run.
SmallVector<Operation *> PrepareEmitter::orderOperations() {
  auto prepares = emission.network.getOps<kt::PrepareOp>();
  SmallVector<Operation *> operations;
  if (prepares.empty())
    return operations;
  llvm::DenseMap<Operation *, int> keys;
  for (Operation &op : (*prepares.begin()).getBody().front().without_terminator()) {
    int key = 0;
    bool ends = isa<kt::PoolOp, kt::MeanOp, kt::TraceOp>(op);
    if (auto kernelOp = dyn_cast<kt::KernelOpInterface>(op))
      for (Value input : kernelOp.getKernels()) {
        int before = keys.lookup(input.getDefiningOp());
        key = std::max(key, before + before % 2);
      }
    keys[&op] = key + (ends ? 1 : 0);
    operations.push_back(&op);
  }
  llvm::stable_sort(operations, [&](Operation *a, Operation *b) { return keys.lookup(a) < keys.lookup(b); });
  return operations;
}

LogicalResult PrepareEmitter::planOwnPlanes() {
  for (Operation *op : orderOperations())
    if (needsOwnSums(op)) {
      FailureOr<PlanePlan> own = planPlanes(*op->getBlock(), /*streamed=*/false);
      if (failed(own))
        return failure();
      plan = std::move(*own);
      break;
    }
  scratchVectors = plan.scratchVectors;
  return success();
}

// The body of kt.prepare on a vector of examples, and the tables that pairs read.
void PrepareEmitter::computeVariances() {
  variances.clear();
  written.clear();
  scratchVectors = plan.scratchVectors;
  scale = Emitted(*context, b.loadVector(emission.getVector(), scales, b.index(0)));
  Emitted unit(*context, b.loadVector(emission.getVector(), unitVariances, b.index(0)));
  b.storeVector((scale * number(0.0) + unit * number(0.0)).getValue(), doubtful, b.index(0));
  if (!plan.levels.empty()) {
    planes->clearPools();
    planes->clearReadouts();
  }
  int levels = 0; // whose own planes have been run
  for (Operation *op : orderOperations()) {
    if (isa<kt::ScaleOp>(op)) {
      variances[op->getResult(0)] = {scale};
      writeTables(nullptr);
      continue;
    }
    if (needsOwnSums(op))
      for (int last = planes->levelOf(op->getOperand(0)); levels <= last; ++levels)
        planes->emitLevel(levels);
    computeVariance(cast<kt::KernelOpInterface>(op));
    writeTables(isa<kt::PoolOp, kt::MeanOp>(op) ? op : nullptr);
  }
  if (writesTables)
    copyTables();
}

// All tables from the lanes to each example's own part.
void PrepareEmitter::copyTables() {
  Value lanes = b.index(emission.lanes), features = b.index(layout.getFeatures());
  Value from = b.add(laneBase, b.mul(b.index(layout.getInputLaneRows()), lanes));
  b.loop(b.index(0), b.index(layout.getNormalizerRows()), 1, [&](Value entry) {
    Value at = b.add(from, b.mul(entry, lanes));
    b.loop(b.index(0), lanes, 1, [&](Value lane) {
      Value to = b.add(layout.compactBase(b, b.add(group, lane)), b.add(features, entry));
      b.store(b.load(prepared, b.add(at, lane)), prepared, to);
    });
  });
}

LogicalResult PrepareEmitter::emit() {
  if (failed(planOwnPlanes()))
    return failure();
  Type memory = emission.getMemory(), index = b.getIndexType();
  function = b.create<func::FuncOp>(emission.getName("prepare"),
                                    b.getFunctionType({memory, memory, memory, index, index, index}, b.getI64Type()));
  b.setInsertionPointToStart(function.addEntryBlock());
  Value *arguments[] = {&x, &prepared, &scratch, &begin, &end, &capacity};
  for (auto [argument, value] : llvm::zip_equal(arguments, function.getArguments()))
    *argument = value;
  auto small = MemRefType::get({emission.lanes}, emission.element);
  for (Value *memory : {&scales, &unitVariances, &doubtful})
    *memory = b.create<memref::AllocaOp>(small, b.getI64IntegerAttr(64));
  context.emplace(b, b.getLoc(), emission.element, emission.lanes, emission.avx512, b.markStart());
  // for each vector of examples: for each: scale the inputs; then the variances and tables of all of them
  Value bad = b.loop(begin, end, emission.lanes, b.index(-1), [&](Value first, ValueRange carried) {
    group = first;
    laneBase = layout.laneBase(b, capacity, group);
    b.loop(b.index(0), b.index(emission.lanes), 1, [&](Value lane) { scaleExample(lane); });
    writeInputsInLanes();
    PairSide side{true, prepared, laneBase};
    planes.emplace(PairSource{emission, layout, b, *context, side, side, {}, /*self=*/true}, plan, scratch);
    computeVariances();
    return SmallVector<Value>{findBadLane(b.loadVector(emission.getVector(), doubtful, b.index(0)), carried[0])};
  })[0];
  b.create<func::ReturnOp>(ValueRange{b.create<arith::IndexCastOp>(b.getI64Type(), bad)});
  emission.prepareScratchVectors = scratchVectors;
  return success();
}

} // namespace

FailureOr<func::FuncOp> inetc::emitPrepare(Emission &emission, PreparedLayout &layout, bool writesTables) {
  PrepareEmitter emitter(emission, layout, writesTables);
  if (failed(emitter.emit()))
    return failure();
  return emitter.function;
}
