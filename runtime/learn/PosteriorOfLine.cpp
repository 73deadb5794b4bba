#include "runtime/learn/PosteriorOfLine.h"

#include "runtime/kernel/Variant.h"
#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/TiledBlas.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace inet {
namespace {

constexpr int64_t kGrid = 160, kMostPoints = 300;
constexpr int kDraws = 5;
constexpr size_t kMostTimes = 4; // finite ones

/// Time t has learnt a direction of eigenvalue lambda where t lambda / n is above 1; the mean of the eigenvalues is
/// that of the diagonal, the largest one may be n times as large.
std::vector<double> timesOf(const PredictOptions &options, double meanDiagonal) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> times = {0};
  for (double time : options.times)
    if (time > 0 && std::isfinite(time) && times.size() <= kMostTimes)
      times.push_back(time);
  if (times.size() == 1 && meanDiagonal > 0)
    for (double shares : {2., 100., 10000.}) {
      const double time = shares / meanDiagonal / options.learningRate;
      const double power = std::pow(10, std::floor(std::log10(time)));
      times.push_back(std::round(time / power) * power);
    }
  std::sort(times.begin(), times.end());
  times.push_back(infinity);
  return times;
}

std::vector<double> gridAbout(const std::vector<double> &x, const std::vector<double> &more) {
  double low = std::min(*std::min_element(x.begin(), x.end()), *std::min_element(more.begin(), more.end()));
  double high = std::max(*std::max_element(x.begin(), x.end()), *std::max_element(more.begin(), more.end()));
  const double room = high > low ? 0.1 * (high - low) : 1;
  std::vector<double> grid;
  for (int64_t i = 0; i < kGrid; ++i)
    grid.push_back(low - room + (high - low + 2 * room) * double(i) / double(kGrid - 1));
  return grid;
}

/// Features and targets, in units, of some of the examples.
void addPoints(const std::vector<double> &x, const Eigen::VectorXd &targets, std::vector<double> &toX,
               std::vector<double> &toY) {
  const int64_t n = int64_t(x.size()), step = (n + kMostPoints - 1) / kMostPoints;
  for (int64_t i = 0; i < n; i += step) {
    toX.push_back(x[size_t(i)]);
    toY.push_back(targets(i));
  }
}

} // namespace

std::vector<std::vector<double>> drawsOf(const Eigen::VectorXd &mean, const Eigen::MatrixXd &covariance, int count) {
  Eigen::MatrixXd vectors = covariance;
  const Eigen::VectorXd values = eigendecompose(Eigen::Map<Eigen::MatrixXd>(vectors.data(), mean.size(), mean.size()));
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> draws;
  for (int d = 0; d < count; ++d) {
    const Eigen::VectorXd z = Eigen::VectorXd::NullaryExpr(mean.size(), [&] { return normal(engine); });
    const Eigen::VectorXd draw =
        mean + vectors * values.cwiseMax(0).cwiseSqrt().asDiagonal() * (vectors.transpose() * z);
    draws.emplace_back(draw.begin(), draw.end());
  }
  return draws;
}

PosteriorOfLine posteriorOfLine(const InetProgram &program, const TrainingSet &training, RowSource &test,
                                const RowMatrix &testTargets, const PredictOptions &options, double meanDiagonal,
                                const Execution &execution) {
  PosteriorOfLine line;
  const std::vector<double> trainX = readAll(*training.x), testX = readAll(test);
  addPoints(trainX, inTargetUnits(training.targets, training).col(0), line.trainX, line.trainY);
  addPoints(testX, inTargetUnits(testTargets, training).col(0), line.testX, line.testY);
  line.x = gridAbout(trainX, testX);
  MemorySource grid("the grid", Dtype::f8, {kGrid, 1}, line.x.data());

  PredictOptions wanted = options;
  wanted.times = timesOf(options, meanDiagonal);
  wanted.covariance = chooseVariant(program).results & INET_NNGP ? Covariance::full : Covariance::none;
  Experiment experiment(program, training, wanted, execution);
  const PredictionInUnits prediction = inTargetUnits(learnAndPredict(experiment, &grid).prediction, training);
  for (size_t t = 0; t < prediction.times.size(); ++t) {
    PosteriorOfLine::AtTime at;
    at.time = prediction.times[t];
    const Eigen::VectorXd mean = prediction.mean[t].col(0);
    at.mean.assign(mean.begin(), mean.end());
    if (wanted.covariance == Covariance::full) {
      const Eigen::MatrixXd &covariance = prediction.covariance[t * size_t(prediction.covariances)];
      for (int64_t i = 0; i < kGrid; ++i)
        at.deviation.push_back(std::sqrt(std::max(0., covariance(i, i))));
      runTiled(execution.threads, [&] { at.draws = drawsOf(mean, covariance, kDraws); });
    }
    line.times.push_back(std::move(at));
  }
  return line;
}

} // namespace inet
