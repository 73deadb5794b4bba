#ifndef INET_RUNTIME_KERNEL_PREPARE_H
#define INET_RUNTIME_KERNEL_PREPARE_H

#include "runtime/Abi.h"
#include "runtime/data/Preprocessing.h"
#include "runtime/kernel/Execution.h"
#include "runtime/kernel/Memory.h"

namespace inet {

/// Examples as one variant's `prepare` lays them out.
struct PreparedExamples {
  int64_t rows = 0;
  int64_t capacity = 0; // rows rounded up to a multiple of lanes
  Buffer data;
};

/// What PreparedExamples of so many rows takes.
double preparedBytes(const InetKernel &kernel, int64_t rows);

/// Reads all rows, a few chunks of about a megabyte at a time, converts them to the kernel's dtype, preprocesses and
/// prepares them: reading is serial, the rest in all threads. Throws Error naming the first value that is not finite,
/// or the first example whose variance is not.
PreparedExamples prepareExamples(const InetKernel &kernel, RowSource &source, const Preprocessing &preprocessing,
                                 const Execution &execution);

} // namespace inet

#endif
