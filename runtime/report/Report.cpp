#include "runtime/report/Report.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

namespace inet {

std::string formatSeconds(double seconds) {
  if (seconds < 600)
    return fmt::format("{:.3g} s", seconds);
  int64_t whole = std::llround(seconds);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

void Report::addFigure(const std::string &key, Json value) { figures_[key] = std::move(value); }

void Report::addText(const std::string &label, const std::string &text) { lines_.push_back({label, text}); }

void Report::addSeconds(const std::string &part, double seconds) { seconds_[part] = seconds; }

void Report::print(FILE *stream, bool json) const {
  std::string text;
  if (json) {
    Json object = figures_;
    if (!seconds_.empty())
      object["seconds"] = seconds_;
    // A file name need not be UTF-8; what is not becomes U+FFFD.
    text = object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  } else {
    std::vector<Line> lines = lines_;
    std::string times;
    for (const auto &[part, seconds] : seconds_.items())
      times += fmt::format("{}{} {}", times.empty() ? "" : ", ", part, formatSeconds(seconds.get<double>()));
    if (!times.empty())
      lines.push_back({"time", times});
    size_t width = 0;
    for (const Line &line : lines)
      width = std::max(width, line.label.size());
    for (const Line &line : lines)
      text += fmt::format("{:<{}}  {}\n", line.label, width, line.text);
  }
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size() || std::fflush(stream) != 0)
    throw Error(fmt::format("standard output: cannot write: {}", std::strerror(errno)));
}

} // namespace inet
