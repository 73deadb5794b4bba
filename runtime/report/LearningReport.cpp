// The views of predict and evaluate.
#include "runtime/report/Report.h"

#include <fmt/format.h>

namespace inet {
namespace {

const char *outputsName(const Setting &setting) {
  if (setting.task == Task::classification)
    return setting.outputs == 1 ? "class" : "classes";
  return setting.outputs == 1 ? "target column" : "target columns";
}

void addSetting(const Setting &setting, TextTable &table) {
  table.add("network", setting.network);
  table.add("kernel", fmt::format("{} in {}, diag_reg {:g}{}", setting.kernel, setting.precision, setting.diagReg,
                                  setting.diagRegAbsolute ? " (absolute)" : ""));
  table.add("examples", fmt::format("{} to learn from, {} to predict; {} {}", setting.trainExamples,
                                    setting.testExamples, setting.outputs, outputsName(setting)));
  if (!setting.note.empty())
    table.add("note", setting.note);
  for (const std::string &note : setting.notes)
    table.add("note", note);
  table.addFiles(setting.files);
  table.add("threads", std::to_string(setting.threads));
}

Json settingJson(const Setting &setting) {
  Json json = {{"network", setting.network},
               {"kernel", setting.kernel},
               {"precision", setting.precision},
               {"diag_reg", setting.diagReg},
               {"diag_reg_absolute", setting.diagRegAbsolute},
               {"task", setting.task == Task::classification ? "classification" : "regression"},
               {"train_examples", setting.trainExamples}};
  if (!setting.note.empty())
    json["note"] = setting.note;
  if (!setting.notes.empty())
    json["notes"] = setting.notes;
  if (!setting.files.empty())
    json["files"] = filesJson(setting.files);
  json["test_examples"] = setting.testExamples;
  json["outputs"] = setting.outputs;
  if (!setting.classNames.empty())
    json["classes"] = setting.classNames;
  json["threads"] = setting.threads;
  return json;
}

std::vector<std::pair<const char *, double>> partsOf(const LearningSeconds &seconds) {
  return {{"kernel", seconds.kernel}, {"solve", seconds.solve}, {"predict", seconds.predict}, {"total", seconds.total}};
}

/// `at`: which time it is, where there are several.
void addScores(const Scores &scores, const std::string &at, TextTable &table) {
  if (scores.accuracy)
    table.add("accuracy" + at,
              fmt::format("{:.2f} % ({} of {})", 100 * *scores.accuracy, scores.correct, scores.examples));
  if (scores.rootMeanSquareError)
    table.add("RMSE" + at, fmt::format("{:.6g}", *scores.rootMeanSquareError));
  table.add("negative log likelihood" + at, scores.negativeLogLikelihood
                                                ? fmt::format("{:.6g}", *scores.negativeLogLikelihood)
                                                : "none: " + scores.whyNoLikelihood);
}

Json scoresJson(const Scores &scores) {
  Json json = {{"time", timeJson(scores.time)}};
  if (scores.accuracy) {
    json["accuracy"] = *scores.accuracy;
    json["correct"] = scores.correct;
  }
  if (scores.rootMeanSquareError)
    json["rmse"] = *scores.rootMeanSquareError;
  json["negative_log_likelihood"] = numberJson(scores.negativeLogLikelihood);
  return json;
}

} // namespace

TextTable toText(const WrittenPrediction &prediction) {
  TextTable table;
  addSetting(prediction.setting, table);
  std::string text = prediction.path;
  for (const auto &[name, shape] : prediction.arrays)
    text += fmt::format(", {} {}", name, toString(shape));
  table.add("written", text);
  table.addSeconds(partsOf(prediction.seconds));
  return table;
}

Json toJson(const WrittenPrediction &prediction) {
  Json json = settingJson(prediction.setting);
  json["times"] = Json::array();
  for (double time : prediction.times)
    json["times"].push_back(timeJson(time));
  json["shapes"] = Json::object();
  for (const auto &[name, shape] : prediction.arrays)
    json["shapes"][name] = shape;
  json["out"] = prediction.path;
  json["seconds"] = secondsJson(partsOf(prediction.seconds));
  return json;
}

TextTable toText(const Evaluation &evaluation) {
  TextTable table;
  addSetting(evaluation.setting, table);
  for (const Scores &scores : evaluation.scores)
    addScores(scores, evaluation.scores.size() > 1 ? fmt::format(" (t = {:g})", scores.time) : "", table);
  table.addSeconds(partsOf(evaluation.seconds));
  return table;
}

Json toJson(const Evaluation &evaluation) {
  Json json = settingJson(evaluation.setting);
  Json times = Json::array();
  for (const Scores &scores : evaluation.scores)
    times.push_back(scoresJson(scores));
  json.update(times.back()); // of the last time
  if (times.size() > 1)
    json["times"] = times;
  json["seconds"] = secondsJson(partsOf(evaluation.seconds));
  return json;
}

} // namespace inet
