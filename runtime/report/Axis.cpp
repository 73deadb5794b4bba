#include "runtime/report/Axis.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

/// Beyond this differences of two numbers may be infinite.
constexpr double kLargest = 1e300;
/// Numbers that differ by less of themselves are the same number on an axis: its labels would have more digits.
constexpr double kSame = 1e-9;

bool hasPlace(double number, bool logarithmic) {
  return std::isfinite(number) && std::fabs(number) < kLargest && (!logarithmic || number > 1 / kLargest);
}

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
};

Range rangeOf(const std::vector<std::vector<double>> &numbers, bool logarithmic) {
  Range range;
  for (const std::vector<double> &list : numbers)
    for (double number : list)
      if (hasPlace(number, logarithmic)) {
        range.low = std::min(range.low, number);
        range.high = std::max(range.high, number);
      }
  return range;
}

std::string withMinus(std::string text) {
  for (size_t at; (at = text.find('-')) != std::string::npos;)
    text.replace(at, 1, "−");
  return text;
}

/// "1.2e-07" -> "1.2e-7"
std::string withShortExponent(std::string text) {
  const size_t e = text.find('e');
  if (e == std::string::npos)
    return text;
  const int exponent = std::stoi(text.substr(e + 1));
  return fmt::format("{}e{}", text.substr(0, e), exponent);
}

std::string superscript(int number) {
  static constexpr const char *digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (char c : std::to_string(number))
    text += c == '-' ? "⁻" : digits[c - '0'];
  return text;
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
double roundStep(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (double factor : {1., 2., 5.})
    if (factor * power >= least * (1 - 1e-9))
      return factor * power;
  return 10 * power;
}

/// k times `step`, with the digits that tell it from its neighbours.
std::string tickLabel(double number, double step, double largest) {
  const int stepExponent = int(std::floor(std::log10(step) + 1e-9)), most = int(std::floor(std::log10(largest) + 1e-9));
  if (number == 0)
    return "0";
  if (most >= 6 || stepExponent < -4) {
    const int exponent = int(std::floor(std::log10(std::fabs(number)) + 1e-9));
    return withMinus(withShortExponent(fmt::format("{:.{}e}", number, std::max(0, exponent - stepExponent))));
  }
  return withMinus(fmt::format("{:.{}f}", number, std::max(0, -stepExponent)));
}

std::vector<Tick> linearTicks(const Axis &axis, int most) {
  const double step = roundStep((axis.high - axis.low) / most);
  const double first = std::ceil(axis.low / step - 1e-9);
  std::vector<Tick> ticks;
  for (int k = 0; k < most && (first + k) * step <= axis.high + 1e-9 * step; ++k)
    ticks.push_back({(first + k) * step, ""});
  double largest = step;
  for (const Tick &tick : ticks)
    largest = std::max(largest, std::fabs(tick.number));
  for (Tick &tick : ticks)
    tick.label = tickLabel(tick.number, step, largest);
  return ticks;
}

std::string powerLabel(int factor, int exponent, bool plain) {
  if (plain)
    return fmt::format("{:g}", factor * std::pow(10, exponent));
  return factor == 1 ? "10" + superscript(exponent) : fmt::format("{}·10{}", factor, superscript(exponent));
}

std::vector<Tick> logarithmicTicks(const Axis &axis, int most) {
  const int lowest = int(std::floor(std::log10(axis.low))), highest = int(std::ceil(std::log10(axis.high)));
  const bool plain = lowest >= -3 && highest <= 4;
  const auto ticksAt = [&](const std::vector<int> &factors, int step) {
    std::vector<Tick> ticks;
    for (int exponent = lowest; exponent <= highest; ++exponent)
      for (int factor : factors)
        if (const double number = factor * std::pow(10, exponent);
            exponent % step == 0 && number >= axis.low * (1 - 1e-9) && number <= axis.high * (1 + 1e-9))
          ticks.push_back({number, powerLabel(factor, exponent, plain)});
    return ticks;
  };
  for (const std::vector<int> &factors : {std::vector{1, 2, 5}, std::vector{1, 3}})
    if (std::vector<Tick> ticks = ticksAt(factors, 1); int(ticks.size()) <= most)
      return ticks.size() < 2 ? linearTicks(axis, most) : ticks;
  for (int step = 1;; ++step)
    if (std::vector<Tick> ticks = ticksAt({1}, step); int(ticks.size()) <= most)
      return ticks;
}

} // namespace

double Axis::share(double number) const {
  if (!hasPlace(number, logarithmic))
    return std::numeric_limits<double>::quiet_NaN();
  if (logarithmic)
    return std::log(number / low) / std::log(high / low);
  return (number - low) / (high - low);
}

Axis linearAxis(const std::string &label, const std::vector<std::vector<double>> &numbers) {
  const Range range = rangeOf(numbers, false);
  if (range.low > range.high)
    return {label, 0, 1, false};
  const double size = std::max(std::fabs(range.low), std::fabs(range.high));
  double room = 0.04 * (range.high - range.low);
  if (range.high - range.low <= kSame * size)
    room = 0.05 * size;
  if (room == 0 || !std::isnormal(room))
    room = 1;
  return {label, range.low - room, range.high + room, false};
}

Axis logarithmicAxis(const std::string &label, const std::vector<std::vector<double>> &numbers) {
  const Range range = rangeOf(numbers, true);
  if (range.low > range.high)
    return {label, 1, 10, true};
  const double room = range.high <= range.low * (1 + kSame) ? 2 : std::pow(range.high / range.low, 0.03);
  return {label, range.low / room, range.high * room, true};
}

std::vector<Tick> ticksOf(const Axis &axis, int most) {
  return axis.logarithmic ? logarithmicTicks(axis, most) : linearTicks(axis, most);
}

std::string formatNumber(double number) {
  if (std::isnan(number))
    return "not a number";
  if (std::isinf(number))
    return number > 0 ? "∞" : "−∞";
  return withMinus(withShortExponent(fmt::format("{:.4g}", number)));
}

} // namespace inet
