#ifndef INET_RUNTIME_LINALG_EIGENDECOMPOSITION_H
#define INET_RUNTIME_LINALG_EIGENDECOMPOSITION_H

#include <Eigen/Core>
#include <cstdint>

namespace inet {

/// The largest n that eigendecompose takes: the workspace of dsyevd, 1 + 6 n + 2 n^2 numbers, is counted in 32 bits.
inline constexpr int64_t maximumEigenSize = 32766;

/// A = V diag(values) V^T of a symmetric n x n matrix by LAPACK's dsyevd, in place: the lower triangle of `a` is read,
/// and V (column i belongs to value i) replaces the whole of it. Values ascend. While it runs two more n x n matrices
/// are alive, LAPACK's workspace.
/// Throws Error where n > maximumEigenSize, where the lower triangle holds NaN or infinity (LAPACK may not terminate on
/// them), and where the iteration does not converge.
Eigen::VectorXd eigendecompose(Eigen::Map<Eigen::MatrixXd> a);

/// The smallest eigenvalue of the symmetric matrix in the lower triangle of `a`, which is destroyed. Throws as
/// eigendecompose.
double smallestEigenvalue(Eigen::Map<Eigen::MatrixXd> a);

} // namespace inet

#endif // INET_RUNTIME_LINALG_EIGENDECOMPOSITION_H
