#ifndef INET_RUNTIME_LINALG_CHOLESKY_H
#define INET_RUNTIME_LINALG_CHOLESKY_H

#include <Eigen/Core>
#include <cstdint>

namespace inet {

/// A = L L^T of a symmetric positive definite n x n matrix, in place: the lower triangle of the storage that it is
/// given becomes L, no other n x n matrix is made, and the strictly upper triangle is neither read nor written. The
/// storage must outlive the factor. Bit-identical for every number of threads (see TiledBlas.h).
class Cholesky {
public:
  /// Factors `a`, whose lower triangle holds A. Throws Error where n does not fit LAPACK's integers.
  explicit Cholesky(Eigen::Map<Eigen::MatrixXd> a);

  /// 0, or the order of the first leading minor of A that is not positive: in arithmetic, or within the rounding error
  /// of the factorisation, |A - L L^T|_jj <= (n + 1) eps A_jj (Higham, Accuracy and Stability of Numerical Algorithms,
  /// theorem 10.3). A pivot below that bound holds no correct digit, as for duplicated points without regularisation,
  /// and what is solved with it is noise. NaN and infinity in the lower triangle fail too. After a failure do not
  /// solve.
  int64_t failingMinor() const { return failed; }

  /// B := A^-1 B, for n x k numbers.
  void solve(Eigen::Ref<Eigen::MatrixXd> b) const;

  /// B := L^-1 B, for n x k numbers.
  void solveLower(Eigen::Ref<Eigen::MatrixXd> b) const;

  /// B := A_k^-1 B, for k x c numbers, with A_k the leading k x k block of A.
  void solveLeading(Eigen::Ref<Eigen::MatrixXd> b) const;

  /// ln det A.
  double logDeterminant() const;

  /// The diagonal of A^-1, n numbers: n^3 / 3 operations, and 256 columns of memory.
  Eigen::VectorXd inverseDiagonal() const;

private:
  Eigen::Map<Eigen::MatrixXd> factor;
  int64_t failed = 0;
};

} // namespace inet

#endif // INET_RUNTIME_LINALG_CHOLESKY_H
