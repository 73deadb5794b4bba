#include "compiler/conversions/KtToLoops/EmitPlanes.h"

#include <set>

using namespace mlir;
using namespace inetc;

PlaneEmitter::PlaneEmitter(const PairSource &pair, const PlanePlan &plan, Value scratch)
    : pair(pair), emission(pair.emission), layout(pair.layout), b(pair.b), context(pair.context),
      constants(pair.emission.constants), plan(plan), scratch(scratch), vector(emission.getVector()),
      wide(VectorType::get({emission.lanes}, b.getF64Type())) {
  allocateReadouts();
}

void PlaneEmitter::setRows(int64_t count, std::function<void(PairSource &, Value)> choose) {
  rowCount = count;
  chooseRow = std::move(choose);
  allocateReadouts();
}

void PlaneEmitter::forRows(llvm::function_ref<void()> body) {
  if (rowCount == 1 || rowIndex)
    return body();
  Value first = group ? group : b.index(0);
  b.loop(first, b.add(first, b.index(group ? abreast : rowCount)), 1, [&](Value r) { withRow(r, body); });
}

void PlaneEmitter::forGroups(llvm::function_ref<void()> body) {
  if (abreast == 1)
    return forRows(body);
  if (group)
    return body();
  b.loop(b.index(0), b.index(rowCount), abreast, [&](Value first) {
    group = first;
    body();
    group = {};
  });
}

// What examples take turns at: `body` as a whole, or each line in it.
void PlaneEmitter::inTurns(llvm::function_ref<void()> body) {
  if (emission.rowsByLine)
    body();
  else
    forGroups(body);
}

// The examples of a group, one after the other in the code; their numbers in it.
void PlaneEmitter::forAbreast(llvm::function_ref<void(int64_t)> body) {
  if (!group)
    return body(0);
  for (int64_t i = 0; i < abreast; ++i)
    withRow(b.add(group, b.index(i)), [&] { body(i); });
}

void PlaneEmitter::withRow(Value r, llvm::function_ref<void()> body) {
  PairSource before = pair;
  rowIndex = r;
  chooseRow(pair, r);
  body();
  rowIndex = {};
  pair.row = before.row;
  pair.sameExamples = before.sameExamples;
}

// Σ and Θ of each row in lockstep: sums of one plane in the element type, of all in f64
void PlaneEmitter::allocateReadouts() {
  auto allocate = [&](Type element) -> Value {
    auto type = MemRefType::get({2 * emission.lanes * rowCount}, element);
    return b.create<memref::AllocaOp>(type, b.getI64IntegerAttr(64));
  };
  for (const Level &level : plan.levels)
    for (const Sink &sink : level.sinks)
      if (sink.source < 0)
        readouts[sink.operation] = {b.atStart([&] { return allocate(emission.element); }),
                                    b.atStart([&] { return allocate(b.getF64Type()); })};
}

Value PlaneEmitter::vectorAt(Value index) {
  Value at = b.mul(index, b.index(emission.lanes));
  return rowIndex ? b.add(b.mul(rowIndex, b.index(plan.scratchVectors * emission.lanes)), at) : at;
}
Value PlaneEmitter::readoutAt(int64_t part) {
  Value at = b.index(part * emission.lanes);
  return rowIndex ? b.add(b.mul(rowIndex, b.index(2 * emission.lanes)), at) : at;
}
Value PlaneEmitter::loadScratch(Value index) { return b.loadVector(vector, scratch, vectorAt(index)); }
void PlaneEmitter::storeScratch(Emitted value, Value index) {
  b.storeVector(value.getValue(), scratch, vectorAt(index));
}

//===----------------------------------------------------------------------===//
// Levels and planes
//===----------------------------------------------------------------------===//

void PlaneEmitter::emitLevels() {
  const auto &first = plan.levels.front().displacements.front();
  b.loop(b.index(0), b.index(first.size()), 1, [&](Value i) {
    emitPlanes(0, i);
    for (int k = 1; k < static_cast<int>(plan.levels.size()); ++k) {
      const Level &level = plan.levels[k];
      Value begin = constants.load(b, level.runAfter, i), end = constants.load(b, level.runAfter, b.add(i, b.index(1)));
      b.loop(begin, end, 1, [&](Value next) {
        Value slab = constants.load(b, level.order, next);
        emitPlanes(k, slab);
        for (int s : level.sources)
          forRows([&] { clearSlab(plan.sources[s], slab); });
      });
    }
  });
}

void PlaneEmitter::emitLevel(int level) {
  b.loop(b.index(0), b.index(plan.levels[level].displacements.front().size()), 1,
         [&](Value i) { emitPlanes(level, i); });
}

int PlaneEmitter::levelOf(Value value) const {
  auto level = llvm::find_if(plan.levels, [&](const Level &l) { return l.gridOf.count(resolveGroups(value)) > 0; });
  return level - plan.levels.begin();
}

// The planes of a level whose first displacement is the one of `slab`.
void PlaneEmitter::emitPlanes(int level, Value slab) {
  std::function<void(SmallVector<Value>)> visit = [&](SmallVector<Value> indices) {
    size_t dimension = indices.size();
    if (dimension == plan.levels[level].displacements.size()) {
      plane = Plane{level, indices, {}, {}, {}};
      emitPlane();
      return;
    }
    b.loop(b.index(0), b.index(plan.levels[level].displacements[dimension].size()), 1, [&](Value i) {
      SmallVector<Value> more = indices;
      more.push_back(i);
      visit(more);
    });
  };
  visit({slab});
}

// Of each grid: its displacement, the sizes of the plane (or of its part), and where it begins.
void PlaneEmitter::locateGrids() {
  Value zero = b.index(0);
  SmallVector<Value> base;
  plane.grids.clear();
  plane.isDiagonal = {};
  for (auto [i, index] : llvm::enumerate(plane.indices)) {
    Value d = constants.load(b, getLevel().displacements[i], index);
    if (!plane.parts.empty() && plane.parts[i])
      d = b.sub(d, b.mul(plane.parts[i], b.index(getLevel().modulus[i])));
    base.push_back(d);
    Value isZero = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, d, zero);
    plane.isDiagonal = plane.isDiagonal ? b.create<arith::AndIOp>(plane.isDiagonal, isZero).getResult() : isZero;
  }
  for (const Grid &grid : getLevel().grids) {
    Plane::OnGrid &on = plane.grids.emplace_back();
    for (auto [i, displacement] : llvm::enumerate(base)) {
      Value stride = b.index(grid.stride[i]);
      Value d = grid.stride[i] == 1 ? displacement : b.create<arith::DivSIOp>(displacement, stride);
      Value negative = b.sub(zero, d), extent = b.sub(b.index(grid.positions[i]), b.max(d, negative));
      if (getLevel().modulus[i]) { // one of the parts may be empty, or none of this grid's
        Value rest = b.sub(displacement, b.mul(d, stride));
        Value divides = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, rest, zero);
        extent = b.create<arith::SelectOp>(divides, b.max(extent, zero), zero);
      }
      on.displacement.push_back(d);
      on.extent.push_back(extent);
      on.origin.push_back(b.max(zero, negative));
    }
  }
}

// Once for each part of the plane; only once where nothing wraps around.
void PlaneEmitter::forParts(llvm::function_ref<void()> body) {
  if (getLevel().countParts() == 1)
    return body();
  Plane whole = plane;
  std::function<void(SmallVector<Value>)> visit = [&](SmallVector<Value> parts) {
    size_t i = parts.size();
    if (i == plane.indices.size()) {
      plane = whole;
      plane.parts = parts;
      locateGrids();
      body();
      return;
    }
    auto withPart = [&](Value part) {
      SmallVector<Value> more = parts;
      more.push_back(part);
      visit(more);
    };
    if (getLevel().modulus[i])
      b.loop(b.index(0), b.index(2), 1, withPart);
    else
      withPart({});
  };
  visit({});
  plane = whole;
}

// The index of a displacement, with the part where there are some: of tables for each.
Value PlaneEmitter::indexWithPart(size_t dimension) {
  Value index = plane.indices[dimension];
  if (plane.parts.empty() || !plane.parts[dimension])
    return index;
  return b.add(b.mul(index, b.index(2)), plane.parts[dimension]);
}

// Where the part lies in the buffer of a form, in vectors.
Value PlaneEmitter::partOffset(const Form &form) {
  Value part = b.index(0);
  for (Value p : plane.parts)
    if (p)
      part = b.add(b.mul(part, b.index(2)), p);
  return b.mul(part, b.index(form.getSize(getLevel().grids[form.grid])));
}

// Whether some value of the nest has this plane; null where it always has.
Value PlaneEmitter::isNeeded(const Nest &nest) {
  const Level &level = getLevel();
  Value needed;
  for (size_t i = 0; i < plane.indices.size(); ++i) {
    std::set<size_t> wanted;
    for (Operation *op : nest.operations) {
      auto displacements = planeDisplacements(kt::typeOf(op->getResult(0)));
      for (int64_t d : displacements[i])
        wanted.insert(level.findDisplacement(i, d * level.grids[nest.grid].stride[i]));
    }
    std::vector<int64_t> flags;
    for (size_t d = 0; d < level.displacements[i].size(); ++d)
      flags.push_back(wanted.count(d));
    if (llvm::all_of(flags, [](int64_t flag) { return flag; }))
      continue;
    Value flag =
        b.create<arith::CmpIOp>(arith::CmpIPredicate::ne, constants.load(b, flags, plane.indices[i]), b.index(0));
    needed = needed ? b.create<arith::AndIOp>(needed, flag).getResult() : flag;
  }
  return needed;
}

// A nest with all of its parts.
void PlaneEmitter::emitWhole(const Nest &nest) {
  tryBody(nest);
  inTurns([&] {
    forParts([&] { emitNest(nest); });
    forRows([&] {
      fillCircular(nest);
      finishReadouts(nest);
    });
  });
}

// The nests of layers that repeat: the code of one, in a loop.
void PlaneEmitter::emitLayers(size_t first, size_t length, size_t layers, ArrayRef<NotedNest> noted) {
  std::vector<std::vector<PreparedLayout::Table>> tables(layers);
  for (auto [l, layer] : llvm::enumerate(tables))
    for (size_t i = 0; i < length; ++i)
      llvm::append_range(layer, noted[first + l * length + i].tables);
  ArrayRef<Nest> nests = ArrayRef(getLevel().nests).slice(first, length);
  double before = flops;
  auto haveSinks = [](const Nest &nest) { return !nest.sinks.empty(); };
  std::optional<SmallVector<int64_t>> lags;
  if (emission.bandRows && llvm::none_of(nests, haveSinks))
    lags = findLags(first, first + layers * length);
  if (lags)
    emitLayersInBands(first, length, layers, *lags, tables);
  else
    b.loop(b.index(0), b.index(layers), 1, [&](Value layer) {
      layout.startSeries(tables, layer);
      for (const Nest &nest : nests)
        emitWhole(nest);
      layout.stopSeries();
    });
  flops = before + (flops - before) * static_cast<double>(layers);
}

void PlaneEmitter::emitPlane() {
  locateGrids();
  ArrayRef<Nest> nests = getLevel().nests;
  std::vector<NotedNest> noted = noteNests();
  for (size_t first = 0; first < nests.size();) {
    auto [length, layers] = findRepetition(noted, first);
    if (layers > 1) {
      emitLayers(first, length, layers, noted);
      first += length * layers;
      continue;
    }
    if (size_t count = tryBands(noted, first)) {
      first += count;
      continue;
    }
    const Nest &nest = nests[first++];
    if (Value needed = isNeeded(nest))
      b.when(needed, [&] { emitWhole(nest); });
    else
      emitWhole(nest);
  }
  forRows([&] {
    forParts([&] {
      for (const Sink &sink : getLevel().sinks)
        if (sink.source >= 0)
          addToPool(sink);
    });
  });
}

// The code of each nest, built once to be compared, and what it reads of the examples.
std::vector<PlaneEmitter::NotedNest> PlaneEmitter::noteNests() {
  std::vector<NotedNest> noted;
  double counted = flops;
  for (const Nest &nest : getLevel().nests) {
    NotedNest &note = noted.emplace_back();
    note.code = std::make_unique<Region>();
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&note.code->emplaceBlock());
    note.conditional = static_cast<bool>(isNeeded(nest));
    b.setInsertionPointToStart(&note.code->front());
    layout.startNoting(note.tables);
    emitWhole(nest);
    layout.stopNoting();
  }
  flops = counted;
  return noted;
}

// The nests from `first` on, of which each `length` do the same as those before: how many, and how often.
std::pair<size_t, size_t> PlaneEmitter::findRepetition(ArrayRef<NotedNest> noted, size_t first) {
  auto same = [&](size_t i, size_t j) {
    return !noted[i].conditional && !noted[j].conditional && noted[i].tables.size() == noted[j].tables.size() &&
           OperationEquivalence::isRegionEquivalentTo(noted[i].code.get(), noted[j].code.get(),
                                                      OperationEquivalence::IgnoreLocations);
  };
  constexpr size_t longest = 8;
  for (size_t length = 1; length <= longest && first + 2 * length <= noted.size(); ++length) {
    size_t end = first + length;
    while (end < noted.size() && same(end - length, end))
      ++end;
    size_t layers = (end - first) / length;
    if (layers > 1)
      return {length, layers};
  }
  return {1, 1};
}

EmittedState PlaneEmitter::emitLast(Value returned) {
  llvm::DenseMap<Value, EmittedState> states;
  kt::Pointwise<Emitted, PairSource> arithmetic(pair);
  for (Operation *op : plan.last) {
    if (readouts.count(op)) {
      states[op->getResult(0)] = readSum(op);
      continue;
    }
    SmallVector<EmittedState> inputs;
    for (Value kernel : cast<kt::KernelOpInterface>(op).getKernels())
      inputs.push_back(states.find(resolveGroups(kernel))->second);
    states[op->getResult(0)] = kt::isReadout(op) ? inputs.front() : arithmetic.pair(op, inputs);
  }
  EmittedState result = states.find(resolveGroups(returned))->second;
  result.ntk = result.completeNtk();
  result.missingCovariance = {};
  return result;
}
