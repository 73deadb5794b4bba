#include "compiler/tuning/Settings.h"

#include "runtime/Error.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace inetc {
namespace {

constexpr size_t mostSettings = 100000;
constexpr int64_t mostSteps = 10000; // of one range

std::string trimmed(const std::string &text) {
  const size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

// At the commas that stand in no brackets.
std::vector<std::string> splitAtCommas(const std::string &text) {
  std::vector<std::string> pieces(1);
  int depth = 0;
  for (char c : text) {
    depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
    if (c == ',' && depth == 0)
      pieces.emplace_back();
    else
      pieces.back() += c;
  }
  for (std::string &piece : pieces)
    piece = trimmed(piece);
  return pieces;
}

// Where `..` stands outside brackets.
std::optional<size_t> findDots(const std::string &text) {
  int depth = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    depth += (text[i] == '(' || text[i] == '[') - (text[i] == ')' || text[i] == ']');
    if (depth == 0 && text[i] == '.' && text[i + 1] == '.')
      return i;
  }
  return std::nullopt;
}

std::optional<double> numberOf(const std::string &text) {
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

// Ends as they are; what lies between has the digits that a person would write, not those of its rounding.
std::string textOf(double number) { return fmt::format("{:.12g}", number); }

std::vector<std::string> expandRange(const std::string &name, const std::string &range, size_t dots) {
  auto refuse = [&](const std::string &why) {
    throw ::inet::Error(fmt::format("-D {}: '{}' found; {}", name, ::inet::printable(range), why));
  };
  const size_t colon = range.find(':', dots);
  if (colon == std::string::npos)
    refuse(
        "a range with a number of values, A..B:COUNT or A..B:COUNT:log, or values with commas between them expected");
  const std::string first = trimmed(range.substr(0, dots)), last = trimmed(range.substr(dots + 2, colon - dots - 2));
  const std::optional<double> begin = numberOf(first), end = numberOf(last);
  if (!begin || !end)
    refuse("numbers on both sides of '..' expected");
  std::string count = range.substr(colon + 1);
  const bool logarithmic = count.ends_with(":log");
  if (logarithmic)
    count.resize(count.size() - 4);
  const std::optional<double> steps = numberOf(trimmed(count));
  if (!steps || *steps != std::floor(*steps) || *steps < 2 || *steps > double(mostSteps))
    refuse(fmt::format("a whole number from 2 to {}, and perhaps ':log', expected after ':'", mostSteps));
  if (logarithmic && !(*begin > 0 && *end > 0))
    refuse("numbers above 0 expected for equal ratios");
  std::vector<std::string> values = {first};
  for (int64_t i = 1; i + 1 < int64_t(*steps); ++i) {
    const double part = double(i) / (*steps - 1);
    values.push_back(textOf(logarithmic ? *begin * std::pow(*end / *begin, part) : *begin + (*end - *begin) * part));
  }
  values.push_back(last);
  return values;
}

} // namespace

TunedParameter parseTunedParameter(const std::string &text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw ::inet::Error(fmt::format("-D: expected NAME=VALUES, found '{}'", ::inet::printable(text)));
  TunedParameter parameter{trimmed(text.substr(0, equals)), {}};
  for (const std::string &piece : splitAtCommas(text.substr(equals + 1))) {
    if (piece.empty())
      throw ::inet::Error(fmt::format("-D {}: '{}' found; a value on each side of a comma expected", parameter.name,
                                      ::inet::printable(text.substr(equals + 1))));
    if (std::optional<size_t> dots = findDots(piece))
      for (std::string &value : expandRange(parameter.name, piece, *dots))
        parameter.values.push_back(std::move(value));
    else
      parameter.values.push_back(piece);
  }
  return parameter;
}

std::vector<double> parseDecades(const std::string &option, const std::string &text) {
  auto refuse = [&] {
    throw ::inet::Error(fmt::format("{}: '{}' found; A..B, the decades from A to B, or numbers above 0 with commas "
                                    "between them expected",
                                    option, ::inet::printable(text)));
  };
  std::vector<double> numbers;
  if (std::optional<size_t> dots = findDots(text)) {
    const std::optional<double> first = numberOf(text.substr(0, *dots)), last = numberOf(text.substr(*dots + 2));
    if (!first || !last || !(*first > 0) || !(*last >= *first))
      refuse();
    for (int decade = 0;; ++decade) {
      // as it is written: 1e-7 and not what ten times 1e-8 is
      const double number = *numberOf(fmt::format("{:.12g}", *first * std::pow(10.0, decade)));
      if (number > *last * (1 + 1e-9))
        return numbers;
      numbers.push_back(number);
    }
  }
  for (const std::string &piece : splitAtCommas(text)) {
    const std::optional<double> number = numberOf(piece);
    if (!number || !(*number > 0))
      refuse();
    numbers.push_back(*number);
  }
  return numbers;
}

std::vector<TunedSetting> listSettings(std::vector<TunedParameter> parameters) {
  std::vector<TunedParameter> distinct;
  for (TunedParameter &parameter : parameters) {
    std::erase_if(distinct, [&](const TunedParameter &other) { return other.name == parameter.name; });
    distinct.push_back(std::move(parameter));
  }
  std::vector<TunedSetting> settings(1);
  for (const TunedParameter &parameter : distinct) {
    if (settings.size() * parameter.values.size() > mostSettings)
      throw ::inet::Error(fmt::format("-D {}: its {} values make more than {} settings", parameter.name,
                                      parameter.values.size(), mostSettings));
    std::vector<TunedSetting> longer;
    for (const TunedSetting &setting : settings)
      for (const std::string &value : parameter.values) {
        longer.push_back(setting);
        longer.back().emplace_back(parameter.name, value);
      }
    settings = std::move(longer);
  }
  return settings;
}

std::string describe(const TunedSetting &setting) {
  std::string text;
  for (const auto &[name, value] : setting)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  return text.empty() ? "the defaults" : text;
}

} // namespace inetc
