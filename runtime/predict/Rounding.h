// What the rounding of a kernel's entries does to what is solved from it.
//
// An entry of a kernel is off by about delta sqrt(K_ii K_jj), whatever its dtype is solved in. Let A be the regularised
// kernel, alpha = A^-1 y, and w = A^-1 k the weights of the training targets in the prediction of a point with kernel
// k. To first order that mean is off by e^T alpha - w^T E alpha, for errors e of k and E of A (Higham, Accuracy and
// Stability of Numerical Algorithms, section 7.1). Taken as independent of each other, with S = diag(sqrt(K_ii)) and
// s^2 the kernel of the point with itself, their sum has the standard deviation
//
//   delta |S alpha| sqrt(s^2 + |S w|^2).
//
// The variance K_tt - k^T A^-1 k is off by e^T w and w^T E w: delta (2 s |S w| + |S w|^2); that of the ntk,
// K_tt + w^T K w - 2 w^T k, also by what w is off by: 2 delta |S u| sqrt(s^2 + |S w|^2), u = A^-1 (K w - k).
#ifndef INET_RUNTIME_PREDICT_ROUNDING_H
#define INET_RUNTIME_PREDICT_ROUNDING_H

#include <Eigen/Core>
#include <cstdint>
#include <optional>

namespace inet {

/// By how much an entry is off, over sqrt(K_ii K_jj).
constexpr double entryRounding(bool singlePrecision) { return singlePrecision ? 0x1p-23 : 0x1p-51; }

/// delta of a kernel of n examples: of its entries, 2^-23 (f32) or 2^-51 (f64), and, as if it were one more rounding of
/// them, of the solve in f64.
double roundingOf(bool singlePrecision, int64_t n);

/// Three standard deviations of the largest errors of a prediction.
struct RoundingError {
  /// In the root mean square of a column of the targets, or, far outside the training set, in the mean itself where
  /// that is larger; of the column where it is largest.
  double mean = 0;
  std::optional<double> variance; ///< in the prior variance; absent where there is no variance
};

/// The part |S alpha| of the error of a mean, over the larger of rms(y) and `mean`, of the column where it is largest;
/// 0 where both are 0. `roots`: S. alpha, y: n x outputs; mean: one number for each output, or none.
double amplification(const Eigen::Ref<const Eigen::MatrixXd> &alpha,
                     const Eigen::Ref<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> &y,
                     const Eigen::Ref<const Eigen::VectorXd> &roots, const Eigen::RowVectorXd &mean = {});

} // namespace inet

#endif // INET_RUNTIME_PREDICT_ROUNDING_H
