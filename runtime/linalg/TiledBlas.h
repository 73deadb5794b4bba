// The matrix routines that all solves are made of, in tiles of our own. A tile is one call of BLAS that runs in one
// thread, the tiles are spread over the threads of the caller's TBB arena, and which tiles there are depends on the
// shapes only: the results are bit-identical for every number of threads. OpenBLAS's own threads divide sums by their
// number.
//
// Call them, and all that is made of them, inside runTiled. Matrices may be blocks of larger ones, and must not
// overlap.
#ifndef INET_RUNTIME_LINALG_TILEDBLAS_H
#define INET_RUNTIME_LINALG_TILEDBLAS_H

#include "runtime/linalg/Blas.h"
#include "runtime/linalg/Workers.h"

#include <Eigen/Core>
#include <algorithm>

namespace inet {

/// Calls function() with this many threads for the tiles, and one for each call of BLAS.
template <class Function> void runTiled(int threads, const Function &function) {
  const BlasThreads single(1);
  Workers(std::clamp(threads, 1, maximumBlasCalls)).run(function);
}

enum class Transposed { no, yes };

/// c := alpha op(a) op(b) + beta c. beta = 0 reads nothing of c.
void tiledProduct(double alpha, const Eigen::Ref<const Eigen::MatrixXd> &a, Transposed transposedA,
                  const Eigen::Ref<const Eigen::MatrixXd> &b, Transposed transposedB, double beta,
                  Eigen::Ref<Eigen::MatrixXd> c);

/// c := alpha op(a) op(a)^T + beta c in the lower triangle of c alone; the rest is neither read nor written. op is a
/// itself, or, transposed, a^T.
void tiledSquare(double alpha, const Eigen::Ref<const Eigen::MatrixXd> &a, Transposed transposed, double beta,
                 Eigen::Ref<Eigen::MatrixXd> c);

/// b := op(l)^-1 b, for l lower triangular; what is above its diagonal is not read.
void tiledSolveLeft(const Eigen::Ref<const Eigen::MatrixXd> &l, Transposed transposed, Eigen::Ref<Eigen::MatrixXd> b);

/// The lower triangle of a becomes l, with a = l l^T; the rest is neither read nor written. Returns 0, or the order of
/// the first leading minor that is not positive; NaN may pass for positive.
int64_t tiledCholesky(Eigen::Ref<Eigen::MatrixXd> a);

} // namespace inet

#endif // INET_RUNTIME_LINALG_TILEDBLAS_H
