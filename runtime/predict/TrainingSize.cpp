// What fewer training examples, or other times, would predict.
#include "runtime/linalg/Multiply.h"
#include "runtime/linalg/TiledBlas.h"
#include "runtime/predict/Predict.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {

std::pair<double, double> Predictor::timeScales() {
  solve();
  const Eigen::VectorXd values = regularized();
  const double unit = static_cast<double>(y.size()) / options.learningRate;
  const auto first = std::find_if(values.begin(), values.end(), [](double value) { return value > 0; });
  if (first == values.end())
    return {unit, unit};
  return {unit / values(values.size() - 1), unit / *first};
}

void Predictor::setTimes(std::vector<double> times) {
  const auto infinite = [](const std::vector<double> &all) {
    return std::count_if(all.begin(), all.end(), [](double time) { return std::isinf(time); });
  };
  if (times.size() != options.times.size() || infinite(times) != infinite(options.times))
    throw Error(fmt::format("{} times found, {} of them infinite; {} and {} expected", times.size(), infinite(times),
                            options.times.size(), infinite(options.times)));
  options.times = std::move(times);
  checkOptions();
}

LeadingPredictions Predictor::predictLeading(const TestKernels &kernels, const std::vector<int64_t> &sizes) {
  checkTestKernels(kernels);
  int64_t before = 0;
  for (int64_t size : sizes) {
    if (size <= before || size > y.rows())
      throw Error(fmt::format("{} training examples found after {}; more, up to {}, expected", size, before, y.rows()));
    before = size;
  }
  LeadingPredictions out;
  runTiled(options.threads, [&] { out = predictLeadingTiled(kernels, sizes); });
  return out;
}

LeadingPredictions Predictor::predictLeadingTiled(const TestKernels &kernels, const std::vector<int64_t> &sizes) {
  solveTiled();
  const KernelView &kernel = testKernel(kernels);
  const int64_t n = y.rows(), m = kernel.rows(), outputs = y.cols(), count = static_cast<int64_t>(sizes.size());
  // Zeros below the leading rows: one product with the whole kernel for all sizes.
  Eigen::MatrixXd solved = Eigen::MatrixXd::Zero(n, count * outputs);
  for (int64_t k = 0; k < count; ++k) {
    Eigen::MatrixXd leading = y.topRows(sizes[k]);
    cholesky->solveLeading(leading);
    solved.block(0, k * outputs, sizes[k], outputs) = leading;
  }
  Eigen::MatrixXd means(m, count * outputs);
  kernel.multiply(solved, 0, means);
  LeadingPredictions out;
  for (int64_t k = 0; k < count; ++k)
    out.mean.emplace_back(means.middleCols(k * outputs, outputs));
  if (options.kernel != PredictKernel::nngp || options.covariance == Covariance::none)
    return out;
  out.variance.assign(sizes.size(), Eigen::VectorXd(m));
  constexpr int64_t block = 256;
  for (int64_t begin = 0; begin < m; begin += block) {
    const int64_t size = std::min(block, m - begin);
    Eigen::MatrixXd a(n, size);
    kernel.copyTransposed(begin, size, a);
    cholesky->solveLower(a); // its leading rows are those of the leading block
    for (int64_t k = 0; k < count; ++k)
      for (int64_t i = 0; i < size; ++i) {
        const double prior = options.covariance == Covariance::full ? kernels.nngpTestTest(begin + i, begin + i)
                                                                    : kernels.nngpTestDiagonal(begin + i);
        out.variance[k](begin + i) = std::max(prior - a.col(i).head(sizes[k]).squaredNorm(), 0.0);
      }
  }
  return out;
}

} // namespace inet
