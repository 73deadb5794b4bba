#include "runtime/predict/Conflicts.h"
#include "test/runtime/predict/Problem.h"

#include <gtest/gtest.h>

namespace inet::testing {

TEST(Conflicts, AreCountedWithTheirNoise) {
  RowMatrix x = randomInputs(50, 4, 1);
  x.row(20) = x.row(3);
  x.row(41) = x.row(3);
  x.row(30) = x.row(8);
  x.row(49) = x.row(12);
  Problem problem(x, x.topRows(1));
  problem.y.row(30) = problem.y.row(8); // equal examples with equal targets
  problem.y.row(20) = problem.y.row(3); // two of three agree
  problem.y.row(41) = problem.y.row(3);
  problem.y(41, 1) += 3;
  problem.y.row(49) = problem.y.row(12);
  problem.y(49, 0) -= 1;
  for (bool ntk : {false, true})
    for (bool singlePrecision : {false, true}) {
      const RowMatrix &exact = ntk ? problem.train.ntk : problem.train.nngp;
      const RowMatrix kernel = singlePrecision ? RowMatrix(exact.cast<float>().cast<double>()) : exact;
      const Conflicts found = findConflicts(KernelView(kernel), problem.y, singlePrecision);
      EXPECT_EQ(found.equalExamples, 4);
      EXPECT_EQ(found.groups, 2);
      EXPECT_EQ(found.examples, 5);
      EXPECT_EQ(found.first, (std::pair<int64_t, int64_t>{3, 41}));
      // Groups of 3, 2 and 2 have 4 degrees of freedom; squares 2/3 9 and 1/2.
      EXPECT_NEAR(found.noise, (6 + 0.5) / (4 * 2), 1e-12);
    }
}

TEST(Conflicts, NearlyEqualExamplesAreNotEqual) {
  RowMatrix x = randomInputs(10, 4, 1);
  x.row(5) = x.row(2) * 1.001;
  x.row(7) = x.row(2);
  x(7, 1) += 1e-3;
  const Problem problem(x, x.topRows(1));
  EXPECT_EQ(findConflicts(KernelView(problem.train.nngp), problem.y, false).equalExamples, 0);
  const RowMatrix rounded = problem.train.nngp.cast<float>().cast<double>();
  EXPECT_EQ(findConflicts(KernelView(rounded), problem.y, true).equalExamples, 0);
}

TEST(Conflicts, OfNothingAndOfAKernelThatKnowsNothing) {
  EXPECT_EQ(findConflicts(KernelView(RowMatrix(RowMatrix::Ones(1, 1))), RowMatrix::Ones(1, 1), false).equalExamples, 0);
  const RowMatrix zero = RowMatrix::Zero(4, 4), y = RowMatrix::Ones(4, 2);
  const Conflicts found = findConflicts(KernelView(zero), y, false);
  EXPECT_EQ(found.equalExamples, 3);
  EXPECT_EQ(found.groups, 0);
  EXPECT_EQ(found.noise, 0);
}

} // namespace inet::testing
