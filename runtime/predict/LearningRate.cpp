#include "runtime/predict/LearningRate.h"

#include "runtime/Error.h"
#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/SquareBuffer.h"
#include "runtime/linalg/TiledBlas.h"

#include <fmt/format.h>
#include <limits>

namespace inet {

double largestEigenvalue(const KernelView &kernel, int threads) {
  const int64_t n = kernel.rows();
  if (n == 0 || kernel.columns() != n)
    throw Error(fmt::format("a kernel of {} x {} entries found, expected a square one", n, kernel.columns()));
  if (const std::string found = kernel.describeNonFinite(); !found.empty())
    throw Error(fmt::format("the kernel of the training set: {}", found));
  const SquareBuffer buffer(n);
  Eigen::Map<Eigen::MatrixXd> negative = buffer.matrix();
  for (int64_t j = 0; j < n; ++j) {
    kernel.copyRow(j, j, n - j, &negative(j, j));
    negative.col(j).tail(n - j) *= -1;
  }
  double smallest = 0;
  runTiled(threads, [&] { smallest = smallestEigenvalue(negative); });
  return -smallest;
}

double maximumLearningRate(double eigenvalue, int64_t count, double momentum) {
  if (!(momentum >= 0 && momentum < 1))
    throw Error(fmt::format("the momentum is {}, expected a number from 0 to below 1", momentum));
  if (!(eigenvalue > 0))
    return std::numeric_limits<double>::infinity();
  return 2 * (1 + momentum) * static_cast<double>(count) / eigenvalue;
}

} // namespace inet
