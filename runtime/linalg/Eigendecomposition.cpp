#include "runtime/linalg/Eigendecomposition.h"

#include "runtime/Error.h"
#include "runtime/linalg/Blas.h"

#include <cassert>
#include <memory>
#include <string>

namespace inet {

static void checkMatrix(const Eigen::Map<Eigen::MatrixXd> &a) {
  assert(a.rows() == a.cols() && "eigenvalues are of a square matrix");
  if (a.rows() > maximumEigenSize)
    throw Error("LAPACK with 32-bit integers finds the eigenvectors of at most " + std::to_string(maximumEigenSize) +
                " training examples, found " + std::to_string(a.rows()) + "; infinite time needs none");
  for (int64_t j = 0; j < a.cols(); ++j)
    if (!a.col(j).tail(a.rows() - j).allFinite())
      throw Error("the eigenvalues of a matrix with NaN or infinite entries are undefined");
}

static Eigen::VectorXd runDsyevd(const char *vectors, Eigen::Map<Eigen::MatrixXd> a) {
  checkMatrix(a);
  const int n = static_cast<int>(a.rows());
  Eigen::VectorXd values(n);
  int info = 0, query = -1, integerWork = 0;
  double work = 0;
  dsyevd_(vectors, "L", &n, a.data(), &n, values.data(), &work, &query, &integerWork, &query, &info);
  const int workSize = static_cast<int>(work), integerWorkSize = integerWork;
  // Left uninitialised: two matrices of zeros would be written for nothing.
  std::unique_ptr<double[]> workspace(new double[workSize]);
  std::unique_ptr<int[]> integerWorkspace(new int[integerWorkSize]);
  dsyevd_(vectors, "L", &n, a.data(), &n, values.data(), workspace.get(), &workSize, integerWorkspace.get(),
          &integerWorkSize, &info);
  assert(info >= 0 && "dsyevd has no wrong arguments here");
  if (info > 0)
    throw Error(
        "the eigendecomposition of the training kernel did not converge (dsyevd: info = " + std::to_string(info) + ")");
  return values;
}

Eigen::VectorXd eigendecompose(Eigen::Map<Eigen::MatrixXd> a) { return runDsyevd("V", a); }

double smallestEigenvalue(Eigen::Map<Eigen::MatrixXd> a) { return runDsyevd("N", a)(0); }

} // namespace inet
