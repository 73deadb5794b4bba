// The views of learning curves.
#include "runtime/report/LearningViews.h"
#include "runtime/report/Report.h"

#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

/// "loss 0.0123, accuracy 97.20 %, -ln p 0.0987"
std::string textOf(const CurvePoint &point) {
  std::string text = fmt::format("loss {:<9.4g}", point.loss);
  if (point.accuracy)
    text += fmt::format(" accuracy {:6.2f} %", 100 * *point.accuracy);
  if (point.rootMeanSquareError)
    text += fmt::format(" RMSE {:<9.4g}", *point.rootMeanSquareError);
  if (point.negativeLogLikelihood)
    text += fmt::format(" -ln p {:<9.4g}", *point.negativeLogLikelihood);
  if (point.coverage95)
    text += fmt::format(" in 95% band {:6.2f} %", 100 * *point.coverage95);
  return text;
}

Json pointJson(const CurvePoint &point) {
  Json json = {{"loss", numberJson(point.loss)}};
  if (point.accuracy)
    json["accuracy"] = *point.accuracy;
  if (point.rootMeanSquareError)
    json["rmse"] = numberJson(point.rootMeanSquareError);
  json["negative_log_likelihood"] = numberJson(point.negativeLogLikelihood);
  if (point.coverage95)
    json["coverage_95"] = *point.coverage95;
  return json;
}

Json timedJson(const CurvePoint &point) {
  Json json = {{"time", timeJson(point.time)}};
  json.update(pointJson(point));
  return json;
}

} // namespace

TextTable toText(const LearningCurves &curves) {
  TextTable table;
  addSetting(curves.setting, table);
  addSolve(curves.solve, curves.setting, table);
  if (!curves.likelihoodNote.empty())
    table.add("note", curves.likelihoodNote);
  for (const CurveOfSet &set : curves.sets) {
    table.add(set.name, fmt::format("{} examples through training", set.examples));
    for (const CurvePoint &point : set.points)
      table.add(fmt::format("  t = {:.4g}", point.time), textOf(point));
    table.add("  t = inf", textOf(set.end));
  }
  for (const SizeCurve &set : curves.sizes) {
    table.add(set.name, fmt::format("{} examples, from the first training examples at infinite time", set.examples));
    for (size_t k = 0; k < set.points.size(); ++k)
      table.add(fmt::format("  n = {}", set.trainExamples[k]), textOf(set.points[k]));
  }
  if (curves.bestTime)
    table.add("best time", fmt::format("{:.6g}, for the validation set", *curves.bestTime));
  table.addSeconds(partsOf(curves.seconds));
  return table;
}

Json toJson(const LearningCurves &curves) {
  Json json = settingJson(curves.setting);
  addSolve(curves.solve, curves.setting, json);
  if (!curves.likelihoodNote.empty())
    json["notes"].push_back(curves.likelihoodNote);
  json["sets"] = Json::array();
  for (const CurveOfSet &set : curves.sets) {
    Json points = Json::array();
    for (const CurvePoint &point : set.points)
      points.push_back(timedJson(point));
    points.push_back(timedJson(set.end));
    json["sets"].push_back({{"set", set.name}, {"examples", set.examples}, {"points", points}});
  }
  json["sizes"] = Json::array();
  for (const SizeCurve &set : curves.sizes) {
    Json points = Json::array();
    for (size_t k = 0; k < set.points.size(); ++k) {
      points.push_back({{"train_examples", set.trainExamples[k]}});
      points.back().update(pointJson(set.points[k]));
    }
    json["sizes"].push_back({{"set", set.name}, {"examples", set.examples}, {"points", points}});
  }
  if (curves.bestTime)
    json["best_time"] = timeJson(*curves.bestTime);
  json["seconds"] = secondsJson(partsOf(curves.seconds));
  return json;
}

std::string toTable(const LearningCurves &curves) {
  std::string text = "set,train_examples,time,loss,accuracy,rmse,negative_log_likelihood,coverage_95\n";
  const auto number = [](std::optional<double> value) { return value ? fmt::format("{}", *value) : std::string(); };
  const auto add = [&](const std::string &set, int64_t trainExamples, const CurvePoint &point) {
    text +=
        fmt::format("{},{},{},{},{},{},{},{}\n", set, trainExamples, point.time, point.loss, number(point.accuracy),
                    number(point.rootMeanSquareError), number(point.negativeLogLikelihood), number(point.coverage95));
  };
  for (const CurveOfSet &set : curves.sets) {
    for (const CurvePoint &point : set.points)
      add(set.name, curves.setting.trainExamples, point);
    add(set.name, curves.setting.trainExamples, set.end);
  }
  for (const SizeCurve &set : curves.sizes)
    for (size_t k = 0; k + 1 < set.points.size(); ++k) // the last is the end of training on all
      add(set.name, set.trainExamples[k], set.points[k]);
  return text;
}

} // namespace inet
