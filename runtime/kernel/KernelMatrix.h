// Whole kernel matrices in memory.
#ifndef INET_RUNTIME_KERNEL_KERNELMATRIX_H
#define INET_RUNTIME_KERNEL_KERNELMATRIX_H

#include "runtime/kernel/ComputeTiles.h"
#include "runtime/kernel/MemorySink.h"

namespace inet {

/// Computes the kernel of x1 with x2, or of x1 with itself where x2 is null: then only the tiles on and above the
/// diagonal are computed, and the result is exactly symmetric. Bit-identical for every number of threads. Results must
/// be among those compiled in.
void fillKernel(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples *x2,
                const KernelPlaces &places, const Execution &execution);

/// A kernel matrix in memory, rows x columns in C order without gaps.
struct KernelMatrix {
  int64_t rows = 0, columns = 0;
  Dtype nngpDtype = Dtype::f4, ntkDtype = Dtype::f4;
  Buffer nngp, ntk; // empty where not asked for
};

/// Which results a matrix shall hold, and which of them in f64 whatever the kernel's dtype (for a factor in place).
struct KernelRequest {
  uint32_t results = 0;   // bits of InetResult
  uint32_t asDoubles = 0; // bits of InetResult
};

KernelMatrix computeKernel(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples *x2,
                           const KernelRequest &request, const Execution &execution);

/// The bytes of that matrix.
double resultBytes(const InetKernel &kernel, int64_t rows, int64_t columns, const KernelRequest &request);

/// Only the kernel of each example with itself: `result` is INET_NNGP or INET_NTK, one number an example.
std::vector<double> computeDiagonal(const InetKernel &kernel, const PreparedExamples &x, uint32_t result,
                                    const Execution &execution);

} // namespace inet

#endif
