#include "runtime/learn/Results.h"

#include "runtime/Stopwatch.h"
#include "runtime/kernel/Variant.h"
#include "runtime/predict/Scores.h"

#include <cmath>

namespace inet {
namespace {

void undoScaling(const Standardization &scaling, PredictionInUnits &prediction) {
  int64_t outputs = int64_t(scaling.mean.size());
  for (RowMatrix &mean : prediction.mean)
    for (int64_t c = 0; c < outputs; ++c)
      mean.col(c) = mean.col(c).array() * scaling.deviation[c] + scaling.mean[c];
  prediction.covariances = outputs;
  std::vector<Eigen::MatrixXd> scaled;
  for (Eigen::MatrixXd &covariance : prediction.covariance)
    for (int64_t c = 0; c < outputs; ++c) {
      double variance = scaling.deviation[c] * scaling.deviation[c];
      if (c + 1 < outputs)
        scaled.push_back(covariance * variance);
      else
        scaled.push_back(std::move(covariance *= variance));
    }
  prediction.covariance = std::move(scaled);
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
