// Plots as SVG within a page: no script, the colours of its style sheet, readable from 320 pixels on and in print.
#ifndef INET_RUNTIME_REPORT_PLOT_H
#define INET_RUNTIME_REPORT_PLOT_H

#include "runtime/report/Axis.h"
#include "runtime/report/Html.h"

namespace inet {

/// Which of the colours (and dashes, of lines) of the style sheet.
enum class Hue { first, second, third, plain };

/// What a legend says of each of them.
struct LegendEntry {
  Hue hue;
  enum class Kind { line, area, point } kind;
  std::string name;
};

/// Two axes and what is drawn between them, the first thing undermost. A number that has no place on its axis leaves a
/// gap; what lies beyond the axes is cut off.
class Plot {
public:
  /// `height` of the whole, of a width of 346.
  Plot(Axis x, Axis y, double height = 220);

  void addLine(const std::vector<double> &x, const std::vector<double> &y, Hue hue, const std::string &name = "");
  /// Between two lines.
  void addBand(const std::vector<double> &x, const std::vector<double> &low, const std::vector<double> &high, Hue hue);
  void addPoints(const std::vector<double> &x, const std::vector<double> &y, Hue hue, double radius = 2.5,
                 const std::string &name = "");
  /// From `low` to `high` on the axis x and from `base` to `top` on y; `name` is shown where somebody points at it.
  void addBar(double low, double high, double base, double top, Hue hue, const std::string &name = "");
  /// A thin dashed line for comparison.
  void addReference(double x1, double y1, double x2, double y2);

  /// `description` is read to those who do not see it.
  Html svg(const std::string &description) const;

private:
  double left(double x) const;
  double top(double y) const;
  void addTicks(Html &html) const;

  Axis x_, y_;
  double height_;
  Html inside_;
};

Html legend(const std::vector<LegendEntry> &entries);

} // namespace inet

#endif
