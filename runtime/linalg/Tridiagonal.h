#ifndef INET_RUNTIME_LINALG_TRIDIAGONAL_H
#define INET_RUNTIME_LINALG_TRIDIAGONAL_H

#include <Eigen/Core>

namespace inet {

/// T = Q^T A Q of a symmetric matrix, as LAPACK's dsytrd leaves it.
struct Tridiagonal {
  Eigen::VectorXd diagonal, below; ///< n and n - 1 numbers
  Eigen::VectorXd factors;         ///< n - 1 factors tau of the reflectors, whose vectors are in A
};

/// Reads the lower triangle of `a` and leaves the vectors of the reflectors of Q there, as dormtr("L") takes them.
/// Bit-identical for every number of threads (see TiledBlas.h). A column costs a product of the rest of the matrix with
/// a vector, which takes as long as memory takes to deliver it, and the other half of the work is done 32 columns at a
/// time: Dongarra, Sorensen and Hammarling, Block reduction of matrices to condensed forms for eigenvalue computations
/// (1989).
Tridiagonal tridiagonalize(Eigen::Ref<Eigen::MatrixXd> a);

/// c := Q c.
void applyReflectors(const Eigen::Ref<const Eigen::MatrixXd> &a, const Tridiagonal &tridiagonal,
                     Eigen::Ref<Eigen::MatrixXd> c);

} // namespace inet

#endif // INET_RUNTIME_LINALG_TRIDIAGONAL_H
