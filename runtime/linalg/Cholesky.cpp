#include "runtime/linalg/Cholesky.h"

#include "runtime/linalg/Blas.h"

#include <cassert>
#include <limits>

namespace inet {

Cholesky::Cholesky(Eigen::Map<Eigen::MatrixXd> a) : factor(a) {
  assert(a.rows() == a.cols() && "a Cholesky factor is of a square matrix");
  const int n = blasInt(a.rows(), "the number of training examples");
  const Eigen::VectorXd diagonal = a.diagonal();
  int info = 0;
  dpotrf_("L", &n, a.data(), &n, &info);
  const double bound = (n + 1.0) * std::numeric_limits<double>::epsilon();
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
  assert(failed == 0 && b.rows() == factor.rows() && "solve needs a factor, and right-hand sides of its size");
  if (b.cols() == 0)
    return;
  const int n = blasInt(factor.rows(), "the number of training examples");
  const int columns = blasInt(b.cols(), "the number of right-hand sides");
  const int leading = blasInt(b.outerStride(), "the leading dimension");
  int info = 0;
  dpotrs_("L", &n, &columns, factor.data(), &n, b.data(), &leading, &info);
  assert(info == 0 && "dpotrs fails only on wrong arguments");
}

void Cholesky::solveLower(Eigen::Ref<Eigen::MatrixXd> b) const {
  assert(failed == 0 && b.rows() == factor.rows() && "solve needs a factor, and right-hand sides of its size");
  if (b.cols() == 0)
    return;
  const int n = blasInt(factor.rows(), "the number of training examples");
  const int columns = blasInt(b.cols(), "the number of right-hand sides");
  const int leading = blasInt(b.outerStride(), "the leading dimension");
  const double one = 1;
  dtrsm_("L", "L", "N", "N", &n, &columns, &one, factor.data(), &n, b.data(), &leading);
}

} // namespace inet
