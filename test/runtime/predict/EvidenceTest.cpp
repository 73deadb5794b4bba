// Evidence and leave-one-out against their definitions.
#include "runtime/predict/Evidence.h"
#include "test/runtime/predict/Problem.h"

#include <Eigen/LU>
#include <gtest/gtest.h>
#include <numbers>

namespace inet::testing {
namespace {

Spectrum spectrumOf(const RowMatrix &kernel) {
  SquareBuffer buffer(kernel.rows());
  buffer.matrix() = kernel;
  return Spectrum(std::move(buffer), false);
}

RowMatrix without(const RowMatrix &matrix, int64_t row) {
  RowMatrix rest(matrix.rows() - 1, matrix.cols());
  rest << matrix.topRows(row), matrix.bottomRows(matrix.rows() - row - 1);
  return rest;
}

} // namespace

TEST(Evidence, IsTheDensityOfTheTargets) {
  const Problem problem = usualProblem();
  const double noise = 0.3;
  const Eigen::MatrixXd a = problem.train.nngp + noise * Eigen::MatrixXd::Identity(40, 40);
  double want = 0;
  for (int64_t c = 0; c < 2; ++c) {
    const Eigen::VectorXd y = problem.y.col(c);
    want -= (y.dot(a.lu().solve(y)) + std::log(a.lu().determinant()) + 40 * std::log(2 * std::numbers::pi)) / 2;
  }
  const Spectrum spectrum = spectrumOf(problem.train.nngp);
  EXPECT_NEAR(logMarginalLikelihood(spectrum, spectrum.rotate(Eigen::MatrixXd(problem.y)), noise), want, 1e-10);
  PredictOptions options = optionsFor(PredictKernel::nngp, {infinity}, Covariance::none, noise);
  options.diagRegAbsolute = true;
  EXPECT_NEAR(Predictor(problem.trainViews(), problem.y, options).logMarginalLikelihood(), want, 1e-10);
}

TEST(Evidence, OfASingularKernelWithoutNoiseIsNothing) {
  const Spectrum spectrum = spectrumOf(RowMatrix::Ones(5, 5));
  EXPECT_EQ(spectrum.zeros(), 4);
  const Eigen::MatrixXd rotated = spectrum.rotate(Eigen::MatrixXd::Identity(5, 1));
  EXPECT_EQ(logMarginalLikelihood(spectrum, rotated, 0), -infinity);
  EXPECT_TRUE(std::isfinite(logMarginalLikelihood(spectrum, rotated, 1e-6)));
}

// Against 300 predictors that learn all examples but one.
TEST(LeaveOneOut, LeavesEachOut) {
  for (PredictKernel kernel : {PredictKernel::nngp, PredictKernel::ntk}) {
    const RowMatrix x = randomInputs(300, 5, 1);
    const Problem problem(x, x.topRows(1));
    PredictOptions options = optionsFor(kernel, {infinity}, Covariance::diagonal, 0.05);
    options.diagRegAbsolute = true;
    options.threads = 2;
    const LeaveOneOut found = Predictor(problem.trainViews(), problem.y, options).leaveOneOut();
    const RowMatrix &theta = kernel == PredictKernel::nngp ? problem.train.nngp : problem.train.ntk;
    const Spectrum spectrum = spectrumOf(theta);
    const LeaveOneOut bySpectrum =
        leaveOneOut(spectrum, problem.y, spectrum.rotate(Eigen::MatrixXd(problem.y)), options.diagReg);
    for (int64_t i : {0, 17, 255, 256, 299}) {
      Problem rest(without(x, i), x.row(i));
      rest.y = without(problem.y, i);
      const Prediction want = rest.predict(options);
      EXPECT_LT((found.mean.row(i) - want.mean[0]).norm(), 1e-10) << i;
      EXPECT_NEAR(found.variance(i), want.covariance[0](0, 0), 1e-10) << i;
      EXPECT_LT((bySpectrum.mean.row(i) - want.mean[0]).norm(), 1e-10) << i;
      if (kernel == PredictKernel::nngp) {
        EXPECT_NEAR(bySpectrum.variance(i), want.covariance[0](0, 0), 1e-10) << i;
      }
    }
    options.covariance = Covariance::none;
    const LeaveOneOut meansOnly = Predictor(problem.trainViews(), problem.y, options).leaveOneOut();
    EXPECT_EQ(meansOnly.variance.size(), 0);
    EXPECT_LT((meansOnly.mean - found.mean).norm(), 1e-10);
  }
}

TEST(LeaveOneOut, OfOneExampleIsThePrior) {
  const Problem problem(randomInputs(1, 5, 6), randomInputs(1, 5, 7), 1);
  const LeaveOneOut found =
      Predictor(problem.trainViews(), problem.y, optionsFor(PredictKernel::nngp, {infinity}, Covariance::diagonal, 0.5))
          .leaveOneOut();
  EXPECT_NEAR(found.mean(0, 0), 0, 1e-15);
  EXPECT_NEAR(found.variance(0), problem.train.nngp(0, 0), 1e-14);
}

} // namespace inet::testing
