#include "compiler/conversions/KtToLoops/EmitPlanes.h"
#include "compiler/conversions/KtToLoops/PoolWeights.h"

using namespace mlir;
using namespace inetc;

//===----------------------------------------------------------------------===//
// Readouts
//===----------------------------------------------------------------------===//

void PlaneEmitter::clearReadouts() {
  if (rowCount > 1 && !rowIndex)
    return forRows([&] { clearReadouts(); });
  for (const Level &level : plan.levels)
    for (const Sink &sink : level.sinks) {
      if (sink.source >= 0)
        continue;
      auto [one, all] = readouts.lookup(sink.operation);
      Value zero = b.create<arith::ConstantOp>(DenseElementsAttr::get(vector, b.getFloatAttr(emission.element, 0.0)));
      Value wideZero = b.create<arith::ConstantOp>(DenseElementsAttr::get(wide, b.getF64FloatAttr(0.0)));
      for (int64_t part = 0; part < 2; ++part) {
        b.storeVector(zero, one, readoutAt(part));
        b.storeVector(wideZero, all, readoutAt(part));
      }
    }
}

// The sums of one plane go into those of all planes, in f64: a million of numbers would lose digits in f32.
void PlaneEmitter::finishReadouts(const Nest &nest) {
  for (int s : nest.sinks) {
    const Sink &sink = getLevel().sinks[s];
    auto [one, all] = readouts.lookup(sink.operation);
    auto add = [&, one = one, all = all] {
      for (int64_t part = 0; part < 2; ++part) {
        Value at = readoutAt(part);
        Value sum = b.loadVector(vector, one, at);
        if (!emission.element.isF64())
          sum = b.create<arith::ExtFOp>(wide, sum);
        b.storeVector(b.create<arith::AddFOp>(b.loadVector(wide, all, at), sum), all, at);
        b.storeVector(context.getConstant(0.0), one, at);
      }
    };
    bool diagonal = isa<kt::TraceOp>(sink.operation);
    bool always =
        llvm::all_of(getLevel().displacements, [](const auto &set) { return set == std::vector<int64_t>{0}; });
    if (!diagonal || always) {
      add();
      continue;
    }
    b.when(plane.isDiagonal, add);
    // what other planes summed up is not asked for
    b.storeVector(context.getConstant(0.0), one, readoutAt(0));
    b.storeVector(context.getConstant(0.0), one, readoutAt(1));
  }
}

EmittedState PlaneEmitter::readSum(Operation *readout) {
  Value kernel = readout->getOperand(0);
  auto positions = static_cast<double>(countPositions(kernel));
  auto mean = dyn_cast<kt::MeanOp>(readout);
  double weight = mean ? (mean.getSum() ? 1.0 : 1.0 / positions / positions) : 1.0 / positions;
  auto load = [&](int64_t part) {
    Value sum = b.loadVector(wide, readouts.lookup(readout).second, readoutAt(part));
    Value factor = b.create<arith::ConstantOp>(DenseElementsAttr::get(wide, b.getF64FloatAttr(weight)));
    sum = b.create<arith::MulFOp>(sum, factor);
    return Emitted(context, emission.element.isF64() ? sum : b.create<arith::TruncFOp>(vector, sum));
  };
  EmittedState state{load(0)};
  if (typeOf(readout->getResult(0)).getNtk())
    state.ntk = load(1);
  // D₁₁ and D₂₂ of a pool that is centered
  auto op = cast<kt::KernelOpInterface>(readout);
  if (mean && !op.getVariances().empty()) {
    int64_t spread = poolTable(readout, op.getVariances().front(), "spread");
    state.nngp = state.nngp - (pair.loadTable(pair.row, spread, {}) + pair.loadTable(pair.column, spread, {}));
  }
  return state;
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

// The positions in the first dimension of the planes of a slab.
Value PlaneEmitter::countRows(const PlaneSource &source, Value slab) {
  Value d = constants.load(b, source.displacements[0], slab);
  return b.sub(b.index(source.positions[0]), b.max(d, b.sub(b.index(0), d)));
}

Value PlaneEmitter::poolIndex(const PlaneSource &source, ArrayRef<Value> planes, ArrayRef<Value> positions) {
  // in the slab of the first displacement: the plane of the others, in it the position
  Value which = b.index(0);
  for (size_t i = 1; i < planes.size(); ++i)
    which = b.add(b.mul(which, b.index(source.displacements[i].size())), planes[i]);
  Value position = positions[0];
  for (size_t i = 1; i < planes.size(); ++i) {
    Value d = constants.load(b, source.displacements[i], planes[i]);
    Value extent = b.sub(b.index(source.positions[i]), b.max(d, b.sub(b.index(0), d)));
    position = b.add(b.mul(position, extent), positions[i]);
  }
  Value begin = constants.load(b, source.slabBegins, planes[0]), rows = countRows(source, planes[0]);
  Value plane = b.mul(rows, constants.load(b, source.planeOffsets, which));
  return b.add(b.add(begin, plane), position);
}

namespace {
// In one dimension: taps of a pool that go from one plane to the same positions of another. They are added up before
// they are added to it.
struct Taps {
  int64_t plane, begin, end;
  SmallVector<int64_t, 2> shifts;
};

constexpr size_t mostTaps = 2; // at once: for each number of them there is code of its own

std::vector<Taps> joinTaps(ArrayRef<Contribution> entries) {
  std::vector<Taps> joined;
  for (const Contribution &entry : entries) {
    auto same = llvm::find_if(joined, [&](const Taps &taps) {
      return taps.plane == entry.plane && taps.begin == entry.begin && taps.end == entry.end &&
             taps.shifts.size() < mostTaps;
    });
    if (same == joined.end())
      same = joined.insert(same, Taps{entry.plane, entry.begin, entry.end, {}});
    same->shifts.push_back(entry.shift);
  }
  return joined;
}

// Those that are equally many at once, one after the other.
struct TapTable {
  std::vector<int64_t> first = {0}, planes, begin, end; // first: of each displacement
  SmallVector<std::vector<int64_t>, mostTaps> shifts;   // of each of the taps
};

std::vector<TapTable> makeTapTables(ArrayRef<std::vector<Contribution>> contributions) {
  std::vector<TapTable> tables(mostTaps);
  for (const std::vector<Contribution> &entries : contributions) {
    for (const Taps &taps : joinTaps(entries)) {
      TapTable &table = tables[taps.shifts.size() - 1];
      table.planes.push_back(taps.plane);
      table.begin.push_back(taps.begin);
      table.end.push_back(taps.end);
      table.shifts.resize(taps.shifts.size());
      for (auto [shifts, shift] : llvm::zip_equal(table.shifts, taps.shifts))
        shifts.push_back(shift);
    }
    for (TapTable &table : tables)
      table.first.push_back(table.planes.size());
  }
  llvm::erase_if(tables, [](const TapTable &table) { return table.planes.empty(); });
  return tables;
}
} // namespace

// out[P] += Σ in[stride · P + shift], for every plane of the pool that this plane adds to
void PlaneEmitter::addToPool(const Sink &sink) {
  const PlaneSource &source = plan.sources[sink.source];
  const Form &form = getLevel().forms[sink.form];
  size_t rank = source.positions.size();
  std::vector<std::vector<TapTable>> tables;
  for (const auto &contributions : source.contributions)
    tables.push_back(makeTapTables(contributions));

  SmallVector<Value> planes, entries;
  SmallVector<const TapTable *> chosen; // one for each dimension
  auto addUp = [&](ArrayRef<Value> positions) {
    std::optional<EmittedState> sum;
    std::function<void(SmallVector<Value>)> overTaps = [&](SmallVector<Value> from) {
      size_t d = from.size();
      if (d < rank) {
        for (const std::vector<int64_t> &shifts : chosen[d]->shifts) {
          SmallVector<Value> more = from;
          more.push_back(b.add(b.mul(positions[d], b.index(source.stride[d])), constants.load(b, shifts, entries[d])));
          overTaps(more);
        }
        return;
      }
      addTo(sum, loadForm(form, ArrayRef(from).drop_back(), from.back()));
    };
    overTaps({});
    return *sum;
  };
  std::function<void(SmallVector<Value>)> overPositions = [&](SmallVector<Value> positions) {
    size_t i = positions.size();
    if (i < rank) {
      Value begin = constants.load(b, chosen[i]->begin, entries[i]),
            end = constants.load(b, chosen[i]->end, entries[i]);
      b.loop(begin, end, 1, [&](Value position) {
        SmallVector<Value> more = positions;
        more.push_back(position);
        overPositions(more);
      });
      return;
    }
    EmittedState sum = addUp(positions);
    Value to = poolIndex(source, planes, positions);
    auto add = [&](int64_t buffer, Emitted value) {
      Value at = b.add(to, b.index(buffer));
      storeScratch(Emitted(context, loadScratch(at)) + value, at);
    };
    add(source.buffer, sum.nngp);
    if (sum.ntk)
      add(source.ntkBuffer, *sum.ntk);
  };
  std::function<void(size_t)> overEntries = [&](size_t i) {
    if (i == rank) {
      overPositions({});
      return;
    }
    for (const TapTable &table : tables[i]) {
      chosen.push_back(&table);
      Value begin = constants.load(b, table.first, indexWithPart(i));
      Value end = constants.load(b, table.first, b.add(indexWithPart(i), b.index(1)));
      b.loop(begin, end, 1, [&](Value entry) {
        entries.push_back(entry);
        planes.push_back(constants.load(b, table.planes, entry));
        overEntries(i + 1);
        entries.pop_back();
        planes.pop_back();
      });
      chosen.pop_back();
    }
  };
  overEntries(0);
}

void PlaneEmitter::clearPools() {
  if (rowCount > 1 && !rowIndex)
    return forRows([&] { clearPools(); });
  for (const PlaneSource &source : plan.sources)
    for (int64_t buffer : {source.buffer, source.ntkBuffer})
      if (buffer >= 0)
        b.loop(b.index(buffer), b.index(buffer + source.vectors), 1, [&](Value i) { storeScratch(number(0.0), i); });
}

// Of a level's displacements, with their parts: the indices of the planes of a pool that they are; −1 for none.
static std::vector<int64_t> findPoolPlanes(const Level &level, const PlaneSource &source, size_t dimension) {
  int64_t stride = level.grids[level.gridOf.lookup(source.result)].stride[dimension];
  std::vector<int64_t> planes;
  for (int64_t base : level.displacements[dimension])
    for (int64_t part = 0; part < level.countParts(dimension); ++part) {
      int64_t displacement = base - part * level.modulus[dimension];
      const std::vector<int64_t> &all = source.displacements[dimension];
      auto found = llvm::lower_bound(all, displacement / stride);
      bool isThere = displacement % stride == 0 && found != all.end() && *found == displacement / stride;
      planes.push_back(isThere ? found - all.begin() : -1);
    }
  return planes;
}

// The slab of a level has been read: its memory is for another one. `slab` is an index of the level's displacements.
void PlaneEmitter::clearSlab(const PlaneSource &source, Value slab) {
  const Level &level = plan.levels[source.level];
  std::vector<int64_t> planes = findPoolPlanes(level, source, 0);
  for (int64_t part = 0, parts = level.countParts(0); part < parts; ++part) {
    Value index = constants.load(b, planes, b.add(b.mul(slab, b.index(parts)), b.index(part)));
    b.when(b.create<arith::CmpIOp>(arith::CmpIPredicate::sge, index, b.index(0)), [&] {
      Value first = constants.load(b, source.slabBegins, index);
      Value vectors = b.mul(countRows(source, index), b.index(source.rowVectors));
      for (int64_t buffer : {source.buffer, source.ntkBuffer})
        if (buffer >= 0)
          b.loop(b.index(0), vectors, 1,
                 [&](Value i) { storeScratch(number(0.0), b.add(b.add(first, b.index(buffer)), i)); });
    });
  }
}

int64_t PlaneEmitter::poolTable(Operation *pool, Value variance, StringRef what) {
  PreparedLayout::Table table{.of = {variance}, .key = what.str() + " " + describePool(pool), .pool = pool};
  table.positions.assign(typeOf(pool->getResult(0)).getPositions().begin(),
                         typeOf(pool->getResult(0)).getPositions().end());
  return layout.require(std::move(table));
}

// Σωω'D₁₂ − ½ΣωωD₁₁ − ½Σω'ω'D₂₂ + (Σω − Σω')(A − A')
EmittedState PlaneEmitter::emitPoolRead(kt::PoolOp op, const Nest &nest, ArrayRef<Value> rows, Value x,
                                        const Site &site) {
  int index =
      llvm::find_if(plan.sources, [&](const PlaneSource &s) { return s.operation == op; }) - plan.sources.begin();
  const PlaneSource &source = plan.sources[index];
  // from the level's displacements to those of the pool
  SmallVector<Value> planes, positions(rows.begin(), rows.end());
  positions.push_back(x);
  for (size_t i = 0; i < plane.indices.size(); ++i) {
    std::vector<int64_t> ofSource = findPoolPlanes(getLevel(), source, i);
    for (int64_t &index : ofSource) // nothing is read there
      index = std::max<int64_t>(index, 0);
    planes.push_back(constants.load(b, ofSource, indexWithPart(i)));
  }
  Value at = poolIndex(source, planes, positions);
  Emitted weights = poolWeight(op, site.p, constants, b, context) * poolWeight(op, site.q, constants, b, context);
  auto load = [&](int64_t buffer) { return Emitted(context, loadScratch(b.add(at, b.index(buffer)))) * weights; };
  EmittedState state{load(source.buffer)};
  if (source.ntkBuffer >= 0)
    state.ntk = load(source.ntkBuffer);
  if (!op.getType().isDistance())
    return state;
  int64_t spread = poolTable(op, op.getVariance(), "spread");
  state.nngp = state.nngp - (pair.loadTable(pair.row, spread, site.p) + pair.loadTable(pair.column, spread, site.q));
  if (op.hasUnequalWeights()) {
    int64_t mean = poolTable(op, op.getVariance(), "mean");
    state.nngp = fma(poolTotal(op, site.p, constants, b, context) - poolTotal(op, site.q, constants, b, context),
                     pair.loadTable(pair.row, mean, site.p) - pair.loadTable(pair.column, mean, site.q), state.nngp);
  }
  return state;
}

// ΣωωK of the pair of positions P and P on plane 0; of self kernels.
formulas::Emitted PlaneEmitter::readPoolDiagonal(kt::PoolOp op, ValueRange position) {
  const PlaneSource &source = *llvm::find_if(plan.sources, [&](const PlaneSource &s) { return s.operation == op; });
  SmallVector<Value> planes, positions(source.positions.size() - position.size(), b.index(0));
  llvm::append_range(positions, position);
  Value p = b.index(0);
  for (auto [i, displacements] : llvm::enumerate(source.displacements)) {
    planes.push_back(b.index(llvm::lower_bound(displacements, 0) - displacements.begin()));
    p = b.add(b.mul(p, b.index(source.positions[i])), positions[i]);
  }
  Emitted weight = poolWeight(op, p, constants, b, context);
  return Emitted(context, loadScratch(b.add(poolIndex(source, planes, positions), b.index(source.buffer)))) *
         (weight * weight);
}
