#include "runtime/predict/Scores.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace inet {
namespace {

RowMatrix matrix(std::initializer_list<std::initializer_list<double>> rows) { return RowMatrix(rows); }

Eigen::VectorXd vector(std::initializer_list<double> values) {
  return Eigen::Map<const Eigen::VectorXd>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

TEST(Scores, AccuracyComparesTheLargest) {
  const RowMatrix mean = matrix({{0.1, 0.7, 0.2}, {0.5, 0.5, 0.4}, {-3, -1, -2}, {0, 0, 1}});
  const RowMatrix targets = matrix({{-0.3, 0.7, -0.3}, {0.7, -0.3, -0.3}, {-0.3, 0.7, -0.3}, {0.7, -0.3, -0.3}});
  EXPECT_EQ(accuracy(mean, targets), 0.75); // of two largest the first
}

TEST(Scores, RootMeanSquareError) {
  const RowMatrix mean = matrix({{1, 2}, {3, 4}}), targets = matrix({{1, 5}, {3, 0}});
  EXPECT_DOUBLE_EQ(rootMeanSquareError(mean, targets), 2.5);
  EXPECT_DOUBLE_EQ(rootMeanSquareError(mean, targets, vector({7, 2})), 5);
}

TEST(Scores, NegativeLogLikelihoodOfTheNormalDensity) {
  // A standard normal at 0 and at 1, and one of variance 4 = 3 + 1 at 2 standard deviations.
  const double atMean = std::log(2 * std::numbers::pi) / 2;
  EXPECT_DOUBLE_EQ(*negativeLogLikelihood(matrix({{0.5}}), vector({1}), 0, matrix({{0.5}})), atMean);
  EXPECT_DOUBLE_EQ(*negativeLogLikelihood(matrix({{0.5}}), vector({1}), 0, matrix({{1.5}})), atMean + 0.5);
  EXPECT_DOUBLE_EQ(*negativeLogLikelihood(matrix({{0.5}}), vector({3}), 1, matrix({{4.5}})), atMean + std::log(2) + 2);
  // The mean over points and outputs.
  EXPECT_DOUBLE_EQ(*negativeLogLikelihood(matrix({{0, 0}, {0, 0}}), vector({0, 3}), 1, matrix({{0, 1}, {0, 4}})),
                   atMean + (0 + 0.5 + std::log(2) + std::log(2) + 2) / 4);
}

// Standardised targets and the scale give what the raw ones give.
TEST(Scores, NegativeLogLikelihoodIsInTheUnitsOfTheTargets) {
  const RowMatrix mean = matrix({{0.25, -1}, {2, 0.5}}), targets = matrix({{0.5, 1}, {1, 0}});
  const Eigen::VectorXd scale = vector({3, 0.1});
  const double standardised = *negativeLogLikelihood(mean, vector({0.5, 2}), 0.25, targets, scale);
  double raw = 0;
  for (int c = 0; c < 2; ++c)
    raw += *negativeLogLikelihood(mean.col(c) * scale(c), vector({0.5, 2}) * (scale(c) * scale(c)),
                                  0.25 * scale(c) * scale(c), targets.col(c) * scale(c)) /
           2;
  EXPECT_DOUBLE_EQ(standardised, raw);
}

TEST(Scores, NegativeLogLikelihoodWithoutVarianceIsAbsent) {
  const RowMatrix mean = matrix({{0}, {0}});
  EXPECT_FALSE(negativeLogLikelihood(mean, vector({1, 0}), 0, mean));
  EXPECT_FALSE(negativeLogLikelihood(mean, vector({1, -1e-18}), 0, mean)); // rounding
  EXPECT_TRUE(negativeLogLikelihood(mean, vector({1, -1e-18}), 1e-3, mean));
}

TEST(Scores, SquaresMayLeaveTheRangeOfDoubles) {
  const RowMatrix mean = matrix({{3}, {-4}}), targets = matrix({{0}, {0}});
  for (double unit : {1e160, 1e300, 1e-170, 1e-300})
    EXPECT_DOUBLE_EQ(rootMeanSquareError(mean, targets, vector({unit})) / unit, std::sqrt(12.5)) << unit;
  EXPECT_THROW(rootMeanSquareError(mean, targets, vector({1.7e308})), Error);
  EXPECT_THROW(negativeLogLikelihood(mean * 1e160, vector({1, 1}), 0, targets), Error);
}

TEST(Scores, RefuseWrongShapes) {
  const RowMatrix two = matrix({{1}, {2}}), three = matrix({{1}, {2}, {3}});
  EXPECT_THROW(accuracy(two, three), Error);
  EXPECT_THROW(accuracy(RowMatrix(0, 2), RowMatrix(0, 2)), Error);
  EXPECT_THROW(rootMeanSquareError(two, three), Error);
  EXPECT_THROW(rootMeanSquareError(two, two, vector({1, 2})), Error);
  EXPECT_THROW(negativeLogLikelihood(two, vector({1, 2, 3}), 0, two), Error);
}

} // namespace
} // namespace inet
