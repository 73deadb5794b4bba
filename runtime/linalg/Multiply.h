#ifndef INET_RUNTIME_LINALG_MULTIPLY_H
#define INET_RUNTIME_LINALG_MULTIPLY_H

#include <Eigen/Core>

namespace inet {

// Matrix products by BLAS, bit-identical for every number of threads (see TiledBlas.h). Eigen's own run on one thread,
// and EIGEN_USE_BLAS would have to be set for every file of an executable or for none.

/// out := a b + beta out, for a m x k and b k x n. beta = 0 reads nothing of out.
void multiply(const Eigen::Ref<const Eigen::MatrixXd> &a, const Eigen::Ref<const Eigen::MatrixXd> &b, double beta,
              Eigen::Ref<Eigen::MatrixXd> out);

/// out := a^T b + beta out, for a k x m and b k x n.
void multiplyTransposed(const Eigen::Ref<const Eigen::MatrixXd> &a, const Eigen::Ref<const Eigen::MatrixXd> &b,
                        double beta, Eigen::Ref<Eigen::MatrixXd> out);

/// out := a^T a, for a k x n: exactly symmetric.
void gram(const Eigen::Ref<const Eigen::MatrixXd> &a, Eigen::Ref<Eigen::MatrixXd> out);

} // namespace inet

#endif // INET_RUNTIME_LINALG_MULTIPLY_H
