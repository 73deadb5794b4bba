#include "compiler/conversions/KtToLoops/FirstFit.h"
#include "compiler/conversions/KtToLoops/LevelBuilder.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <numeric>

using namespace mlir;
using namespace inetc;

//===----------------------------------------------------------------------===//
// Geometry with two dimensions at least
//===----------------------------------------------------------------------===//

constexpr int64_t minRank = 2;

static int64_t missingDimensions(int64_t rank) { return std::max<int64_t>(minRank - rank, 0); }

Sizes inetc::planeSizes(kt::KernelType type) {
  Sizes sizes(missingDimensions(type.getRank()), 1);
  llvm::append_range(sizes, type.getPositions());
  return sizes;
}

SmallVector<kt::WindowDimension> inetc::planeWindow(Operation *op) {
  auto window = isa<kt::WindowOp>(op) ? cast<kt::WindowOp>(op).getWindow() : cast<kt::PoolOp>(op).getWindow();
  SmallVector<kt::WindowDimension> padded(missingDimensions(window.size()), kt::WindowDimension{1});
  llvm::append_range(padded, window);
  return padded;
}

SmallVector<std::vector<int64_t>> inetc::planeDisplacements(kt::KernelType type) {
  SmallVector<std::vector<int64_t>> result(missingDimensions(type.getRank()), {0});
  for (auto [i, size] : llvm::enumerate(type.getPositions())) {
    std::vector<int64_t> &signed_ = result.emplace_back();
    if (type.getPlanes().isAll()) {
      for (int64_t d = 1 - size; d < size; ++d)
        signed_.push_back(d);
      continue;
    }
    std::vector<int64_t> set = type.getPlanes().getSets()[i];
    for (int64_t d : llvm::reverse(set))
      if (d > 0)
        signed_.push_back(-d);
    llvm::append_range(signed_, set);
  }
  return result;
}

int64_t Form::getSize(const Grid &grid) const {
  int64_t rows = 1;
  for (size_t d = 0; d + 1 < grid.positions.size(); ++d)
    rows *= grid.positions[d] + low[d] + high[d];
  return rows * getPitch(grid.positions.back()) + getPad();
}

int64_t Level::countParts() const {
  int64_t parts = 1;
  for (size_t i = 0; i < modulus.size(); ++i)
    parts *= countParts(i);
  return parts;
}

size_t Level::findDisplacement(size_t dimension, int64_t displacement) const {
  const std::vector<int64_t> &all = displacements[dimension];
  if (int64_t n = modulus[dimension])
    displacement = (displacement % n + n) % n;
  auto found = llvm::lower_bound(all, displacement);
  return found != all.end() && *found == displacement ? found - all.begin() : all.size();
}

namespace {

class PlanBuilder {
public:
  PlanBuilder(Block &block, bool streamed) : block(block), streamed(streamed) {}
  FailureOr<PlanePlan> build();

private:
  LogicalResult collect();
  int addSource(Operation *op, Value input, Value result);
  void addSink(Operation *op, Value input);
  void contribute(PlaneSource &source, const Level &producer, const Sink &sink);
  void schedule();

  Block &block;
  bool streamed;
  PlanePlan plan;
  llvm::MapVector<Value, int> levelOf; // of values with positions
};

LogicalResult PlanBuilder::collect() {
  SmallVector<Operation *> operations;
  for (Operation &op : block) {
    if (isa<kt::KernelOpInterface>(op))
      operations.push_back(&op);
    if (auto group = dyn_cast<kt::FusedOp>(op))
      for (Operation &inside : group.getBody().front().without_terminator())
        operations.push_back(&inside);
  }
  auto levelAt = [&](int index) -> Level & {
    while (static_cast<int>(plan.levels.size()) <= index)
      plan.levels.emplace_back();
    return plan.levels[index];
  };
  for (Operation *op : operations) {
    auto kernels = cast<kt::KernelOpInterface>(op).getKernels();
    bool spatial = typeOf(op->getResult(0)).getRank() > 0;
    if (!kernels.empty() && kt::leavesPlanes(op)) {
      Value input = resolveGroups(kernels.front());
      if (typeOf(input).getRank() == 0) {
        plan.last.push_back(op);
        continue;
      }
      addSink(op, input);
      if (spatial) {
        levelOf[op->getResult(0)] = levelOf.lookup(input) + 1;
        levelAt(levelOf.lookup(input) + 1);
      } else {
        plan.last.push_back(op);
      }
      continue;
    }
    if (!spatial) {
      plan.last.push_back(op);
      continue;
    }
    int level = 0;
    for (Value input : kernels)
      level = std::max(level, levelOf.lookup(resolveGroups(input)));
    // kt-infer-demand has led what comes from an earlier level through a pool of one position
    for (Value input : kernels)
      if (levelOf.lookup(resolveGroups(input)) < level)
        return op->emitError("joins values from before and after a pool: run kt-infer-demand before");
    levelOf[op->getResult(0)] = level;
    levelAt(level).operations.push_back(op);
  }
  return success();
}

int PlanBuilder::addSource(Operation *op, Value input, Value result) {
  PlaneSource source;
  source.operation = op;
  source.result = result;
  source.positions = planeSizes(typeOf(result));
  source.displacements = planeDisplacements(typeOf(result));
  source.level = levelOf.lookup(input) + 1;
  for (const kt::WindowDimension &dimension : planeWindow(op))
    source.stride.push_back(dimension.stride);
  plan.sources.push_back(std::move(source));
  return plan.sources.size() - 1;
}

void PlanBuilder::addSink(Operation *op, Value input) {
  Sink sink{op, input};
  int level = levelOf.lookup(input);
  if (isa<kt::PoolOp>(op)) {
    sink.source = addSource(op, input, op->getResult(0));
    if (static_cast<int>(plan.levels.size()) <= level + 1)
      plan.levels.emplace_back();
    plan.levels[level + 1].sources.push_back(sink.source);
  }
  plan.levels[level].sinks.push_back(sink);
}

// a = stride·P − padLow + t and b = a + d = stride·P' − padLow + t' are positions of the input, of which `turns` are
// added on a circle; with P = P₀ + index and a = a₀ + index of the plane.
void PlanBuilder::contribute(PlaneSource &source, const Level &producer, const Sink &sink) {
  const Grid &grid = producer.grids[producer.gridOf.lookup(sink.input)];
  SmallVector<kt::WindowDimension> window = planeWindow(sink.operation);
  for (size_t i = 0; i < window.size(); ++i) {
    auto &table = source.contributions.emplace_back();
    int64_t size = grid.positions[i], stride = window[i].stride, reach = 0;
    if (window[i].wraps())
      reach = window[i].getExtent() / size + 1;
    auto add = [&](std::vector<Contribution> &entries, int64_t d, int64_t plane, int64_t tap, int64_t turns,
                   int64_t otherTurns) {
      int64_t displacement = source.displacements[i][plane];
      int64_t otherTap = d - stride * displacement + tap - (otherTurns - turns) * size;
      if (otherTap < 0 || otherTap >= window[i].size)
        return;
      int64_t shift = stride * std::max<int64_t>(0, -displacement) - window[i].padLow + tap + turns * size -
                      std::max<int64_t>(0, -d);
      int64_t extent = size - std::abs(d);
      int64_t begin = std::max<int64_t>(0, llvm::divideCeilSigned(-shift, stride));
      int64_t end = std::min(source.positions[i] - std::abs(displacement),
                             llvm::divideFloorSigned(extent - 1 - shift, stride) + 1);
      if (begin < end)
        entries.push_back({plane, begin, end, shift});
    };
    for (int64_t base : producer.displacements[i])
      for (int64_t part = 0; part < producer.countParts(i); ++part) {
        std::vector<Contribution> &entries = table.emplace_back();
        int64_t here = base - part * producer.modulus[i], d = here / grid.stride[i];
        if (here % grid.stride[i] || std::abs(d) >= size)
          continue;
        // |d − stride·D| is less than the window, where nothing wraps around
        const std::vector<int64_t> &all = source.displacements[i];
        int64_t furthest = window[i].size - 1;
        auto first = all.begin(), last = all.end();
        if (reach == 0) {
          first = llvm::lower_bound(all, llvm::divideCeilSigned(d - furthest, stride));
          last = llvm::upper_bound(all, llvm::divideFloorSigned(d + furthest, stride));
        }
        for (int64_t plane = first - all.begin(), e = last - all.begin(); plane < e; ++plane)
          for (int64_t tap = 0; tap < window[i].size; ++tap)
            for (int64_t turns = -reach; turns <= reach; ++turns)
              for (int64_t otherTurns = -reach; otherTurns <= reach; ++otherTurns)
                add(entries, d, plane, tap, turns, otherTurns);
      }
  }
}

// What a slab takes for each of its rows, and where in that its planes begin.
static void measureSlabs(PlaneSource &source) {
  std::function<void(size_t, int64_t)> visit = [&](size_t dimension, int64_t area) {
    if (dimension == source.positions.size()) {
      source.planeOffsets.push_back(source.rowVectors);
      source.rowVectors += area;
      return;
    }
    for (int64_t d : source.displacements[dimension])
      visit(dimension + 1, area * (source.positions[dimension] - std::abs(d)));
  };
  visit(1, 1);
}

// A place for each slab, which is alive from begins[m] to ends[m]: as large as it is, or all alike, which leaves no
// gaps between slabs that grow.
static void placeSlabs(PlaneSource &source, ArrayRef<int64_t> begins, ArrayRef<int64_t> ends) {
  std::vector<int64_t> order(begins.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](int64_t a, int64_t b) { return begins[a] < begins[b]; });
  for (bool alike : {false, true}) {
    FirstFit places;
    std::vector<int64_t> slabBegins(begins.size());
    for (int64_t m : order) {
      places.release(begins[m]);
      int64_t rows = alike ? source.positions[0] : source.countRows(m);
      slabBegins[m] = places.allocate(rows * source.rowVectors, ends[m]);
    }
    if (alike && places.getEnd() >= source.vectors)
      continue;
    source.slabBegins = slabBegins;
    source.vectors = places.getEnd();
  }
}

// When each slab is complete, in slabs of level 0, and where it lies.
void PlanBuilder::schedule() {
  std::vector<std::vector<int64_t>> times(plan.levels.size()); // when a slab runs
  for (auto [k, level] : llvm::enumerate(plan.levels)) {
    std::vector<int64_t> &ready = times[k];
    ready.assign(level.displacements[0].size(), 0);
    if (k == 0)
      std::iota(ready.begin(), ready.end(), 0);
    std::map<int, std::vector<int64_t>> first;
    auto slabOf = [&, &level = level](const PlaneSource &source, int64_t plane) {
      int64_t stride = level.grids[level.gridOf.lookup(source.result)].stride[0];
      return level.findDisplacement(0, source.displacements[0][plane] * stride);
    };
    for (int s : level.sources) {
      const PlaneSource &source = plan.sources[s];
      std::vector<int64_t> &begins = first[s];
      begins.assign(source.displacements[0].size(), std::numeric_limits<int64_t>::max());
      const auto &table = source.contributions[0];
      int64_t parts = plan.levels[k - 1].countParts(0);
      for (size_t i = 0; i < table.size(); ++i)
        for (const Contribution &entry : table[i]) {
          int64_t time = times[k - 1][i / parts];
          begins[entry.plane] = std::min(begins[entry.plane], time);
          int64_t &at = ready[slabOf(source, entry.plane)];
          at = std::max(at, time);
        }
    }
    // where windows wrap around, one that is far away may be complete as early as the first
    level.order.resize(ready.size());
    std::iota(level.order.begin(), level.order.end(), 0);
    llvm::stable_sort(level.order, [&](int64_t a, int64_t b) { return ready[a] < ready[b]; });
    for (int64_t i = 0; i <= static_cast<int64_t>(plan.levels[0].displacements[0].size()); ++i)
      level.runAfter.push_back(llvm::partition_point(level.order, [&](int64_t slab) { return ready[slab] < i; }) -
                               level.order.begin());
    for (auto &[s, begins] : first) {
      PlaneSource &source = plan.sources[s];
      std::vector<int64_t> ends;
      for (size_t m = 0; m < begins.size(); ++m) {
        ends.push_back(ready[slabOf(source, m)]);
        begins[m] = std::min(begins[m], ends[m]); // nothing may be added to it, and it is read all the same
      }
      if (!streamed) {
        begins.assign(begins.size(), 0);
        ends.assign(begins.size(), 0);
      }
      placeSlabs(source, begins, ends);
    }
  }
}

FailureOr<PlanePlan> PlanBuilder::build() {
  if (failed(collect()))
    return failure();
  int64_t arena = 0;
  for (auto [k, level] : llvm::enumerate(plan.levels)) {
    LevelBuilder builder(level, plan.sources);
    if (failed(builder.build()))
      return failure();
    arena = std::max(arena, builder.placeForms());
    for (Sink &sink : level.sinks)
      if (sink.source >= 0)
        contribute(plan.sources[sink.source], level, sink);
  }
  plan.scratchVectors = arena;
  llvm::for_each(plan.sources, measureSlabs);
  if (!plan.levels.empty())
    schedule();
  for (PlaneSource &source : plan.sources)
    for (int64_t *buffer : {&source.buffer, &source.ntkBuffer})
      if (buffer == &source.buffer || typeOf(source.result).getNtk()) {
        *buffer = plan.scratchVectors;
        plan.scratchVectors += source.vectors;
      }
  return std::move(plan);
}

} // namespace

FailureOr<PlanePlan> inetc::planPlanes(Block &block, bool streamed) { return PlanBuilder(block, streamed).build(); }
