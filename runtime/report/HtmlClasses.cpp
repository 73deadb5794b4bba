// Confusion, reliability, and what became of each class.
#include "runtime/report/HeatMap.h"
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Plot.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace inet {
namespace {

constexpr int64_t kMostCells = 20;    // classes of a confusion matrix that is written out
constexpr int64_t kMostPixels = 400;  // rows of one that is a picture
constexpr int64_t kMostClasses = 100; // rows of the table by class
constexpr size_t kMostPairs = 20;

/// Of the examples of class r those taken for c; NaN where it has none.
double shareOf(const ClassScores &scores, int64_t r, int64_t c) {
  const int64_t labelled = scores.classes[size_t(r)].labelled;
  return labelled == 0 ? std::nan("") : double(scores.confusion(r, c)) / double(labelled);
}

Html confusionTable(const Setting &setting, const ClassScores &scores) {
  Html html;
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "confusion matrix"}});
  html.open("table", {{"class", "confusion"}}).open("thead").open("tr");
  const int64_t classes = scores.confusion.rows();
  std::vector<std::string> names = {"class"};
  for (int64_t c = 0; c < classes; ++c)
    names.push_back(className(setting, c));
  html.element("th", "class", {{"scope", "col"}, widthOfNames(names)});
  for (int64_t c = 0; c < classes; ++c) {
    const std::string name = className(setting, c);
    html.open("th", {{"scope", "col"}, {"title", name}}).element("span", shortened(name, 16)).close();
  }
  html.close().close().open("tbody");
  for (int64_t r = 0; r < classes; ++r) {
    html.open("tr").element("th", className(setting, r), {{"scope", "row"}});
    for (int64_t c = 0; c < classes; ++c) {
      const double share = shareOf(scores, r, c);
      Attributes attributes;
      if (scores.confusion(r, c) > 0) // a root, so that few mistakes are seen too
        attributes = {{"class", r == c ? "right" : "wrong"},
                      {"style", fmt::format("--share:{:.2f}", std::sqrt(share))}};
      html.element("td", std::to_string(scores.confusion(r, c)), attributes);
    }
    html.close();
  }
  return html.close().close().close();
}

Html confusionPicture(const ClassScores &scores) {
  const int64_t classes = scores.confusion.rows(), rows = std::min(classes, kMostPixels);
  HeatMap map;
  map.rows = rows;
  map.numbers.assign(size_t(rows * rows), 0);
  // The largest share that falls to a pixel: single mistakes are not lost where classes are more than pixels.
  for (int64_t r = 0; r < classes; ++r)
    for (int64_t c = 0; c < classes; ++c) {
      double &pixel = map.numbers[size_t(r * rows / classes * rows + c * rows / classes)];
      pixel = std::fmax(pixel, std::sqrt(shareOf(scores, r, c)));
    }
  for (int64_t label = 0; label < classes; label += std::max<int64_t>(1, classes / 10))
    map.groups.push_back(
        {double(label * rows) / double(classes), double(label * rows) / double(classes) + 1, std::to_string(label)});
  return picture(map, fmt::format("confusion matrix of {} classes", classes));
}

struct Pair {
  int64_t label, taken, count;
};

HtmlTable confusedPairs(const Setting &setting, const ClassScores &scores) {
  std::vector<Pair> pairs;
  for (int64_t r = 0; r < scores.confusion.rows(); ++r)
    for (int64_t c = 0; c < scores.confusion.cols(); ++c)
      if (r != c && scores.confusion(r, c) > 0)
        pairs.push_back({r, c, scores.confusion(r, c)});
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair &a, const Pair &b) { return a.count > b.count; });
  pairs.resize(std::min(pairs.size(), kMostPairs));
  HtmlTable table({"class", "taken for", "examples", "of the class"});
  for (const Pair &pair : pairs)
    table.addRow({className(setting, pair.label), className(setting, pair.taken), std::to_string(pair.count),
                  formatShare(shareOf(scores, pair.label, pair.taken))});
  return table;
}

std::string binText(const Reliability &reliability, size_t b) {
  const ReliabilityBin &bin = reliability.bins[b];
  const double bins = double(reliability.bins.size());
  return fmt::format("{} to {}: {} examples, {} right, mean probability {}", formatNumber(double(b) / bins),
                     formatNumber(double(b + 1) / bins), bin.count, bin.right, formatNumber(bin.confidence));
}

Html reliabilityFigure(const Reliability &reliability) {
  Plot diagram({"probability of the predicted class", 0, 1, false}, {"share that is right", 0, 1, false});
  std::vector<double> counts, confidence, right;
  const size_t bins = reliability.bins.size();
  HtmlTable table({"probability", "examples", "right", "share that is right", "mean probability"});
  for (size_t b = 0; b < bins; ++b) {
    const ReliabilityBin &bin = reliability.bins[b];
    counts.push_back(double(bin.count));
    if (bin.count == 0)
      continue;
    const double low = double(b) / double(bins), high = double(b + 1) / double(bins);
    right.push_back(double(bin.right) / double(bin.count));
    confidence.push_back(bin.confidence);
    diagram.addBar(low, high, 0, right.back(), Hue::first, binText(reliability, b));
    table.addRow({fmt::format("{} to {}", formatNumber(low), formatNumber(high)), std::to_string(bin.count),
                  std::to_string(bin.right), formatShare(right.back()), formatNumber(bin.confidence)});
  }
  diagram.addReference(0, 0, 1, 1);
  diagram.addPoints(confidence, right, Hue::second, 3);
  const double most = counts.empty() ? 1 : std::max(1., *std::max_element(counts.begin(), counts.end()));
  Plot histogram({"probability of the predicted class", 0, 1, false}, {"examples", 0, 1.05 * most, false}, 120);
  for (size_t b = 0; b < bins; ++b)
    histogram.addBar(double(b) / double(bins), double(b + 1) / double(bins), 0, counts[b], Hue::plain,
                     binText(reliability, b));
  Html pictures = diagram.svg("reliability diagram: the share of predictions that are right, by their probability");
  pictures.add(histogram.svg("how many predictions have which probability"));
  return figure("Reliability",
                fmt::format("Bars on the dashed line: predictions of probability p are right in p of all cases. The "
                            "calibration error, the mean distance from the line, is {}.",
                            formatShare(reliability.calibrationError)),
                legend({{Hue::first, LegendEntry::Kind::area, "right, of a bin"},
                        {Hue::second, LegendEntry::Kind::point, "at its mean probability"}}),
                pictures, table.html("reliability of the predicted class"));
}

HtmlTable classTable(const Setting &setting, const ClassScores &scores, const std::vector<int64_t> &labels) {
  HtmlTable table({"class", "examples", "predicted", "right", "recall", "precision", "calibration error"});
  for (int64_t label : labels) {
    const ClassRow &row = scores.classes[size_t(label)];
    table.addRow({className(setting, label), std::to_string(row.labelled), std::to_string(row.predicted),
                  std::to_string(row.right), row.recall ? formatShare(*row.recall) : "–",
                  row.precision ? formatShare(*row.precision) : "–", formatShare(row.reliability.calibrationError)});
  }
  return table;
}

Html classesByRecall(const Setting &setting, const ClassScores &scores) {
  std::vector<int64_t> labels(scores.classes.size());
  std::iota(labels.begin(), labels.end(), 0);
  if (int64_t(labels.size()) <= kMostClasses)
    return classTable(setting, scores, labels)
        .html("each class; recall: of its examples those predicted as it; precision: of those predicted as it its own");
  std::stable_sort(labels.begin(), labels.end(), [&](int64_t a, int64_t b) {
    return scores.classes[size_t(a)].recall.value_or(2) < scores.classes[size_t(b)].recall.value_or(2);
  });
  labels.resize(kMostClasses);
  return classTable(setting, scores, labels)
      .html(fmt::format("the {} classes of the lowest recall, of {} (--json has all)", kMostClasses,
                        scores.classes.size()));
}

} // namespace

Html classesSection(const Evaluation &evaluation) {
  if (evaluation.scores.empty() || !evaluation.scores.back().classes)
    return {};
  const ClassScores &scores = *evaluation.scores.back().classes;
  const int64_t classes = scores.confusion.rows();
  Html html;
  html.open("div", {{"class", "figures"}});
  if (classes <= kMostCells)
    html.add(figure(
        "Confusion",
        "Rows: the class; columns: what it was taken for. The stronger the colour, the larger the share of the row.",
        {}, confusionTable(evaluation.setting, scores)));
  if (classes > kMostCells)
    html.add(figure("Confusion",
                    "Rows: the class, from above; columns: what it was taken for. The colour is the root of the share "
                    "of the row; classes by their numbers.",
                    {}, confusionPicture(scores)));
  html.add(reliabilityFigure(scores.top)).close();
  if (classes > kMostCells)
    html.element("h3", "Most confused")
        .add(confusedPairs(evaluation.setting, scores).html("pairs of classes, the most frequent first"));
  return html.element("h3", "By class").add(classesByRecall(evaluation.setting, scores));
}

} // namespace inet
