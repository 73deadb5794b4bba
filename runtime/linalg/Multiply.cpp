#include "runtime/linalg/Multiply.h"

#include "runtime/linalg/Blas.h"

#include <cassert>

namespace inet {

static void runDgemm(bool transposed, const Eigen::Ref<const Eigen::MatrixXd> &a,
                     const Eigen::Ref<const Eigen::MatrixXd> &b, double beta, Eigen::Ref<Eigen::MatrixXd> out) {
  assert((transposed ? a.cols() : a.rows()) == out.rows() && b.cols() == out.cols() &&
         (transposed ? a.rows() : a.cols()) == b.rows() && "shapes of a product");
  if (out.size() == 0)
    return;
  const int m = blasInt(out.rows(), "the number of rows of a matrix");
  const int n = blasInt(out.cols(), "the number of columns of a matrix");
  const int k = blasInt(b.rows(), "the inner size of a product");
  const int lda = blasInt(a.outerStride(), "the leading dimension of a matrix");
  const int ldb = blasInt(b.outerStride(), "the leading dimension of a matrix");
  const int ldc = blasInt(out.outerStride(), "the leading dimension of a matrix");
  const double one = 1;
  dgemm_(transposed ? "T" : "N", "N", &m, &n, &k, &one, a.data(), &lda, b.data(), &ldb, &beta, out.data(), &ldc);
}

void multiply(const Eigen::Ref<const Eigen::MatrixXd> &a, const Eigen::Ref<const Eigen::MatrixXd> &b, double beta,
              Eigen::Ref<Eigen::MatrixXd> out) {
  runDgemm(false, a, b, beta, out);
}

void multiplyTransposed(const Eigen::Ref<const Eigen::MatrixXd> &a, const Eigen::Ref<const Eigen::MatrixXd> &b,
                        double beta, Eigen::Ref<Eigen::MatrixXd> out) {
  runDgemm(true, a, b, beta, out);
}

void gram(const Eigen::Ref<const Eigen::MatrixXd> &a, Eigen::Ref<Eigen::MatrixXd> out) {
  assert(out.rows() == a.cols() && out.cols() == a.cols() && "shape of a gram matrix");
  if (out.size() == 0)
    return;
  const int n = blasInt(a.cols(), "the number of columns of a matrix");
  const int k = blasInt(a.rows(), "the inner size of a product");
  const int lda = blasInt(a.outerStride(), "the leading dimension of a matrix");
  const int ldc = blasInt(out.outerStride(), "the leading dimension of a matrix");
  const double one = 1, zero = 0;
  dsyrk_("L", "T", &n, &k, &one, a.data(), &lda, &zero, out.data(), &ldc);
  out.triangularView<Eigen::StrictlyUpper>() = out.transpose();
}

} // namespace inet
