#ifndef INET_RUNTIME_KERNEL_PROGRESS_H
#define INET_RUNTIME_KERNEL_PROGRESS_H

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>

namespace inet {

/// Where progress goes and how: a bar that is redrawn on a terminal, a plain line every ten seconds in a log, or
/// nothing.
struct ProgressStyle {
  enum class Kind { none, lines, bar } kind = Kind::none;
  FILE *stream = stderr;
  std::chrono::milliseconds interval{10000};

  static ProgressStyle none() { return {}; }
  /// A bar every 0.1 s if `stream` is a terminal, else lines.
  static ProgressStyle automatic(FILE *stream);
};

/// Counts what all threads have done and says from time to time how far it is, how fast, and how long it will take.
class Progress {
public:
  /// `total` in units of `unit` ("entries").
  Progress(ProgressStyle style, std::string what, double total, std::string unit);
  /// Wipes the bar.
  ~Progress();

  /// Any thread; costs an atomic addition unless it is time to print.
  void add(double amount);

  /// "kernel  42% [====      ] 1.2 G entries, 310 M entries/s, 0:05 left"
  std::string line(double done, double seconds) const;

private:
  using Clock = std::chrono::steady_clock;

  ProgressStyle style_;
  std::string what_, unit_;
  double total_;
  Clock::time_point start_;
  std::atomic<double> done_{0};
  std::atomic<Clock::rep> next_;
  std::mutex printing_;
  bool drawn_ = false;
};

} // namespace inet

#endif
