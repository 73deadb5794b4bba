// The covariances of a Predictor. Every one of them is written as prior + gram or product of n x m matrices, for a full
// covariance and for its diagonal alike: only the last step differs.
#include "runtime/linalg/Multiply.h"
#include "runtime/predict/Predict.h"

#include <cmath>

namespace inet {

/// out := a^T c made symmetric, or its diagonal. Symmetric it is but for rounding.
static void symmetricProduct(const Eigen::MatrixXd &a, const Eigen::MatrixXd &c, Covariance kind,
                             Eigen::Ref<Eigen::MatrixXd> out) {
  if (kind == Covariance::diagonal) {
    out.col(0) = a.cwiseProduct(c).colwise().sum().transpose();
    return;
  }
  multiplyTransposed(a, c, 0, out);
  for (int64_t j = 0; j < out.cols(); ++j)
    for (int64_t i = 0; i < j; ++i)
      out(i, j) = out(j, i) = (out(i, j) + out(j, i)) / 2;
}

/// out := a^T a, or its diagonal.
static void gramOf(const Eigen::MatrixXd &a, Covariance kind, Eigen::Ref<Eigen::MatrixXd> out) {
  if (kind == Covariance::diagonal)
    out.col(0) = a.colwise().squaredNorm().transpose();
  else
    gram(a, out);
}

/// Rows [begin, begin + count) of the covariances of all times; all rows where it is full.
void Predictor::addTestCovariance(const TestKernels &kernels, int64_t begin, int64_t count, Prediction &out) const {
  const int64_t n = y.rows();
  const KernelView &kernel = testKernel(kernels);
  Eigen::MatrixXd projected; // V^T Theta_dt
  Eigen::MatrixXd a(n, count), c(n, options.kernel == PredictKernel::ntk ? count : 0);
  if (wantsEigenvectors()) {
    projected.resize(n, count);
    kernel.copyTransposed(begin, count, a);
    multiplyTransposed(spectrum->vectors(), a, 0, projected);
  }
  for (size_t k = 0; k < options.times.size(); ++k) {
    const double time = options.times[k];
    auto result = out.covariance[k].middleRows(begin, count);
    if (std::isinf(time))
      kernel.copyTransposed(begin, count, a);
    if (options.kernel != PredictKernel::ntk) {
      // K_td f(2 tau) K_dt = A^T A, with A = L^-1 K_dt or A = f(2 tau)^(1/2) V^T K_dt.
      if (std::isinf(time))
        cholesky->solveLower(a);
      else
        a = decayWeights(regularized(), 2 * scaledTime(time)).cwiseSqrt().asDiagonal() * projected;
      gramOf(a, options.covariance, result);
      result = -result;
    } else {
      // A^T K_dd A - A^T K_dt - K_td A is the symmetric part of A^T C, C = K_dd A - 2 K_dt.
      if (std::isinf(time)) {
        cholesky->solve(a);
      } else {
        c = decayWeights(regularized(), scaledTime(time)).asDiagonal() * projected;
        multiply(spectrum->vectors(), c, 0, a);
      }
      kernels.nngp.copyTransposed(begin, count, c);
      train.nngp.multiply(a, -2, c);
      symmetricProduct(a, c, options.covariance, result);
    }
    if (options.covariance == Covariance::diagonal) {
      result += kernels.nngpTestDiagonal.segment(begin, count);
      continue;
    }
    for (int64_t j = 0; j < count; ++j)
      for (int64_t i = j; i < count; ++i) // the lower triangle twice: exactly symmetric even where the kernel is not
        result(i, j) = result(j, i) = result(i, j) + kernels.nngpTestTest(i, j);
  }
}

/// On the training set: n x n, or n x 1. With mu the eigenvalues of Theta, kappa = mu - smoothing those of the kernel
/// that is predicted, and e = exp(-tau mu), that of nngp and ntkgp is V kappa (smoothing + kappa e^2) / mu V^T, that of
/// ntk E K E with E = 1 - kappa f(tau) = V (smoothing + kappa e) / mu V^T. At infinite time, where there are no
/// eigenvectors, smoothing (1 - smoothing Theta^-1) and E = smoothing Theta^-1. The diagonal is found by blocks of
/// columns.
Eigen::MatrixXd Predictor::trainCovariance(double time, double smoothing) const {
  const int64_t n = y.rows();
  const bool full = options.covariance == Covariance::full, posterior = options.kernel != PredictKernel::ntk;
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(n, full ? n : 1);
  const bool ended = std::isinf(time);
  if (ended && smoothing == 0)
    return out;
  Eigen::ArrayXd weights, mu, kappa;
  if (!ended) {
    mu = regularized();
    kappa = mu - smoothing;
    const Eigen::ArrayXd e = (mu * -scaledTime(time)).exp();
    weights = posterior ? Eigen::ArrayXd((kappa * (smoothing + kappa * e.square()) / mu).sqrt())
                        : Eigen::ArrayXd((smoothing + kappa * e) / mu);
    weights = (mu > 0).select(weights, posterior ? 0 : 1);
  }
  const int64_t block = full ? n : 256;
  for (int64_t begin = 0; begin < n; begin += block) {
    const int64_t count = std::min(block, n - begin);
    auto result = out.middleRows(begin, count);
    Eigen::MatrixXd a(n, count);
    if (ended) {
      a.setZero();
      a.middleRows(begin, count).diagonal().setConstant(smoothing);
      cholesky->solve(a); // columns of E
    }
    if (posterior && ended) {
      if (full)
        result = smoothing * (Eigen::MatrixXd::Identity(n, n) - (a + a.transpose()) / 2);
      else
        result.col(0) = smoothing * (1 - a.middleRows(begin, count).diagonal().array());
      continue;
    }
    if (posterior) {
      a = weights.matrix().asDiagonal() * spectrum->vectors().middleRows(begin, count).transpose();
      gramOf(a, options.covariance, result);
      continue;
    }
    Eigen::MatrixXd c(n, count);
    if (!ended) {
      c = weights.matrix().asDiagonal() * spectrum->vectors().middleRows(begin, count).transpose();
      multiply(spectrum->vectors(), c, 0, a); // columns of E
    }
    train.nngp.multiply(a, 0, c);
    symmetricProduct(a, c, options.covariance, result);
  }
  return out;
}

} // namespace inet
