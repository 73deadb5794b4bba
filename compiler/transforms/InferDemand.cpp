#include "compiler/analysis/Demand.h"
#include "compiler/transforms/Passes.h"
#include "compiler/transforms/Preconditions.h"
#include <map>

using namespace mlir;

namespace inetc {
#define GEN_PASS_DEF_KTINFERDEMAND
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {
using namespace inetc;

// A pool with a window of 1: its input, as a value that lies behind one pool more.
Value copyPlanes(OpBuilder &builder, Location loc, Value kernel) {
  auto type = kt::typeOf(kernel);
  SmallVector<int64_t> ones(type.getRank(), 1), zeros(type.getRank(), 0);
  return builder.create<kt::PoolOp>(loc, type, kernel, ValueRange(), Value(), ones, ones, zeros, zeros,
                                    /*circular=*/false, /*sum=*/false, /*normalize_edges=*/false);
}

// Cuts a network into the stretches that are computed in different loops over planes, where it has no pool that does.
class Stretches {
public:
  explicit Stretches(kt::NetworkOp network) : network(network) {}

  void separate() {
    for (Operation &op : llvm::make_early_inc_range(network.getBlock())) {
      if (!isa<kt::KernelOpInterface>(op))
        continue;
      if (op.getNumOperands() == 0) {
        places[op.getResult(0)] = {0, SmallVector<int64_t>(rankOf(op.getResult(0)), 1)};
        continue;
      }
      if (rankOf(op.getResult(0)) > 0) {
        alignPools(op);
        if (auto window = dyn_cast<kt::WindowOp>(op))
          separateCircles(window);
      }
      place(op);
    }
  }

private:
  struct Place {
    int pools = 0;                // on the way to a value
    SmallVector<int64_t> strides; // since the last one
  };
  static int64_t rankOf(Value kernel) { return kt::typeOf(kernel).getRank(); }

  void place(Operation &op) {
    Place place;
    for (Value kernel : op.getOperands())
      if (const Place &input = places[kernel]; input.pools > place.pools || place.strides.empty())
        place = input;
    if (isa<kt::PoolOp>(op))
      place = {place.pools + 1, SmallVector<int64_t>(place.strides.size(), 1)};
    if (auto window = dyn_cast<kt::WindowOp>(op))
      for (auto [stride, dimension] : llvm::zip_equal(place.strides, window.getWindow()))
        stride *= dimension.stride;
    places[op.getResult(0)] = place;
  }

  void copy(Operation &op, OpOperand &operand) {
    Value &result = copies[operand.get()];
    if (!result) {
      OpBuilder builder(&op);
      result = copyPlanes(builder, op.getLoc(), operand.get());
      place(*result.getDefiningOp());
    }
    operand.set(result);
  }

  // Planes mix in a pool, so what lies before it and behind it is computed in different loops over planes: where the
  // two are joined, the one before waits as if it had been pooled too.
  void alignPools(Operation &op) {
    int most = 0;
    for (Value kernel : op.getOperands())
      most = std::max(most, places[kernel].pools);
    for (OpOperand &operand : op.getOpOperands())
      while (places[operand.get()].pools < most)
        copy(op, operand);
  }

  // On a circle two displacements are one, and which ones depends on its size: around another circle (of 9 positions,
  // then, strided, of 5) goes another loop.
  void separateCircles(kt::WindowOp window) {
    OpOperand &input = window->getOpOperand(0);
    for (bool fits = false; !fits;) {
      const Place &place = places[input.get()];
      SmallVector<int64_t> &known = circles[place.pools];
      known.resize(place.strides.size());
      fits = true;
      SmallVector<int64_t> sizes(known.size(), 0);
      ArrayRef<int64_t> positions = kt::typeOf(input.get()).getPositions();
      for (auto [i, dimension] : llvm::enumerate(window.getWindow())) {
        if (!dimension.wraps())
          continue;
        sizes[i] = positions[i] * place.strides[i];
        fits &= known[i] == 0 || known[i] == sizes[i];
      }
      if (!fits) {
        copy(*window, input);
        continue;
      }
      for (auto [size, here] : llvm::zip_equal(known, sizes))
        size = here ? here : size;
    }
  }

  kt::NetworkOp network;
  llvm::DenseMap<Value, Place> places;
  llvm::DenseMap<Value, Value> copies;
  std::map<int, SmallVector<int64_t>> circles; // around which the windows of a stretch go, in each dimension
};

struct InferDemandPass : inetc::impl::KtInferDemandBase<InferDemandPass> {
  void runOnOperation() override {
    if (failed(requireUnsplit(getOperation(), "kt-infer-demand")))
      return signalPassFailure();
    Stretches(getOperation()).separate();
    Demand demand(getOperation());
    for (Operation &op : getOperation().getBlock())
      for (Value result : op.getResults()) {
        auto type = dyn_cast<kt::KernelType>(result.getType());
        std::optional<kt::PlaneSet> planes = demand.getPlanes(result);
        if (!type || !planes || *planes == type.getPlanes())
          continue;
        result.setType(type.withPlanes(*planes));
        ++restricted;
      }
  }
};
} // namespace
