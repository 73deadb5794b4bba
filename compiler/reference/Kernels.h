//===- Kernels.h - kernels and examples of the evaluator ----------------------===//

#ifndef INETC_REFERENCE_KERNELS_H
#define INETC_REFERENCE_KERNELS_H

#include "compiler/dialects/Kt/KtOps.h"
#include "llvm/ADT/DenseMap.h"
#include <limits>
#include <vector>

namespace inetc::reference {

/// One value on one pair of examples: Σ (or D) and Θ, both [p][p']; Θ is empty where it is not carried. Entries on
/// planes that the type leaves out are NaN: a result that is none has been computed without them.
template <class S> struct PairKernel {
  std::vector<S> nngp, ntk;
};

/// One value on one example with itself: its variances (Q where the state is distance), and Σ or D at all pairs of
/// positions.
template <class S> struct SelfKernel {
  std::vector<S> variance; // [p]
  std::vector<S> nngp;     // [p][p']; on the diagonal the variance, or the distance 0
};

/// An example and what belongs to it alone.
template <class S> struct Example {
  const S *x; // [p][c]
  int64_t index;
  llvm::DenseMap<mlir::Value, SelfKernel<S>> kernels;
  llvm::DenseMap<mlir::Value, S> scales;

  const SelfKernel<S> &kernel(mlir::Value value) const { return kernels.find(value)->second; }
  // g; 1 for an operation that reads none
  S scale(mlir::Value value) const { return value ? scales.find(value)->second : S(1); }
};

using kt::countPositions;
using kt::typeOf;

/// Fills the kernel of `value`: entry(p, p', Σ or D, Θ) writes the entries of one pair of positions.
template <class S, class Entry> PairKernel<S> fillPairs(mlir::Value value, const Entry &entry) {
  int64_t positions = countPositions(value);
  kt::KernelType type = typeOf(value);
  PairKernel<S> result;
  result.nngp.assign(positions * positions, std::numeric_limits<S>::quiet_NaN());
  if (type.getNtk())
    result.ntk = result.nngp;
  for (int64_t p = 0; p < positions; ++p)
    for (int64_t q = 0; q < positions; ++q) {
      if (!type.getPlanes().contains(type.getPositions(), p, q))
        continue;
      S ntk = 0;
      entry(p, q, result.nngp[p * positions + q], ntk);
      if (type.getNtk())
        result.ntk[p * positions + q] = ntk;
    }
  return result;
}

} // namespace inetc::reference

#endif // INETC_REFERENCE_KERNELS_H
