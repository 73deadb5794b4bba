#include "runtime/predict/Rounding.h"

#include <algorithm>
#include <cmath>

namespace inet {

double roundingOf(bool singlePrecision, int64_t n) {
  return entryRounding(singlePrecision) + 0x1p-53 * std::sqrt(static_cast<double>(n));
}

double amplification(const Eigen::Ref<const Eigen::MatrixXd> &alpha,
                     const Eigen::Ref<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> &y,
                     const Eigen::Ref<const Eigen::VectorXd> &roots, const Eigen::RowVectorXd &mean) {
  double largest = 0;
  for (int64_t c = 0; c < y.cols(); ++c) {
    // stableNorm: the squares of targets may leave the range of doubles.
    double size = y.col(c).stableNorm() / std::sqrt(static_cast<double>(y.rows()));
    if (mean.size() > 0)
      size = std::max(size, std::abs(mean(c)));
    if (size > 0)
      largest = std::max(largest, roots.cwiseProduct(alpha.col(c)).stableNorm() / size);
  }
  return largest;
}

} // namespace inet
