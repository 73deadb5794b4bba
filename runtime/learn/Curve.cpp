#include "runtime/learn/Curve.h"

#include "runtime/Stopwatch.h"
#include "runtime/kernel/Variant.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// `count` numbers from `first` to `last`, each the same factor after the other.
std::vector<double> geometric(double first, double last, int64_t count) {
  std::vector<double> numbers;
  for (int64_t i = 0; i < count; ++i)
    numbers.push_back(count == 1 ? last : first * std::pow(last / first, double(i) / double(count - 1)));
  return numbers;
}

std::vector<double> timesFor(std::pair<double, double> scales, int64_t count) {
  const double first = scales.first / 10, last = std::min(scales.second * 10, first * 1e12);
  return geometric(first, last, count);
}

/// n, n / 2, n / 4 ..., ascending.
std::vector<int64_t> sizesFor(int64_t examples, int64_t count) {
  std::vector<int64_t> sizes;
  for (int64_t size = examples; size > 0 && int64_t(sizes.size()) < count; size /= 2)
    sizes.push_back(size);
  std::reverse(sizes.begin(), sizes.end());
  return sizes;
}

/// Operations for the variances of `examples` test examples at `times` times.
double likelihoodOperations(PredictKernel kernel, int64_t n, int64_t examples, int64_t times) {
  const double squares = kernel == PredictKernel::ntk ? 4 * double(n) * double(n) : 2 * double(n);
  return squares * double(examples) * double(times);
}

bool isCheap(double operations, int64_t n) {
  const double eigenvectors = 9 * std::pow(double(n), 3);
  return operations < std::max(0.1 * eigenvectors, 1e11);
}

/// A curve's view of the scores that `prediction` has against `targets`: a point for each time.
std::vector<CurvePoint> pointsOf(const Prediction &prediction, const RowMatrix &targets, const TrainingSet &training,
                                 double noise, const ScoreOptions &scoring) {
  std::vector<CurvePoint> points;
  const std::vector<Scores> scores = scorePrediction(training, targets, prediction, noise, scoring);
  for (size_t k = 0; k < scores.size(); ++k) {
    CurvePoint point;
    point.time = prediction.times[k];
    point.loss = (prediction.mean[k] - targets).squaredNorm() / (2 * double(targets.size()));
    point.accuracy = scores[k].accuracy;
    point.rootMeanSquareError = scores[k].rootMeanSquareError;
    point.negativeLogLikelihood =
        scores[k].classes ? scores[k].classes->negativeLogLikelihood : scores[k].negativeLogLikelihood;
    point.coverage95 = scores[k].coverage95;
    points.push_back(point);
  }
  return points;
}

CurveOfSet curveOf(const std::string &name, const Prediction &prediction, const RowMatrix &targets,
                   const TrainingSet &training, double noise, const ScoreOptions &scoring) {
  CurveOfSet curve;
  curve.name = name;
  curve.examples = targets.rows();
  curve.points = pointsOf(prediction, targets, training, noise, scoring);
  curve.end = curve.points.back();
  curve.points.pop_back();
  return curve;
}

SizeCurve sizeCurveOf(const std::string &name, LeadingPredictions leading, const std::vector<int64_t> &sizes,
                      const RowMatrix &targets, const TrainingSet &training, double noise,
                      const ScoreOptions &scoring) {
  Prediction prediction;
  prediction.times.assign(sizes.size(), infinity);
  prediction.mean = std::move(leading.mean);
  for (Eigen::VectorXd &variance : leading.variance)
    prediction.covariance.push_back(std::move(variance));
  SizeCurve curve;
  curve.name = name;
  curve.examples = targets.rows();
  curve.trainExamples = sizes;
  curve.points = pointsOf(prediction, targets, training, noise, scoring);
  return curve;
}

/// The time at which the set's likelihood, or, without one, its loss is best; the first of several.
double bestTimeOf(const CurveOfSet &curve) {
  const auto badness = [](const CurvePoint &point) { return point.negativeLogLikelihood.value_or(point.loss); };
  CurvePoint best = curve.end;
  for (auto point = curve.points.rbegin(); point != curve.points.rend(); ++point)
    if (badness(*point) <= badness(best))
      best = *point;
  return best.time;
}

/// Whether variances are computed, and a note that says why not.
bool wantsLikelihood(const InetProgram &program, const PredictOptions &options, int64_t n,
                     const std::vector<LabelledSet> &sets, const CurveOptions &curve, size_t times, std::string &note) {
  if (!(chooseVariant(program).results & INET_NNGP)) {
    note = "without variance: the program was compiled without nngp";
    return false;
  }
  if (curve.likelihood) {
    note = *curve.likelihood ? "" : "without variance, as was asked for";
    return *curve.likelihood;
  }
  int64_t examples = n;
  for (const LabelledSet &set : sets)
    examples += set.x->rows();
  if (isCheap(likelihoodOperations(options.kernel, n, examples, int64_t(times)), n))
    return true;
  note =
      "without variance, which of the ntk at every time would take longer than all else; --likelihood yes computes it";
  return false;
}

} // namespace

std::vector<LabelledSet> labelledSets(const DataSets &sets) {
  std::vector<LabelledSet> labelled;
  for (const auto &[name, set] : {std::pair("validation", &sets.validation), std::pair("test", &sets.test)})
    if (*set)
      labelled.push_back({name, (*set)->x.get(), &*(*set)->labels});
  return labelled;
}

LearningCurves findCurves(const InetProgram &program, TrainingSet training, const std::vector<LabelledSet> &sets,
                          PredictOptions options, const CurveOptions &curve, const Execution &execution) {
  const int64_t n = training.targets.rows();
  std::vector<RowMatrix> targets;
  for (const LabelledSet &set : sets)
    targets.push_back(testTargets(*set.labels, training));
  LearningCurves found;
  options.times = curve.times.empty() ? std::vector<double>(curve.points, 1.0) : curve.times;
  options.covariance = wantsLikelihood(program, options, n, sets, curve, options.times.size(), found.likelihoodNote)
                           ? Covariance::diagonal
                           : Covariance::none;
  options.times.push_back(infinity);
  ScoreOptions scoring = curve.scoring;
  scoring.threads = execution.threads;

  Experiment experiment(program, std::move(training), options, execution);
  int64_t all = 0;
  for (const LabelledSet &set : sets) {
    experiment.checkTest(*set.x);
    all += set.x->rows();
  }
  experiment.requireMemory(sets.empty() ? std::nullopt : std::optional(all));
  Stopwatch kernelTime;
  experiment.computeTrainingKernel();
  std::vector<TestSetKernels> kernels;
  for (const LabelledSet &set : sets)
    kernels.push_back(experiment.computeTestKernels(*set.x));
  found.seconds.kernel = kernelTime.seconds();
  Stopwatch solveTime;
  experiment.solve();
  if (curve.times.empty()) {
    std::vector<double> times = timesFor(experiment.timeScales(), curve.points);
    times.push_back(infinity);
    experiment.setTimes(std::move(times));
  }
  found.seconds.solve = solveTime.seconds();

  Stopwatch predictTime;
  const double noise = experiment.noise();
  const Prediction onTraining = experiment.predictTrainingSet();
  found.sets.push_back(
      curveOf("training", onTraining, experiment.training().targets, experiment.training(), noise, scoring));
  const std::vector<int64_t> sizes = sizesFor(n, curve.sizes);
  for (size_t i = 0; i < sets.size(); ++i) {
    found.sets.push_back(
        curveOf(sets[i].name, experiment.predict(kernels[i]), targets[i], experiment.training(), noise, scoring));
    if (!sizes.empty())
      found.sizes.push_back(sizeCurveOf(sets[i].name, experiment.predictLeading(kernels[i], sizes), sizes, targets[i],
                                        experiment.training(), noise, scoring));
    if (sets[i].name == "validation")
      found.bestTime = bestTimeOf(found.sets.back());
  }
  found.seconds.predict = predictTime.seconds();
  found.setting = experiment.describe(all);
  for (const LabelledSet &set : sets)
    for (FileFacts &file : factsOf(*set.x, set.labels))
      found.setting.files.push_back(std::move(file));
  found.solve = experiment.solveFacts(onTraining);
  return found;
}

} // namespace inet
