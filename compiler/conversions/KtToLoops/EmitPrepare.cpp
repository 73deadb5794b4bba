#include "compiler/conversions/KtToLoops/EmitPrepare.h"
#include "compiler/conversions/KtToLoops/MatrixProducts.h"
#include "compiler/conversions/KtToLoops/PoolWeights.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace inetc;
using formulas::Emitted;

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
    if (kt::mixesPlanes(user) && user->getOperand(0) == table.of.front() &&
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
    if (auto kernelOp = dyn_cast<kt::KernelOpInterface>(op))
      for (Value input : kernelOp.getKernels()) {
        int before = keys.lookup(input.getDefiningOp());
        key = std::max(key, before + before % 2);
      }
    keys[&op] = key + (kt::leavesPlanes(&op) ? 1 : 0);
    operations.push_back(&op);
  }
  llvm::stable_sort(operations, [&](Operation *a, Operation *b) { return keys.lookup(a) < keys.lookup(b); });
  return operations;
}

LogicalResult PrepareEmitter::planOwnPlanes() {
  for (Operation *op : orderOperations())
    if (kt::mixesPlanes(op)) { // its variance needs sums of an example's own kernel over pairs of taps
      FailureOr<PlanePlan> own = planPlanes(*op->getBlock(), /*streamed=*/false);
      if (failed(own))
        return failure();
      plan = std::move(*own);
      break;
    }
  return success();
}

// The body of kt.prepare on a vector of examples, and the tables that pairs read.
void PrepareEmitter::computeVariances() {
  variances.clear();
  written.clear();
  places = FirstFit(plan.scratchVectors);
  scale = Emitted(*context, b.loadVector(emission.getVector(), scales, b.index(0)));
  Emitted unit(*context, b.loadVector(emission.getVector(), unitVariances, b.index(0)));
  b.storeVector((scale * number(0.0) + unit * number(0.0)).getValue(), doubtful, b.index(0));
  if (!plan.levels.empty()) {
    planes->clearPools();
    planes->clearReadouts();
  }
  SmallVector<Operation *> operations = orderOperations();
  findLastUses(operations);
  int levels = 0; // whose own planes have been run
  for (auto [index, op] : llvm::enumerate(operations)) {
    if (isa<kt::ScaleOp>(op)) {
      variances[op->getResult(0)] = {scale};
      writeTables(nullptr);
      continue;
    }
    if (kt::mixesPlanes(op))
      for (int last = planes->levelOf(op->getOperand(0)); levels <= last; ++levels)
        planes->emitLevel(levels);
    computeVariance(cast<kt::KernelOpInterface>(op), index);
    writeTables(kt::mixesPlanes(op) ? op : nullptr);
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

// For `lanes` examples: each scaled; then the variances and tables of all of them. A function of its own, as LLVM takes
// time that grows with the square of the number of loops where one loop has all of them in it.
void PrepareEmitter::emitGroup() {
  Type memory = emission.getMemory(), index = b.getIndexType();
  groupFunction = b.create<func::FuncOp>(
      emission.getName("prepare_group"),
      b.getFunctionType({memory, memory, memory, index, index, index, index}, ArrayRef<Type>{index}));
  groupFunction.setPrivate();
  groupFunction->setAttr("passthrough", b.getStrArrayAttr({"noinline"}));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(groupFunction.addEntryBlock());
  Value badBefore;
  Value *arguments[] = {&x, &prepared, &scratch, &begin, &capacity, &group, &badBefore};
  for (auto [argument, value] : llvm::zip_equal(arguments, groupFunction.getArguments()))
    *argument = value;
  auto small = MemRefType::get({emission.lanes}, emission.element);
  for (Value *memory : {&scales, &unitVariances, &doubtful})
    *memory = b.create<memref::AllocaOp>(small, b.getI64IntegerAttr(64));
  context.emplace(b, b.getLoc(), emission.element, emission.lanes, emission.avx512, b.markStart());
  laneBase = layout.laneBase(b, capacity, group);
  b.loop(b.index(0), b.index(emission.lanes), 1, [&](Value lane) { scaleExample(lane); });
  writeInputsInLanes();
  PairSide side{true, prepared, laneBase};
  planes.emplace(PairSource{emission, layout, b, *context, side, side, {}, /*self=*/true}, plan, scratch);
  computeVariances();
  Value bad = findBadLane(b.loadVector(emission.getVector(), doubtful, b.index(0)), badBefore);
  b.create<func::ReturnOp>(bad);
}

LogicalResult PrepareEmitter::emit() {
  if (failed(planOwnPlanes()))
    return failure();
  emitGroup();
  Type memory = emission.getMemory(), index = b.getIndexType();
  function = b.create<func::FuncOp>(emission.getName("prepare"),
                                    b.getFunctionType({memory, memory, memory, index, index, index}, b.getI64Type()));
  b.setInsertionPointToStart(function.addEntryBlock());
  ValueRange arguments = function.getArguments();
  Value begin = arguments[3], end = arguments[4], capacity = arguments[5];
  // for each vector of examples: the first example that was not finite, if there was none before
  Value bad = b.loop(begin, end, emission.lanes, b.index(-1), [&](Value first, ValueRange carried) {
    SmallVector<Value> operands(arguments.take_front(3));
    operands.append({begin, capacity, first, carried[0]});
    return SmallVector<Value>(b.create<func::CallOp>(groupFunction, operands).getResults());
  })[0];
  b.create<func::ReturnOp>(ValueRange{b.create<arith::IndexCastOp>(b.getI64Type(), bad)});
  emission.prepareScratchVectors = places.getEnd();
  return success();
}

FailureOr<SmallVector<func::FuncOp>> inetc::emitPrepare(Emission &emission, PreparedLayout &layout, bool writesTables) {
  PrepareEmitter emitter(emission, layout, writesTables);
  if (failed(emitter.emit()))
    return failure();
  return SmallVector<func::FuncOp>{emitter.function, emitter.groupFunction};
}
