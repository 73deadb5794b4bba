#ifndef INET_RUNTIME_STOPWATCH_H
#define INET_RUNTIME_STOPWATCH_H

#include <chrono>

namespace inet {

/// Seconds since its construction.
class Stopwatch {
public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

} // namespace inet

#endif
