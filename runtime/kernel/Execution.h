#ifndef INET_RUNTIME_KERNEL_EXECUTION_H
#define INET_RUNTIME_KERNEL_EXECUTION_H

#include "runtime/kernel/Progress.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace inet {

/// How work is run; never what comes out: every result is bit-identical for every number of threads.
struct Execution {
  int threads = 1;
  ProgressStyle progress = ProgressStyle::none();
};

/// The cores that this process may use.
int availableThreads();

/// A number of threads that parallel work inside `run` is spread over, more than there are cores if so wished.
class Workers {
public:
  explicit Workers(int threads)
      : limit_(oneapi::tbb::global_control::max_allowed_parallelism, static_cast<size_t>(threads)), arena_(threads) {}

  template <class Function> void run(const Function &function) { arena_.execute(function); }

private:
  oneapi::tbb::global_control limit_;
  oneapi::tbb::task_arena arena_;
};

} // namespace inet

#endif
