// What a regression predicts: of one feature as functions, of any number against the targets.
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Plot.h"

#include <fmt/format.h>

namespace inet {
namespace {

constexpr double kIn95 = 1.959963984540054; // deviations to either side

struct Band {
  std::vector<double> low, high;
};

Band bandOf(const PosteriorOfLine::AtTime &at) {
  Band band;
  for (size_t i = 0; i < at.deviation.size(); ++i) {
    band.low.push_back(at.mean[i] - kIn95 * at.deviation[i]);
    band.high.push_back(at.mean[i] + kIn95 * at.deviation[i]);
  }
  return band;
}

/// One axis for all times, so that the pictures can be compared: of what is learnt, not of the prior, which may be much
/// wider.
Axis targetAxis(const PosteriorOfLine &line) {
  std::vector<std::vector<double>> numbers = {line.trainY, line.testY};
  for (const PosteriorOfLine::AtTime &at : line.times) {
    const Band band = bandOf(at);
    numbers.insert(numbers.end(), {at.mean, band.low, band.high});
  }
  return linearAxis("prediction", numbers);
}

std::string titleOf(const PosteriorOfLine::AtTime &at) {
  return at.time == 0 ? "Prior (t = 0)" : std::isinf(at.time) ? "The end of training" : "At " + formatTime(at.time);
}

Html lineFigure(const PosteriorOfLine &line, const PosteriorOfLine::AtTime &at, const Axis &x, const Axis &y) {
  Plot plot(x, y);
  const Band band = bandOf(at);
  if (!at.deviation.empty())
    plot.addBand(line.x, band.low, band.high, Hue::first);
  for (const std::vector<double> &draw : at.draws)
    plot.addLine(line.x, draw, Hue::plain);
  plot.addLine(line.x, at.mean, Hue::first, "mean");
  plot.addPoints(line.testX, line.testY, Hue::third, 1.5, "test");
  plot.addPoints(line.trainX, line.trainY, Hue::second, 2.5, "training");
  return figure(titleOf(at), "", {}, plot.svg(fmt::format("the predicted function at {}", formatTime(at.time))));
}

HtmlTable tableOf(const PosteriorOfLine &line) {
  std::vector<std::string> columns = {"feature"};
  for (const PosteriorOfLine::AtTime &at : line.times)
    columns.push_back(titleOf(at));
  HtmlTable table(columns);
  for (size_t i = 0; i < line.x.size(); i += std::max<size_t>(1, line.x.size() / 20)) {
    std::vector<std::string> cells = {formatNumber(line.x[i])};
    for (const PosteriorOfLine::AtTime &at : line.times)
      cells.push_back(at.deviation.empty()
                          ? formatNumber(at.mean[i])
                          : fmt::format("{} ± {}", formatNumber(at.mean[i]), formatNumber(kIn95 * at.deviation[i])));
    table.addRow(std::move(cells));
  }
  return table;
}

std::string outputText(const Study &study, int64_t output) {
  return study.evaluation.setting.outputs > 1
             ? fmt::format(" of target column {} of {}", output + 1, study.evaluation.setting.outputs)
             : "";
}

} // namespace

Html lineSection(const Study &study) {
  if (!study.line)
    return {};
  const PosteriorOfLine &line = *study.line;
  const bool bands = !line.times.empty() && !line.times.front().deviation.empty();
  std::vector<LegendEntry> entries = {{Hue::first, LegendEntry::Kind::line, "mean"}};
  if (bands)
    entries.push_back({Hue::first, LegendEntry::Kind::area, "95% band"});
  if (bands)
    entries.push_back({Hue::plain, LegendEntry::Kind::line, "draws"});
  entries.push_back({Hue::second, LegendEntry::Kind::point, "training examples"});
  entries.push_back({Hue::third, LegendEntry::Kind::point, "test examples"});
  Html html;
  html.element("p", fmt::format("What is predicted{} through training{}.", outputText(study, 0),
                                bands ? "; the band and the draws are of the function, without the noise of its targets"
                                      : "; a band needs the nngp, which this program was compiled without"));
  html.add(legend(entries)).open("div", {{"class", "figures"}});
  const Axis x = linearAxis("feature", {line.x}), y = targetAxis(line);
  for (const PosteriorOfLine::AtTime &at : line.times)
    html.add(lineFigure(line, at, x, y));
  html.close().open("details").element("summary", "the numbers");
  return html.add(tableOf(line).html("mean and half of the 95% band, at some features")).close();
}

Html predictedSection(const Study &study) {
  if (study.predicted.empty())
    return {};
  Html html;
  html.open("div", {{"class", "figures"}});
  for (const PredictedTargets &predicted : study.predicted) {
    const Axis x = linearAxis("target", {predicted.target, predicted.mean});
    Axis y = x;
    y.label = "prediction";
    Plot plot(x, y, 300);
    plot.addReference(x.low, x.low, x.high, x.high);
    plot.addPoints(predicted.target, predicted.mean, Hue::first, 2);
    html.add(figure(
        "Predictions and targets" + outputText(study, predicted.output),
        fmt::format("{} test examples; those on the dashed line are predicted exactly.", predicted.target.size()), {},
        plot.svg("predictions against targets")));
  }
  return html.close();
}

} // namespace inet
