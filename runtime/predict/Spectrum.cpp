#include "runtime/predict/Spectrum.h"

#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/Multiply.h"
#include "runtime/predict/Rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inet {

Spectrum::Spectrum(SquareBuffer kernel, bool singlePrecision) : buffer_(std::move(kernel)) {
  const double n = static_cast<double>(vectors().rows());
  const double meanDiagonal = vectors().diagonal().cwiseAbs().mean();
  values_ = eigendecompose(vectors());
  const double largest = values_.size() ? values_.cwiseAbs().maxCoeff() : 0;
  double smallest = n * std::numeric_limits<double>::epsilon() * largest;
  if (singlePrecision)
    smallest = std::max(smallest, std::sqrt(n) * entryRounding(true) * meanDiagonal);
  for (double &value : values_)
    if (value <= smallest) {
      value = 0;
      ++zeros_;
    }
}

Eigen::MatrixXd Spectrum::rotate(const Eigen::Ref<const Eigen::MatrixXd> &b) const {
  Eigen::MatrixXd rotated(b.rows(), b.cols());
  multiplyTransposed(vectors(), b, 0, rotated);
  return rotated;
}

Eigen::MatrixXd Spectrum::combine(const Eigen::Ref<const Eigen::VectorXd> &weights,
                                  const Eigen::Ref<const Eigen::MatrixXd> &rotated) const {
  Eigen::MatrixXd combined(rotated.rows(), rotated.cols());
  multiply(vectors(), weights.asDiagonal() * rotated, 0, combined);
  return combined;
}

Eigen::VectorXd decayWeights(const Eigen::Ref<const Eigen::VectorXd> &values, double tau) {
  return values.unaryExpr([tau](double value) { return value > 0 ? -std::expm1(-value * tau) / value : 0; });
}

} // namespace inet
