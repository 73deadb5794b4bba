#include "compiler/dialects/Kt/KtOps.h"
#include "mlir/IR/Builders.h"
#include <numeric>

using namespace mlir;
using namespace inetc::kt;

static SmallVector<WindowDimension> makeWindow(ArrayRef<int64_t> size, ArrayRef<int64_t> stride,
                                               ArrayRef<int64_t> dilation, ArrayRef<int64_t> padLow,
                                               ArrayRef<int64_t> padHigh, bool circular) {
  SmallVector<WindowDimension> window;
  for (size_t i = 0; i < size.size(); ++i)
    window.push_back({size[i], stride[i], dilation.empty() ? 1 : dilation[i], padLow[i], padHigh[i], circular});
  return window;
}

SmallVector<WindowDimension> WindowOp::getWindow() {
  return makeWindow(getSize(), getStride(), getDilation(), getPadLow(), getPadHigh(), getCircular());
}

static double multiply(ArrayRef<int64_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), 1.0, std::multiplies<>());
}
double WindowOp::countTaps() { return multiply(getSize()); }
double PoolOp::countTaps() { return multiply(getSize()); }

SmallVector<WindowDimension> PoolOp::getWindow() {
  return makeWindow(getSize(), getStride(), {}, getPadLow(), getPadHigh(), getCircular());
}

static bool reachesZeros(ArrayRef<WindowDimension> window) {
  return llvm::any_of(window, [](const WindowDimension &dimension) { return dimension.hasZeroBorder(); });
}

bool PoolOp::mixesPlanes() { return true; }
bool MeanOp::mixesPlanes() { return true; }
bool MeanOp::isReadout() { return true; }
bool TraceOp::isReadout() { return true; }

bool WindowOp::hasZeroBorder() { return reachesZeros(getWindow()); }
bool PoolOp::hasUnequalWeights() { return !getNormalizeEdges() && reachesZeros(getWindow()); }

//===----------------------------------------------------------------------===//
// What the arithmetic reads
//===----------------------------------------------------------------------===//

// The halo of D is made of variances.
bool WindowOp::needsVariance() {
  KernelType type = getInput().getType();
  return !type.getSelf() && type.isDistance() && hasZeroBorder();
}

bool PoolOp::needsVariance() {
  KernelType type = getInput().getType();
  return !type.getSelf() && type.isDistance();
}

bool MeanOp::needsVariance() {
  KernelType type = getInput().getType();
  return !type.getSelf() && type.isDistance();
}

//===----------------------------------------------------------------------===//
// Demand: the laws of compiler/analysis/Demand.h
//===----------------------------------------------------------------------===//

namespace {
// The |d| of one dimension of `input` positions that are needed.
class Displacements {
public:
  explicit Displacements(int64_t input) : needed(input) {}

  void add(int64_t displacement) {
    if (displacement < static_cast<int64_t>(needed.size()))
      needed[displacement] = true;
  }
  // Of a circle: two positions e apart are also input − e apart the other way round.
  void addOnCircle(int64_t displacement) {
    int64_t input = needed.size();
    add(displacement % input);
    add((input - displacement % input) % input);
  }
  std::vector<int64_t> take() const {
    std::vector<int64_t> set;
    for (size_t d = 0; d < needed.size(); ++d)
      if (needed[d])
        set.push_back(d);
    return set;
  }

private:
  std::vector<bool> needed;
};
} // namespace

using DimensionLaw =
    llvm::function_ref<void(const WindowDimension &, int64_t displacement, int64_t input, Displacements &)>;

// Applies a law to each dimension. `all` is everything that the result has, which need not be all of the input.
static PlaneSet mapDemand(ArrayRef<WindowDimension> window, ArrayRef<int64_t> input, ArrayRef<int64_t> result,
                          const PlaneSet &demand, DimensionLaw law) {
  // Longer sets are not worth their memory.
  constexpr int64_t longest = 1 << 16;
  if (llvm::any_of(input, [](int64_t size) { return size > longest; }))
    return PlaneSet::all();
  std::vector<std::vector<int64_t>> sets;
  for (size_t i = 0; i < window.size(); ++i) {
    Displacements needed(input[i]);
    if (!demand.isAll())
      for (int64_t displacement : demand.getSets()[i])
        law(window[i], displacement, input[i], needed);
    else
      for (int64_t displacement = 0; displacement < result[i]; ++displacement)
        law(window[i], displacement, input[i], needed);
    sets.push_back(needed.take());
  }
  return PlaneSet::product(std::move(sets)).clampTo(input);
}

PlaneSet WindowOp::getInputDemand(unsigned, const PlaneSet &demand) {
  // the same planes, of long sequences too
  if (demand.isDiagonal())
    return demand;
  auto law = [](const WindowDimension &window, int64_t displacement, int64_t, Displacements &needed) {
    if (window.wraps())
      needed.addOnCircle(window.stride * displacement);
    else
      needed.add(window.stride * displacement);
  };
  return mapDemand(getWindow(), getInput().getType().getPositions(), getType().getPositions(), demand, law);
}

PlaneSet PoolOp::getInputDemand(unsigned, const PlaneSet &demand) {
  auto law = [](const WindowDimension &window, int64_t displacement, int64_t input, Displacements &needed) {
    int64_t first = window.stride * displacement - (window.size - 1);
    int64_t last = window.stride * displacement + (window.size - 1);
    if (window.wraps()) {
      // a whole turn is everything
      for (int64_t e = first; e <= std::min(last, first + input - 1); ++e)
        needed.addOnCircle(std::abs(e));
      return;
    }
    for (int64_t e = std::max(first, 1 - input); e <= std::min(last, input - 1); ++e)
      needed.add(std::abs(e));
  };
  return mapDemand(getWindow(), getInput().getType().getPositions(), getType().getPositions(), demand, law);
}

PlaneSet MeanOp::getInputDemand(unsigned, const PlaneSet &) { return PlaneSet::all(); }

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

static LogicalResult verifyState(Operation *op, const char *constraint) {
  auto input = typeOf(op->getOperand(0)), result = typeOf(op->getResult(0));
  if (input.getState() != result.getState() || input.getScalePower() != result.getScalePower())
    return op->emitOpError(constraint) << " keeps the state";
  return success();
}

template <class Op> static LogicalResult verifyWindow(Op op, ArrayRef<ArrayRef<int64_t>> lists) {
  KernelType input = op.getInput().getType(), result = op.getType();
  auto rank = static_cast<size_t>(input.getRank());
  for (ArrayRef<int64_t> list : lists)
    if (rank == 0 || list.size() != rank)
      return op.emitOpError("(C1) needs a number for each spatial dimension, found ")
             << list.size() << " for " << rank << " dimensions";
  SmallVector<int64_t> positions;
  for (auto [dimension, size] : llvm::zip_equal(op.getWindow(), input.getPositions())) {
    if (dimension.size < 1 || dimension.stride < 1 || dimension.dilation < 1 || dimension.padLow < 0 ||
        dimension.padHigh < 0)
      return op.emitOpError("(C2) sizes, strides and dilations are positive, and paddings not negative");
    int64_t largest =
        std::max({dimension.size, dimension.stride, dimension.dilation, dimension.padLow, dimension.padHigh});
    if (largest > maxPositions)
      return op.emitOpError("(C2) sizes, strides, dilations and paddings are at most ")
             << maxPositions << ", found " << largest;
    if (dimension.circular && std::max(dimension.getExtent(), dimension.padLow + dimension.padHigh) / size > maxTurns)
      return op.emitOpError("(C2) a window over ")
             << dimension.getExtent() << " positions, with " << dimension.padLow + dimension.padHigh
             << " of padding, goes around a circle of " << size << " more than " << maxTurns << " times";
    if (!dimension.fits(size))
      return op.emitOpError("(C3) a window over ") << dimension.getExtent() << " positions does not fit into " << size;
    positions.push_back(dimension.getOutput(size));
  }
  if (result.getPositions() != ArrayRef<int64_t>(positions)) {
    InFlightDiagnostic error = op.emitOpError("(C3) has a result of ");
    llvm::interleave(positions, error, "x");
    return error << " positions, not as its type says";
  }
  return verifyState(op, "(C4)");
}

LogicalResult WindowOp::verify() {
  return verifyWindow(*this, {getSize(), getStride(), getDilation(), getPadLow(), getPadHigh()});
}

LogicalResult PoolOp::verify() {
  if (failed(verifyWindow(*this, {getSize(), getStride(), getPadLow(), getPadHigh()})))
    return failure();
  if (getSum() && getNormalizeEdges())
    return emitOpError("(C5) either sums or normalizes");
  return success();
}

LogicalResult MeanOp::verify() {
  if (getInput().getType().getRank() == 0 || getType().getRank() != 0)
    return emitOpError("(C1) makes a point of spatial sizes");
  return verifyState(*this, "(C2)");
}
