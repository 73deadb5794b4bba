// ntkgp is the posterior of a Gaussian process with the ntk for its covariance: what nngp is with the nngp.
#include "test/runtime/predict/Problem.h"

#include <gtest/gtest.h>

namespace inet::testing {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Views with no nngp at all, and views in which the ntk stands in its place.
struct Views {
  explicit Views(const Problem &p)
      : train{{}, KernelView(p.train.ntk)}, trainAsNngp{KernelView(p.train.ntk), {}}, test{{},
                                                                                           KernelView(p.testTrain.ntk),
                                                                                           KernelView(p.testTest.ntk),
                                                                                           p.testTest.ntk.diagonal()},
        testAsNngp{KernelView(p.testTrain.ntk), {}, KernelView(p.testTest.ntk), p.testTest.ntk.diagonal()} {}

  TrainKernels train, trainAsNngp;
  TestKernels test, testAsNngp;
};

TEST(NtkGp, IsTheNngpOfTheNtk) {
  const Problem problem = usualProblem();
  const Views views(problem);
  for (Covariance covariance : {Covariance::none, Covariance::diagonal, Covariance::full}) {
    const std::vector<double> times = {0, 3, 200, infinity};
    Predictor got(views.train, problem.y, optionsFor(PredictKernel::ntkgp, times, covariance));
    Predictor expected(views.trainAsNngp, problem.y, optionsFor(PredictKernel::nngp, times, covariance));
    for (const auto &[a, b] : {std::pair{got.predictTest(views.test), expected.predictTest(views.testAsNngp)},
                               {got.predictTrain(), expected.predictTrain()},
                               {got.predictNoisyTargets(), expected.predictNoisyTargets()}}) {
      EXPECT_EQ(a.mean, b.mean);
      EXPECT_EQ(a.covariance, b.covariance);
    }
  }
}

TEST(NtkGp, HasTheMeanOfTheNtk) {
  const Problem problem = usualProblem();
  const std::vector<double> times = {3, infinity};
  TestKernels kernels = problem.testViews();
  kernels.nngpTestTest = KernelView(problem.testTest.ntk);
  Predictor predictor(problem.trainViews(), problem.y, optionsFor(PredictKernel::ntkgp, times));
  const Prediction got = predictor.predictTest(kernels), ofNtk = problem.predict(optionsFor(PredictKernel::ntk, times));
  EXPECT_EQ(got.mean, ofNtk.mean);
  EXPECT_GT(got.covariance[1].trace(), ofNtk.covariance[1].trace()); // its prior is larger
}

TEST(NtkGp, NamesTheKernelThatIsMissing) {
  const Problem problem = usualProblem();
  const PredictOptions options = optionsFor(PredictKernel::ntkgp, {infinity});
  Views views(problem);
  EXPECT_EQ(errorOf([&] { Predictor(views.trainAsNngp, problem.y, options); }),
            "the ntk of the training set is missing");
  views.test.nngpTestTest = {};
  EXPECT_EQ(errorOf([&] { Predictor(views.train, problem.y, options).predictTest(views.test); }),
            "the ntk of the test set is missing");
}

} // namespace
} // namespace inet::testing
