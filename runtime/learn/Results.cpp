#include "runtime/learn/Results.h"

#include "runtime/Stopwatch.h"
#include "runtime/kernel/Variant.h"
#include "runtime/predict/Scores.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

template <class Matrices> void requireRange(const Matrices &matrices, const char *what) {
  for (const auto &matrix : matrices)
    for (int64_t i = 0; i < matrix.rows(); ++i)
      for (int64_t c = 0; c < matrix.cols(); ++c)
        if (!std::isfinite(matrix(i, c)))
          throw Error(fmt::format("the {} of the predictions: entry [{}, {}] is {} in the units of the targets: too "
                                  "large for f64",
                                  what, i, c, matrix(i, c)));
}

/// Times the deviation twice: its square alone may leave the range of doubles.
Eigen::MatrixXd inUnits(Eigen::MatrixXd covariance, double deviation) {
  covariance *= deviation;
  const double largest = covariance.cwiseAbs().maxCoeff();
  covariance *= deviation;
  if (largest > 0 && covariance.cwiseAbs().maxCoeff() < std::numeric_limits<double>::min())
    throw Error(
        fmt::format("the covariance of the predictions is below {:g} in the units of the targets, whose standard "
                    "deviation is {:g}: too small for f64",
                    std::numeric_limits<double>::min(), deviation));
  return covariance;
}

void undoScaling(const Standardization &scaling, PredictionInUnits &prediction) {
  int64_t outputs = int64_t(scaling.mean.size());
  for (RowMatrix &mean : prediction.mean)
    for (int64_t c = 0; c < outputs; ++c)
      mean.col(c) = mean.col(c).array() * scaling.deviation[c] + scaling.mean[c];
  requireRange(prediction.mean, "mean");
  prediction.covariances = outputs;
  std::vector<Eigen::MatrixXd> scaled;
  for (Eigen::MatrixXd &covariance : prediction.covariance)
    for (int64_t c = 0; c < outputs; ++c)
      scaled.push_back(
          inUnits(c + 1 < outputs ? covariance : Eigen::MatrixXd(std::move(covariance)), scaling.deviation[c]));
  prediction.covariance = std::move(scaled);
  requireRange(prediction.covariance, "covariance");
}

Shape leadingSizes(const PredictionInUnits &prediction) {
  Shape shape;
  if (prediction.times.size() > 1)
    shape.push_back(int64_t(prediction.times.size()));
  return shape;
}

Scores scoreTime(const Prediction &prediction, size_t time, const TrainingSet &training, const RowMatrix &targets,
                 const Eigen::VectorXd &scale, double noise) {
  const RowMatrix &mean = prediction.mean[time];
  Scores scores;
  scores.time = prediction.times[time];
  scores.examples = targets.rows();
  if (training.coding.task == Task::classification) {
    scores.accuracy = accuracy(mean, targets);
    scores.correct = std::llround(*scores.accuracy * double(targets.rows()));
  } else {
    scores.rootMeanSquareError = rootMeanSquareError(mean, targets, scale);
  }
  if (prediction.covariance.empty()) {
    scores.whyNoLikelihood = "the program was compiled without nngp";
    return scores;
  }
  const Eigen::MatrixXd &covariance = prediction.covariance[time];
  Eigen::VectorXd variance = covariance.diagonal();
  if (covariance.cols() == 1)
    variance = covariance.col(0);
  scores.negativeLogLikelihood = negativeLogLikelihood(mean, variance, noise, targets, scale);
  if (!scores.negativeLogLikelihood)
    scores.whyNoLikelihood = "a predicted variance is 0 (see --diag-reg)";
  return scores;
}

} // namespace

PredictionInUnits inTargetUnits(Prediction prediction, const TrainingSet &training) {
  PredictionInUnits result{std::move(prediction.times), std::move(prediction.mean), std::move(prediction.covariance)};
  if (training.targetScaling)
    undoScaling(*training.targetScaling, result);
  return result;
}

std::vector<NamedArray> arraysOf(const PredictionInUnits &prediction, Covariance kind) {
  std::vector<NamedArray> arrays;
  Shape shape = leadingSizes(prediction);
  shape.insert(shape.end(), {prediction.mean.front().rows(), prediction.mean.front().cols()});
  NamedArray mean{"mean", Dtype::f8, shape, {}};
  for (const RowMatrix &matrix : prediction.mean)
    mean.pieces.push_back(matrix.data());
  arrays.push_back(std::move(mean));
  if (kind == Covariance::none)
    return arrays;
  shape = leadingSizes(prediction);
  if (prediction.covariances > 1)
    shape.push_back(prediction.covariances);
  shape.push_back(prediction.covariance.front().rows());
  if (kind == Covariance::full)
    shape.push_back(shape.back());
  NamedArray covariance{"cov", Dtype::f8, shape, {}};
  for (const Eigen::MatrixXd &matrix : prediction.covariance) // symmetric: columns are rows
    covariance.pieces.push_back(matrix.data());
  arrays.push_back(std::move(covariance));
  return arrays;
}

std::vector<Scores> scorePrediction(const TrainingSet &training, const RowMatrix &targets, const Prediction &prediction,
                                    double noise) {
  Eigen::VectorXd scale; // of the targets; empty: 1
  if (training.targetScaling)
    scale = Eigen::Map<const Eigen::VectorXd>(training.targetScaling->deviation.data(), targets.cols());
  std::vector<Scores> scores;
  for (size_t time = 0; time < prediction.times.size(); ++time)
    scores.push_back(scoreTime(prediction, time, training, targets, scale, noise));
  return scores;
}

Evaluation evaluate(const InetProgram &program, TrainingSet training, RowSource &test, const Labels &testLabels,
                    PredictOptions options, const Execution &execution) {
  RowMatrix targets = testTargets(testLabels, training);
  options.covariance = chooseVariant(program).results & INET_NNGP ? Covariance::diagonal : Covariance::none;
  Experiment experiment(program, std::move(training), options, execution);
  Outcome outcome = learnAndPredict(experiment, &test);
  Evaluation evaluation;
  evaluation.setting = experiment.describe(test.rows());
  std::vector<FileFacts> testFiles = factsOf(test, &testLabels);
  evaluation.setting.files.insert(evaluation.setting.files.end(), testFiles.begin(), testFiles.end());
  evaluation.scores = scorePrediction(experiment.training(), targets, outcome.prediction, outcome.noise);
  evaluation.seconds = outcome.seconds;
  return evaluation;
}

} // namespace inet
