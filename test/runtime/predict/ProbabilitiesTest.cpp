#include "runtime/predict/Probabilities.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace inet {
namespace {

RowMatrix randomMeans(int64_t rows, int64_t columns, double scale, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal(0, scale);
  return RowMatrix::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

TEST(LogMeanLogistic, HasItsClosedForms) {
  EXPECT_DOUBLE_EQ(logMeanLogistic(0.7, 0), -std::log1p(std::exp(-0.7)));
  EXPECT_DOUBLE_EQ(logMeanLogistic(-1e5, 0), -1e5);
  for (double deviation : {1e-3, 0.5, 1.0, 3.0, 30.0, 100.0})
    EXPECT_NEAR(logMeanLogistic(0, deviation), std::log(0.5), 1e-13) << deviation; // by symmetry
  // Far below 0 the logistic function is exp: the mean of a log-normal.
  EXPECT_NEAR(logMeanLogistic(-1e5, 2), -1e5 + 2, 1e-9); // ulp of 1e5, some times
  EXPECT_NEAR(logMeanLogistic(-700, 1), -700 + 0.5, 1e-12);
  // By the quadrature of mpmath with 30 digits.
  EXPECT_NEAR(logMeanLogistic(1, 1), -0.361350614808759, 1e-13);
}

TEST(LogMeanLogistic, TheTwoSidesSumToOne) {
  for (double deviation : {0.1, 1.0, 2.5, 10.0, 80.0})
    for (double mean : {-40.0, -3.0, -0.2, 1.0, 7.0})
      EXPECT_NEAR(std::exp(logMeanLogistic(mean, deviation)) + std::exp(logMeanLogistic(-mean, deviation)), 1, 1e-12)
          << mean << " " << deviation;
  // Beyond the finest step it is still a probability.
  EXPECT_NEAR(std::exp(logMeanLogistic(0, 1e6)), 0.5, 2e-3);
}

TEST(Probabilities, WithoutVarianceAreTheSoftmax) {
  RowMatrix mean(1, 3);
  mean << 0, std::log(2), std::log(5);
  const RowMatrix found = logProbabilities(mean, Eigen::VectorXd(), {});
  EXPECT_NEAR(std::exp(found(0, 0)), 0.125, 1e-15);
  EXPECT_NEAR(std::exp(found(0, 1)), 0.25, 1e-15);
  EXPECT_NEAR(std::exp(found(0, 2)), 0.625, 1e-15);
  ProbabilityOptions hot;
  hot.temperature = 0.5; // squares the odds
  EXPECT_NEAR(std::exp(logProbabilities(mean, Eigen::VectorXd(), hot)(0, 2)), 25.0 / 30, 1e-15);
  EXPECT_EQ(logProbabilities(RowMatrix::Constant(1, 1, 3), Eigen::VectorXd::Ones(1), {})(0, 0), 0); // the only class
}

TEST(Probabilities, OfTwoClassesAreTheLogisticOfTheDifference) {
  RowMatrix mean(1, 2);
  mean << 0.25, -0.5;
  ProbabilityOptions options;
  options.temperature = 2;
  const RowMatrix found = logProbabilities(mean, Eigen::VectorXd::Constant(1, 3), options);
  EXPECT_DOUBLE_EQ(found(0, 0), logMeanLogistic(0.375, std::sqrt(6.0) / 2)); // of a difference of two variances 3
  EXPECT_DOUBLE_EQ(found(0, 1), logMeanLogistic(-0.375, std::sqrt(6.0) / 2));
  // Many samples of three classes, one of them hopeless, come to the same.
  RowMatrix three(1, 3);
  three << 0.25, -0.5, -1000;
  options.samples = 400000;
  const RowMatrix sampled = logProbabilities(three, Eigen::VectorXd::Constant(1, 3), options);
  EXPECT_NEAR(std::exp(sampled(0, 0)), std::exp(found(0, 0)), 2e-3); // 5 / sqrt(400,000) times their deviation
}

TEST(Probabilities, TakeVariancesOfTheirOwn) {
  RowMatrix mean(1, 2), variance(1, 2);
  mean << 0.25, -0.5;
  variance << 3, 13;
  EXPECT_DOUBLE_EQ(logProbabilities(mean, variance, {})(0, 0), logMeanLogistic(0.75, 4));
  // With equal columns nothing changes, to the bit.
  const RowMatrix many = randomMeans(20, 3, 2, 4);
  const Eigen::VectorXd shared = Eigen::VectorXd::LinSpaced(20, 0, 3);
  EXPECT_EQ(logProbabilities(many, shared.replicate(1, 3), {}), logProbabilities(many, shared, {}));
  // A class that is uncertain alone: the others' odds stay as they are, and the means of exp(f) are log-normal where it
  // hardly counts: exp(-20 + 2 / 2).
  RowMatrix three(1, 3), ofOne(1, 3);
  three << std::log(2), 0, -20;
  ofOne << 0, 0, 2;
  ProbabilityOptions options;
  options.samples = 400000;
  const RowMatrix found = logProbabilities(three, ofOne, options);
  EXPECT_NEAR(found(0, 0) - found(0, 1), std::log(2), 1e-12);
  EXPECT_NEAR(found(0, 2), -19 - std::log(3), 0.02); // 5 / sqrt(400,000) times the relative deviation of exp(f), 2.5
}

TEST(Probabilities, SumToOneAndDoNotDependOnThreads) {
  const RowMatrix mean = randomMeans(300, 5, 2, 3);
  const Eigen::VectorXd variance = Eigen::VectorXd::LinSpaced(300, -1e-18, 9);
  ProbabilityOptions options;
  const RowMatrix one = logProbabilities(mean, variance, options);
  for (int64_t i = 0; i < one.rows(); ++i)
    EXPECT_NEAR(one.row(i).array().exp().sum(), 1, 1e-13);
  options.threads = 3;
  EXPECT_EQ(logProbabilities(mean, variance, options), one);
  std::vector<int64_t> classes;
  for (int64_t i = 0; i < mean.rows(); ++i)
    classes.push_back(i % 5);
  const Eigen::VectorXd ofClasses = logProbabilitiesOfClasses(mean, variance, classes, options);
  for (int64_t i = 0; i < mean.rows(); ++i)
    EXPECT_EQ(ofClasses(i), one(i, classes[i]));
  options.seed = 2;
  EXPECT_NE(logProbabilities(mean, variance, options), one);
}

TEST(Probabilities, FollowAPermutationOfTheClasses) {
  const RowMatrix mean = randomMeans(50, 4, 2, 5), turned = mean.rowwise().reverse();
  const RowMatrix exact = logProbabilities(mean, Eigen::VectorXd(), {});
  EXPECT_TRUE(exact.isApprox(logProbabilities(turned, Eigen::VectorXd(), {}).rowwise().reverse(), 1e-14));
  ProbabilityOptions options;
  options.samples = 20000;
  const Eigen::VectorXd variance = Eigen::VectorXd::Constant(50, 4);
  const RowMatrix sampled = logProbabilities(mean, variance, options).array().exp();
  const RowMatrix other = logProbabilities(turned, variance, options).array().exp().rowwise().reverse();
  EXPECT_LT((sampled - other).cwiseAbs().maxCoeff(), 0.02); // 5 deviations of a difference of two means of 20,000
  EXPECT_GT((sampled - RowMatrix(exact.array().exp())).cwiseAbs().maxCoeff(), 0.05); // the variance does count
}

TEST(Probabilities, CertainWrongAnswersKeepTheirLogarithm) {
  RowMatrix mean(1, 3);
  mean << 1e5, 0, -1e5;
  EXPECT_DOUBLE_EQ(logProbabilities(mean, Eigen::VectorXd(), {})(0, 1), -1e5);
  const RowMatrix found = logProbabilities(mean, Eigen::VectorXd::Constant(1, 1), {});
  EXPECT_TRUE(found.allFinite());
  EXPECT_NEAR(found(0, 1), -1e5, 20); // exactly -1e5 + 1, by samples up to 7 deviations from the mean
  EXPECT_NEAR(found(0, 2), -2e5, 20);
  EXPECT_DOUBLE_EQ(found(0, 0), 0);
}

TEST(Temperature, IsTheOneThatTheClassesPrefer) {
  // 3 of 4 examples are right whose logit is 2: odds of 3 ask for a logit of ln 3.
  RowMatrix two(4, 2), three(4, 3);
  two << 2, 0, 2, 0, 2, 0, 2, 0;
  EXPECT_NEAR(fitTemperature(two, Eigen::VectorXd(), {0, 0, 1, 0}, {}), 2 / std::log(3), 2e-3);
  three << 20, 0, 0, 20, 0, 0, 20, 0, 0, 20, 0, 0; // odds of 3 against both others: exp(20 / T) = 6
  EXPECT_NEAR(fitTemperature(three, Eigen::VectorXd(), {0, 2, 0, 0}, {}), 20 / std::log(6), 2e-2);
  // Always right: as cold as it goes.
  EXPECT_LT(fitTemperature(two, Eigen::VectorXd(), {0, 0, 0, 0}, {}), 0.06);
}

TEST(Probabilities, RefuseWhatMeansNothing) {
  const RowMatrix mean = RowMatrix::Zero(2, 3);
  ProbabilityOptions options;
  options.temperature = 0;
  EXPECT_THROW(logProbabilities(mean, Eigen::VectorXd(), options), Error);
  options.temperature = NAN;
  EXPECT_THROW(logProbabilities(mean, Eigen::VectorXd(), options), Error);
  EXPECT_THROW(logProbabilities(mean, Eigen::VectorXd::Ones(3), {}), Error);
  EXPECT_THROW(logProbabilities(mean, RowMatrix::Ones(2, 2), {}), Error);
  EXPECT_THROW(logProbabilitiesOfClasses(mean, Eigen::VectorXd(), {0}, {}), Error);
}

TEST(Probabilities, SayHowTheyWereMade) {
  EXPECT_EQ(describeProbabilities(3, true, {}), "softmax, mean of 512 samples of the predictive Gaussian (seed 1)");
  EXPECT_EQ(describeProbabilities(2, true, {}), "logistic, by quadrature over the predictive Gaussian");
  EXPECT_EQ(describeProbabilities(3, false, {}), "softmax of the mean");
}

} // namespace
} // namespace inet
