// What the rounding of a kernel does to predictions, and what is said of it.
#include "runtime/predict/Predict.h"
#include "test/runtime/predict/Problem.h"

#include <gtest/gtest.h>

namespace inet::testing {
namespace {

RowMatrix roundedToFloat(const RowMatrix &matrix) { return matrix.cast<float>().cast<double>(); }

/// The same problem as a program in f32 would see it.
Problem inSinglePrecision(Problem problem) {
  for (KernelPair *pair : {&problem.train, &problem.testTrain, &problem.testTest}) {
    pair->nngp = roundedToFloat(pair->nngp);
    pair->ntk = roundedToFloat(pair->ntk);
  }
  return problem;
}

Predictor predictorOf(const Problem &problem, const PredictOptions &options, bool singlePrecision) {
  TrainKernels views = problem.trainViews();
  views.singlePrecision = singlePrecision;
  return Predictor(views, problem.y, options);
}

double largestDifference(const RowMatrix &a, const RowMatrix &b) { return (a - b).cwiseAbs().maxCoeff(); }

class Rounding : public ::testing::TestWithParam<PredictKernel> {};
INSTANTIATE_TEST_SUITE_P(Kernels, Rounding, ::testing::Values(PredictKernel::nngp, PredictKernel::ntk),
                         [](const auto &info) { return info.param == PredictKernel::nngp ? "nngp" : "ntk"; });

} // namespace

// Against f64: the estimate is no smaller than the error, and not far above it.
TEST_P(Rounding, EstimatesBoundTheErrors) {
  for (Network net : {network, Network{Nonlinearity::erf, 3, 1.5L, 0.5L}})
    for (int64_t features : {1, 5, 20})
      for (double diagReg : {1e-6, 1e-4, 1e-2, 1.0})
        for (double time : {30.0, 1e6, infinity}) {
          const Problem exact(randomInputs(60, features, 1), randomInputs(40, features, 2), 2, net);
          const Problem rounded = inSinglePrecision(exact);
          const PredictOptions options = optionsFor(GetParam(), {time}, Covariance::diagonal, diagReg);
          const Prediction want = predictorOf(exact, options, false).predictTest(exact.testViews());
          Prediction got;
          try {
            got = predictorOf(rounded, options, true).predictTest(rounded.testViews());
          } catch (const NotPositiveDefinite &) {
            continue;
          }
          const double size = exact.y.col(0).norm() / std::sqrt(60.0);
          const double error = largestDifference(got.mean[0], want.mean[0]) / size;
          EXPECT_LE(error, got.rounding[0].mean) << features << ", " << diagReg << ", " << time;
          EXPECT_GE(error, got.rounding[0].mean / 2000) << features << ", " << diagReg << ", " << time;
          const double ofVariance =
              ((got.covariance[0] - want.covariance[0]).array() / exact.testTest.nngp.diagonal().array())
                  .abs()
                  .maxCoeff();
          EXPECT_LE(ofVariance, *got.rounding[0].variance) << features << ", " << diagReg << ", " << time;
        }
}

// An exact solve of what the message recommends is what comes out, to 1%.
TEST_P(Rounding, AdviceGivesWhatThatRegularisationMeans) {
  const Network smooth = {Nonlinearity::erf, 3, 1.5L, 0.5L};
  const Problem exact(randomInputs(80, 1, 1), randomInputs(50, 1, 2), 1, smooth);
  const Problem rounded = inSinglePrecision(exact);
  PredictOptions options = optionsFor(GetParam(), {infinity}, Covariance::none, 0);
  try {
    predictorOf(rounded, options, true).predictTest(rounded.testViews());
    FAIL() << "80 points on a line have no Cholesky factor in f32";
  } catch (const NotPositiveDefinite &error) {
    options.diagReg = error.sufficientDiagReg.value();
  }
  const Prediction got = predictorOf(rounded, options, true).predictTest(rounded.testViews());
  const Prediction want = predictorOf(exact, options, false).predictTest(exact.testViews());
  EXPECT_LT(largestDifference(got.mean[0], want.mean[0]), 0.01 * exact.y.norm() / std::sqrt(80.0));
}

TEST_P(Rounding, AutomaticDiagRegKeepsItOut) {
  for (bool singlePrecision : {false, true})
    for (double time : {1e5, infinity}) {
      Problem problem(randomInputs(80, 1, 1), randomInputs(50, 1, 2), 1, {Nonlinearity::erf, 3, 1.5L, 0.5L});
      if (singlePrecision)
        problem = inSinglePrecision(problem);
      PredictOptions options = optionsFor(GetParam(), {time}, Covariance::none, 0);
      options.diagRegAuto = true;
      Predictor automatic = predictorOf(problem, options, singlePrecision);
      const Prediction got = automatic.predictTest(problem.testViews());
      EXPECT_GE(automatic.diagReg(), singlePrecision ? 1e-7 : 1e-16);
      EXPECT_LT(automatic.diagReg(), singlePrecision ? 1e-2 : 1e-8);
      options.diagRegAuto = false;
      options.diagReg = automatic.diagReg();
      options.times = {infinity};
      EXPECT_LE(predictorOf(problem, options, singlePrecision).predictTrain().rounding[0].mean, 1e-3);
      options.times = {time};
      EXPECT_EQ(predictorOf(problem, options, singlePrecision).predictTest(problem.testViews()).mean, got.mean);
      options.times = {infinity};
      options.diagReg /= 2.6;
      try {
        EXPECT_GT(predictorOf(problem, options, singlePrecision).predictTrain().rounding[0].mean, 1e-3);
      } catch (const NotPositiveDefinite &) {
      }
    }
}

// Two equal examples with different labels are predicted as their mean, at every late time.
TEST_P(Rounding, NullDirectionsAreLearntAtNoTime) {
  RowMatrix x = randomInputs(501, 10, 3);
  x.row(500) = x.row(7);
  const Network deep = {Nonlinearity::relu, 3, 1.4L, 0.1L};
  Problem exact(x, x.topRows(20), 1, deep);
  exact.y(7, 0) = 1;
  exact.y(500, 0) = -1;
  for (bool singlePrecision : {false, true}) {
    const Problem problem = singlePrecision ? inSinglePrecision(exact) : exact;
    const std::vector<double> times = {1e9, 1e12, 1e14, 1e18, 1e30, 1e300};
    const Prediction train =
        predictorOf(problem, optionsFor(GetParam(), times, Covariance::none, 0), singlePrecision).predictTrain();
    const Prediction test = predictorOf(problem, optionsFor(GetParam(), times, Covariance::none, 0), singlePrecision)
                                .predictTest(problem.testViews());
    const double accuracy = singlePrecision ? 3e-2 : 1e-7;
    for (size_t k = 1; k < times.size(); ++k) {
      EXPECT_NEAR(train.mean[k](7, 0), 0, accuracy) << times[k];
      EXPECT_NEAR(train.mean[k](500, 0), 0, accuracy) << times[k];
      EXPECT_NEAR(test.mean[k](7, 0), 0, accuracy) << times[k];
      EXPECT_LT(largestDifference(test.mean[k], train.mean[k].topRows(20)), accuracy) << times[k];
      EXPECT_NEAR(train.mean[k](9, 0), exact.y(9, 0), accuracy) << times[k];
    }
  }
}

TEST_P(Rounding, NoVarianceIsBelowZero) {
  const Problem exact(randomInputs(40, 1, 1), randomInputs(60, 1, 2), 1, {Nonlinearity::erf, 2, 1.5L, 0.5L});
  Problem rounded = inSinglePrecision(exact);
  rounded.testTest.nngp.diagonal() *= 1 - 1e-3; // below every rounding
  int64_t found = 0;
  for (Covariance covariance : {Covariance::diagonal, Covariance::full}) {
    const Prediction got = predictorOf(rounded, optionsFor(GetParam(), {infinity, 1e9}, covariance, 1e-5), true)
                               .predictTest(rounded.testViews());
    found += got.negative.count;
    EXPECT_EQ(got.negative.count > 0, got.negative.least < 0);
    for (const Eigen::MatrixXd &matrix : got.covariance)
      EXPECT_GE((covariance == Covariance::full ? matrix.diagonal().eval() : matrix.col(0).eval()).minCoeff(), 0);
  }
  EXPECT_GT(found, 0);
}

TEST(RoundingOf, IsSmallerInF64) {
  EXPECT_GT(roundingOf(true, 100), 1e7 * roundingOf(false, 100));
  const Problem problem = usualProblem();
  EXPECT_EQ(predictorOf(problem, {}, false).roundingInF64(), 1);
  EXPECT_LT(predictorOf(problem, {}, true).roundingInF64(), 1e-7);
}

TEST(Amplification, OfNothingIsNothing) {
  EXPECT_EQ(amplification(Eigen::MatrixXd::Zero(3, 2), RowMatrix::Zero(3, 2), Eigen::VectorXd::Ones(3)), 0);
  EXPECT_EQ(
      amplification(Eigen::MatrixXd::Constant(4, 1, 1e200), RowMatrix::Constant(4, 1, 1e200), Eigen::VectorXd::Ones(4)),
      2);
}

} // namespace inet::testing
