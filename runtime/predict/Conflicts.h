// Training examples that a kernel cannot tell apart, and what their targets say of the noise.
#ifndef INET_RUNTIME_PREDICT_CONFLICTS_H
#define INET_RUNTIME_PREDICT_CONFLICTS_H

#include "runtime/predict/Predict.h"

#include <cstdint>
#include <utility>

namespace inet {

struct Conflicts {
  int64_t equalExamples = 0;         ///< that the kernel cannot tell from an earlier one
  int64_t groups = 0;                ///< of examples that are equal and whose targets are not
  int64_t examples = 0;              ///< in these groups
  std::pair<int64_t, int64_t> first; ///< two of them, counted from 0
  /// The variance of targets about the mean of their group, over all groups of equal examples (sum of squares over
  /// examples less groups), the mean over outputs: the noise that they imply, in the targets' units squared.
  double noise = 0;
};

/// `kernel`: n x n, exactly symmetric; `targets`: n x outputs. Two examples are equal where their rows of the kernel
/// are, to the rounding of its entries: equal inputs, and inputs between which the network makes no difference.
Conflicts findConflicts(const KernelView &kernel, const RowMatrix &targets, bool singlePrecision);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_CONFLICTS_H
