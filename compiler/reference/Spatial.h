//===- Spatial.h - windows and pools on numbers -------------------------------===//
//
// What kt.window, kt.pool and kt.mean do to a pair of examples, and to the variances of one. The formulas are those of
// KtOps.td, written as sums over taps.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_REFERENCE_SPATIAL_H
#define INETC_REFERENCE_SPATIAL_H

#include "compiler/reference/Kernels.h"
#include <numeric>

namespace inetc::reference {

/// [p][t]: the input position under tap t of the window of output position p, row-major all of them; −1 where it is a
/// zero.
using Taps = std::vector<std::vector<int64_t>>;

inline Taps tapsOf(llvm::ArrayRef<kt::WindowDimension> window, llvm::ArrayRef<int64_t> input) {
  Taps taps{{0}};
  // for each dimension: positions and taps so far × positions and taps of this one
  for (auto [dimension, size] : llvm::zip_equal(window, input)) {
    Taps finer;
    for (const std::vector<int64_t> &coarse : taps)
      for (int64_t p = 0; p < dimension.getOutput(size); ++p) {
        std::vector<int64_t> &row = finer.emplace_back();
        for (int64_t outer : coarse)
          for (int64_t t = 0; t < dimension.size; ++t) {
            int64_t inner = dimension.getPosition(p, t, size);
            row.push_back(outer < 0 || inner < 0 ? -1 : outer * size + inner);
          }
      }
    taps = std::move(finer);
  }
  return taps;
}

/// The mean (or sum) over the same tap on both sides.
template <class S>
PairKernel<S> window(kt::WindowOp op, const Example<S> &row, const Example<S> &column, const PairKernel<S> &input) {
  Taps taps = tapsOf(op.getWindow(), op.getInput().getType().getPositions());
  int64_t positions = countPositions(op.getInput()), count = taps.front().size();
  bool distance = typeOf(op.getInput()).isDistance();
  const std::vector<S> *q1 = nullptr, *q2 = nullptr;
  if (distance && op.hasZeroBorder())
    q1 = &row.kernel(op.getVariance()).variance, q2 = &column.kernel(op.getVariance()).variance;
  return fillPairs<S>(op.getResult(), [&](int64_t p, int64_t q, S &nngp, S &ntk) {
    nngp = 0;
    for (int64_t t = 0; t < count; ++t) {
      int64_t a = taps[p][t], b = taps[q][t];
      if (a >= 0 && b >= 0) {
        nngp += input.nngp[a * positions + b];
        if (!input.ntk.empty())
          ntk += input.ntk[a * positions + b];
      } else if (distance && a >= 0) {
        nngp += (*q1)[a]; // the other is 0
      } else if (distance && b >= 0) {
        nngp += (*q2)[b];
      }
    }
    nngp /= static_cast<S>(op.getDivisor());
    ntk /= static_cast<S>(op.getDivisor());
  });
}

template <class S> std::vector<S> windowVariance(kt::WindowOp op, const Example<S> &example) {
  const std::vector<S> &variance = example.kernel(op.getInput()).variance;
  std::vector<S> result;
  for (const std::vector<int64_t> &taps : tapsOf(op.getWindow(), op.getInput().getType().getPositions())) {
    S sum = 0;
    for (int64_t a : taps)
      sum += a >= 0 ? variance[a] : S(0);
    result.push_back(sum / static_cast<S>(op.getDivisor()));
  }
  return result;
}

/// The positions that are pooled into each output position, with their common weight.
template <class S> struct Pooling {
  struct Window {
    std::vector<int64_t> positions; // inside; twice where a circle is passed twice
    S weight;
    S total() const { return weight * static_cast<S>(positions.size()); }
  };
  std::vector<Window> windows;

  explicit Pooling(kt::PoolOp op) {
    for (const std::vector<int64_t> &taps : tapsOf(op.getWindow(), op.getInput().getType().getPositions())) {
      Window &window = windows.emplace_back();
      llvm::copy_if(taps, std::back_inserter(window.positions), [](int64_t a) { return a >= 0; });
      int64_t count = op.getNormalizeEdges() ? window.positions.size() : taps.size();
      window.weight = op.getSum() || count == 0 ? S(1) : S(1) / static_cast<S>(count);
    }
  }
  explicit Pooling(kt::MeanOp op) {
    Window &window = windows.emplace_back();
    window.positions.resize(countPositions(op.getInput()));
    std::iota(window.positions.begin(), window.positions.end(), 0);
    window.weight = op.getSum() ? S(1) : S(1) / static_cast<S>(window.positions.size());
  }

  /// Σωω' of a kernel, between the window of p and that of q.
  S sum(int64_t p, int64_t q, const std::vector<S> &kernel, int64_t positions) const {
    S sum = 0;
    for (int64_t a : windows[p].positions)
      for (int64_t b : windows[q].positions)
        sum += kernel[a * positions + b];
    return windows[p].weight * windows[q].weight * sum;
  }

  /// What belongs to one example: A = Σω Q, and ½ Σωω D₁₁.
  struct Side {
    std::vector<S> mean, spread;
  };
  Side sideOf(const SelfKernel<S> &self) const {
    Side side;
    for (size_t p = 0; p < windows.size(); ++p) {
      S mean = 0;
      for (int64_t a : windows[p].positions)
        mean += self.variance[a];
      side.mean.push_back(windows[p].weight * mean);
      side.spread.push_back(sum(p, p, self.nngp, self.variance.size()) / 2);
    }
    return side;
  }
};

/// Sums over independent taps; for kt.pool and kt.mean.
template <class S, class Op>
PairKernel<S> pool(Op op, const Example<S> &row, const Example<S> &column, const PairKernel<S> &input) {
  Pooling<S> pooling(op);
  int64_t positions = countPositions(op.getInput());
  bool centers = op.getVariance() && typeOf(op.getInput()).isDistance();
  typename Pooling<S>::Side side1, side2;
  if (centers)
    side1 = pooling.sideOf(row.kernel(op.getVariance())), side2 = pooling.sideOf(column.kernel(op.getVariance()));
  return fillPairs<S>(op.getResult(), [&](int64_t p, int64_t q, S &nngp, S &ntk) {
    nngp = pooling.sum(p, q, input.nngp, positions);
    if (!input.ntk.empty())
      ntk = pooling.sum(p, q, input.ntk, positions);
    if (!centers)
      return;
    S gap = pooling.windows[p].total() - pooling.windows[q].total();
    nngp += gap * (side1.mean[p] - side2.mean[q]) - side1.spread[p] - side2.spread[q];
  });
}

template <class S, class Op> std::vector<S> poolVariance(Op op, const Example<S> &example) {
  Pooling<S> pooling(op);
  const SelfKernel<S> &self = example.kernel(op.getInput());
  std::vector<S> result;
  if (!typeOf(op.getInput()).isDistance()) {
    for (size_t p = 0; p < pooling.windows.size(); ++p)
      result.push_back(pooling.sum(p, p, self.nngp, self.variance.size()));
    return result;
  }
  typename Pooling<S>::Side side = pooling.sideOf(self);
  for (size_t p = 0; p < pooling.windows.size(); ++p)
    result.push_back(pooling.windows[p].total() * side.mean[p] - side.spread[p]);
  return result;
}

} // namespace inetc::reference

#endif // INETC_REFERENCE_SPATIAL_H
