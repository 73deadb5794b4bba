#ifndef INET_RUNTIME_LINALG_EIGENDECOMPOSITION_H
#define INET_RUNTIME_LINALG_EIGENDECOMPOSITION_H

#include <Eigen/Core>
#include <cstdint>

namespace inet {

/// The largest n that eigendecompose takes: the workspace of dstedc, 1 + 4 n + n^2 numbers, is counted in 32 bits.
inline constexpr int64_t maximumEigenSize = 46338;

/// A = V diag(values) V^T of a symmetric n x n matrix, in place: the lower triangle of `a` is read, and V (column i
/// belongs to value i) replaces the whole of it. Values ascend. While it runs two more n x n matrices are alive.
/// As LAPACK's dsyevd, in three steps: the tridiagonal form and the way back from it are our own tiles around BLAS and
/// LAPACK (TiledBlas.h says why), so that the result is bit-identical for every number of threads; the eigenvectors of
/// the tridiagonal form, some 15% of the time of one thread, are found by LAPACK's dstedc in one thread. It takes 1.0
/// to 1.3 times as long as dsyevd on as many threads (one and two, n = 1,000 and 2,000: predict_benchmark). Throws
/// Error where n > maximumEigenSize, where the lower triangle holds NaN or infinity (LAPACK may not terminate on them),
/// and where the iteration does not converge.
Eigen::VectorXd eigendecompose(Eigen::Map<Eigen::MatrixXd> a);

/// The eigenvalues, ascending, of the symmetric matrix in the lower triangle of `a`, which is destroyed: a third of the
/// operations of eigendecompose or less. Throws as eigendecompose.
Eigen::VectorXd eigenvaluesOf(Eigen::Map<Eigen::MatrixXd> a);

/// The smallest eigenvalue of the symmetric matrix in the lower triangle of `a`, which is destroyed. Throws as
/// eigendecompose.
double smallestEigenvalue(Eigen::Map<Eigen::MatrixXd> a);

} // namespace inet

#endif // INET_RUNTIME_LINALG_EIGENDECOMPOSITION_H
