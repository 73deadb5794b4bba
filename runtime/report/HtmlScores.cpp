#include "runtime/report/Axis.h"
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/LearningViews.h"

#include <fmt/format.h>

namespace inet {
namespace {

void addTile(Html &html, const std::string &name, const std::string &value, const std::string &more = "") {
  html.open("div").element("dt", name).open("dd").element("strong", value);
  if (!more.empty())
    html.element("span", more);
  html.close().close();
}

/// The scores of one time, large.
Html tiles(const Scores &scores) {
  Html html;
  html.open("dl", {{"class", "tiles"}});
  if (scores.accuracy)
    addTile(html, "accuracy", formatShare(*scores.accuracy), fmt::format("{} of {}", scores.correct, scores.examples));
  if (scores.rootMeanSquareError)
    addTile(html, "root mean square error", formatNumber(*scores.rootMeanSquareError), "in the units of the targets");
  if (scores.coverage95)
    addTile(html, "in the 95% band", formatShare(*scores.coverage95), "of the targets, noise included");
  if (scores.classes) {
    addTile(html, "negative log likelihood", formatNumber(scores.classes->negativeLogLikelihood),
            "of the classes, nats");
    addTile(html, "Brier score", formatNumber(scores.classes->brier), "0 is best, 2 worst");
    addTile(html, "calibration error", formatShare(scores.classes->top.calibrationError),
            fmt::format("of the predicted class; of all {}", formatShare(scores.classes->classwiseCalibrationError)));
  }
  if (scores.negativeLogLikelihood && !scores.classes)
    addTile(html, "negative log likelihood", formatNumber(*scores.negativeLogLikelihood), "of the targets, nats");
  return html.close();
}

HtmlTable tableOfTimes(const Evaluation &evaluation) {
  const bool classes = evaluation.scores.front().accuracy.has_value();
  HtmlTable table(classes ? std::vector<std::string>{"time", "accuracy", "negative log likelihood of the classes",
                                                     "Brier score", "calibration error",
                                                     "negative log likelihood of the targets"}
                          : std::vector<std::string>{"time", "RMSE", "in the 95% band", "negative log likelihood"});
  const auto add = [&](const Scores &scores, const std::string &name) {
    std::vector<std::string> cells = {name};
    if (classes) {
      cells.push_back(scores.accuracy ? formatShare(*scores.accuracy) : "–");
      const ClassScores *of = scores.classes ? &*scores.classes : nullptr;
      cells.push_back(of ? formatNumber(of->negativeLogLikelihood) : "–");
      cells.push_back(of ? formatNumber(of->brier) : "–");
      cells.push_back(of ? formatShare(of->top.calibrationError) : "–");
    } else {
      cells.push_back(formatOptional(scores.rootMeanSquareError));
      cells.push_back(scores.coverage95 ? formatShare(*scores.coverage95) : "–");
    }
    cells.push_back(formatOptional(scores.negativeLogLikelihood));
    table.addRow(std::move(cells));
  };
  for (const Scores &scores : evaluation.scores)
    add(scores, formatTime(scores.time));
  for (const Scores &scores : evaluation.validation)
    add(scores, "validation set, " + formatTime(scores.time));
  if (evaluation.leaveOneOut)
    add(*evaluation.leaveOneOut, "training set, each example from all others");
  return table;
}

} // namespace

Html scoresSection(const Evaluation &evaluation) {
  if (evaluation.scores.empty())
    return {};
  const Scores &last = evaluation.scores.back();
  Html html = tiles(last);
  for (const std::string &note : notesOf(evaluation.solve, evaluation.setting))
    html.element("p", note, {{"class", "note"}});
  if (evaluation.scores.size() > 1 || !evaluation.validation.empty() || evaluation.leaveOneOut)
    html.add(tableOfTimes(evaluation).html("scores of the test set, unless another is named"));
  if (!last.probabilities.empty())
    html.element(
        "p", fmt::format("Probabilities: {}, temperature {}{}{}.", last.probabilities, formatNumber(last.temperature),
                         last.temperatureFrom.empty() ? "" : ", fitted to " + last.temperatureFrom,
                         last.noiseInProbabilities ? ", their variance with the regularisation as noise" : ""));
  if (last.classes && last.negativeLogLikelihood)
    html.element("p", fmt::format("Negative log likelihood of the targets, as Gaussians: {} nats.",
                                  formatNumber(*last.negativeLogLikelihood)));
  if (evaluation.evidence)
    html.element("p", fmt::format("Evidence (log marginal likelihood of the training set): {} nats.",
                                  formatNumber(*evaluation.evidence)));
  if (!last.whyNoLikelihood.empty())
    html.element("p", fmt::format("No likelihood of the targets: {}.", last.whyNoLikelihood));
  return html;
}

} // namespace inet
