#include "runtime/predict/LearningRate.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/predict/ClosedFormKernels.h"

#include <limits>

namespace inet::testing {
namespace {

/// A symmetric matrix with these eigenvalues.
RowMatrix withEigenvalues(const Eigen::VectorXd &values) {
  const auto n = values.size();
  const Eigen::VectorXd direction = Eigen::VectorXd::LinSpaced(n, 1, 2).normalized();
  const Eigen::MatrixXd reflection = Eigen::MatrixXd::Identity(n, n) - 2 * direction * direction.transpose();
  const Eigen::MatrixXd product = reflection * values.asDiagonal() * reflection;
  return (product + product.transpose()) / 2;
}

} // namespace

TEST(LargestEigenvalue, OfEverySize) {
  for (int n : {1, 2, 3, 5, 19, 20, 21, 150})
    for (double scale : {1.0, 1e-250, 1e250}) {
      const Eigen::VectorXd values = Eigen::VectorXd::LinSpaced(n, 0.5, 3) * scale; // hard: no gap
      const RowMatrix kernel = withEigenvalues(values);
      EXPECT_NEAR(largestEigenvalue(KernelView(kernel), 1), values(n - 1), 1e-12 * values(n - 1)) << n;
      EXPECT_EQ(largestEigenvalue(KernelView(kernel), 3), largestEigenvalue(KernelView(kernel), 1));
    }
}

TEST(LargestEigenvalue, OfRepeatedEigenvalues) {
  const RowMatrix identity = RowMatrix::Identity(50, 50), ones = RowMatrix::Ones(50, 50);
  EXPECT_NEAR(largestEigenvalue(KernelView(identity), 1), 1, 1e-13);
  EXPECT_NEAR(largestEigenvalue(KernelView(ones), 1), 50, 1e-12);
  const RowMatrix zeros = RowMatrix::Zero(50, 50);
  EXPECT_EQ(largestEigenvalue(KernelView(zeros), 1), 0);
}

TEST(MaximumLearningRate, IsWhereDiscreteDescentBeginsToDiverge) {
  const RowMatrix kernel = withEigenvalues(Eigen::VectorXd::LinSpaced(12, 0.1, 7));
  const double outputs = 3;
  for (double momentum : {0.0, 0.9})
    for (double factor : {0.99, 1.01}) {
      const double eta = factor * maximumLearningRate(7, int64_t(12 * outputs), momentum);
      Eigen::VectorXd f = Eigen::VectorXd::Ones(12), velocity = Eigen::VectorXd::Zero(12);
      for (int step = 0; step < 4000; ++step) {
        velocity = momentum * velocity - eta / (12 * outputs) * kernel * f;
        f += velocity;
      }
      if (factor < 1)
        EXPECT_LT(f.norm(), 1);
      else
        EXPECT_GT(f.norm(), 1e10);
    }
}

TEST(MaximumLearningRate, OfOddNumbers) {
  EXPECT_EQ(maximumLearningRate(0, 4, 0), std::numeric_limits<double>::infinity());
  EXPECT_ERROR(maximumLearningRate(3, 4, 1), "the momentum is 1, expected a number from 0");
}

TEST(LargestEigenvalue, RefusesWhatIsNoKernel) {
  RowMatrix kernel = RowMatrix::Ones(4, 4);
  EXPECT_ERROR(largestEigenvalue(KernelView(RowMatrix(4, 3)), 1),
               "a kernel of 4 x 3 entries found, expected a square one");
  kernel(1, 2) = kernel(2, 1) = std::nan("");
  EXPECT_ERROR(largestEigenvalue(KernelView(kernel), 1), "entry [1, 2] is nan");
  const RowMatrix one = RowMatrix::Constant(1, 1, std::nan(""));
  EXPECT_ERROR(largestEigenvalue(KernelView(one), 1), "entry [0, 0] is nan");
}

} // namespace inet::testing
