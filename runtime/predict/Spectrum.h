// One eigendecomposition of a training kernel, from which predictions at every time and with every regularisation
// follow.
#ifndef INET_RUNTIME_PREDICT_SPECTRUM_H
#define INET_RUNTIME_PREDICT_SPECTRUM_H

#include "runtime/linalg/SquareBuffer.h"

#include <Eigen/Core>
#include <cstdint>

namespace inet {

/// Theta = V diag(values) V^T of an n x n kernel without regularisation. Where Theta is singular, rounding makes small
/// eigenvalues of either sign of what is 0. Those below the rounding are set to 0: below n eps times the largest (the
/// error of the decomposition: Golub and Van Loan, Matrix Computations, section 8.1), and below sqrt(n) 2^-23 times the
/// mean diagonal where the entries were computed in f32 (the norm of a symmetric matrix of random errors of that size).
/// A direction that the kernel does not know is then learnt at no time.
class Spectrum {
public:
  /// The lower triangle of `kernel` is read; V takes its place. Throws as eigendecompose.
  Spectrum(SquareBuffer kernel, bool singlePrecision);

  int64_t size() const { return values_.size(); }
  /// Ascending, from 0.
  const Eigen::VectorXd &values() const { return values_; }
  /// How many of them are 0.
  int64_t zeros() const { return zeros_; }
  /// Column i belongs to value i.
  Eigen::Map<Eigen::MatrixXd> vectors() const { return buffer_.matrix(); }

  /// V^T b, for n x k numbers.
  Eigen::MatrixXd rotate(const Eigen::Ref<const Eigen::MatrixXd> &b) const;
  /// V diag(weights) rotated.
  Eigen::MatrixXd combine(const Eigen::Ref<const Eigen::VectorXd> &weights,
                          const Eigen::Ref<const Eigen::MatrixXd> &rotated) const;

private:
  SquareBuffer buffer_;
  Eigen::VectorXd values_;
  int64_t zeros_ = 0;
};

/// (1 - exp(-tau value)) / value for each of the regularised eigenvalues `values`, and 0 where a value is 0: the weight
/// is then arbitrary, since the kernel does not know that direction, and 0 brings in no rounding. tau may be infinite.
Eigen::VectorXd decayWeights(const Eigen::Ref<const Eigen::VectorXd> &values, double tau);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_SPECTRUM_H
