// A training kernel, small enough to be looked at.
#ifndef INET_RUNTIME_LEARN_KERNELPICTURE_H
#define INET_RUNTIME_LEARN_KERNELPICTURE_H

#include "runtime/learn/Study.h"

namespace inet {

/// The kernel of n examples in the order of the largest of their targets (a classification) or of their first target,
/// as at most side x side means.
KernelPicture pictureOf(const KernelView &kernel, const RowMatrix &targets, Task task, int64_t side, int threads);

} // namespace inet

#endif
