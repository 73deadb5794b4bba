// Learning curves: sets of examples through training.
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Plot.h"

#include <algorithm>
#include <fmt/format.h>

namespace inet {
namespace {

using Number = std::optional<double> (*)(const CurvePoint &);

constexpr Hue kHues[] = {Hue::first, Hue::second, Hue::third};

std::vector<double> timesOf(const CurveOfSet &set) {
  std::vector<double> times;
  for (const CurvePoint &point : set.points)
    times.push_back(point.time);
  return times;
}

std::vector<double> numbersOf(const CurveOfSet &set, Number number) {
  std::vector<double> numbers;
  for (const CurvePoint &point : set.points)
    numbers.push_back(number(point).value_or(std::numeric_limits<double>::quiet_NaN()));
  return numbers;
}

bool hasAny(const std::vector<CurveOfSet> &sets, Number number) {
  return std::any_of(sets.begin(), sets.end(), [&](const CurveOfSet &set) {
    return std::any_of(set.points.begin(), set.points.end(), [&](auto &point) { return number(point).has_value(); });
  });
}

HtmlTable tableOf(const std::vector<CurveOfSet> &sets, Number number) {
  std::vector<std::string> columns = {"time"};
  for (const CurveOfSet &set : sets)
    columns.push_back(set.name);
  HtmlTable table(columns);
  std::vector<double> times; // of all sets
  for (const CurveOfSet &set : sets)
    for (const CurvePoint &point : set.points)
      times.push_back(point.time);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  for (double time : times) {
    std::vector<std::string> cells = {formatNumber(time)};
    for (const CurveOfSet &set : sets) {
      const auto at =
          std::find_if(set.points.begin(), set.points.end(), [&](auto &point) { return point.time == time; });
      cells.push_back(at == set.points.end() ? "–" : formatOptional(number(*at)));
    }
    table.addRow(std::move(cells));
  }
  return table;
}

Html curveFigure(const Study &study, const std::string &title, const std::string &note, Number number,
                 bool logarithmic) {
  std::vector<std::vector<double>> times, numbers;
  for (const CurveOfSet &set : study.curves) {
    times.push_back(timesOf(set));
    numbers.push_back(numbersOf(set, number));
  }
  const Axis x = logarithmicAxis("time of training", times);
  const Axis y = logarithmic ? logarithmicAxis(title, numbers) : linearAxis(title, numbers);
  Plot plot(x, y);
  std::vector<LegendEntry> entries;
  if (study.bestTime)
    plot.addReference(*study.bestTime, y.low, *study.bestTime, y.high);
  for (size_t s = 0; s < study.curves.size(); ++s) {
    const Hue hue = kHues[s % std::size(kHues)];
    plot.addLine(times[s], numbers[s], hue, study.curves[s].name);
    plot.addPoints(times[s], numbers[s], hue, 1.5);
    entries.push_back({hue, LegendEntry::Kind::line,
                       fmt::format("{} ({} examples)", study.curves[s].name, study.curves[s].examples)});
  }
  return figure(title, note, legend(entries), plot.svg(title + " by the time of training"),
                tableOf(study.curves, number).html(title + " by time"));
}

} // namespace

Html curvesSection(const Study &study) {
  if (study.curves.empty())
    return {};
  struct Curve {
    const char *title, *note;
    Number number;
    bool logarithmic;
  };
  const bool classes = study.evaluation.setting.task == Task::classification;
  const Curve curves[] = {
      {"loss", "Half the mean square error, of standardized targets in these units.",
       [](const CurvePoint &point) { return std::optional(point.loss); }, true},
      {"accuracy", "", [](const CurvePoint &point) { return point.accuracy; }, false},
      {"root mean square error", "In the units of the targets.",
       [](const CurvePoint &point) { return point.rootMeanSquareError; }, true},
      {"negative log likelihood", classes ? "Of the classes, nats an example." : "Of the targets, nats.",
       [](const CurvePoint &point) { return point.negativeLogLikelihood; }, false},
  };
  Html html;
  if (study.bestTime)
    html.element("p", fmt::format("The dashed line: {}, at which the validation set is predicted best.",
                                  formatTime(*study.bestTime)));
  html.open("div", {{"class", "figures"}});
  for (const Curve &curve : curves)
    if (hasAny(study.curves, curve.number))
      html.add(curveFigure(study, curve.title, curve.note, curve.number, curve.logarithmic));
  return html.close();
}

} // namespace inet
