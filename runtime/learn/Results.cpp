#include "runtime/learn/Results.h"

#include "runtime/Stopwatch.h"
#include "runtime/kernel/Variant.h"
#include "runtime/predict/Scores.h"

#include <algorithm>
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

void scoreProbabilities(const Prediction &prediction, size_t time, const RowMatrix &targets, double noise,
                        const ScoreOptions &options, Scores &scores, RowMatrix &probabilities) {
  const RowMatrix &mean = prediction.mean[time];
  const ProbabilityOptions how = probabilityOptions(options, time);
  const RowMatrix variance = variancesOf(prediction, time, options.noise ? noise : 0);
  probabilities = logProbabilities(mean, variance, how);
  // Where classes have variances of their own the likeliest one need not be that of the largest mean.
  const RowMatrix &decisive = variance.cols() > 1 ? probabilities : mean;
  scores.accuracy = accuracy(decisive, targets);
  scores.classes = scoreClasses(probabilities, largestOfRows(decisive), largestOfRows(targets), options.bins);
  scores.correct = scores.classes->correct;
  scores.probabilities = describeProbabilitiesOf(prediction, options);
  scores.temperature = how.temperature;
  scores.temperatureFrom = options.temperaturesFrom;
  scores.noiseInProbabilities = options.noise && variance.size() != 0;
}

Scores scoreTime(const Prediction &prediction, size_t time, const TrainingSet &training, const RowMatrix &targets,
                 const Eigen::VectorXd &scale, double noise, const ScoreOptions &options, RowMatrix &probabilities) {
  const RowMatrix &mean = prediction.mean[time];
  Scores scores;
  scores.time = prediction.times[time];
  scores.examples = targets.rows();
  if (training.coding.task == Task::classification) {
    scoreProbabilities(prediction, time, targets, noise, options, scores, probabilities);
  } else {
    scores.rootMeanSquareError = rootMeanSquareError(mean, targets, scale);
  }
  if (!prediction.outputVariance.empty()) {
    scores.whyNoLikelihood = "a Dirichlet classification makes its own";
    return scores;
  }
  if (prediction.covariance.empty()) {
    scores.whyNoLikelihood = options.whyNoVariance;
    return scores;
  }
  const Eigen::VectorXd variance = variancesOf(prediction, time, 0);
  if (training.coding.task == Task::regression)
    scores.coverage95 = coverage95(mean, variance, noise, targets);
  scores.negativeLogLikelihood = negativeLogLikelihood(mean, variance, noise, targets, scale);
  if (!scores.negativeLogLikelihood)
    scores.whyNoLikelihood = "a predicted variance is 0 (see --diag-reg)";
  return scores;
}

/// Of a prediction at infinite time alone, which is one of `times`.
ScoreOptions ofInfiniteTime(ScoreOptions options, const std::vector<double> &times) {
  const auto end = std::find_if(times.begin(), times.end(), [](double time) { return std::isinf(time); });
  if (!options.temperatures.empty())
    options.temperatures = {options.temperatures[end - times.begin()]};
  return options;
}

} // namespace

ProbabilityOptions probabilityOptions(const ScoreOptions &options, size_t time) {
  ProbabilityOptions result;
  result.temperature = options.temperatures.empty() ? options.temperature : options.temperatures[time];
  result.samples = options.samples;
  result.threads = options.threads;
  return result;
}

void requireTemperatureFit(const DataSets &sets, const TrainingSet &training, const std::vector<double> &times,
                           const FlowOptions &flow, const ScoreOptions &options) {
  if (!options.fitsTemperature)
    return;
  if (training.coding.task != Task::classification)
    throw Error("--temperature auto: a regression found; a classification expected (see --task)");
  if (sets.validation) {
    (void)classesOf(*sets.validation->labels, training.coding); // throws for a class that is not in the training set
    return;
  }
  // Leave-one-out predictions then, where they mean something.
  std::string why;
  if (flow.beyondPredictor() || times.size() != 1 || !std::isinf(times.front()))
    why = "training to the end alone, with mse and without momentum, can leave out each training example instead";
  if (training.flipped)
    why = "with --flip the mirror image of a training example that is left out would be learnt";
  if (!why.empty())
    throw Error(fmt::format("--temperature auto: no validation set found; --validation-x, or three parts of --split, "
                            "expected: {}",
                            why));
}

void fitTemperatures(const DataSets &sets, Experiment &experiment, Outcome &outcome, ScoreOptions &options) {
  if (!options.fitsTemperature)
    return;
  const TrainingSet &training = experiment.training();
  if (!sets.validation && !outcome.leaveOneOut)
    outcome.leaveOneOut = experiment.leaveOneOut();
  const Prediction &fitted = sets.validation ? *outcome.validation : *outcome.leaveOneOut;
  const std::vector<int64_t> classes =
      sets.validation ? classesOf(*sets.validation->labels, training.coding) : largestOfRows(training.targets);
  options.temperaturesFrom = sets.validation ? "the validation set" : "leave-one-out predictions of the training set";
  std::vector<double> temperatures;
  for (size_t time = 0; time < fitted.times.size(); ++time)
    temperatures.push_back(fitTemperature(fitted.mean[time],
                                          variancesOf(fitted, time, options.noise ? outcome.solve.noise : 0), classes,
                                          probabilityOptions(options)));
  options.temperatures = std::move(temperatures);
}

std::string describeProbabilitiesOf(const Prediction &prediction, const ScoreOptions &options) {
  const bool dirichlet = !prediction.outputVariance.empty();
  return (dirichlet ? "Dirichlet targets; " : "") + describeProbabilities(prediction.mean.front().cols(),
                                                                          dirichlet || !prediction.covariance.empty(),
                                                                          probabilityOptions(options));
}

RowMatrix variancesOf(const Prediction &prediction, size_t time, double noise) {
  if (!prediction.outputVariance.empty())
    return prediction.outputVariance[time].array() + noise;
  if (prediction.covariance.empty())
    return {};
  const Eigen::MatrixXd &covariance = prediction.covariance[time];
  const bool diagonal = covariance.cols() == 1;
  const Eigen::VectorXd variance =
      diagonal ? Eigen::VectorXd(covariance.col(0)) : Eigen::VectorXd(covariance.diagonal());
  return variance.array() + noise;
}

void addNoise(Prediction &prediction, double noise) {
  for (Eigen::MatrixXd &covariance : prediction.covariance)
    if (covariance.cols() == 1)
      covariance.array() += noise;
    else
      covariance.diagonal().array() += noise;
}

std::vector<RowMatrix> probabilitiesOf(const Prediction &prediction, double noise, const ScoreOptions &options) {
  std::vector<RowMatrix> probabilities;
  for (size_t time = 0; time < prediction.times.size(); ++time) {
    const RowMatrix variance = variancesOf(prediction, time, options.noise ? noise : 0);
    probabilities.push_back(
        logProbabilities(prediction.mean[time], variance, probabilityOptions(options, time)).array().exp());
  }
  return probabilities;
}

PredictionInUnits inTargetUnits(Prediction prediction, const TrainingSet &training) {
  PredictionInUnits result;
  result.times = std::move(prediction.times);
  result.mean = std::move(prediction.mean);
  result.covariance = std::move(prediction.covariance);
  if (!prediction.outputVariance.empty()) {
    result.covariances = result.mean.front().cols();
    for (const RowMatrix &variance : prediction.outputVariance)
      for (int64_t c = 0; c < variance.cols(); ++c)
        result.covariance.emplace_back(variance.col(c));
  }
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
  if (kind != Covariance::none) {
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
  }
  if (!prediction.probabilities.empty()) {
    NamedArray probabilities{"probabilities", Dtype::f8, arrays.front().shape, {}};
    for (const RowMatrix &matrix : prediction.probabilities)
      probabilities.pieces.push_back(matrix.data());
    arrays.push_back(std::move(probabilities));
  }
  return arrays;
}

std::vector<Scores> scorePrediction(const TrainingSet &training, const RowMatrix &targets, const Prediction &prediction,
                                    double noise, const ScoreOptions &options, RowMatrix *lastLogProbabilities) {
  Eigen::VectorXd scale; // of the targets; empty: 1
  if (training.targetScaling)
    scale = Eigen::Map<const Eigen::VectorXd>(training.targetScaling->deviation.data(), targets.cols());
  std::vector<Scores> scores;
  RowMatrix probabilities;
  for (size_t time = 0; time < prediction.times.size(); ++time)
    scores.push_back(scoreTime(prediction, time, training, targets, scale, noise, options, probabilities));
  if (lastLogProbabilities)
    *lastLogProbabilities = std::move(probabilities);
  return scores;
}

void describeSets(const DataSets &sets, Setting &setting) {
  setting.split = sets.split;
  for (const std::optional<Examples> *set : {&sets.validation, &sets.test})
    if (*set)
      for (FileFacts &file : factsOf(*(*set)->x, (*set)->labels ? &*(*set)->labels : nullptr))
        setting.files.push_back(std::move(file));
  if (sets.validation)
    setting.validationExamples = sets.validation->x->rows();
}

Evaluation evaluate(const InetProgram &program, DataSets &&sets, PredictOptions options, const Execution &execution,
                    ScoreOptions scoring, const FlowOptions &flow, const EvaluationViewers &viewers) {
  RowSource &test = *sets.test->x;
  RowSource *validation = sets.validation ? sets.validation->x.get() : nullptr;
  requireTemperatureFit(sets, sets.training, options.times, flow, scoring);
  const RowMatrix targets = testTargets(*sets.test->labels, sets.training);
  const RowMatrix validationTargets = validation ? testTargets(*sets.validation->labels, sets.training) : RowMatrix();
  const bool hasPrior = chooseVariant(program).results & priorOf(options.kernel);
  options.covariance = hasPrior && !flow.beyondPredictor() ? Covariance::diagonal : Covariance::none;
  if (flow.beyondPredictor())
    scoring.whyNoVariance = flow.loss == Loss::mse ? "with momentum there is no variance" : "outputs are logits";
  Experiment experiment(program, std::move(sets.training), options, execution, flow);
  Outcome outcome = learnAndPredict(experiment, &test, validation, viewers.kernel);
  scoring.threads = execution.threads;
  if (scoring.leaveOneOut)
    outcome.leaveOneOut = experiment.leaveOneOut();
  fitTemperatures(sets, experiment, outcome, scoring);
  Evaluation evaluation;
  evaluation.setting = experiment.describe(test.rows());
  describeSets(sets, evaluation.setting);
  evaluation.solve = outcome.solve;
  RowMatrix probabilities;
  evaluation.scores =
      scorePrediction(experiment.training(), targets, outcome.prediction, outcome.solve.noise, scoring, &probabilities);
  if (viewers.outcome)
    viewers.outcome(experiment, outcome, targets, probabilities);
  evaluation.evidence = experiment.evidence();
  if (scoring.leaveOneOut)
    evaluation.leaveOneOut = scorePrediction(experiment.training(), experiment.training().targets, *outcome.leaveOneOut,
                                             outcome.solve.noise, ofInfiniteTime(scoring, outcome.prediction.times))
                                 .front();
  if (validation)
    evaluation.validation =
        scorePrediction(experiment.training(), validationTargets, *outcome.validation, outcome.solve.noise, scoring);
  evaluation.seconds = outcome.seconds;
  return evaluation;
}

} // namespace inet
