// Options, shapes and the mean. The solves are in TrainingSolve.cpp, the covariances in PosteriorCovariance.cpp.
#include "runtime/predict/Predict.h"

#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/Multiply.h"
#include "runtime/linalg/TiledBlas.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string>

namespace inet {

/// Diagonal covariances are found for this many test examples at a time, so that no n_test x n_test matrix is formed.
static constexpr int64_t diagonalBlock = 256;

static void checkShape(const std::string &what, const KernelView &kernel, int64_t rows, int64_t columns) {
  if (!kernel.present())
    throw Error(fmt::format("the {} is missing", what));
  if (kernel.rows() != rows || kernel.columns() != columns)
    throw Error(
        fmt::format("the {} is {} x {}, expected {} x {}", what, kernel.rows(), kernel.columns(), rows, columns));
}

double predictBytes(int64_t trainCount, int64_t testCount, int64_t outputs, const PredictOptions &options,
                    bool overwrite) {
  const auto finite =
      std::count_if(options.times.begin(), options.times.end(), [](double t) { return std::isfinite(t); });
  const bool infinite = finite < static_cast<int64_t>(options.times.size());
  const double n = static_cast<double>(trainCount), m = static_cast<double>(testCount);
  const double times = static_cast<double>(options.times.size());
  const double kept = (infinite ? 1 : 0) + (finite ? 1 : 0) - (overwrite ? 1 : 0);
  // dsyevd runs before the Cholesky factor is made, so that its two matrices and that one are not there together.
  const double square = std::max(kept, finite ? 2.0 + (overwrite && !infinite ? 0 : 1) : 0.0) * n * n;
  const bool full = options.covariance == Covariance::full;
  const double columns = options.covariance == Covariance::none ? 0 : full ? m : std::min<double>(m, diagonalBlock);
  const double results = times * m * (2 * static_cast<double>(outputs) + (full ? m : 1));
  const double targets = n * static_cast<double>(outputs) * (times + 3);
  return sizeof(double) * (square + 3 * n * columns + 256 * n + results + targets);
}

Predictor::Predictor(const TrainKernels &kernels, const Eigen::Ref<const RowMatrix> &targets,
                     const PredictOptions &options)
    : train(kernels), y(targets), options(options) {
  checkOptions();
  checkTrainKernels();
  const KernelView &kernel = trainKernel();
  diagonal.resize(kernel.rows());
  for (int64_t i = 0; i < kernel.rows(); ++i) {
    diagonal(i) = kernel(i, i);
    if (!std::isfinite(diagonal(i)))
      throw Error(fmt::format("the {} of the training set: entry [{}, {}] is {}", kernelName(), i, i, diagonal(i)));
  }
  setDiagReg(options.diagReg);
}

const KernelView &Predictor::trainKernel() const {
  return options.kernel == PredictKernel::nngp ? train.nngp : train.ntk;
}

const KernelView &Predictor::testKernel(const TestKernels &kernels) const {
  return options.kernel == PredictKernel::nngp ? kernels.nngp : kernels.ntk;
}

bool Predictor::wantsCholesky() const {
  return std::any_of(options.times.begin(), options.times.end(), [](double t) { return std::isinf(t); });
}

bool Predictor::wantsEigenvectors() const {
  return std::any_of(options.times.begin(), options.times.end(), [](double t) { return std::isfinite(t); });
}

double Predictor::scaledTime(double time) const {
  // Not infinity, where the product overflows: an eigenvalue of 0 still learns nothing.
  return std::min(time * options.learningRate / static_cast<double>(y.size()), std::numeric_limits<double>::max());
}

void checkDiagReg(const PredictOptions &options) {
  if (!(options.diagReg >= 0) || std::isinf(options.diagReg))
    throw Error(fmt::format("diag_reg is {}, expected a number >= 0", options.diagReg));
}

void checkTraining(const PredictOptions &options) {
  checkDiagReg(options);
  if (!(options.learningRate > 0) || std::isinf(options.learningRate))
    throw Error(fmt::format("the learning rate is {}, expected a number > 0", options.learningRate));
  if (options.times.empty())
    throw Error("no time is given, expected at least one");
}

void Predictor::checkOptions() const {
  checkTraining(options);
  for (double time : options.times)
    if (!(time >= 0))
      throw Error(fmt::format("a time is {}, expected a number >= 0 or inf", time));
}

void Predictor::checkTrainKernels() const {
  const int64_t n = y.rows();
  if (n == 0 || y.cols() == 0)
    throw Error(fmt::format("the targets are {} x {}, expected at least one row and one column", n, y.cols()));
  for (int64_t i = 0; i < n; ++i)
    for (int64_t c = 0; c < y.cols(); ++c)
      if (!std::isfinite(y(i, c)))
        throw Error(fmt::format("target [{}, {}] is {}, expected a finite number", i, c, y(i, c)));
  if (options.kernel != PredictKernel::nngp)
    checkShape("ntk of the training set", train.ntk, n, n);
  if (needsNngp())
    checkShape("nngp of the training set", train.nngp, n, n);
  if (train.overwrite && (train.overwrite != trainKernel().doubles() || trainKernel().leading() != n))
    throw Error("only the f64 kernel that is solved with can be overwritten, without gaps between its rows");
  if (wantsEigenvectors() && n > maximumEigenSize)
    throw Error(
        fmt::format("finite times need eigenvectors, which LAPACK finds for at most {} training examples, found "
                    "{}; use time inf",
                    maximumEigenSize, n));
}

void Predictor::checkTestKernels(const TestKernels &kernels) const {
  const int64_t m = testKernel(kernels).rows(), n = y.rows();
  if (options.kernel != PredictKernel::nngp)
    checkShape("ntk of test and training set", kernels.ntk, m, n);
  if (needsNngp())
    checkShape("nngp of test and training set", kernels.nngp, m, n);
  if (options.covariance == Covariance::full && m > 0)
    checkShape(fmt::format("{} of the test set", priorName()), kernels.nngpTestTest, m, m);
  if (options.covariance == Covariance::diagonal && kernels.nngpTestDiagonal.size() != m)
    throw Error(fmt::format("the diagonal of the {} of the test set has {} entries, expected {}", priorName(),
                            kernels.nngpTestDiagonal.size(), m));
}

/// Throws where a result is not finite: a NaN or an infinity of a kernel always reaches the results, so that the
/// kernels need not be read once more to look for them.
static void checkFinite(const Prediction &prediction, const KernelView &trainNngp, const TestKernels &kernels,
                        const std::string &priorName) {
  const auto finite = [](const auto &matrices) {
    return std::all_of(matrices.begin(), matrices.end(), [](const auto &m) { return m.allFinite(); });
  };
  if (finite(prediction.mean) && finite(prediction.covariance))
    return;
  for (auto [name, kernel] : {std::pair{std::string("nngp of test and training set"), &kernels.nngp},
                              {"ntk of test and training set", &kernels.ntk},
                              {priorName + " of the test set", &kernels.nngpTestTest},
                              {"nngp of the training set", &trainNngp}})
    if (const std::string found = kernel->describeNonFinite(); !found.empty())
      throw Error(fmt::format("the {}: {}", name, found));
  throw Error("the prediction is not finite: a kernel or the targets are too large, or the diagonal of the " +
              priorName + " is not finite");
}

Prediction Predictor::predictTest(const TestKernels &kernels) {
  checkTestKernels(kernels);
  Prediction out;
  runTiled(options.threads, [&] { out = predictTestTiled(kernels); });
  return out;
}

Prediction Predictor::predictTrain() {
  Prediction out;
  runTiled(options.threads, [&] { out = predictTrainTiled(false); });
  return out;
}

Prediction Predictor::predictNoisyTargets() {
  Prediction out;
  runTiled(options.threads, [&] { out = predictTrainTiled(true); });
  return out;
}

/// Rounding may leave a variance of nearly 0 below it.
static void liftNegativeVariances(Prediction &out, Covariance kind) {
  for (Eigen::MatrixXd &covariance : out.covariance)
    for (int64_t i = 0; i < covariance.rows(); ++i) {
      double &variance = covariance(i, kind == Covariance::full ? i : 0);
      if (!(variance < 0))
        continue;
      ++out.negative.count;
      out.negative.least = std::min(out.negative.least, variance);
      variance = 0;
    }
}

Prediction Predictor::predictTestTiled(const TestKernels &kernels) {
  solveTiled();
  const int64_t m = testKernel(kernels).rows(), outputs = y.cols();
  const int64_t times = static_cast<int64_t>(options.times.size());

  Prediction out;
  out.times = options.times;
  Eigen::MatrixXd means(m, times * outputs); // of all times at once: the test-train kernel is read once
  const Eigen::MatrixXd solved = solvedTargets();
  testKernel(kernels).multiply(solved, 0, means);
  for (int64_t k = 0; k < times; ++k)
    out.mean.emplace_back(means.middleCols(k * outputs, outputs));

  if (options.covariance != Covariance::none) {
    const bool full = options.covariance == Covariance::full;
    out.covariance.assign(options.times.size(), Eigen::MatrixXd(m, full ? m : 1));
    const int64_t block = full ? m : diagonalBlock;
    for (int64_t begin = 0; begin < m; begin += block)
      addTestCovariance(kernels, begin, std::min(block, m - begin), out);
  }
  checkFinite(out, train.nngp, kernels, priorName());
  liftNegativeVariances(out, options.covariance);
  estimateRounding(kernels, solved, out);
  return out;
}

Prediction Predictor::predictTrainTiled(bool noisy) {
  chooseDiagReg();
  if (wantsEigenvectors())
    findEigenvectors();
  // With noise the targets are returned as they are at infinite time, whether or not there is a factor.
  if (wantsCholesky() && !noisy)
    factorize();
  // What the kernel of the predicted examples lacks of the regularised one.
  const double smoothing = noisy ? 0 : regularization;
  Prediction out;
  out.times = options.times;
  for (double time : options.times) {
    if (std::isinf(time)) {
      RowMatrix mean = y;
      if (!noisy) {
        const Eigen::MatrixXd alpha = applyDecay(time, Eigen::MatrixXd(y));
        mean -= smoothing * alpha;
        out.rounding.push_back({meanRounding(alpha), std::nullopt});
      }
      out.mean.push_back(std::move(mean));
    } else {
      const Eigen::VectorXd values = regularized(), decayed = decayWeights(values, scaledTime(time));
      out.mean.emplace_back(spectrum->combine((values.array() - smoothing) * decayed.array(), rotatedTargets));
      out.rounding.push_back({meanRounding(spectrum->combine(decayed, rotatedTargets)), std::nullopt});
    }
    if (options.covariance != Covariance::none)
      out.covariance.push_back(trainCovariance(time, smoothing));
  }
  checkFinite(out, train.nngp, {}, priorName());
  liftNegativeVariances(out, options.covariance);
  return out;
}

} // namespace inet
