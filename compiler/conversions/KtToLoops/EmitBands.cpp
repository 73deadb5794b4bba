#include "compiler/conversions/KtToLoops/EmitPlanes.h"

using namespace mlir;
using namespace inetc;

// Bands of rows. Where a plane outgrows L2, nests that follow each other go through it together, a band of rows at a
// time:
//
//   for each band [t, t + T) of steps: for each nest i: steps t − lag[i] … t + T − lag[i] of it
//
// A nest does at step s what belongs to row s (a skewed nest: the first half of row s, the second of row s − 1), and
// lags behind those whose rows it reads. So bands are slanted, and nothing is computed twice, as it would be with a
// halo of rows around tiles. What waits between the two halves of a row waits in scratch memory from one band to the
// next.

namespace {

// Row r of what a nest stores is there after its step r + this.
int64_t delayOf(const Nest &nest) { return nest.skewed ? 1 : 0; }

bool overlap(const Form &a, const Form &b, const Level &level) {
  auto buffersOf = [](const Form &form) {
    SmallVector<int64_t, 2> buffers;
    for (int64_t buffer : {form.buffer, form.ntkBuffer})
      if (buffer >= 0)
        buffers.push_back(buffer);
    return buffers;
  };
  for (int64_t first : buffersOf(a))
    for (int64_t second : buffersOf(b))
      if (first < second + b.getSize(level.grids[b.grid]) && second < first + a.getSize(level.grids[a.grid]))
        return true;
  return false;
}

bool sameLayout(const Form &a, const Form &b) {
  return a.grid == b.grid && a.taps == b.taps && a.dilation == b.dilation && a.low == b.low && a.high == b.high &&
         a.buffer == b.buffer && a.ntkBuffer == b.ntkBuffer;
}

// How many rows below row s a nest reads of a form at step s; none if it does not read it.
std::optional<int64_t> reachInto(const Form &form, const Nest &nest, int index) {
  std::optional<int64_t> reach;
  for (Operation *op : nest.operations) {
    if (isa<kt::GramOp, kt::PoolOp>(op))
      continue;
    for (Value kernel : cast<kt::KernelOpInterface>(op).getKernels()) {
      if (resolveGroups(kernel) != form.value || form.nest == index)
        continue;
      int64_t below = 0;
      if (isa<kt::WindowOp>(op)) {
        kt::WindowDimension rows = planeWindow(op).front();
        below = rows.getExtent() - 1 - rows.padLow;
      }
      reach = std::max(reach.value_or(below), below);
    }
  }
  return reach;
}

} // namespace

// Steps by which each of the nests [first, last) lags behind the first of them; none where they cannot share bands.
std::optional<SmallVector<int64_t>> PlaneEmitter::findLags(size_t first, size_t last) {
  const Level &level = getLevel();
  SmallVector<int64_t> lags;
  if (pair.self || rank() != 2 || level.countParts() > 1)
    return std::nullopt;
  for (size_t i = first; i < last; ++i) {
    const Nest &nest = level.nests[i];
    if (nest.grid != level.nests[first].grid)
      return std::nullopt;
    for (Operation *op : nest.operations)
      if (isa<kt::WindowOp>(op) &&
          llvm::any_of(planeWindow(op), [](const kt::WindowDimension &window) { return window.stride != 1; }))
        return std::nullopt;
    int64_t lag = lags.empty() ? 0 : lags.back();
    for (const Form &form : level.forms)
      if (auto reach = reachInto(form, nest, i); reach && form.nest >= static_cast<int>(first))
        lag = std::max(lag, lags[form.nest - first] + *reach + delayOf(level.nests[form.nest]));
    lags.push_back(lag);
    // what this nest writes over must have been read
    for (int f : nest.forms) {
      const Form &written = level.forms[f];
      for (const Form &other : level.forms) {
        int reader = other.lastReader;
        if (&other == &written || other.nest >= static_cast<int>(i) || reader < static_cast<int>(first) ||
            !overlap(written, other, level))
          continue;
        if (!sameLayout(written, other) || reader > static_cast<int>(i) ||
            lag + delayOf(nest) < lags[reader - first] + other.low.front())
          return std::nullopt;
      }
    }
  }
  return lags;
}

// The steps of a band of each of the nests: from `start` on of the first of them. What waits for a nest lies behind
// what waits for those before it, for each `layer` of `layers`; no layer where it is one.
void PlaneEmitter::emitBand(ArrayRef<Nest> nests, ArrayRef<int64_t> lags, Value start, Value layer, int64_t layers) {
  int64_t waiting = 0;
  for (auto [nest, lag] : llvm::zip_first(nests, lags)) {
    tryBody(nest);
    Value begin = b.sub(start, b.index(lag));
    band = Band{begin, b.add(begin, b.index(emission.bandRows)), waiting, layer};
    inTurns([&, &nest = nest] { emitNest(nest); });
    waiting += layers * band->vectors;
    band.reset();
  }
  emission.waitingVectors = std::max(emission.waitingVectors, waiting);
}

// Several nests, each once.
void PlaneEmitter::emitNestsInBands(size_t first, ArrayRef<int64_t> lags) {
  ArrayRef<Nest> nests = ArrayRef(getLevel().nests).slice(first, lags.size());
  Value steps = b.add(plane.grids[nests.front().grid].extent.front(), b.index(1 + lags.back()));
  b.loop(b.index(0), steps, emission.bandRows, [&](Value t) { emitBand(nests, lags, t, {}, 1); });
  for (const Nest &nest : nests)
    forRows([&] { finishReadouts(nest); });
}

// The nests of layers that repeat, some layers at a time.
void PlaneEmitter::emitLayersInBands(size_t first, size_t length, size_t layers, ArrayRef<int64_t> lags,
                                     ArrayRef<std::vector<PreparedLayout::Table>> tables) {
  ArrayRef<Nest> nests = ArrayRef(getLevel().nests).slice(first, length);
  int64_t perLayer = 0; // lag of a layer behind the one before
  for (size_t i = 0; i < length; ++i)
    perLayer = std::max(perLayer, lags[length + i] - lags[i]);
  int64_t together = std::clamp<int64_t>(emission.bandLayers / length, 1, layers);
  int64_t slowest = lags[length - 1] + (together - 1) * perLayer;
  Value steps = b.add(plane.grids[nests.front().grid].extent.front(), b.index(1 + slowest));
  b.loop(b.index(0), b.index(layers), together, [&](Value firstLayer) {
    Value lastLayer = b.min(b.add(firstLayer, b.index(together)), b.index(layers));
    b.loop(b.index(0), steps, emission.bandRows, [&](Value t) {
      b.loop(firstLayer, lastLayer, 1, [&](Value layer) {
        layout.startSeries(tables, layer);
        Value behind = b.sub(layer, firstLayer);
        emitBand(nests, lags, b.sub(t, b.mul(behind, b.index(perLayer))), behind, together);
        layout.stopSeries();
      });
    });
  });
}

// Runs nests from `first` on in bands, as many as can go together: how many that were; 0 if it is better not to.
size_t PlaneEmitter::tryBands(ArrayRef<NotedNest> noted, size_t first) {
  if (!emission.bandRows)
    return 0;
  auto isSingle = [&](size_t i) { return !noted[i].conditional && findRepetition(noted, i).second == 1; };
  auto most = std::min<size_t>(noted.size(), first + std::max<int64_t>(emission.bandLayers, 2));
  size_t last = first;
  std::optional<SmallVector<int64_t>> lags;
  while (last < most && isSingle(last)) {
    auto more = findLags(first, last + 1);
    if (!more)
      break;
    lags = more;
    ++last;
  }
  if (last - first < 2)
    return 0;
  emitNestsInBands(first, *lags);
  return last - first;
}

// What is done at a step of a nest: if the band has that step. Without bands always.
void PlaneEmitter::whenInBand(Value step, llvm::function_ref<void()> body) {
  if (!band)
    return body();
  Value begun = b.create<arith::CmpIOp>(arith::CmpIPredicate::sle, band->begin, step);
  b.when(b.create<arith::AndIOp>(begun, b.less(step, band->end)), body);
}

// [begin, end) of the steps of a nest, as far as they are in the band.
std::pair<Value, Value> PlaneEmitter::clipToBand(Value begin, Value end) {
  if (!band)
    return {begin, end};
  return {b.max(begin, band->begin), b.min(end, band->end)};
}

// The index of the first of the `vectors` that wait for each example in lockstep until the next band.
Value PlaneEmitter::placeWaiting(int64_t vectors) {
  band->vectors = vectors * rowCount;
  Value base = b.index(plan.scratchVectors * emission.rows + band->waiting);
  return band->layer ? b.add(base, b.mul(band->layer, b.index(band->vectors))) : base;
}
