#include "runtime/report/Text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inet {

std::string formatSeconds(double seconds) {
  if (seconds < 600)
    return fmt::format("{:.3g} s", seconds);
  int64_t whole = std::llround(seconds);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

void TextTable::addSeconds(const std::vector<std::pair<const char *, double>> &parts) {
  std::string times;
  for (const auto &[part, seconds] : parts)
    times += fmt::format("{}{} {}", times.empty() ? "" : ", ", part, formatSeconds(seconds));
  add("time", times);
}

void TextTable::addSteps(const std::string &label, const std::vector<std::string> &steps) {
  if (!steps.empty())
    add(label, fmt::format("{}", fmt::join(steps, ", then ")));
}

void TextTable::addFiles(const std::vector<FileFacts> &files) {
  for (const FileFacts &file : files) {
    std::string text = file.file + ": ";
    for (const auto &[what, value] : file.facts)
      text += fmt::format("{}{} {}", text.ends_with(": ") ? "" : ", ", what, value);
    add("read", text);
  }
}

std::string TextTable::format() const {
  size_t width = 0;
  for (const Line &line : lines_)
    width = std::max(width, line.label.size());
  std::string text;
  for (const Line &line : lines_)
    text += fmt::format("{:<{}}  {}\n", line.label, width, line.text);
  return text;
}

} // namespace inet
