// Whether examples are too large for the numbers of a kernel, seen where it pairs each with itself.
#ifndef INET_RUNTIME_KERNEL_FINITEDIAGONAL_H
#define INET_RUNTIME_KERNEL_FINITEDIAGONAL_H

#include "runtime/kernel/KernelMatrix.h"

#include <span>

namespace inet {

/// Throws Error with the file and the first example whose entry is not finite in `diagonal`, of the result `result`
/// (INET_NNGP or INET_NTK). No entry of a kernel is larger than the larger of its two examples' diagonal entries, so
/// that a large example shows there first.
void requireFiniteDiagonal(const RowSource &x, const InetKernel &kernel, uint32_t result,
                           std::span<const double> diagonal);

/// The same of the results of a kernel of `x` with itself.
void requireFiniteDiagonal(const RowSource &x, const InetKernel &kernel, const KernelMatrix &matrix);

} // namespace inet

#endif
