#ifndef INET_RUNTIME_KERNEL_EXECUTION_H
#define INET_RUNTIME_KERNEL_EXECUTION_H

#include "runtime/kernel/Progress.h"
#include "runtime/linalg/Workers.h"

namespace inet {

/// How work is run; never what comes out: every result is bit-identical for every number of threads.
struct Execution {
  int threads = 1;
  ProgressStyle progress = ProgressStyle::none();
};

/// The cores that this process may use.
int availableThreads();

} // namespace inet

#endif
