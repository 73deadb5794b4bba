#include "runtime/linalg/Blas.h"
#include "runtime/linalg/Cholesky.h"
#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/Multiply.h"
#include "runtime/linalg/SquareBuffer.h"
#include "runtime/linalg/TiledBlas.h"

#include "runtime/Error.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <random>

namespace inet {
namespace {

using Eigen::MatrixXd;

MatrixXd randomMatrix(int64_t rows, int64_t columns, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  return MatrixXd::NullaryExpr(rows, columns, [&] { return normal(generator); });
}

/// Eigenvalues between about 0.1 n and 4.1 n.
MatrixXd positiveMatrix(int64_t n, unsigned seed) {
  const MatrixXd x = randomMatrix(n, n, seed);
  return x * x.transpose() + 0.1 * static_cast<double>(n) * MatrixXd::Identity(n, n);
}

Eigen::Map<MatrixXd> map(MatrixXd &a) { return {a.data(), a.rows(), a.cols()}; }

// The sizes step over those of our tiles, of their groups and of the leaves of a recursion.
class LinalgSizes : public ::testing::TestWithParam<int64_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, LinalgSizes, ::testing::Values(1, 2, 17, 32, 33, 64, 129, 257, 400, 700));

TEST_P(LinalgSizes, CholeskySolves) {
  const int64_t n = GetParam();
  const MatrixXd a = positiveMatrix(n, 1), b = randomMatrix(n, 3, 2);
  MatrixXd storage = a;
  storage.triangularView<Eigen::StrictlyUpper>().setConstant(7); // not to be read, not to be written
  const Cholesky cholesky(map(storage));
  ASSERT_EQ(cholesky.failingMinor(), 0);
  for (int64_t j = 1; j < n; ++j)
    EXPECT_TRUE((storage.col(j).head(j).array() == 7).all());

  MatrixXd x = b;
  cholesky.solve(x);
  // Backward stable: the residual is n roundings of |A| |x|.
  EXPECT_LT((a * x - b).norm(), 1e-16 * 10 * static_cast<double>(n) * a.norm() * x.norm() + 1e-15 * b.norm());
  MatrixXd half = b;
  cholesky.solveLower(half);
  // b^T A^-1 b two ways; the condition number is below 50.
  EXPECT_LT((half.transpose() * half - b.transpose() * x).norm(), 1e-12 * (b.transpose() * x).norm());
}

TEST_P(LinalgSizes, Eigendecomposition) {
  const int64_t n = GetParam();
  const MatrixXd a = positiveMatrix(n, 3);
  SquareBuffer buffer(n);
  buffer.matrix() = a;
  buffer.matrix().triangularView<Eigen::StrictlyUpper>().setConstant(std::nan("")); // not to be read
  const Eigen::VectorXd values = eigendecompose(buffer.matrix());
  const MatrixXd vectors = buffer.matrix();
  // Backward stable: some roundings of the norm, for each dimension.
  const double tolerance = 1e-15 * static_cast<double>(n) * a.norm();
  EXPECT_LT((vectors * values.asDiagonal() * vectors.transpose() - a).norm(), tolerance);
  EXPECT_LT((vectors.transpose() * vectors - MatrixXd::Identity(n, n)).norm(), 1e-14 * static_cast<double>(n));
  EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
  MatrixXd copy = a;
  EXPECT_NEAR(smallestEigenvalue(map(copy)), values(0), tolerance);
  copy = a;
  EXPECT_LT((eigenvaluesOf(map(copy)) - values).cwiseAbs().maxCoeff(), tolerance);
}

TEST_P(LinalgSizes, Products) {
  const int64_t n = GetParam();
  const MatrixXd a = randomMatrix(n, 5, 4), b = randomMatrix(5, 3, 5), c = randomMatrix(n, 3, 6);
  const double tolerance = 1e-15 * static_cast<double>(n + 5) * 10; // sums of n or 5 products of numbers near 1
  MatrixXd out = c;
  multiply(a, b, -2, out);
  EXPECT_LT((out - (a * b - 2 * c)).norm(), tolerance);
  MatrixXd transposed = MatrixXd::Constant(5, 3, std::nan("")); // beta = 0 does not read
  multiplyTransposed(a, c, 0, transposed);
  EXPECT_LT((transposed - a.transpose() * c).norm(), tolerance);
  MatrixXd square(5, 5);
  gram(a, square);
  EXPECT_LT((square - a.transpose() * a).norm(), tolerance);
  EXPECT_EQ(square, MatrixXd(square.transpose()));
}

TEST(Linalg, LargeProductOnSeveralThreads) {
  const int64_t n = 700;
  const MatrixXd a = randomMatrix(n, n, 7), b = randomMatrix(n, n, 8);
  MatrixXd out(n, n);
  runTiled(2, [&] { multiply(a, b, 0, out); });
  for (int64_t i = 0; i < n; i += 7)
    for (int64_t j = 0; j < n; j += 11) {
      double want = 0;
      for (int64_t k = 0; k < n; ++k)
        want += a(i, k) * b(k, j);
      ASSERT_NEAR(out(i, j), want, 1e-12); // 700 products near 1, summed in another order
    }
}

/// The bytes of all results of the routines, on so many threads.
std::vector<MatrixXd> resultsOf(int threads, int64_t n, const MatrixXd &a, const MatrixXd &b) {
  std::vector<MatrixXd> results;
  runTiled(threads, [&] {
    MatrixXd factor = a, solved = b, half = b, product(n, b.cols()), transposed(b.cols(), b.cols()),
             square(b.cols(), b.cols()), vectors = a;
    const Cholesky cholesky(map(factor));
    ASSERT_EQ(cholesky.failingMinor(), 0);
    cholesky.solve(solved);
    cholesky.solveLower(half);
    multiply(a, b, 0, product);
    multiplyTransposed(b, product, 0, transposed);
    gram(b, square);
    const Eigen::VectorXd values = eigendecompose(map(vectors));
    results = {factor, solved, half, product, transposed, square, vectors, values};
  });
  return results;
}

TEST(Linalg, ThreadsChangeNoBit) {
  for (auto [n, columns] : {std::pair{700, 10}, {1537, 300}, {301, 1}}) {
    const MatrixXd a = positiveMatrix(n, 12), b = randomMatrix(n, columns, 13);
    const std::vector<MatrixXd> expected = resultsOf(1, n, a, b);
    for (int threads : {2, 3, 5}) {
      const std::vector<MatrixXd> found = resultsOf(threads, n, a, b);
      for (size_t r = 0; r < expected.size(); ++r)
        EXPECT_EQ(found[r], expected[r]) << "result " << r << " for n = " << n << ", " << threads << " threads";
    }
  }
}

// The sums of squares of these leave the range of doubles.
TEST(Linalg, EigendecompositionOfLargeAndSmallNumbers) {
  const MatrixXd a = positiveMatrix(40, 14) / 100;
  MatrixXd reference = a;
  const Eigen::VectorXd values = eigendecompose(map(reference));
  for (double scale : {0x1p-1000, 0x1p1000}) {
    MatrixXd scaled = a * scale;
    const Eigen::VectorXd found = eigendecompose(map(scaled)) / scale;
    EXPECT_LT((found - values).cwiseAbs().maxCoeff(), 1e-15 * 40 * values(39)) << scale;
    scaled = a * scale;
    EXPECT_NEAR(smallestEigenvalue(map(scaled)) / scale, values(0), 1e-15 * 40 * values(39)) << scale;
  }
}

TEST(Linalg, CholeskyNamesTheFailingMinor) {
  MatrixXd a = positiveMatrix(60, 9);
  a(41, 41) = -1;
  EXPECT_EQ(Cholesky(map(a)).failingMinor(), 42);
}

TEST(Linalg, CholeskyRefusesPivotsOfNoise) {
  // Rank 10, and rounding: LAPACK takes it or not as the rounding falls.
  for (unsigned seed = 0; seed < 20; ++seed) {
    const MatrixXd x = randomMatrix(30, 10, seed);
    MatrixXd a = x * x.transpose();
    EXPECT_GE(Cholesky(map(a)).failingMinor(), 11) << "seed " << seed;
  }
}

TEST(Linalg, CholeskyRefusesWhatIsNotFinite) {
  for (double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
    for (auto [i, j] : {std::pair{0, 0}, {30, 30}, {30, 4}, {299, 298}}) {
      MatrixXd a = positiveMatrix(300, 10);
      a(i, j) = bad;
      EXPECT_NE(Cholesky(map(a)).failingMinor(), 0) << bad << " at " << i << ", " << j;
    }
}

TEST(Linalg, EigendecompositionRefusesWhatItCannotDo) {
  MatrixXd a = positiveMatrix(5, 11);
  a(3, 1) = std::nan("");
  EXPECT_THROW(eigendecompose(map(a)), Error);
  double one = 0;
  // Only the size is looked at.
  EXPECT_THROW(eigendecompose(Eigen::Map<MatrixXd>(&one, maximumEigenSize + 1, maximumEigenSize + 1)), Error);
}

TEST(Linalg, EigenWorkspaceStaysCountableUpToTheLimit) {
  const auto workspace = [](int64_t n) { return 1 + 4 * n + n * n; };
  EXPECT_LE(workspace(maximumEigenSize), std::numeric_limits<int>::max());
  EXPECT_GT(workspace(maximumEigenSize + 1), std::numeric_limits<int>::max());
}

TEST(Linalg, SizesThatDoNotFit) {
  EXPECT_EQ(blasInt(2147483647, "n"), 2147483647);
  EXPECT_THROW(blasInt(2147483648, "n"), Error);
  EXPECT_THROW(blasInt(-1, "n"), Error);
}

TEST(Linalg, ThreadsAreSetBack) {
  const int before = openblas_get_num_threads();
  {
    const BlasThreads threads(before + 1);
    EXPECT_EQ(openblas_get_num_threads(), before + 1);
    const BlasThreads atLeastOne(0);
    EXPECT_EQ(openblas_get_num_threads(), 1);
  }
  EXPECT_EQ(openblas_get_num_threads(), before);
}

TEST(Linalg, ThreadsOfTwoAtATime) {
  const int before = openblas_get_num_threads();
  auto first = std::make_unique<BlasThreads>(1), second = std::make_unique<BlasThreads>(1);
  first.reset(); // the first to come is the first to go
  EXPECT_EQ(openblas_get_num_threads(), 1);
  second.reset();
  EXPECT_EQ(openblas_get_num_threads(), before);
}

} // namespace
} // namespace inet
