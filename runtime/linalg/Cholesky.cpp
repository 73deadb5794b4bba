#include "runtime/linalg/Cholesky.h"

#include "runtime/linalg/Blas.h"
#include "runtime/linalg/TiledBlas.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace inet {

Cholesky::Cholesky(Eigen::Map<Eigen::MatrixXd> a) : factor(a) {
  assert(a.rows() == a.cols() && "a Cholesky factor is of a square matrix");
  const int64_t n = blasInt(a.rows(), "the number of training examples");
  const Eigen::VectorXd diagonal = a.diagonal();
  const int64_t info = tiledCholesky(a);
  const double bound = (static_cast<double>(n) + 1) * std::numeric_limits<double>::epsilon();
  // LAPACK says where a pivot is negative, but takes NaN for a number and noise for a pivot.
  const int64_t pivots = info > 0 ? info - 1 : n;
  for (int64_t j = 0; j < pivots; ++j) {
    const double pivot = a(j, j) * a(j, j);
    if (!(pivot > bound * diagonal(j)) || !(pivot <= std::numeric_limits<double>::max())) {
      failed = j + 1;
      return;
    }
  }
  failed = info;
}

void Cholesky::solve(Eigen::Ref<Eigen::MatrixXd> b) const {
  solveLower(b);
  tiledSolveLeft(factor, Transposed::yes, b);
}

void Cholesky::solveLower(Eigen::Ref<Eigen::MatrixXd> b) const {
  assert(failed == 0 && b.rows() == factor.rows() && "solve needs a factor, and right-hand sides of its size");
  tiledSolveLeft(factor, Transposed::no, b);
}

void Cholesky::solveLeading(Eigen::Ref<Eigen::MatrixXd> b) const {
  assert(failed == 0 && b.rows() <= factor.rows() && "solve needs a factor, and right-hand sides of its size at most");
  const auto leading = factor.topLeftCorner(b.rows(), b.rows()); // the factor of the leading block
  tiledSolveLeft(leading, Transposed::no, b);
  tiledSolveLeft(leading, Transposed::yes, b);
}

double Cholesky::logDeterminant() const { return 2 * factor.diagonal().array().log().sum(); }

Eigen::VectorXd Cholesky::inverseDiagonal() const {
  assert(failed == 0 && "only a factor has an inverse");
  // [A^-1]_jj = |L^-1 e_j|^2, and L^-1 e_j is 0 above j: the trailing triangle is enough.
  const int64_t n = factor.rows(), block = 256;
  Eigen::VectorXd diagonal(n);
  for (int64_t begin = 0; begin < n; begin += block) {
    const int64_t count = std::min(block, n - begin);
    Eigen::MatrixXd columns = Eigen::MatrixXd::Identity(n - begin, count);
    tiledSolveLeft(factor.bottomRightCorner(n - begin, n - begin), Transposed::no, columns);
    diagonal.segment(begin, count) = columns.colwise().squaredNorm().transpose();
  }
  return diagonal;
}

} // namespace inet
