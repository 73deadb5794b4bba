// The views of predict and evaluate.
#include "runtime/report/LearningViews.h"
#include "runtime/report/Report.h"

#include <algorithm>
#include <fmt/format.h>

namespace inet {
namespace {

const char *outputsName(const Setting &setting) {
  if (setting.task == Task::classification)
    return setting.outputs == 1 ? "class" : "classes";
  return setting.outputs == 1 ? "target column" : "target columns";
}

void addClassScores(const Scores &scores, const std::string &at, TextTable &table) {
  const ClassScores &classes = *scores.classes;
  table.add("probabilities" + at,
            fmt::format("{}{}, temperature {:.4g}{}: Brier score {:.4g}, calibration error {:.2f} %",
                        scores.probabilities, scores.noiseInProbabilities ? " with noise" : "", scores.temperature,
                        scores.temperatureFrom.empty() ? "" : fmt::format(" (fitted to {})", scores.temperatureFrom),
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
  Json json = {{"made_by", scores.probabilities},
               {"temperature", scores.temperature},
               {"variance_includes_noise", scores.noiseInProbabilities},
               {"negative_log_likelihood", classes.negativeLogLikelihood},
               {"brier", classes.brier},
               {"reliability", reliabilityJson(classes.top)},
               {"classwise_calibration_error", classes.classwiseCalibrationError},
               {"confusion", confusion},
               {"classes", table}};
  if (!scores.temperatureFrom.empty()) {
    json["temperature_fitted"] = true;
    json["temperature_fitted_to"] = scores.temperatureFrom;
  }
  return json;
}

std::string percent(double share) {
  return share >= 0.1 ? fmt::format("{:.0f} %", 100 * share) : fmt::format("{:.2g} %", 100 * share);
}

/// The largest error of all times.
RoundingError largestOf(const std::vector<RoundingError> &errors) {
  RoundingError largest;
  for (const RoundingError &error : errors) {
    largest.mean = std::max(largest.mean, error.mean);
    if (error.variance)
      largest.variance = std::max(largest.variance.value_or(0), *error.variance);
  }
  return largest;
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

/// The figures by which a choice is made, in one line.
void addValidation(const Scores &scores, const std::string &at, TextTable &table) {
  const std::string fit = scores.accuracy ? fmt::format("accuracy {:.2f} % ({} of {})", 100 * *scores.accuracy,
                                                        scores.correct, scores.examples)
                          : scores.rootMeanSquareError ? fmt::format("RMSE {:.6g}", *scores.rootMeanSquareError)
                                                       : "";
  table.add("validation" + at, fmt::format("{}, negative log likelihood {}", fit, likelihoodText(scores)));
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

void addSetting(const Setting &setting, TextTable &table) {
  table.add("network", setting.network);
  const std::string reason = setting.precisionReason.empty() ? "" : fmt::format(" ({})", setting.precisionReason);
  table.add("kernel",
            fmt::format("{} in {}{}, diag_reg {:g}{}{}", setting.kernel, setting.precision, reason, setting.diagReg,
                        setting.diagRegAbsolute ? " (absolute)" : "", setting.diagRegAuto ? " (auto)" : ""));
  if (setting.loss != "mse" || setting.momentum != 0)
    table.add("loss",
              setting.momentum != 0 ? fmt::format("{}, momentum {:g}", setting.loss, setting.momentum) : setting.loss);
  const std::string validation =
      setting.validationExamples > 0 ? fmt::format("{} for validation, ", setting.validationExamples) : "";
  table.add("examples", fmt::format("{} to learn from{}, {}{} to predict; {} {}", setting.trainExamples,
                                    setting.flipped ? ", half of them mirror images" : "", validation,
                                    setting.testExamples, setting.outputs, outputsName(setting)));
  if (setting.split)
    table.add("split", fmt::format("{} %{}, --seed {}", toString(*setting.split),
                                   setting.task == Task::classification ? " of each class" : "", setting.split->seed));
  if (!setting.note.empty())
    table.add("note", setting.note);
  for (const std::string &note : setting.notes)
    table.add("note", note);
  table.addFiles(setting.files);
  table.addSteps("features", setting.preprocessing);
  table.add("threads", std::to_string(setting.threads));
}

Json settingJson(const Setting &setting) {
  Json json = {{"network", setting.network},
               {"kernel", setting.kernel},
               {"precision", setting.precision},
               {"diag_reg", setting.diagReg},
               {"diag_reg_absolute", setting.diagRegAbsolute},
               {"diag_reg_auto", setting.diagRegAuto},
               {"loss", setting.loss},
               {"momentum", setting.momentum},
               {"learning_rate", setting.learningRate},
               {"task", setting.task == Task::classification ? "classification" : "regression"},
               {"train_examples", setting.trainExamples}};
  if (!setting.precisionReason.empty())
    json["precision_reason"] = setting.precisionReason;
  if (!setting.note.empty())
    json["note"] = setting.note;
  if (!setting.notes.empty())
    json["notes"] = setting.notes;
  if (!setting.files.empty())
    json["files"] = filesJson(setting.files);
  if (setting.validationExamples > 0)
    json["validation_examples"] = setting.validationExamples;
  if (setting.flipped)
    json["flipped"] = true;
  if (!setting.preprocessing.empty())
    json["preprocessing"] = setting.preprocessing;
  json["test_examples"] = setting.testExamples;
  if (setting.split)
    json["split"] = {{"percent", setting.split->percent},
                     {"seed", setting.split->seed},
                     {"by_class", setting.task == Task::classification}};
  json["outputs"] = setting.outputs;
  if (!setting.classNames.empty())
    json["classes"] = setting.classNames;
  json["threads"] = setting.threads;
  return json;
}

std::vector<std::pair<const char *, double>> partsOf(const LearningSeconds &seconds) {
  return {{"kernel", seconds.kernel}, {"solve", seconds.solve}, {"predict", seconds.predict}, {"total", seconds.total}};
}

std::vector<std::string> notesOf(const SolveFacts &solve, const Setting &setting) {
  std::vector<std::string> notes;
  const RoundingError error = largestOf(solve.rounding);
  constexpr double worthSaying = 0.01;
  if (error.mean > worthSaying || error.variance.value_or(0) > worthSaying) {
    std::string text = fmt::format("the rounding of the kernel in {} may move means by {} of the targets' size",
                                   setting.precision, percent(error.mean));
    if (error.variance)
      text += fmt::format(" and variances by {} of the prior variance", percent(*error.variance));
    if (solve.betterDiagReg)
      text += fmt::format("; --diag-reg {} would keep means within 1 %", *solve.betterDiagReg);
    else
      text += "; a larger --diag-reg makes it less";
    if (setting.precision == "f32")
      text += fmt::format("; f64 (inetc --precision f64) {}",
                          percent(std::max(error.mean, error.variance.value_or(0)) * solve.roundingInF64));
    notes.push_back(text);
  }
  if (solve.negative.count > 0)
    notes.push_back(fmt::format("{} variances were below 0 by rounding, the least {:.3g}; they count as 0",
                                solve.negative.count, solve.negative.least));
  if (solve.maximumLearningRate && setting.learningRate > *solve.maximumLearningRate)
    notes.push_back(
        fmt::format("the learning rate {:g} is above {:.4g}, from which discrete gradient descent diverges; "
                    "gradient flow, which this is, has no such limit",
                    setting.learningRate, *solve.maximumLearningRate));
  const Conflicts &conflicts = solve.conflicts;
  if (conflicts.groups > 0) {
    std::string text = fmt::format("{} training examples in {} groups are equal to this network and have different "
                                   "targets, as have {} and {} (from 0)",
                                   conflicts.examples, conflicts.groups, conflicts.first.first, conflicts.first.second);
    if (!solve.dirichlet) // whose noise is another
      text += fmt::format(": a noise of variance {:.4g} (--diag-reg-absolute)", conflicts.noise);
    notes.push_back(text);
  }
  return notes;
}

void addSolve(const SolveFacts &solve, const Setting &setting, TextTable &table) {
  if (const std::optional<DirichletFacts> &dirichlet = solve.dirichlet)
    table.add("Dirichlet",
              fmt::format("alpha_eps {:g}: noise {:.4g} of an example's class, {:.4g} of the others; kernel "
                          "times {:g} (prior variance {:.4g}) by the evidence of {} examples, {:.6g} nats",
                          dirichlet->alphaEps, dirichlet->classNoise, dirichlet->otherNoise, dirichlet->scale,
                          dirichlet->scaledDiagonal, dirichlet->scaleExamples, dirichlet->evidence));
  table.add("noise", fmt::format("{:.6g}, added to the diagonal of the training kernel", solve.noise));
  if (solve.maximumLearningRate)
    table.add("learning rate", fmt::format("{:g}; discrete descent diverges from {:.4g}", setting.learningRate,
                                           *solve.maximumLearningRate));
  if (solve.steps > 0)
    table.add("integration", fmt::format("{} steps", solve.steps));
  for (const std::string &note : notesOf(solve, setting))
    table.add("note", note);
}

void addSolve(const SolveFacts &solve, const Setting &setting, Json &json) {
  json["noise"] = numberJson(solve.noise);
  if (const std::optional<DirichletFacts> &dirichlet = solve.dirichlet)
    json["dirichlet"] = {{"alpha_eps", dirichlet->alphaEps},
                         {"class_noise", dirichlet->classNoise},
                         {"other_noise", dirichlet->otherNoise},
                         {"scale", dirichlet->scale},
                         {"prior_variance", dirichlet->scaledDiagonal},
                         {"scale_examples", dirichlet->scaleExamples},
                         {"evidence", numberJson(dirichlet->evidence)}};
  const RoundingError error = largestOf(solve.rounding);
  json["rounding"] = {{"mean", numberJson(error.mean)},
                      {"variance", numberJson(error.variance)},
                      {"in_f64", numberJson(solve.roundingInF64)}};
  if (solve.maximumLearningRate)
    json["max_learning_rate"] = numberJson(solve.maximumLearningRate);
  if (solve.steps > 0)
    json["steps"] = solve.steps;
  if (solve.betterDiagReg)
    json["rounding"]["better_diag_reg"] = *solve.betterDiagReg;
  if (solve.negative.count > 0)
    json["negative_variances"] = {{"count", solve.negative.count}, {"least", solve.negative.least}};
  const Conflicts &conflicts = solve.conflicts;
  if (conflicts.equalExamples > 0)
    json["equal_examples"] = {{"count", conflicts.equalExamples},
                              {"groups_that_differ", conflicts.groups},
                              {"examples_that_differ", conflicts.examples},
                              {"noise", conflicts.noise}};
  for (const std::string &note : notesOf(solve, setting))
    json["notes"].push_back(note);
}

TextTable toText(const WrittenPrediction &prediction) {
  TextTable table;
  addSetting(prediction.setting, table);
  std::string text = prediction.path;
  for (const auto &[name, shape] : prediction.arrays)
    text += fmt::format(", {} {}", name, toString(shape));
  addSolve(prediction.solve, prediction.setting, table);
  table.add("written", text);
  if (prediction.hasVariance && !prediction.solve.dirichlet)
    table.add("variance", fmt::format("{} the noise of the targets (--diag-reg, {:.6g})",
                                      prediction.noiseInVariance ? "includes" : "without", prediction.solve.noise));
  if (!prediction.probabilities.empty())
    table.add("probabilities", prediction.probabilities);
  for (size_t time = 0; time < prediction.temperatures.size(); ++time)
    table.add("temperature" + (prediction.times.size() > 1 ? fmt::format(" (t = {:g})", prediction.times[time]) : ""),
              fmt::format("{:.4g} (fitted to {})", prediction.temperatures[time], prediction.temperaturesFrom));
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
  addSolve(prediction.solve, prediction.setting, json);
  if (prediction.hasVariance)
    json["variance_includes_noise"] = prediction.noiseInVariance;
  if (!prediction.probabilities.empty())
    json["probabilities_made_by"] = prediction.probabilities;
  if (!prediction.temperatures.empty()) {
    json["temperatures"] = prediction.temperatures;
    json["temperatures_fitted_to"] = prediction.temperaturesFrom;
  }
  json["out"] = prediction.path;
  json["seconds"] = secondsJson(partsOf(prediction.seconds));
  return json;
}

TextTable toText(const Evaluation &evaluation) {
  TextTable table;
  addSetting(evaluation.setting, table);
  addSolve(evaluation.solve, evaluation.setting, table);
  for (const Scores &scores : evaluation.scores)
    addScores(scores, evaluation.scores.size() > 1 ? fmt::format(" (t = {:g})", scores.time) : "", table);
  for (const Scores &scores : evaluation.validation)
    addValidation(scores, evaluation.scores.size() > 1 ? fmt::format(" (t = {:g})", scores.time) : "", table);
  if (evaluation.leaveOneOut)
    addScores(*evaluation.leaveOneOut, " (leave one out)", table);
  if (evaluation.evidence)
    table.add("evidence",
              fmt::format("{:.8g} nats (log marginal likelihood of the training set)", *evaluation.evidence));
  table.addSeconds(partsOf(evaluation.seconds));
  return table;
}

Json toJson(const Evaluation &evaluation) {
  const auto jsonOfTimes = [](const std::vector<Scores> &scores) {
    Json times = Json::array();
    for (const Scores &ofTime : scores)
      times.push_back(scoresJson(ofTime));
    Json json = times.back(); // of the last time
    if (times.size() > 1)
      json["times"] = times;
    return json;
  };
  Json json = settingJson(evaluation.setting);
  addSolve(evaluation.solve, evaluation.setting, json);
  json.update(jsonOfTimes(evaluation.scores));
  if (!evaluation.validation.empty())
    json["validation"] = jsonOfTimes(evaluation.validation);
  if (evaluation.evidence)
    json["evidence"] = numberJson(evaluation.evidence);
  if (evaluation.leaveOneOut) {
    json["leave_one_out"] = scoresJson(*evaluation.leaveOneOut);
    json["leave_one_out"].erase("time");
  }
  json["seconds"] = secondsJson(partsOf(evaluation.seconds));
  return json;
}

} // namespace inet
