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

void addClassScores(const Scores &scores, const std::string &at, TextTable &table) {
  const ClassScores &classes = *scores.classes;
  table.add("probabilities" + at,
            fmt::format("{}{}, temperature {:.4g}: Brier score {:.4g}, calibration error {:.2f} %",
                        scores.probabilities, scores.noiseInProbabilities ? " with noise" : "", scores.temperature,
                        classes.brier, 100 * classes.top.calibrationError));
}

/// A classification has two likelihoods: of its classes, and of its targets as a regression sees them.
std::string likelihoodText(const Scores &scores) {
  const std::string ofTargets = scores.negativeLogLikelihood ? fmt::format("{:.6g}", *scores.negativeLogLikelihood)
                                                             : "none: " + scores.whyNoLikelihood;
  if (!scores.classes)
    return ofTargets;
  return fmt::format("of the classes {:.6g}, of the targets {}", scores.classes->negativeLogLikelihood, ofTargets);
}

Json reliabilityJson(const Reliability &reliability) {
  Json bins = Json::array();
  for (const ReliabilityBin &bin : reliability.bins)
    bins.push_back({{"count", bin.count}, {"right", bin.right}, {"confidence", bin.confidence}});
  return {{"calibration_error", reliability.calibrationError}, {"bins", bins}};
}

Json probabilitiesJson(const Scores &scores) {
  const ClassScores &classes = *scores.classes;
  Json table = Json::array(), confusion = Json::array();
  for (const ClassRow &row : classes.classes) {
    table.push_back({{"labelled", row.labelled},
                     {"predicted", row.predicted},
                     {"right", row.right},
                     {"precision", numberJson(row.precision)},
                     {"recall", numberJson(row.recall)},
                     {"reliability", reliabilityJson(row.reliability)}});
    confusion.push_back(Json::array());
    for (int64_t c = 0; c < classes.confusion.cols(); ++c)
      confusion.back().push_back(classes.confusion(int64_t(confusion.size()) - 1, c));
  }
  return {{"made_by", scores.probabilities},
          {"temperature", scores.temperature},
          {"variance_includes_noise", scores.noiseInProbabilities},
          {"negative_log_likelihood", classes.negativeLogLikelihood},
          {"brier", classes.brier},
          {"reliability", reliabilityJson(classes.top)},
          {"classwise_calibration_error", classes.classwiseCalibrationError},
          {"confusion", confusion},
          {"classes", table}};
}

/// `at`: which time it is, where there are several.
void addScores(const Scores &scores, const std::string &at, TextTable &table) {
  if (scores.accuracy)
    table.add("accuracy" + at,
              fmt::format("{:.2f} % ({} of {})", 100 * *scores.accuracy, scores.correct, scores.examples));
  if (scores.rootMeanSquareError)
    table.add("RMSE" + at, fmt::format("{:.6g}", *scores.rootMeanSquareError));
  if (scores.coverage95)
    table.add("in the 95% band" + at, fmt::format("{:.2f} % (noise included)", 100 * *scores.coverage95));
  if (scores.classes)
    addClassScores(scores, at, table);
  table.add("negative log likelihood" + at, likelihoodText(scores));
}

Json scoresJson(const Scores &scores) {
  Json json = {{"time", timeJson(scores.time)}};
  if (scores.accuracy) {
    json["accuracy"] = *scores.accuracy;
    json["correct"] = scores.correct;
  }
  if (scores.rootMeanSquareError)
    json["rmse"] = *scores.rootMeanSquareError;
  if (scores.coverage95)
    json["coverage_95"] = *scores.coverage95;
  if (scores.classes)
    json["probabilities"] = probabilitiesJson(scores);
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
  if (prediction.hasVariance)
    table.add("variance", fmt::format("{} the noise of the targets (--diag-reg, {:.6g})",
                                      prediction.noiseInVariance ? "includes" : "without", prediction.noise));
  if (!prediction.probabilities.empty())
    table.add("probabilities", prediction.probabilities);
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
  json["noise"] = numberJson(prediction.noise);
  if (prediction.hasVariance)
    json["variance_includes_noise"] = prediction.noiseInVariance;
  if (!prediction.probabilities.empty())
    json["probabilities_made_by"] = prediction.probabilities;
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
