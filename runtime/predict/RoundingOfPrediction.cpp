// The estimate of Rounding.h for the test examples of a Predictor.
#include "runtime/predict/Predict.h"

#include <algorithm>
#include <cmath>

namespace inet {

/// Each costs a solve; the weights of some examples show how large those of all are.
static constexpr int64_t sampledExamples = 16;

/// `count` rows of a kernel at even distances, transposed: n x count.
static Eigen::MatrixXd sampledColumns(const KernelView &kernel, int64_t count) {
  Eigen::MatrixXd columns(kernel.columns(), count);
  for (int64_t i = 0; i < count; ++i)
    kernel.copyTransposed(i * kernel.rows() / count, 1, columns.middleCols(i, 1));
  return columns;
}

void Predictor::estimateRounding(const TestKernels &kernels, const Eigen::MatrixXd &solved, Prediction &out) const {
  const KernelView &kernel = testKernel(kernels);
  const int64_t m = kernel.rows(), outputs = y.cols(), count = std::min(m, sampledExamples);
  if (count == 0) {
    out.rounding.assign(options.times.size(), {});
    return;
  }
  const bool withVariance = options.covariance != Covariance::none, ntk = options.kernel == PredictKernel::ntk;
  const double delta = roundingOf(train.singlePrecision, y.rows());
  const Eigen::VectorXd roots = diagonal.cwiseMax(0).cwiseSqrt();
  const double own = std::max(diagonal.mean(), 0.0); // s^2: the kernel of a test example with itself is not at hand
  const Eigen::MatrixXd columns = sampledColumns(kernel, count);
  for (size_t k = 0; k < options.times.size(); ++k) {
    const double time = options.times[k];
    const Eigen::MatrixXd weights = applyDecay(time, columns);
    const Eigen::ArrayXd sizes = (roots.asDiagonal() * weights).colwise().norm().transpose();
    const Eigen::ArrayXd both = (own + sizes.square()).sqrt();
    RoundingError error;
    for (int64_t i = 0; i < count; ++i)
      error.mean = std::max(error.mean, 3 * delta * both(i) *
                                            amplification(solved.middleCols(static_cast<int64_t>(k) * outputs, outputs),
                                                          y, roots, out.mean[k].row(i * m / count)));
    if (withVariance) {
      Eigen::ArrayXd ofWeights = Eigen::ArrayXd::Zero(count);
      if (ntk) {
        Eigen::MatrixXd residual = sampledColumns(kernels.nngp, count);
        train.nngp.multiply(weights, -1, residual);
        ofWeights = 2 * (roots.asDiagonal() * applyDecay(time, residual)).colwise().norm().transpose().array() * both;
      }
      double largest = 0;
      for (int64_t i = 0; i < count; ++i) {
        const int64_t row = i * m / count;
        const double prior =
            options.covariance == Covariance::full ? kernels.nngpTestTest(row, row) : kernels.nngpTestDiagonal(row);
        if (!(prior > 0))
          continue;
        const double size = sizes(i) * std::sqrt(ntk && own > 0 ? prior / own : 1); // in roots of K, not of Theta
        largest = std::max(largest, (2 * std::sqrt(prior) * size + size * size + ofWeights(i)) / prior);
      }
      error.variance = 3 * delta * largest;
    }
    out.rounding.push_back(error);
  }
}

} // namespace inet
