#include "runtime/report/Plot.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

constexpr double kWidth = 346, kLeft = 46, kRight = 16, kTop = 22, kBottom = 36;
constexpr double kInnerWidth = kWidth - kLeft - kRight;

std::string classOf(const char *what, Hue hue) {
  static constexpr const char *names[] = {"first", "second", "third", "plain"};
  return fmt::format("{} {}", what, names[int(hue)]);
}

/// Far outside is outside: browsers draw with single precision.
double clamped(double position) { return std::clamp(position, -1e4, 1e4); }

std::string pointText(double x, double y) { return coordinate(x) + "," + coordinate(y); }

void addTitle(Html &html, const std::string &title) {
  if (!title.empty())
    html.element("title", title);
}

} // namespace

Plot::Plot(Axis x, Axis y, double height) : x_(std::move(x)), y_(std::move(y)), height_(height) {}

double Plot::left(double x) const { return clamped(x_.share(x) * kInnerWidth); }
double Plot::top(double y) const { return clamped((1 - y_.share(y)) * (height_ - kTop - kBottom)); }

void Plot::addLine(const std::vector<double> &x, const std::vector<double> &y, Hue hue, const std::string &name) {
  assert(x.size() == y.size() && "a line has as many x as y");
  std::string path;
  bool drawing = false;
  for (size_t i = 0; i < x.size(); ++i) {
    const double l = left(x[i]), t = top(y[i]);
    const bool placed = std::isfinite(l) && std::isfinite(t);
    if (placed)
      path += (drawing ? "L" : "M") + pointText(l, t);
    drawing = placed;
  }
  if (path.empty())
    return;
  inside_.open("path", {{"class", classOf("line", hue)}, {"d", path}});
  addTitle(inside_, name);
  inside_.close();
}

void Plot::addBand(const std::vector<double> &x, const std::vector<double> &low, const std::vector<double> &high,
                   Hue hue) {
  assert(x.size() == low.size() && x.size() == high.size() && "a band has two y for each x");
  std::string path, there, back;
  const auto finish = [&] {
    if (!there.empty())
      path += "M" + there.substr(1) + back + "Z";
    there.clear();
    back.clear();
  };
  for (size_t i = 0; i < x.size(); ++i) {
    const double l = left(x[i]), bottom = top(low[i]), upper = top(high[i]);
    if (std::isfinite(l) && std::isfinite(bottom) && std::isfinite(upper)) {
      there += "L" + pointText(l, upper);
      back.insert(0, "L" + pointText(l, bottom));
    } else {
      finish();
    }
  }
  finish();
  if (!path.empty())
    inside_.empty("path", {{"class", classOf("area", hue)}, {"d", path}});
}

void Plot::addPoints(const std::vector<double> &x, const std::vector<double> &y, Hue hue, double radius,
                     const std::string &name) {
  assert(x.size() == y.size() && "points have as many x as y");
  inside_.open("g", {{"class", classOf("point", hue)}});
  addTitle(inside_, name);
  for (size_t i = 0; i < x.size(); ++i)
    if (const double l = left(x[i]), t = top(y[i]); std::isfinite(l) && std::isfinite(t))
      inside_.empty("circle", {{"cx", coordinate(l)}, {"cy", coordinate(t)}, {"r", coordinate(radius)}});
  inside_.close();
}

void Plot::addBar(double low, double high, double base, double top, Hue hue, const std::string &name) {
  const double l = left(low), r = left(high), b = this->top(base), t = this->top(top);
  if (!std::isfinite(l) || !std::isfinite(r) || !std::isfinite(b) || !std::isfinite(t))
    return;
  inside_.open("rect", {{"class", classOf("bar", hue)},
                        {"x", coordinate(std::min(l, r))},
                        {"y", coordinate(std::min(b, t))},
                        {"width", coordinate(std::fabs(r - l))},
                        {"height", coordinate(std::fabs(b - t))}});
  addTitle(inside_, name);
  inside_.close();
}

void Plot::addReference(double x1, double y1, double x2, double y2) {
  const double l1 = left(x1), t1 = top(y1), l2 = left(x2), t2 = top(y2);
  if (!std::isfinite(l1) || !std::isfinite(t1) || !std::isfinite(l2) || !std::isfinite(t2))
    return;
  inside_.empty("line", {{"class", "reference"},
                         {"x1", coordinate(l1)},
                         {"y1", coordinate(t1)},
                         {"x2", coordinate(l2)},
                         {"y2", coordinate(t2)}});
}

void Plot::addTicks(Html &html) const {
  const double bottom = height_ - kBottom;
  for (const Tick &tick : ticksOf(x_, 6)) {
    const std::string at = coordinate(kLeft + left(tick.number));
    html.empty("line",
               {{"class", "grid"}, {"x1", at}, {"y1", coordinate(kTop)}, {"x2", at}, {"y2", coordinate(bottom)}});
    html.element("text", tick.label, {{"x", at}, {"y", coordinate(bottom + 14)}, {"text-anchor", "middle"}});
  }
  for (const Tick &tick : ticksOf(y_, height_ < 160 ? 4 : 6)) {
    const double at = kTop + top(tick.number);
    html.empty("line", {{"class", "grid"},
                        {"x1", coordinate(kLeft)},
                        {"y1", coordinate(at)},
                        {"x2", coordinate(kWidth - kRight)},
                        {"y2", coordinate(at)}});
    html.element("text", tick.label, {{"x", coordinate(kLeft - 5)}, {"y", coordinate(at + 4)}, {"text-anchor", "end"}});
  }
}

Html Plot::svg(const std::string &description) const {
  Html html;
  html.open("svg", {{"class", "plot"},
                    {"viewBox", fmt::format("0 0 {} {}", coordinate(kWidth), coordinate(height_))},
                    {"role", "img"},
                    {"aria-label", description}});
  addTicks(html);
  const double innerHeight = height_ - kTop - kBottom;
  html.open("svg", {{"x", coordinate(kLeft)},
                    {"y", coordinate(kTop)},
                    {"width", coordinate(kInnerWidth)},
                    {"height", coordinate(innerHeight)}});
  html.add(inside_).close();
  html.empty("rect", {{"class", "frame"},
                      {"x", coordinate(kLeft)},
                      {"y", coordinate(kTop)},
                      {"width", coordinate(kInnerWidth)},
                      {"height", coordinate(innerHeight)}});
  html.element("text", y_.label, {{"class", "label"}, {"x", "4"}, {"y", "12"}});
  html.element("text", x_.label,
               {{"class", "label"},
                {"x", coordinate(kLeft + kInnerWidth / 2)},
                {"y", coordinate(height_ - 5)},
                {"text-anchor", "middle"}});
  return html.close();
}

Html legend(const std::vector<LegendEntry> &entries) {
  Html html;
  html.open("ul", {{"class", "legend"}});
  for (const LegendEntry &entry : entries) {
    html.open("li").open("svg", {{"viewBox", "0 0 26 12"}, {"aria-hidden", "true"}});
    if (entry.kind == LegendEntry::Kind::line)
      html.empty("path", {{"class", classOf("line", entry.hue)}, {"d", "M1,6L25,6"}});
    else if (entry.kind == LegendEntry::Kind::area)
      html.empty("rect",
                 {{"class", classOf("area", entry.hue)}, {"x", "1"}, {"y", "1"}, {"width", "24"}, {"height", "10"}});
    else
      html.open("g", {{"class", classOf("point", entry.hue)}})
          .empty("circle", {{"cx", "13"}, {"cy", "6"}, {"r", "3.5"}})
          .close();
    html.close().text(entry.name).close();
  }
  return html.close();
}

} // namespace inet
