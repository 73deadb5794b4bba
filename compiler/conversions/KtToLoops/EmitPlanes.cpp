#include "compiler/conversions/KtToLoops/EmitPlanes.h"

#include <set>

using namespace mlir;
using namespace inetc;

PlaneEmitter::PlaneEmitter(const PairSource &pair, const PlanePlan &plan, Value scratch)
    : pair(pair), emission(pair.emission), layout(pair.layout), b(pair.b), context(pair.context),
      constants(pair.emission.constants), plan(plan), scratch(scratch), vector(emission.getVector()), wide(VectorType::get({emission.lanes}, b.getF64Type())) {
  auto allocate = [&](Type element) -> Value {
    return b.create<memref::AllocaOp>(MemRefType::get({2 * emission.lanes}, element), b.getI64IntegerAttr(64));
  };
  for (const Level &level : plan.levels)
    for (const Sink &sink : level.sinks)
      if (sink.source < 0)
        readouts[sink.operation] = {b.atStart([&] { return allocate(emission.element); }),
                                    b.atStart([&] { return allocate(b.getF64Type()); })};
}

Value PlaneEmitter::vectorAt(Value index) { return b.mul(index, b.index(emission.lanes)); }
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
      b.loop(begin, end, 1, [&](Value slab) {
        emitPlanes(k, slab);
        for (int s : level.sources)
          clearSlab(plan.sources[s], slab);
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
      plane = Plane{level, indices, {}, {}};
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

// Of each grid: its displacement, the sizes of the plane, and where it begins.
void PlaneEmitter::locateGrids() {
  Value zero = b.index(0);
  SmallVector<Value> base;
  for (auto [i, index] : llvm::enumerate(plane.indices)) {
    base.push_back(constants.load(b, getLevel().displacements[i], index));
    Value isZero = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, base.back(), zero);
    plane.isDiagonal = plane.isDiagonal ? b.create<arith::AndIOp>(plane.isDiagonal, isZero).getResult() : isZero;
  }
  for (const Grid &grid : getLevel().grids) {
    Plane::OnGrid &on = plane.grids.emplace_back();
    for (auto [i, displacement] : llvm::enumerate(base)) {
      Value d = grid.stride[i] == 1 ? displacement : b.create<arith::DivSIOp>(displacement, b.index(grid.stride[i]));
      Value negative = b.sub(zero, d);
      on.displacement.push_back(d);
      on.extent.push_back(b.sub(b.index(grid.positions[i]), b.max(d, negative)));
      on.origin.push_back(b.max(zero, negative));
    }
  }
}

// Whether some value of the nest has this plane; null where it always has.
Value PlaneEmitter::isNeeded(const Nest &nest) {
  const Level &level = getLevel();
  Value needed;
  for (size_t i = 0; i < plane.indices.size(); ++i) {
    std::set<int64_t> wanted;
    for (Operation *op : nest.operations) {
      auto displacements = planeDisplacements(cast<kt::KernelType>(op->getResult(0).getType()));
      for (int64_t d : displacements[i])
        wanted.insert(d * level.grids[nest.grid].stride[i]);
    }
    std::vector<int64_t> flags;
    for (int64_t d : level.displacements[i])
      flags.push_back(wanted.count(d));
    if (llvm::all_of(flags, [](int64_t flag) { return flag; }))
      continue;
    Value flag = b.create<arith::CmpIOp>(arith::CmpIPredicate::ne, constants.load(b, flags, plane.indices[i]), b.index(0));
    needed = needed ? b.create<arith::AndIOp>(needed, flag).getResult() : flag;
  }
  return needed;
}

void PlaneEmitter::emitPlane() {
  locateGrids();
  for (const Nest &nest : getLevel().nests) {
    auto emit = [&] {
      emitNest(nest);
      finishReadouts(nest);
    };
    if (Value needed = isNeeded(nest))
      b.when(needed, emit);
    else
      emit();
  }
  for (const Sink &sink : getLevel().sinks)
    if (sink.source >= 0)
      addToPool(sink);
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
    states[op->getResult(0)] = isa<kt::TraceOp, kt::MeanOp>(op) ? inputs.front() : arithmetic.pair(op, inputs);
  }
  EmittedState result = states.find(resolveGroups(returned))->second;
  result.ntk = result.completeNtk();
  result.missingCovariance = {};
  return result;
}
