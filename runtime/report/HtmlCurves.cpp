// Learning curves: sets of examples through training.
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Plot.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

using Number = std::optional<double> (*)(const CurvePoint &);

/// A set has the same everywhere.
Hue hueOf(const std::string &set) {
  return set == "training" ? Hue::first : set == "validation" ? Hue::second : Hue::third;
}

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
  std::vector<std::string> cells = {"the end"};
  for (const CurveOfSet &set : sets)
    cells.push_back(formatOptional(number(set.end)));
  table.addRow(std::move(cells));
  return table;
}

Html timeFigure(const LearningCurves &curves, const std::string &title, const std::string &note, Number number,
                bool logarithmic) {
  std::vector<std::vector<double>> times, numbers;
  for (const CurveOfSet &set : curves.sets) {
    times.push_back(timesOf(set));
    numbers.push_back(numbersOf(set, number));
  }
  const Axis x = logarithmicAxis("time of training", times);
  const Axis y = logarithmic ? logarithmicAxis(title, numbers) : linearAxis(title, numbers);
  Plot plot(x, y);
  std::vector<LegendEntry> entries;
  if (curves.bestTime)
    plot.addReference(*curves.bestTime, y.low, *curves.bestTime, y.high);
  for (size_t s = 0; s < curves.sets.size(); ++s) {
    const Hue hue = hueOf(curves.sets[s].name);
    plot.addLine(times[s], numbers[s], hue, curves.sets[s].name);
    plot.addPoints(times[s], numbers[s], hue, 1.5);
    entries.push_back(
        {hue, LegendEntry::Kind::line, fmt::format("{} ({} examples)", curves.sets[s].name, curves.sets[s].examples)});
  }
  return figure(title, note, legend(entries), plot.svg(title + " by the time of training"),
                tableOf(curves.sets, number).html(title + " by time"));
}

/// By the number of training examples.
Html sizeFigure(const std::vector<SizeCurve> &sizes, const std::string &title, Number number, bool logarithmic) {
  std::vector<std::vector<double>> counts, numbers;
  std::vector<LegendEntry> entries;
  HtmlTable table({"training examples", "set", title});
  for (size_t s = 0; s < sizes.size(); ++s) {
    counts.emplace_back(sizes[s].trainExamples.begin(), sizes[s].trainExamples.end());
    numbers.emplace_back();
    for (size_t k = 0; k < sizes[s].points.size(); ++k) {
      const std::optional<double> value = number(sizes[s].points[k]);
      numbers.back().push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
      table.addRow({std::to_string(sizes[s].trainExamples[k]), sizes[s].name, formatOptional(value)});
    }
    entries.push_back({hueOf(sizes[s].name), LegendEntry::Kind::line, sizes[s].name});
  }
  Plot plot(logarithmicAxis("training examples", counts),
            logarithmic ? logarithmicAxis(title, numbers) : linearAxis(title, numbers));
  for (size_t s = 0; s < sizes.size(); ++s) {
    plot.addLine(counts[s], numbers[s], hueOf(sizes[s].name), sizes[s].name);
    plot.addPoints(counts[s], numbers[s], hueOf(sizes[s].name), 2.5);
  }
  return figure(title + " by the number of training examples",
                "The first of the training set, learnt to the end of training.", legend(entries),
                plot.svg(title + " by the number of training examples"), table.html(title));
}

struct Curve {
  const char *title, *note;
  Number number;
  bool logarithmic;
};

const Curve kCurves[] = {
    {"loss", "Half the mean square error, of standardized targets in these units.",
     [](const CurvePoint &point) { return std::optional(point.loss); }, true},
    {"accuracy", "", [](const CurvePoint &point) { return point.accuracy; }, false},
    {"root mean square error", "In the units of the targets.",
     [](const CurvePoint &point) { return point.rootMeanSquareError; }, true},
    {"negative log likelihood", "Nats an example.", [](const CurvePoint &point) { return point.negativeLogLikelihood; },
     false},
};

} // namespace

Html curvesSection(const Study &study) {
  if (!study.curves)
    return {};
  const LearningCurves &curves = *study.curves;
  Html html;
  if (curves.bestTime)
    html.element("p", fmt::format("The validation set is predicted best at {}{}.", formatTime(*curves.bestTime),
                                  std::isinf(*curves.bestTime) ? "" : ", the dashed line"));
  if (!curves.likelihoodNote.empty())
    html.element("p", fmt::format("Likelihoods: {}.", curves.likelihoodNote));
  html.open("div", {{"class", "figures"}});
  for (const Curve &curve : kCurves)
    if (hasAny(curves.sets, curve.number))
      html.add(timeFigure(curves, curve.title, curve.note, curve.number, curve.logarithmic));
  const auto isScored = [&](const Curve &curve) {
    return std::all_of(curves.sizes.begin(), curves.sizes.end(), [&](const SizeCurve &set) {
      return set.points.size() > 1 && curve.number(set.points.front()).has_value();
    });
  };
  for (const Curve &curve : kCurves)
    if (!curves.sizes.empty() && curve.title != std::string("loss") && isScored(curve))
      html.add(sizeFigure(curves.sizes, curve.title, curve.number, curve.logarithmic));
  return html.close();
}

} // namespace inet
