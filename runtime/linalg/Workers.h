#ifndef INET_RUNTIME_LINALG_WORKERS_H
#define INET_RUNTIME_LINALG_WORKERS_H

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace inet {

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

#endif // INET_RUNTIME_LINALG_WORKERS_H
