#include "runtime/predict/Dirichlet.h"

#include "runtime/Error.h"
#include "runtime/linalg/Parts.h"
#include "runtime/linalg/TiledBlas.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numbers>

namespace inet {
namespace {

/// Examples that choose the scale: a factor of them takes some 10 ms.
constexpr int64_t maximumScaleExamples = 1000;
/// Variances are found for so many test examples at a time.
constexpr int64_t variancesAtOnce = 256;
/// Test examples whose weights say how large the rounding of all is; each costs a solve for each class.
constexpr int64_t sampledExamples = 16;

Eigen::VectorXd countsOf(const std::vector<int64_t> &labels, int64_t classes) {
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(classes);
  for (int64_t label : labels)
    ++counts(label);
  return counts;
}

/// ln of the density of N(0, L L^T) at `residual`.
double logDensity(const Cholesky &factor, const Eigen::VectorXd &residual) {
  Eigen::MatrixXd whitened = residual;
  factor.solveLower(whitened);
  const double n = static_cast<double>(residual.size());
  return -(whitened.squaredNorm() + factor.logDeterminant() + n * std::log(2 * std::numbers::pi)) / 2;
}

void liftNegative(Eigen::Ref<Eigen::VectorXd> variances, NegativeVariances &negative) {
  for (double &variance : variances)
    if (variance < 0) {
      ++negative.count;
      negative.least = std::min(negative.least, variance);
      variance = 0;
    }
}

Prediction emptyPrediction(int64_t examples, int64_t classes) {
  Prediction out;
  out.times = {std::numeric_limits<double>::infinity()};
  out.mean.emplace_back(examples, classes);
  out.outputVariance.emplace_back(examples, classes);
  out.rounding.emplace_back();
  return out;
}

void keepLarger(RoundingError &kept, const RoundingError &error) {
  kept.mean = std::max(kept.mean, error.mean);
  if (error.variance)
    kept.variance = std::max(kept.variance.value_or(0), *error.variance);
}

} // namespace

double dirichletNoise(double alpha) { return std::log1p(1 / alpha); }
double dirichletTarget(double alpha) { return std::log(alpha) - dirichletNoise(alpha) / 2; }

Eigen::VectorXd dirichletPriorMeans(const Eigen::Ref<const Eigen::VectorXd> &counts, double alphaEps) {
  const double n = counts.sum(), classes = static_cast<double>(counts.size());
  const double ofClass = dirichletTarget(alphaEps + 1), ofOthers = dirichletTarget(alphaEps);
  const Eigen::VectorXd shares = ((counts.array() + alphaEps) / (n + classes * alphaEps)).log();
  const double meanTarget = (ofClass + (classes - 1) * ofOthers) / classes;
  return shares.array() + (meanTarget - shares.mean());
}

std::vector<int64_t> leadingBalanced(const std::vector<int64_t> &classes, int64_t most) {
  std::vector<int64_t> seen(classes.empty() ? 0 : *std::max_element(classes.begin(), classes.end()) + 1, 0);
  std::vector<std::pair<int64_t, int64_t>> ranked; // how many of its class come before it, and which example it is
  for (int64_t i = 0; i < static_cast<int64_t>(classes.size()); ++i)
    ranked.emplace_back(seen[classes[i]]++, i);
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min<size_t>(ranked.size(), most));
  std::vector<int64_t> chosen;
  for (const auto &[rank, example] : ranked)
    chosen.push_back(example);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

double dirichletBytes(int64_t trainCount, int64_t testCount, int64_t classes, bool overwrite) {
  const double n = static_cast<double>(trainCount), m = static_cast<double>(testCount),
               c = static_cast<double>(classes);
  const double few = std::min<double>(n, maximumScaleExamples);
  const double block = std::max<double>(static_cast<double>(variancesAtOnce), sampledExamples);
  return sizeof(double) * ((overwrite ? 0 : n * n) + few * few + 2 * block * n + (c + 12) * n + 5 * m * c);
}

DirichletClassifier::DirichletClassifier(const TrainKernels &kernels, std::vector<int64_t> labels, int64_t classes,
                                         const PredictOptions &options)
    : train_(kernels), labels_(std::move(labels)), classes_(classes), options_(options) {
  check();
  diagonal_.resize(kernel().rows());
  for (int64_t i = 0; i < kernel().rows(); ++i) {
    diagonal_(i) = kernel()(i, i);
    if (!std::isfinite(diagonal_(i)))
      throw Error(fmt::format("the {} of the training set: entry [{}, {}] is {}", kernelName(), i, i, diagonal_(i)));
  }
  regularization_ = options_.diagReg * (options_.diagRegAbsolute ? 1 : diagonal_.mean());
  priorMeans_ = priorMeansOf(labels_);
  facts_.alphaEps = *options_.alphaEps;
  facts_.classNoise = dirichletNoise(1 + facts_.alphaEps);
  facts_.otherNoise = dirichletNoise(facts_.alphaEps);
}

void DirichletClassifier::check() const {
  const int64_t n = static_cast<int64_t>(labels_.size());
  if (!options_.alphaEps || !(*options_.alphaEps > 0) || !std::isfinite(1 / *options_.alphaEps) ||
      std::isinf(*options_.alphaEps))
    throw Error(fmt::format("alpha_eps is {}, expected a finite number > 0", options_.alphaEps.value_or(0)));
  checkDiagReg(options_);
  if (n == 0 || classes_ == 0)
    throw Error(fmt::format("{} training examples of {} classes found, expected at least one of each", n, classes_));
  for (int64_t i = 0; i < n; ++i)
    if (labels_[i] < 0 || labels_[i] >= classes_)
      throw Error(fmt::format("label [{}] is {}, expected a class from 0 to {}", i, labels_[i], classes_ - 1));
  if (kernel().rows() != n || kernel().columns() != n)
    throw Error(fmt::format("the {} of the training set is {} x {}, expected {} x {}", kernelName(), kernel().rows(),
                            kernel().columns(), n, n));
  if (train_.overwrite && (train_.overwrite != kernel().doubles() || kernel().leading() != n))
    throw Error("only the f64 kernel that is solved with can be overwritten, without gaps between its rows");
}

Eigen::VectorXd DirichletClassifier::noiseOf(const std::vector<int64_t> &labels, int64_t c, double scale) const {
  const double shared = scale * regularization_;
  return Eigen::VectorXd::NullaryExpr(static_cast<int64_t>(labels.size()), [&](Eigen::Index i) {
    return shared + (labels[i] == c ? facts_.classNoise : facts_.otherNoise);
  });
}

Eigen::VectorXd DirichletClassifier::targetsOf(const std::vector<int64_t> &labels, int64_t c) const {
  const double ofClass = dirichletTarget(1 + *options_.alphaEps), ofOthers = dirichletTarget(*options_.alphaEps);
  return Eigen::VectorXd::NullaryExpr(static_cast<int64_t>(labels.size()),
                                      [&](Eigen::Index i) { return labels[i] == c ? ofClass : ofOthers; });
}

Eigen::VectorXd DirichletClassifier::priorMeansOf(const std::vector<int64_t> &labels) const {
  return dirichletPriorMeans(countsOf(labels, classes_), *options_.alphaEps);
}

/// ln p of the targets of some training examples alone; minus infinity where there is no factor.
double DirichletClassifier::evidenceOf(const std::vector<int64_t> &examples, double scale,
                                       Eigen::Map<Eigen::MatrixXd> buffer) const {
  const int64_t n = static_cast<int64_t>(examples.size());
  std::vector<int64_t> labels;
  for (int64_t example : examples)
    labels.push_back(labels_[example]);
  const Eigen::VectorXd priorMeans = priorMeansOf(labels);
  double evidence = 0;
  for (int64_t c = 0; c < classes_; ++c) {
    const Eigen::VectorXd noise = noiseOf(labels, c, scale);
    forEachPart(n, 16, [&](Part columns) {
      for (int64_t j = columns.begin; j < columns.begin + columns.count; ++j) {
        for (int64_t i = j; i < n; ++i)
          buffer(i, j) = scale * kernel()(examples[i], examples[j]);
        buffer(j, j) += noise(j);
      }
    });
    const Cholesky factor(buffer);
    if (factor.failingMinor())
      return -std::numeric_limits<double>::infinity();
    evidence += logDensity(factor, targetsOf(labels, c).array() - priorMeans(c));
  }
  return evidence;
}

void DirichletClassifier::chooseScale() {
  runTiled(options_.threads, [&] { chooseScaleTiled(); });
}

void DirichletClassifier::chooseScaleTiled() {
  if (facts_.scaleExamples > 0)
    return;
  const std::vector<int64_t> examples = leadingBalanced(labels_, maximumScaleExamples);
  facts_.scaleExamples = static_cast<int64_t>(examples.size());
  const SquareBuffer buffer(facts_.scaleExamples);
  const auto evidence = [&](int power) { return evidenceOf(examples, std::ldexp(1.0, 2 * power), buffer.matrix()); };
  const double unit = diagonal_.mean();
  constexpr int below = 6, above = 6; // 4^-4 to 4^8 for a start at 4^2
  const int start = unit > 0 ? static_cast<int>(std::lround(2 - std::log2(unit) / 2)) : 0;
  int best = start;
  facts_.evidence = evidence(start);
  const auto climb = [&](int step, int steps) {
    for (int k = 0; k < steps; ++k) {
      const double next = evidence(best + step);
      if (!(next > facts_.evidence))
        return;
      facts_.evidence = next;
      best += step;
    }
  };
  if (unit > 0) {
    climb(1, above);
    if (best == start)
      climb(-1, below);
  }
  facts_.scale = std::ldexp(1.0, 2 * best);
  facts_.scaledDiagonal = facts_.scale * unit;
}

/// The factor of s K + noise of a class. Where it takes the place of the kernel, the other triangle keeps the kernel's
/// numbers for the next class.
Cholesky DirichletClassifier::factorize(int64_t c) {
  const int64_t n = kernel().rows();
  if (!factor_)
    factor_ = train_.overwrite ? SquareBuffer(train_.overwrite, n) : SquareBuffer(n);
  Eigen::Map<Eigen::MatrixXd> matrix = factor_.matrix();
  const double scale = facts_.scale;
  forEachPart(n, 16, [&](Part columns) {
    for (int64_t j = columns.begin; j < columns.begin + columns.count; ++j) {
      auto column = matrix.col(j).tail(n - j);
      if (train_.overwrite)
        column.tail(n - j - 1) = matrix.row(j).tail(n - j - 1).transpose();
      else
        kernel().copyRow(j, j, n - j, column.data());
      column.tail(n - j - 1) *= scale;
    }
  });
  matrix.diagonal() = scale * diagonal_ + noiseOf(labels_, c, scale);
  const Cholesky factor(matrix);
  if (!factor.failingMinor())
    return factor;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < i; ++j)
      if (const double entry = train_.overwrite ? matrix(j, i) : kernel()(i, j); !std::isfinite(entry))
        throw Error(fmt::format("the {} of the training set: entry [{}, {}] is {}", kernelName(), i, j, entry));
  throw Error(fmt::format("{} times the {} of the training set plus the noise of class {}, {:.3g} and {:.3g}, is not "
                          "positive definite to the rounding of its factorisation: nothing is left of pivot {} of {}; "
                          "use a larger diag_reg",
                          scale, kernelName(), c, facts_.classNoise, facts_.otherNoise, factor.failingMinor(), n));
}

double DirichletClassifier::roundingInF64() const {
  return roundingOf(false, kernel().rows()) / roundingOf(train_.singlePrecision, kernel().rows());
}

Prediction DirichletClassifier::predictTest(const KernelView &testTrain,
                                            const Eigen::Ref<const Eigen::VectorXd> &testDiagonal) {
  const int64_t m = testTrain.rows(), n = kernel().rows();
  if (testTrain.columns() != n)
    throw Error(fmt::format("the {} of test and training set is {} x {}, expected {} x {}", kernelName(), m,
                            testTrain.columns(), m, n));
  if (testDiagonal.size() != m)
    throw Error(fmt::format("the diagonal of the {} of the test set has {} entries, expected {}", kernelName(),
                            testDiagonal.size(), m));
  Prediction out;
  runTiled(options_.threads, [&] { out = predictTestTiled(testTrain, testDiagonal); });
  if (out.mean[0].allFinite() && out.outputVariance[0].allFinite())
    return out;
  if (const std::string found = testTrain.describeNonFinite(); !found.empty())
    throw Error(fmt::format("the {} of test and training set: {}", kernelName(), found));
  throw Error(fmt::format("the prediction is not finite: the {} is too large, or its diagonal of the test set is not "
                          "finite",
                          kernelName()));
}

Prediction DirichletClassifier::predictTestTiled(const KernelView &testTrain,
                                                 const Eigen::Ref<const Eigen::VectorXd> &testDiagonal) {
  chooseScaleTiled();
  const int64_t n = kernel().rows(), m = testTrain.rows(), sampled = std::min(m, sampledExamples);
  const double scale = facts_.scale;
  const Eigen::VectorXd prior = scale * testDiagonal;
  const Eigen::VectorXd roots = (scale * diagonal_).cwiseMax(0).cwiseSqrt();
  Prediction out = emptyPrediction(m, classes_);
  for (int64_t c = 0; c < classes_; ++c) {
    const Cholesky factor = factorize(c);
    const Eigen::MatrixXd residual = targetsOf(labels_, c).array() - priorMeans_(c);
    Eigen::MatrixXd alpha = residual, mean(m, 1);
    factor.solve(alpha);
    testTrain.multiply(alpha, 0, mean);
    out.mean[0].col(c) = scale * mean.array() + priorMeans_(c);

    Eigen::VectorXd variance = prior;
    for (int64_t begin = 0; begin < m; begin += variancesAtOnce) {
      const int64_t count = std::min(variancesAtOnce, m - begin);
      Eigen::MatrixXd a(n, count);
      testTrain.copyTransposed(begin, count, a);
      a *= scale;
      factor.solveLower(a);
      variance.segment(begin, count) -= a.colwise().squaredNorm().transpose();
    }
    liftNegative(variance, out.negative);
    out.outputVariance[0].col(c) = variance;

    Eigen::MatrixXd weights(n, sampled);
    for (int64_t i = 0; i < sampled; ++i)
      testTrain.copyTransposed(i * m / sampled, 1, weights.middleCols(i, 1));
    weights *= scale;
    factor.solve(weights);
    for (int64_t i = 0; i < sampled; ++i) {
      const int64_t row = i * m / sampled;
      keepLarger(out.rounding[0], roundingOfExample(weights.col(i), alpha, residual, roots, prior(row),
                                                    out.mean[0](row, c) - priorMeans_(c)));
    }
  }
  return out;
}

/// As Rounding.h has it, of the scaled kernel. `mean`: what the prediction differs from the prior mean by.
RoundingError DirichletClassifier::roundingOfExample(const Eigen::Ref<const Eigen::VectorXd> &weights,
                                                     const Eigen::Ref<const Eigen::MatrixXd> &alpha,
                                                     const Eigen::Ref<const RowMatrix> &residual,
                                                     const Eigen::VectorXd &roots, double prior, double mean) const {
  const double delta = roundingOf(train_.singlePrecision, kernel().rows());
  const double size = roots.cwiseProduct(weights).norm(), own = std::max(prior, 0.0);
  RoundingError error;
  error.mean = 3 * delta * std::sqrt(own + size * size) *
               amplification(alpha, residual, roots, Eigen::RowVectorXd::Constant(1, mean));
  error.variance = own > 0 ? 3 * delta * (2 * std::sqrt(own) * size + size * size) / own : 0;
  return error;
}

Prediction DirichletClassifier::predictTrain(bool leaveOneOut) {
  Prediction out;
  runTiled(options_.threads, [&] { out = predictTrainTiled(leaveOneOut); });
  return out;
}

/// With D the noise of a class and q the diagonal of A^-1, the posterior of the training set is y - D alpha and
/// D - D A^-1 D; that of an example from the others y_i - alpha_i / q_i and 1 / q_i - D_i.
Prediction DirichletClassifier::predictTrainTiled(bool leaveOneOut) {
  chooseScaleTiled();
  const Eigen::VectorXd roots = (facts_.scale * diagonal_).cwiseMax(0).cwiseSqrt();
  Prediction out = emptyPrediction(kernel().rows(), classes_);
  for (int64_t c = 0; c < classes_; ++c) {
    const Cholesky factor = factorize(c);
    const Eigen::VectorXd targets = targetsOf(labels_, c);
    const Eigen::MatrixXd residual = targets.array() - priorMeans_(c);
    const Eigen::ArrayXd noise = noiseOf(labels_, c, facts_.scale), inverse = factor.inverseDiagonal();
    Eigen::MatrixXd alpha = residual;
    factor.solve(alpha);
    Eigen::VectorXd variance = noise - noise.square() * inverse;
    if (leaveOneOut)
      variance = 1 / inverse - noise;
    liftNegative(variance, out.negative);
    out.outputVariance[0].col(c) = variance;
    const Eigen::ArrayXd residue = leaveOneOut ? Eigen::ArrayXd(1 / inverse) : noise;
    out.mean[0].col(c) = targets.array() - alpha.col(0).array() * residue;
    // The weights of the training set have norm 1 at most.
    const double delta = roundingOf(train_.singlePrecision, kernel().rows());
    const double size = std::sqrt(2 * std::max(facts_.scaledDiagonal, 0.0));
    keepLarger(out.rounding[0], {3 * delta * amplification(alpha, residual, roots) * size, std::nullopt});
  }
  return out;
}

} // namespace inet
