#include "runtime/predict/ClassScores.h"

#include "runtime/predict/Scores.h"

#include <cmath>
#include <gtest/gtest.h>

namespace inet {
namespace {

RowMatrix logarithms(std::initializer_list<std::initializer_list<double>> rows) {
  return RowMatrix(rows).array().log();
}

TEST(Bins, EdgesBelongToTheBinBelow) {
  for (int64_t bins : {1, 3, 7, 10, 15, 100})
    for (int64_t k = 0; k <= bins; ++k) {
      const double edge = double(k) / double(bins);
      EXPECT_EQ(binOf(edge, bins), std::max<int64_t>(k - 1, 0)) << k << "/" << bins;
      EXPECT_EQ(binOf(std::nextafter(edge, 2), bins), std::min(k, bins - 1)) << k << "/" << bins;
    }
  // 0.1 + 0.2, and 3 times 0.1 as linear spacing has it, are one ulp above the edge 3/10.
  EXPECT_EQ(binOf(0.3, 10), 2);
  EXPECT_EQ(binOf(0.1 + 0.2, 10), 3);
  EXPECT_EQ(binOf(1 + 1e-15, 10), 9); // rounding of a sum
}

TEST(Reliability, CountedByHand) {
  Eigen::VectorXd probabilities(5);
  probabilities << 0.25, 0.5, 0.5, 0.75, 1;
  const Reliability found = reliabilityOf(probabilities, {true, false, true, false, true}, 4);
  ASSERT_EQ(found.bins.size(), 4u);
  EXPECT_EQ(found.bins[0].count, 1);
  EXPECT_EQ(found.bins[1].count, 2);
  EXPECT_EQ(found.bins[1].right, 1);
  EXPECT_EQ(found.bins[1].confidence, 0.5);
  EXPECT_EQ(found.bins[2].right, 0);
  EXPECT_EQ(found.bins[3].count, 1);
  // (|1 - 0.25| + 2 |0.5 - 0.5| + |0 - 0.75| + |1 - 1|) / 5
  EXPECT_DOUBLE_EQ(found.calibrationError, 0.3);
  const Reliability empty = reliabilityOf(probabilities.head(1), {true}, 4);
  EXPECT_EQ(empty.bins[3].count, 0);
  EXPECT_EQ(empty.bins[3].confidence, 0);
}

TEST(ClassScores, ByHandWithAClassThatNoLabelHas) {
  // Three classes; class 2 has no label.
  const RowMatrix p = logarithms({{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}, {0.25, 0.25, 0.5}, {0.75, 0.125, 0.125}});
  const ClassScores found = scoreClasses(p, {0, 1, 2, 0}, {0, 1, 0, 1}, 4);
  EXPECT_EQ(found.examples, 4);
  EXPECT_EQ(found.correct, 2);
  EXPECT_NEAR(found.negativeLogLikelihood, -std::log(0.5 * 0.75 * 0.25 * 0.125) / 4, 1e-15);
  // 0.25+0.0625+0.0625, 2/64+0.0625, 0.5625+0.0625+0.25, 0.5625+0.765625+1/64
  EXPECT_NEAR(found.brier, (0.375 + 0.09375 + 0.875 + 1.34375) / 4, 1e-15);
  // Confidences 0.5, 0.75, 0.5, 0.75: right 1 of 2 in bins 1 and 2.
  EXPECT_EQ(found.top.bins[1].count, 2);
  EXPECT_EQ(found.top.bins[2].right, 1);
  EXPECT_NEAR(found.top.calibrationError, (std::abs(1 - 1.0) + std::abs(1 - 1.5)) / 4, 1e-15);
  EXPECT_EQ(found.confusion.rows(), 3);
  EXPECT_EQ(found.confusion(0, 2), 1);
  EXPECT_EQ(found.confusion(1, 0), 1);
  EXPECT_EQ(found.confusion(2, 0), 0);
  EXPECT_EQ(found.confusion.sum(), 4);
  EXPECT_EQ(found.classes[0].labelled, 2);
  EXPECT_EQ(found.classes[0].predicted, 2);
  EXPECT_EQ(*found.classes[0].precision, 0.5);
  EXPECT_EQ(*found.classes[1].precision, 1);
  EXPECT_EQ(*found.classes[1].recall, 0.5);
  EXPECT_FALSE(found.classes[2].recall);
  EXPECT_EQ(*found.classes[2].precision, 0);
  // Class 2: 0.25 and the two 0.125 in bin 0, 0.5 in bin 1, none right: the mean probability.
  EXPECT_NEAR(found.classes[2].reliability.calibrationError, 0.25, 1e-15);
  EXPECT_EQ(found.classes[2].reliability.bins[0].count, 3);
  // Class 0: bin 0 has 0.125 (wrong) and 0.25 (right), bin 1 0.5 (right), bin 2 0.75 (wrong): (0.625+0.5+0.75)/4.
  EXPECT_NEAR(found.classes[0].reliability.calibrationError, 0.46875, 1e-15);
  // Class 1: bin 0 has 0.25, 0.25, 0.125 (the last right), bin 2 0.75 (right): (0.375 + 0.25)/4.
  EXPECT_NEAR(found.classes[1].reliability.calibrationError, 0.15625, 1e-15);
  EXPECT_NEAR(found.classwiseCalibrationError, (0.25 + 0.46875 + 0.15625) / 3, 1e-15);
}

TEST(ClassScores, NothingIsClipped) {
  RowMatrix p(2, 2);
  p << 0, -1e5, -std::log(2), -std::log(2);
  const ClassScores found = scoreClasses(p, {0, 0}, {1, 0}, 10);
  EXPECT_DOUBLE_EQ(found.negativeLogLikelihood, (1e5 + std::log(2)) / 2);
  EXPECT_DOUBLE_EQ(found.brier, (2 + 0.5) / 2);
}

TEST(ClassScores, FollowAPermutationOfTheClasses) {
  const RowMatrix p = logarithms({{0.6, 0.3, 0.1}, {0.2, 0.1, 0.7}, {0.3, 0.4, 0.3}, {0.05, 0.9, 0.05}});
  const ClassScores first = scoreClasses(p, {0, 2, 1, 1}, {0, 1, 1, 2}, 5);
  const ClassScores second = scoreClasses(p.rowwise().reverse(), {2, 0, 1, 1}, {2, 1, 1, 0}, 5);
  EXPECT_DOUBLE_EQ(first.brier, second.brier);
  EXPECT_EQ(first.negativeLogLikelihood, second.negativeLogLikelihood);
  EXPECT_EQ(first.top.calibrationError, second.top.calibrationError);
  EXPECT_DOUBLE_EQ(first.classwiseCalibrationError, second.classwiseCalibrationError);
  EXPECT_EQ(first.confusion, second.confusion.reverse());
  EXPECT_EQ(first.classes[0].precision, second.classes[2].precision);
}

TEST(ClassScores, RefuseWhatDoesNotFit) {
  const RowMatrix p = logarithms({{0.5, 0.5}});
  EXPECT_THROW(scoreClasses(p, {0, 1}, {0, 1}, 10), Error);
  EXPECT_THROW(scoreClasses(p, {0}, {2}, 10), Error);
  EXPECT_THROW(scoreClasses(p, {-1}, {0}, 10), Error);
  EXPECT_THROW(scoreClasses(p, {0}, {0}, 0), Error);
  EXPECT_THROW(scoreClasses(RowMatrix(0, 2), {}, {}, 10), Error);
}

TEST(Coverage, CountsTheCentralBand) {
  const RowMatrix mean = RowMatrix::Zero(4, 1);
  RowMatrix targets(4, 1);
  targets << 1.95, -1.95, 1.97, 3.9;
  EXPECT_EQ(coverage95(mean, Eigen::VectorXd::Ones(4), 0, targets), 0.5);
  EXPECT_EQ(coverage95(mean, Eigen::VectorXd::Ones(4), 3, targets), 1);
  EXPECT_EQ(coverage95(mean, Eigen::VectorXd::Constant(4, -1e-18), 1, targets), 0.5);
  EXPECT_EQ(coverage95(mean, Eigen::VectorXd::Zero(4), 0, RowMatrix::Zero(4, 1)), 1); // an exact hit
  EXPECT_THROW(coverage95(mean, Eigen::VectorXd::Ones(3), 0, targets), Error);
}

} // namespace
} // namespace inet
