// Debian 12 packages no progress bar for C++, so this is ours.
#include "runtime/kernel/Progress.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <unistd.h>

namespace inet {

/// Where nothing can be printed the work goes on.
static void print(FILE *stream, const std::string &text) { std::fputs(text.c_str(), stream); }
namespace {

/// "250 entries", "1.2 G entries"
std::string scaled(double value, const std::string &unit) {
  for (auto [prefix, factor] : {std::pair{"G", 1e9}, {"M", 1e6}, {"k", 1e3}})
    if (value >= factor)
      return fmt::format("{:.3g} {} {}", value / factor, prefix, unit);
  return fmt::format("{:.3g} {}", value, unit);
}

std::string clockTime(double seconds) {
  int64_t s = std::llround(std::min(seconds, 1e9));
  if (s >= 3600)
    return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

} // namespace

ProgressStyle ProgressStyle::automatic(FILE *stream) {
  if (::isatty(::fileno(stream)))
    return {Kind::bar, stream, std::chrono::milliseconds(100)};
  return {Kind::lines, stream, std::chrono::milliseconds(10000)};
}

Progress::Progress(ProgressStyle style, std::string what, double total, std::string unit)
    : style_(style), what_(std::move(what)), unit_(std::move(unit)), total_(total), start_(Clock::now()),
      next_((start_ + style.interval).time_since_epoch().count()) {}

Progress::~Progress() {
  if (drawn_)
    print(style_.stream, "\r\x1b[K"); // the bar has said its part
}

std::string Progress::line(double done, double seconds) const {
  double share = total_ > 0 ? std::min(done / total_, 1.0) : 1;
  std::string bar;
  if (style_.kind == ProgressStyle::Kind::bar)
    bar = fmt::format(" [{:<24}]", std::string(static_cast<size_t>(24 * share), '='));
  double rate = seconds > 0 ? done / seconds : 0;
  std::string left = rate > 0 ? fmt::format(", {} left", clockTime((total_ - done) / rate)) : "";
  return fmt::format("{} {:3.0f}%{} {}, {}/s{}", what_, std::floor(100 * share), bar, scaled(done, unit_),
                     scaled(rate, unit_), left);
}

void Progress::add(double amount) {
  double done = done_.fetch_add(amount, std::memory_order_relaxed) + amount;
  if (style_.kind == ProgressStyle::Kind::none)
    return;
  Clock::time_point now = Clock::now();
  if (now.time_since_epoch().count() < next_.load(std::memory_order_relaxed))
    return;
  std::unique_lock lock(printing_, std::try_to_lock);
  if (!lock || now.time_since_epoch().count() < next_)
    return;
  next_ = (now + style_.interval).time_since_epoch().count();
  std::string text = line(done, std::chrono::duration<double>(now - start_).count());
  if (style_.kind == ProgressStyle::Kind::bar) {
    print(style_.stream, fmt::format("\r{}\x1b[K", text));
    drawn_ = true;
  } else {
    print(style_.stream, text + "\n");
  }
  std::fflush(style_.stream);
}

} // namespace inet
