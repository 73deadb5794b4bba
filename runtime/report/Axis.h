// The axes of a plot: which numbers they show, and where their ticks are.
#ifndef INET_RUNTIME_REPORT_AXIS_H
#define INET_RUNTIME_REPORT_AXIS_H

#include <string>
#include <vector>

namespace inet {

struct Axis {
  std::string label;
  double low = 0, high = 1; ///< low < high; both above 0 where it is logarithmic
  bool logarithmic = false;

  /// Where a number lies, 0 at `low` and 1 at `high`; not a number for one that has no place: NaN, infinite, too large
  /// to be drawn, on a logarithmic axis not above 0.
  double share(double number) const;
};

/// An axis that shows all numbers that have a place on it, with a little room about them; 0 to 1 (logarithmic 1 to 10)
/// where there are none. Numbers that are all the same get room on both sides.
Axis linearAxis(const std::string &label, const std::vector<std::vector<double>> &numbers);
Axis logarithmicAxis(const std::string &label, const std::vector<std::vector<double>> &numbers);

struct Tick {
  double number;
  std::string label;
};

/// At most `most` (2 or more) ticks within an axis: multiples of 1, 2 or 5 times a power of ten; logarithmic ones at
/// powers of ten, and 2 and 5 times these where there is room.
std::vector<Tick> ticksOf(const Axis &axis, int most);

/// A number for people, about four digits: "0.9749", "1.23e-7", with a true minus; "not a number" and "∞" as such.
std::string formatNumber(double number);

} // namespace inet

#endif
