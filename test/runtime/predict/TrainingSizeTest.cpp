#include "test/runtime/predict/Problem.h"

#include "runtime/predict/Predict.h"

#include <gtest/gtest.h>

namespace inet::testing {

// Against a predictor that learns the leading examples alone.
TEST(PredictLeading, IsWhatFewerExamplesPredict) {
  const RowMatrix x = randomInputs(300, 5, 1), test = randomInputs(270, 5, 2);
  const Problem problem(x, test);
  for (PredictKernel kernel : {PredictKernel::nngp, PredictKernel::ntk}) {
    PredictOptions options = optionsFor(kernel, {infinity}, Covariance::diagonal, 0.05);
    options.diagRegAbsolute = true;
    options.threads = 2;
    const std::vector<int64_t> sizes = {1, 17, 256, 299, 300};
    const LeadingPredictions found =
        Predictor(problem.trainViews(), problem.y, options).predictLeading(problem.testViews(), sizes);
    ASSERT_EQ(found.mean.size(), sizes.size());
    EXPECT_EQ(found.variance.empty(), kernel == PredictKernel::ntk);
    for (size_t k = 0; k < sizes.size(); ++k) {
      Problem leading(x.topRows(sizes[k]), test);
      leading.y = problem.y.topRows(sizes[k]);
      const Prediction want = leading.predict(options);
      EXPECT_LT((found.mean[k] - want.mean[0]).norm(), 1e-10) << sizes[k];
      if (kernel == PredictKernel::nngp) {
        EXPECT_LT((found.variance[k] - want.covariance[0].col(0)).norm(), 1e-10) << sizes[k];
      }
    }
  }
}

TEST(PredictLeading, RefusesSizesThatDoNotAscend) {
  const Problem problem = usualProblem();
  Predictor predictor(problem.trainViews(), problem.y, optionsFor(PredictKernel::nngp, {infinity}));
  EXPECT_EQ(errorOf([&] {
              predictor.predictLeading(problem.testViews(), {5, 5});
            }),
            "5 training examples found after 5; more, up to 40, expected");
  EXPECT_THROW(predictor.predictLeading(problem.testViews(), {0}), Error);
  EXPECT_THROW(predictor.predictLeading(problem.testViews(), {41}), Error);
}

TEST(TimeScales, AreThoseOfTheSpectrum) {
  // A kernel with eigenvalues 2 and 8, N = 2.
  const RowMatrix kernel = RowMatrix({{5, 3}, {3, 5}}), y = RowMatrix::Ones(2, 1);
  PredictOptions options = optionsFor(PredictKernel::nngp, {1, infinity}, Covariance::none, 0);
  options.learningRate = 0.5;
  Predictor predictor({KernelView(kernel), {}}, y, options);
  const auto [fast, slow] = predictor.timeScales();
  EXPECT_NEAR(fast, 0.5, 1e-14);
  EXPECT_NEAR(slow, 2, 1e-14);
  predictor.setTimes({4, infinity});
  // The mean of both targets is learnt at the rate of its eigenvalue, 8: exp(-4 * 0.5 * 8 / 2) is left.
  EXPECT_NEAR(predictor.predictTrain().mean[0](0, 0), 1 - std::exp(-8.0), 1e-14);
  EXPECT_THROW(predictor.setTimes({1, 2}), Error);
  EXPECT_THROW(predictor.setTimes({infinity}), Error);
  EXPECT_THROW(predictor.setTimes({-1, infinity}), Error);
}

} // namespace inet::testing
