// Who computes the tiles of a kernel matrix: the threads of this process.
#ifndef INET_RUNTIME_KERNEL_COMPUTETILES_H
#define INET_RUNTIME_KERNEL_COMPUTETILES_H

#include "runtime/kernel/Prepare.h"
#include "runtime/kernel/TileSink.h"

namespace inet {

/// Computes every tile of the plan, each by one thread, and hands it to the sink. x1 and x2 are the same object where
/// the plan says that both sides are. BLAS runs in one thread meanwhile.
void computeTiles(const InetKernel &kernel, const PreparedExamples &x1, const PreparedExamples &x2,
                  const TilePlan &plan, TileSink &sink, const Execution &execution);

/// What the tiles in flight take at most beside the results.
double scratchBytes(const InetKernel &kernel, int threads);

} // namespace inet

#endif
