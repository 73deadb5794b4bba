#include "compiler/conversions/KtToLoops/LevelBuilder.h"

#include "compiler/conversions/KtToLoops/FirstFit.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <set>

using namespace mlir;
using namespace inetc;

// Sums of more taps than this would not stay in registers.
constexpr int64_t maxCarried = 6;

// The last position under the last window, and one.
static int64_t endOfWindows(const kt::WindowDimension &dimension, int64_t size) {
  return dimension.stride * (dimension.getOutput(size) - 1) - dimension.padLow + dimension.getExtent();
}

bool inetc::sumsColumns(const kt::WindowDimension &columns, int64_t size) {
  return columns.stride == 1 && columns.size > 1 && !columns.wraps() &&
         (columns.size - 1) * columns.dilation <= maxCarried && endOfWindows(columns, size) >= size;
}

void LevelBuilder::assignGrids() {
  llvm::MapVector<Value, Sizes> strides;
  auto scaleAll = [&](size_t dimension, int64_t factor) {
    for (auto &entry : strides)
      entry.second[dimension] *= factor;
  };
  SmallVector<Value> roots;
  for (int s : level.sources)
    roots.push_back(sources[s].result);
  for (Operation *op : level.operations)
    if (isa<kt::GramOp>(op))
      roots.push_back(op->getResult(0));

  auto propagate = [&] {
    bool changed = false;
    auto set = [&](Value value, const Sizes &stride) { changed |= strides.insert({value, stride}).second; };
    for (Operation *op : level.operations) {
      Value result = op->getResult(0);
      SmallVector<Value> inputs = kernelsOf(op);
      if (auto window = dyn_cast<kt::WindowOp>(op)) {
        SmallVector<kt::WindowDimension> dimensions = planeWindow(op);
        if (strides.count(inputs[0])) {
          Sizes stride = strides[inputs[0]];
          for (auto [s, dimension] : llvm::zip_equal(stride, dimensions))
            s *= dimension.stride;
          set(result, stride);
        } else if (strides.count(result)) {
          for (auto [i, dimension] : llvm::enumerate(dimensions))
            if (strides[result][i] % dimension.stride)
              scaleAll(i, dimension.stride);
          Sizes stride = strides[result];
          for (auto [s, dimension] : llvm::zip_equal(stride, dimensions))
            s /= dimension.stride;
          set(inputs[0], stride);
        }
        continue;
      }
      inputs.push_back(result);
      auto known = llvm::find_if(inputs, [&](Value value) { return strides.count(value) > 0; });
      if (known == inputs.end())
        continue;
      Sizes stride = strides[*known];
      for (Value value : inputs)
        set(value, stride);
    }
    return changed;
  };
  for (Value root : roots) {
    if (strides.count(root))
      continue;
    strides.insert({root, Sizes(planeSizes(typeOf(root)).size(), 1)});
    while (propagate())
      ;
  }
  for (auto &[value, stride] : strides) {
    Grid grid{planeSizes(typeOf(value)), stride};
    auto found = llvm::find(level.grids, grid);
    level.gridOf[value] = found - level.grids.begin();
    if (found == level.grids.end())
      level.grids.push_back(grid);
  }
}

LogicalResult LevelBuilder::findModulus() {
  level.modulus.assign(level.grids.front().positions.size(), 0);
  for (Operation *op : level.operations) {
    if (!isa<kt::WindowOp>(op))
      continue;
    const Grid &grid = level.grids[level.gridOf.lookup(resolveGroups(op->getOperand(0)))];
    for (auto [i, dimension] : llvm::enumerate(planeWindow(op))) {
      int64_t modulus = grid.positions[i] * grid.stride[i];
      if (dimension.wraps() && level.modulus[i] && level.modulus[i] != modulus)
        return op->emitError("wraps around ") << modulus << " positions, where an earlier layer wraps around "
                                              << level.modulus[i] << ": run kt-infer-demand before";
      if (dimension.wraps())
        level.modulus[i] = modulus;
    }
  }
  return success();
}

void LevelBuilder::collectDisplacements() {
  size_t rank = level.grids.front().positions.size();
  std::vector<std::set<int64_t>> needed(rank);
  for (auto [value, grid] : level.gridOf)
    for (auto [i, set] : llvm::enumerate(planeDisplacements(typeOf(value))))
      for (int64_t d : set) {
        int64_t base = d * level.grids[grid].stride[i], n = level.modulus[i];
        needed[i].insert(n ? (base % n + n) % n : base);
      }
  for (const std::set<int64_t> &set : needed)
    level.displacements.emplace_back(set.begin(), set.end());
}

// A nest for each number of windows on the way from the level's beginning, and each grid.
void LevelBuilder::makeNests() {
  llvm::DenseMap<Value, int> stages;
  std::map<std::pair<int, int>, Nest> nests; // by stage and grid
  auto place = [&](Operation *op, int stage) {
    Value result = op->getResult(0);
    stages[result] = stage;
    Nest &nest = nests[{stage, level.gridOf.lookup(result)}];
    nest.grid = level.gridOf.lookup(result);
    nest.operations.push_back(op);
  };
  for (int s : level.sources)
    if (sources[s].operation)
      place(sources[s].operation, 0);
    else
      stages[sources[s].result] = 0;
  for (Operation *op : level.operations) {
    int stage = 0;
    for (Value input : kernelsOf(op))
      stage = std::max(stage, stages.lookup(input));
    place(op, stage + (isa<kt::WindowOp>(op) ? 1 : 0));
  }
  constexpr int64_t widest = 1024; // of a row, as what waits of it lies on the stack
  auto hasLoop = [](Operation *op) { return isa<kt::WindowOp>(op) && llvm::any_of(planeWindow(op), isLong); };
  for (auto &[key, nest] : nests) {
    const Sizes &positions = level.grids[nest.grid].positions;
    nest.skewed = positions[positions.size() - 2] > 1 && positions.back() <= widest &&
                  llvm::none_of(nest.operations, hasLoop) &&
                  llvm::any_of(nest.operations, llvm::IsaPred<kt::WindowOp>) &&
                  llvm::any_of(nest.operations, llvm::IsaPred<kt::DualOp>);
    for (Operation *op : nest.operations)
      nestOf[op->getResult(0)] = level.nests.size();
    level.nests.push_back(std::move(nest));
  }
}

// The form that serves `wanted` too: the same sum, with the larger border.
int LevelBuilder::requireForm(Value value, Form wanted) {
  for (auto [i, form] : llvm::enumerate(level.forms)) {
    if (form.value != value || form.taps != wanted.taps || form.circular != wanted.circular)
      continue;
    if (form.isSummed() && (form.dilation != wanted.dilation || form.low.back() != wanted.low.back() ||
                            form.high.back() != wanted.high.back()))
      continue;
    for (size_t d = 0; d < form.low.size(); ++d) {
      form.low[d] = std::max(form.low[d], wanted.low[d]);
      form.high[d] = std::max(form.high[d], wanted.high[d]);
    }
    form.lastReader = std::max(form.lastReader, wanted.lastReader);
    if (!form.haloVariance)
      form.haloVariance = wanted.haloVariance;
    return i;
  }
  wanted.value = value;
  wanted.grid = level.gridOf.lookup(value);
  wanted.nest = nestOf.lookup(value);
  level.nests[wanted.nest].forms.push_back(level.forms.size());
  level.forms.push_back(wanted);
  return level.forms.size() - 1;
}

void LevelBuilder::collectForms() {
  size_t rank = level.grids.front().positions.size();
  for (auto [index, nest] : llvm::enumerate(level.nests)) {
    int reader = index;
    for (Operation *op : nest.operations) {
      if (auto window = dyn_cast<kt::WindowOp>(op)) {
        Value input = resolveGroups(window.getInput());
        Form form{.haloVariance = window.hasZeroBorder() ? window.getVariance() : Value(), .lastReader = reader};
        form.circular = llvm::any_of(window.getWindow(), [](const auto &dimension) { return dimension.wraps(); });
        SmallVector<kt::WindowDimension> dimensions = planeWindow(op);
        for (auto [dimension, size] : llvm::zip_equal(dimensions, level.grids[level.gridOf.lookup(input)].positions)) {
          form.low.push_back(dimension.padLow);
          form.high.push_back(std::max<int64_t>(endOfWindows(dimension, size) - size, 0));
        }
        const kt::WindowDimension &columns = dimensions.back();
        if (sumsColumns(columns, level.grids[level.gridOf.lookup(input)].positions.back()))
          form.taps = columns.size, form.dilation = columns.dilation;
        requireForm(input, form);
        continue;
      }
      for (Value input : kernelsOf(op))
        if (nestOf.lookup(input) != reader)
          requireForm(input, Form{.low = Sizes(rank, 0), .high = Sizes(rank, 0), .lastReader = reader});
    }
  }
  int end = level.nests.size();
  for (auto [i, sink] : llvm::enumerate(level.sinks)) {
    if (sink.operation && kt::isReadout(sink.operation))
      level.nests[nestOf.lookup(sink.input)].sinks.push_back(i);
    else
      sink.form = requireForm(sink.input, Form{.low = Sizes(rank, 0), .high = Sizes(rank, 0), .lastReader = end});
  }
}

// The form that this one may overwrite while it is read: a skewed nest reads row y − 1 of a sum and the rows below it
// while it writes row y − 1, one column behind.
const Form *LevelBuilder::findReplaced(const Form &form, int now) const {
  const Nest &nest = level.nests[now];
  if (!nest.skewed || !form.isSummed())
    return nullptr;
  for (Operation *op : nest.operations) {
    auto window = dyn_cast<kt::WindowOp>(op);
    if (!window || !llvm::all_of(window.getStride(), [](int64_t stride) { return stride == 1; }))
      continue;
    Value input = resolveGroups(window.getInput());
    for (const Form &read : level.forms) {
      bool sameRows = read.grid == form.grid && read.taps == form.taps && read.dilation == form.dilation &&
                      read.low == form.low && read.high == form.high;
      bool onlyHere =
          read.lastReader == now && llvm::count_if(nest.operations, [&](Operation *other) {
                                      return isa<kt::WindowOp>(other) && resolveGroups(other->getOperand(0)) == input;
                                    }) == 1;
      bool flat = llvm::all_of(ArrayRef(read.low).drop_back(2), [](int64_t cells) { return cells == 0; });
      bool isFree =
          llvm::none_of(level.forms, [&](const Form &other) { return other.replaces == &read - level.forms.data(); });
      if (read.value == input && read.isSummed() && sameRows && onlyHere && isFree && flat &&
          read.low[read.low.size() - 2] <= 1)
        return &read;
    }
  }
  return nullptr;
}

// A first-fit allocation over the nests of a plane. Returns the vectors that it takes.
int64_t LevelBuilder::placeForms() {
  FirstFit places;
  for (auto [index, nest] : llvm::enumerate(level.nests)) {
    int now = index;
    places.release(now);
    for (int f : nest.forms) {
      Form &form = level.forms[f];
      if (const Form *replaced = findReplaced(form, now)) {
        form.buffer = replaced->buffer, form.ntkBuffer = replaced->ntkBuffer;
        form.replaces = replaced - level.forms.data();
        places.extend(form.buffer, form.lastReader);
        places.extend(form.ntkBuffer, form.lastReader);
        continue;
      }
      int64_t size = form.getSize(level.grids[form.grid]) * level.countParts();
      form.buffer = places.allocate(size, form.lastReader);
      if (typeOf(form.value).getNtk())
        form.ntkBuffer = places.allocate(size, form.lastReader);
    }
  }
  return places.getEnd();
}
