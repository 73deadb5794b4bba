#include "runtime/linalg/Eigendecomposition.h"

#include "runtime/Error.h"
#include "runtime/linalg/Blas.h"
#include "runtime/linalg/Parts.h"
#include "runtime/linalg/SquareBuffer.h"
#include "runtime/linalg/Tridiagonal.h"

#include <algorithm>
#include <cassert>
#include <cmath>
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

static void checkConvergence(const char *routine, int info) {
  assert(info >= 0 && "LAPACK has no wrong arguments here");
  if (info > 0)
    throw Error("the eigendecomposition of the training kernel did not converge (" + std::string(routine) +
                ": info = " + std::to_string(info) + ")");
}

/// Divides by a power of two that brings the largest entry near 1, so that no square of an entry leaves the range;
/// returns it. Exact, but for entries that are too small beside the largest to count.
static double scaleToOne(Eigen::Map<Eigen::MatrixXd> a) {
  double largest = 0;
  for (int64_t j = 0; j < a.cols(); ++j)
    largest = std::max(largest, a.col(j).tail(a.rows() - j).cwiseAbs().maxCoeff());
  const double scale = largest > 0 ? std::exp2(std::ilogb(largest)) : 1;
  if (scale > 0x1p-300 && scale < 0x1p300)
    return 1;
  for (int64_t j = 0; j < a.cols(); ++j)
    a.col(j).tail(a.rows() - j) /= scale;
  return scale;
}

Eigen::VectorXd eigendecompose(Eigen::Map<Eigen::MatrixXd> a) {
  checkMatrix(a);
  const int n = static_cast<int>(a.rows());
  const double scale = scaleToOne(a);
  Tridiagonal tridiagonal = tridiagonalize(a);
  int info = 0, query = -1, integerSize = 0;
  double size = 0;
  const SquareBuffer vectorBuffer(n);
  Eigen::Map<Eigen::MatrixXd> vectors = vectorBuffer.matrix();
  dstedc_("I", &n, tridiagonal.diagonal.data(), tridiagonal.below.data(), vectors.data(), &n, &size, &query,
          &integerSize, &query, &info);
  {
    const int workSize = static_cast<int>(size);
    // Left uninitialised: a matrix of zeros would be written for nothing.
    const std::unique_ptr<double[]> work(new double[workSize]);
    const std::unique_ptr<int[]> integerWork(new int[integerSize]);
    dstedc_("I", &n, tridiagonal.diagonal.data(), tridiagonal.below.data(), vectors.data(), &n, work.get(), &workSize,
            integerWork.get(), &integerSize, &info);
  }
  checkConvergence("dstedc", info);
  applyReflectors(a, tridiagonal, vectors);
  forEachPart(n, 64, [&](Part columns) {
    a.middleCols(columns.begin, columns.count) = vectors.middleCols(columns.begin, columns.count);
  });
  return tridiagonal.diagonal * scale;
}

Eigen::VectorXd eigenvaluesOf(Eigen::Map<Eigen::MatrixXd> a) {
  checkMatrix(a);
  const int n = static_cast<int>(a.rows());
  const double scale = scaleToOne(a);
  Tridiagonal tridiagonal = tridiagonalize(a);
  int info = 0;
  dsterf_(&n, tridiagonal.diagonal.data(), tridiagonal.below.data(), &info);
  checkConvergence("dsterf", info);
  return tridiagonal.diagonal * scale;
}

double smallestEigenvalue(Eigen::Map<Eigen::MatrixXd> a) { return eigenvaluesOf(a)(0); }

} // namespace inet
