#include "runtime/predict/Scores.h"

#include "runtime/Error.h"
#include "runtime/predict/ClassScores.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace inet {

static void checkShapes(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &targets) {
  if (mean.rows() != targets.rows() || mean.cols() != targets.cols())
    throw Error(fmt::format("the targets are {} x {}, the predictions {} x {}", targets.rows(), targets.cols(),
                            mean.rows(), mean.cols()));
  if (mean.size() == 0)
    throw Error("there is nothing to score: no test example or no output");
}

static void checkVariance(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const Eigen::VectorXd> &variance) {
  if (variance.size() != mean.rows())
    throw Error(fmt::format("there are {} variances for {} test examples", variance.size(), mean.rows()));
}

static Eigen::VectorXd scaleOf(const Eigen::Ref<const RowMatrix> &targets, const Eigen::VectorXd &targetScale) {
  if (targetScale.size() == 0)
    return Eigen::VectorXd::Ones(targets.cols());
  if (targetScale.size() != targets.cols())
    throw Error(fmt::format("the targets have {} columns and {} scales", targets.cols(), targetScale.size()));
  return targetScale;
}

double accuracy(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &targets) {
  checkShapes(mean, targets);
  const std::vector<int64_t> predicted = largestOfRows(mean), labels = largestOfRows(targets);
  int64_t right = 0;
  for (size_t i = 0; i < labels.size(); ++i)
    right += predicted[i] == labels[i];
  return static_cast<double>(right) / static_cast<double>(mean.rows());
}

/// A score may leave the range of doubles where no prediction does.
static double requireFinite(double score, const char *what) {
  if (!std::isfinite(score))
    throw Error(fmt::format("{} is {}: the targets are too far from the predictions for f64", what, score));
  return score;
}

double rootMeanSquareError(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &targets,
                           const Eigen::VectorXd &targetScale) {
  checkShapes(mean, targets);
  const Eigen::VectorXd scale = scaleOf(targets, targetScale);
  const RowMatrix errors = (mean - targets) * scale.asDiagonal();
  const double largest = errors.cwiseAbs().maxCoeff();
  // Squares of what is not near 1 may leave the range of doubles at either end.
  const double unit = largest != 0 && std::isfinite(largest) ? std::exp2(std::ilogb(largest)) : 1;
  const double sum = (errors / unit).squaredNorm();
  return requireFinite(std::sqrt(sum / static_cast<double>(mean.size())) * unit, "the RMSE");
}

std::optional<double> negativeLogLikelihood(const Eigen::Ref<const RowMatrix> &mean,
                                            const Eigen::Ref<const Eigen::VectorXd> &variance, double noise,
                                            const Eigen::Ref<const RowMatrix> &targets,
                                            const Eigen::VectorXd &targetScale) {
  checkShapes(mean, targets);
  checkVariance(mean, variance);
  const Eigen::VectorXd scale = scaleOf(targets, targetScale);
  const double outputs = static_cast<double>(mean.cols());
  double sum = static_cast<double>(mean.rows()) * scale.array().log().sum();
  for (int64_t i = 0; i < mean.rows(); ++i) {
    const double total = std::max(variance(i), 0.0) + noise; // rounding may leave a variance of 0 below 0
    if (!(total > 0))
      return std::nullopt;
    sum +=
        (outputs * std::log(2 * std::numbers::pi * total) + (mean.row(i) - targets.row(i)).squaredNorm() / total) / 2;
  }
  return requireFinite(sum / static_cast<double>(mean.size()), "the negative log likelihood");
}

double coverage95(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const Eigen::VectorXd> &variance,
                  double noise, const Eigen::Ref<const RowMatrix> &targets) {
  checkShapes(mean, targets);
  checkVariance(mean, variance);
  constexpr double quantile = 1.959963984540054; // of the standard normal, at 0.975
  int64_t inside = 0;
  for (int64_t i = 0; i < mean.rows(); ++i) {
    const double halfWidth = quantile * std::sqrt(std::max(variance(i), 0.0) + noise);
    inside += ((mean.row(i) - targets.row(i)).array().abs() <= halfWidth).count();
  }
  return static_cast<double>(inside) / static_cast<double>(mean.size());
}

} // namespace inet
