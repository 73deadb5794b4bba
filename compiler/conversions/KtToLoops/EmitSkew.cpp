#include "compiler/conversions/KtToLoops/EmitPlanes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include <set>

using namespace mlir;
using namespace inetc;

// Row skew. A row is written one row late, after its last use as an input, so that planes can be overwritten where they
// lie. For that the work at a position is cut in two: one loop over a row does the first part of row y and the second
// part of row y − 1, and what the second needs of the first waits one row, in buffers of a row. The cut is where the
// fewest values wait (for a rectifier, at its end); but where the chain of dependent operations is longer than a
// processor looks ahead (erf), nearer to its middle: two shorter chains that do not depend on each other.

namespace {

// Cycles until the result of an operation can be used, roughly.
int latencyOf(Operation *op) {
  if (isa<math::SqrtOp>(op))
    return 18;
  if (isa<arith::DivFOp>(op))
    return 14;
  if (isa<vector::LoadOp, LLVM::CallIntrinsicOp>(op))
    return 6;
  return 4;
}

// The body of a nest at one position, cut in two.
class SplitBody {
public:
  /// `outputs`: the values that are stored. Loads from `planes` go into the first half.
  SplitBody(Block &body, ArrayRef<Value> outputs, Value planes) : body(body), outputs(outputs) {
    for (Operation &op : body) {
      if (isFree(&op, planes))
        continue;
      int depth = 0;
      for (Value operand : op.getOperands())
        depth = std::max(depth, depths.lookup(operand.getDefiningOp()));
      depths[&op] = depth + latencyOf(&op);
      longest = std::max(longest, depths[&op]);
      if (auto load = dyn_cast<vector::LoadOp>(op); load && load.getBase() == planes)
        earliest = std::max(earliest, depths[&op]);
    }
    chooseCut();
  }

  ArrayRef<Value> getCrossing() const { return crossing; }

  /// Clones a half, and what is cheap enough to be done in both.
  void clone(OpBuilder &builder, bool firstHalf, IRMapping &mapping) const {
    for (Operation &op : body) {
      auto depth = depths.find(&op);
      if (depth == depths.end() || (depth->second <= cut) == firstHalf)
        builder.clone(op, mapping);
    }
  }

private:
  // Addresses, masks made of them, and what is loaded from prepared examples
  bool isFree(Operation *op, Value planes) const {
    if (auto load = dyn_cast<vector::LoadOp>(op))
      return load.getBase() != planes;
    auto type = dyn_cast<VectorType>(op->getResult(0).getType());
    if (!type || isa<vector::BroadcastOp>(op))
      return true;
    return !isa<FloatType>(type.getElementType()) &&
           llvm::none_of(op->getOperands(), [&](Value operand) { return depths.contains(operand.getDefiningOp()); });
  }

  SmallVector<Value> findCrossing(int at) const {
    SmallVector<Value> values;
    for (Operation &op : body) {
      auto depth = depths.find(&op);
      if (depth == depths.end() || depth->second > at)
        continue;
      auto isLate = [&](Operation *user) {
        auto entry = depths.find(user);
        return entry != depths.end() && entry->second > at;
      };
      if (llvm::any_of(op.getUsers(), isLate) || llvm::is_contained(outputs, op.getResult(0)))
        values.push_back(op.getResult(0));
    }
    return values;
  }

  // Little that waits, as a value costs a store and a load; and no long chains.
  void chooseCut() {
    constexpr int perCrossing = 3;
    constexpr int lookAhead = 100; // what a processor hides without help, in cycles
    std::set<int> candidates;
    for (auto &entry : depths)
      if (entry.second >= earliest)
        candidates.insert(entry.second);
    int best = std::numeric_limits<int>::max();
    for (int candidate : candidates) {
      SmallVector<Value> values = findCrossing(candidate);
      // masks and the integers of a sine's quadrants do not wait in memory
      if (!llvm::all_of(values, [](Value value) { return isa<FloatType>(getElementTypeOrSelf(value)); }))
        continue;
      int cost = std::max({candidate, longest - candidate, lookAhead}) + perCrossing * static_cast<int>(values.size());
      if (cost < best) {
        best = cost;
        cut = candidate;
        crossing = values;
      }
    }
  }

  Block &body;
  SmallVector<Value> outputs, crossing;
  llvm::DenseMap<Operation *, int> depths; // of what is not free
  int longest = 0, earliest = 0, cut = 0;
};

} // namespace

// Whether the tables of a loop over layers come from L3 for each plane again, and those of two layers fit into L2. With
// those of its formula beside it and those of the examples of X1 a table stands for some three of its size.
bool PlaneEmitter::isFetched(int64_t table) const {
  int64_t layers = layout.countLayers();
  if (layers == 0 || pair.self)
    return false;
  int64_t layerBytes = 3 * layout.getTables()[table].getRows() * emission.getVectorBytes();
  return 2 * layerBytes <= emission.cacheBytes / 2 && layers * layerBytes > emission.cacheBytes * 3 / 4;
}

// Fetches what the next layer reads here into L2: of the example of X1, and of those of X2, which all rows in lockstep
// read, one number by each of them.
void PlaneEmitter::fetchNextLayer(int64_t table, const Site &site) {
  Value step = layout.stepOf(b, table);
  auto fetch = [&](Value memory, Value at) {
    b.create<memref::PrefetchOp>(memory, at, /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
  };
  Value row = b.add(pair.row.base, layout.nextCompactRow(b, table));
  fetch(pair.row.memory, b.add(row, b.mul(site.p, step)));
  Value which = rowIndex ? b.create<arith::RemSIOp>(rowIndex, step).getResult() : b.index(0);
  Value rows = b.add(b.add(layout.nextLaneRow(b, table), which), b.mul(site.q, step));
  fetch(pair.column.memory, b.add(pair.column.base, b.mul(rows, b.index(emission.lanes))));
}

void PlaneEmitter::emitSkewedRows(const Nest &nest, ArrayRef<Value> outer) {
  const Plane::OnGrid on = plane.grids[nest.grid];
  int64_t width = getLevel().grids[nest.grid].positions.back(), lanes = emission.lanes;

  Block body;
  Value bodyY = body.addArgument(b.getIndexType(), b.getLoc()), bodyX = body.addArgument(b.getIndexType(), b.getLoc());
  // the example, where all in lockstep, or some of them, go through a line
  Value bodyR = rowCount > 1 && !rowIndex ? body.addArgument(b.getIndexType(), b.getLoc()) : Value();
  auto rowsAt = [&](Value y) {
    SmallVector<Value> rows(outer);
    rows.push_back(y);
    return rows;
  };
  std::vector<EmittedState> states;
  llvm::SmallSetVector<int64_t, 2> read;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&body);
    pair.read = &read;
    auto emit = [&] { states = emitBody(nest, rowsAt(bodyY), bodyX); };
    if (bodyR)
      withRow(bodyR, emit);
    else
      emit();
    pair.read = nullptr;
  }
  SmallVector<Value> outputs;
  for (const EmittedState &state : states) {
    outputs.push_back(state.nngp.getValue());
    if (state.ntk)
      outputs.push_back(state.ntk->getValue());
  }
  SplitBody split(body, outputs, scratch);

  int64_t count = split.getCrossing().size(), buffers = !bodyR ? 1 : group ? abreast : rowCount;
  // the example whose buffer is the first; none where all use the same one
  Value firstBuffer;
  if (bodyR || (band && rowCount > 1))
    firstBuffer = group && !band ? group : b.index(0);
  Value waiting = scratch, base = b.index(0);
  if (band) { // until the next one
    base = placeWaiting(count * width);
  } else {
    Value &buffer = rowBuffers[buffers * count * width];
    if (!buffer)
      buffer = b.atStart([&]() -> Value {
        return b.create<memref::AllocaOp>(MemRefType::get({buffers * count * width * lanes}, emission.element),
                                          b.getI64IntegerAttr(64));
      });
    waiting = buffer;
  }
  auto waitingAt = [&](int64_t which, Value x) {
    Value position = firstBuffer ? b.add(b.mul(b.sub(rowIndex, firstBuffer), b.index(width)), x) : x;
    return b.mul(b.add(b.add(b.mul(position, b.index(count)), b.index(which)), base), b.index(lanes));
  };

  // the first half of row `first`, the second of row `second`; either may be none
  auto pass = [&](Value first, Value second) {
    SmallVector<Value> carried;
    if (second)
      forAbreast([&](int64_t) { carried.append(startRow(nest, rowsAt(second))); });
    size_t sideBySide = group ? abreast : 1, each = carried.size() / sideBySide;
    carried = b.loop(b.index(0), on.extent.back(), 1, carried, [&](Value x, ValueRange before) {
      std::vector<IRMapping> inFirst(sideBySide), inSecond(sideBySide);
      auto map = [&](IRMapping &mapping, Value y) {
        mapping.map(bodyX, x);
        mapping.map(bodyY, y);
        if (bodyR)
          mapping.map(bodyR, rowIndex);
      };
      // read before the first half of the next row overwrites it
      if (second)
        forAbreast([&](int64_t i) {
          map(inSecond[i], second);
          for (auto [which, value] : llvm::enumerate(split.getCrossing()))
            inSecond[i].map(value, b.loadVector(vector, waiting, waitingAt(which, x)));
        });
      if (first) {
        forAbreast([&](int64_t i) {
          map(inFirst[i], first);
          split.clone(b, /*firstHalf=*/true, inFirst[i]);
        });
        forAbreast([&](int64_t i) {
          for (auto [which, value] : llvm::enumerate(split.getCrossing()))
            b.storeVector(inFirst[i].lookup(value), waiting, waitingAt(which, x));
          for (int64_t table : read)
            if (isFetched(table))
              fetchNextLayer(table, siteOf(nest.grid, rowsAt(first), x));
        });
      }
      SmallVector<Value> next;
      if (!second)
        return next;
      forAbreast([&](int64_t i) { split.clone(b, /*firstHalf=*/false, inSecond[i]); });
      forAbreast([&](int64_t i) {
        std::vector<EmittedState> results;
        for (const EmittedState &state : states) {
          EmittedState &result = results.emplace_back();
          result.nngp = Emitted(context, inSecond[i].lookupOrDefault(state.nngp.getValue()));
          if (state.ntk)
            result.ntk = Emitted(context, inSecond[i].lookupOrDefault(state.ntk->getValue()));
        }
        next.append(storePosition(nest, results, rowsAt(second), x, before.slice(i * each, each)));
      });
      return next;
    });
    if (second)
      forAbreast([&](int64_t i) { finishRow(nest, rowsAt(second), ArrayRef(carried).slice(i * each, each)); });
  };
  Value rows = on.extent[outer.size()], one = b.index(1);
  auto [begin, end] = clipToBand(one, rows);
  whenInBand(b.index(0), [&] { forGroups([&] { pass(b.index(0), {}); }); });
  b.loop(begin, end, 1, [&](Value y) { forGroups([&] { pass(y, b.sub(y, one)); }); });
  whenInBand(rows, [&] { forGroups([&] { pass({}, b.sub(rows, one)); }); });

  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    op.erase();
}
