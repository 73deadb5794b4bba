#include "runtime/cli/Commands.h"

#include "runtime/cli/Experiment.h"
#include "runtime/kernel/Variant.h"
#include "runtime/predict/Scores.h"

#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

/// One time of training against the test targets.
class Scoring {
public:
  Scoring(const TrainingSet &training, const RowMatrix &targets, const Outcome &outcome)
      : classes_(training.coding.task == Task::classification), targets_(targets), outcome_(outcome) {
    if (training.targetScaling)
      scale_ = Eigen::Map<const Eigen::VectorXd>(training.targetScaling->deviation.data(), targets.cols());
  }

  Report::Json figures(size_t time) const {
    const RowMatrix &mean = outcome_.prediction.mean[time];
    Report::Json json = {{"time", timeJson(outcome_.prediction.times[time])}};
    if (classes_) {
      json["accuracy"] = accuracy(mean, targets_);
      json["correct"] = correct(mean);
    } else {
      json["rmse"] = rootMeanSquareError(mean, targets_, scale_);
    }
    std::optional<double> likelihood = logLikelihood(time);
    json["negative_log_likelihood"] = likelihood ? Report::Json(*likelihood) : Report::Json();
    return json;
  }

  void addText(size_t time, const std::string &at, Report &report) const {
    Report::Json json = figures(time);
    if (classes_)
      report.addText("accuracy" + at, fmt::format("{:.2f} % ({} of {})", 100 * json["accuracy"].get<double>(),
                                                  json["correct"].get<int64_t>(), targets_.rows()));
    else
      report.addText("RMSE" + at, fmt::format("{:.6g}", json["rmse"].get<double>()));
    const Report::Json &likelihood = json["negative_log_likelihood"];
    report.addText("negative log likelihood" + at,
                   likelihood.is_null() ? missingLikelihood() : fmt::format("{:.6g}", likelihood.get<double>()));
  }

private:
  int64_t correct(const RowMatrix &mean) const {
    return std::llround(accuracy(mean, targets_) * double(targets_.rows()));
  }

  std::optional<double> logLikelihood(size_t time) const {
    if (outcome_.prediction.covariance.empty())
      return std::nullopt;
    return negativeLogLikelihood(outcome_.prediction.mean[time], outcome_.prediction.covariance[time].col(0),
                                 outcome_.noise, targets_, scale_);
  }

  std::string missingLikelihood() const {
    return outcome_.prediction.covariance.empty() ? "none: the program was compiled without nngp"
                                                  : "none: a predicted variance is 0 (see --diag-reg)";
  }

  bool classes_;
  const RowMatrix &targets_;
  const Outcome &outcome_;
  Eigen::VectorXd scale_;
};

} // namespace

Report runEvaluate(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  const InetKernel &kernel = chooseVariant(program);
  TrainingSet training = openTrainingSet(program, arguments);
  Examples test = openLabelled(arguments.test, training.coding.task, inputShape(program));
  checkInputShape(*test.x, inputShape(program));
  RowMatrix targets = testTargets(*test.labels, training);
  PredictOptions options = arguments.predict;
  options.covariance = kernel.results & INET_NNGP ? Covariance::diagonal : Covariance::none;
  Outcome outcome = learnAndPredict(kernel, options, arguments, training, test.x.get());

  Report report;
  reportTraining(program, kernel, arguments, training, test.x->rows(), report);
  Scoring scoring(training, targets, outcome);
  size_t times = outcome.prediction.times.size();
  Report::Json all = Report::Json::array();
  for (size_t t = 0; t < times; ++t) {
    all.push_back(scoring.figures(t));
    scoring.addText(t, times > 1 ? fmt::format(" (t = {:g})", outcome.prediction.times[t]) : "", report);
  }
  for (const auto &[key, value] : all.back().items()) // of the last time
    report.addFigure(key, value);
  if (times > 1)
    report.addFigure("times", all);
  reportSeconds(outcome, total.seconds(), report);
  return report;
}

} // namespace inet
