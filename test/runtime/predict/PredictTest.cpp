// Exact identities of the predictor and what it refuses. The numbers of Neural Tangents are in test/golden_predict.
#include "runtime/predict/Predict.h"
#include "test/runtime/predict/Problem.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace inet::testing {
namespace {

using Eigen::MatrixXd;

class Predict : public ::testing::TestWithParam<PredictKernel> {};
INSTANTIATE_TEST_SUITE_P(Kernels, Predict, ::testing::Values(PredictKernel::nngp, PredictKernel::ntk),
                         [](const auto &info) { return info.param == PredictKernel::nngp ? "nngp" : "ntk"; });

TEST_P(Predict, AtTimeZeroIsThePrior) {
  const Problem problem = usualProblem();
  const Prediction test = problem.predict(optionsFor(GetParam(), {0}));
  EXPECT_EQ(test.mean[0], RowMatrix::Zero(13, 2));
  EXPECT_EQ(test.covariance[0], MatrixXd(problem.testTest.nngp));

  const PredictOptions options = optionsFor(GetParam(), {0});
  const Prediction train = problem.predictTrain(options);
  EXPECT_EQ(train.mean[0], RowMatrix::Zero(40, 2));
  MatrixXd prior = problem.train.nngp; // V values V^T costs some roundings
  EXPECT_LT((train.covariance[0] - prior).norm(), 1e-13 * prior.norm());
  // With their noise the nngp of the targets is the regularised one.
  Predictor predictor(problem.trainViews(), problem.y, options);
  if (GetParam() == PredictKernel::nngp)
    prior.diagonal().array() += predictor.noise();
  EXPECT_LT((predictor.predictNoisyTargets().covariance[0] - prior).norm(), 1e-13 * prior.norm());
}

TEST_P(Predict, LargeTimesConvergeToInfinity) {
  const Problem problem = usualProblem();
  const std::vector<double> times = {1e3, 1e5, 1e9, 1e300, infinity};
  const Prediction got = problem.predict(optionsFor(GetParam(), times));
  const auto distance = [&](size_t k) {
    return std::max((got.mean[k] - got.mean.back()).norm() / got.mean.back().norm(),
                    (got.covariance[k] - got.covariance.back()).norm() / problem.testTest.nngp.norm());
  };
  EXPECT_GT(distance(0), 1e-6); // the smallest eigenvalue is not learned yet
  EXPECT_GT(distance(0), distance(1));
  // Two algorithms on a matrix of condition 1e4: 1e-16 * 1e4, with room for n.
  EXPECT_LT(distance(2), 1e-11);
  EXPECT_LT(distance(3), 1e-11);

  const Prediction onTrain = problem.predictTrain(optionsFor(GetParam(), times));
  EXPECT_LT((onTrain.mean[2] - onTrain.mean.back()).norm(), 1e-11 * problem.y.norm());
  EXPECT_LT((onTrain.covariance[2] - onTrain.covariance.back()).norm(), 1e-12 * problem.train.nngp.norm());
  EXPECT_GT((onTrain.mean.back() - problem.y).norm(), 1e-3 * problem.y.norm()); // smoothed

  const Prediction noisy =
      Predictor(problem.trainViews(), problem.y, optionsFor(GetParam(), times)).predictNoisyTargets();
  EXPECT_EQ(noisy.mean.back(), problem.y);
  EXPECT_EQ(noisy.covariance.back(), MatrixXd::Zero(40, 40));
  EXPECT_LT((noisy.mean[2] - problem.y).norm(), 1e-12 * problem.y.norm());
  EXPECT_LT(noisy.covariance[2].norm(), 1e-12 * problem.train.nngp.norm());
}

TEST_P(Predict, InterpolatesItsTrainingSet) {
  const RowMatrix x = randomInputs(30, 5, 3);
  const Problem problem(x, x);
  const Prediction got = problem.predict(optionsFor(GetParam(), {infinity}, Covariance::full, 0));
  // Without regularisation K K^-1 y = y, to the condition of the kernel (about 1e4).
  EXPECT_LT((got.mean[0] - problem.y).norm(), 1e-11 * problem.y.norm());
  EXPECT_LT(got.covariance[0].norm(), 1e-11 * problem.train.nngp.norm());
}

TEST_P(Predict, TestSetOfTrainingPointsIsTheTrainingSet) {
  const RowMatrix x = randomInputs(30, 5, 3);
  const Problem problem(x, x);
  for (double diagReg : {0.0, 1e-6, 0.1})
    for (Covariance covariance : {Covariance::full, Covariance::diagonal}) {
      const PredictOptions options = optionsFor(GetParam(), {0, 0.5, 20, 3000, infinity}, covariance, diagReg);
      const Prediction test = problem.predict(options), train = problem.predictTrain(options);
      for (size_t k = 0; k < options.times.size(); ++k) {
        EXPECT_LT((test.mean[k] - train.mean[k]).norm(), 1e-11 * problem.y.norm()) << k << ", " << diagReg;
        EXPECT_LT((test.covariance[k] - train.covariance[k]).norm(), 1e-11 * problem.train.nngp.norm())
            << k << ", " << diagReg;
      }
    }
}

TEST_P(Predict, CovarianceIsSymmetricPositiveSemidefiniteAndShrinks) {
  const Problem problem = usualProblem();
  const std::vector<double> times = {0, 1, 30, 1e4, infinity};
  const Prediction got = problem.predict(optionsFor(GetParam(), times));
  const double scale = problem.testTest.nngp.norm();
  for (size_t k = 0; k < times.size(); ++k) {
    const MatrixXd &covariance = got.covariance[k];
    EXPECT_EQ(covariance, MatrixXd(covariance.transpose()));
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(covariance);
    EXPECT_GT(solver.eigenvalues()(0), -1e-12 * scale);
    if (k > 0 && GetParam() == PredictKernel::nngp) { // the posterior of exact inference only ever shrinks
      const Eigen::SelfAdjointEigenSolver<MatrixXd> change(got.covariance[k - 1] - covariance);
      EXPECT_GT(change.eigenvalues()(0), -1e-12 * scale);
    }
  }
}

// The diagonal is found in blocks, here more than one, and never from the whole.
TEST_P(Predict, DiagonalIsTheOneOfTheFullCovariance) {
  const Problem problem(randomInputs(20, 5, 4), randomInputs(300, 5, 5));
  const std::vector<double> times = {0, 10, infinity};
  const Prediction full = problem.predict(optionsFor(GetParam(), times));
  const Prediction diagonal = problem.predict(optionsFor(GetParam(), times, Covariance::diagonal));
  const Prediction none = problem.predict(optionsFor(GetParam(), times, Covariance::none));
  EXPECT_TRUE(none.covariance.empty());
  for (size_t k = 0; k < times.size(); ++k) {
    ASSERT_EQ(diagonal.covariance[k].rows(), 300);
    ASSERT_EQ(diagonal.covariance[k].cols(), 1);
    EXPECT_LT((diagonal.covariance[k] - full.covariance[k].diagonal()).norm(), 1e-12 * problem.testTest.nngp.norm());
    EXPECT_EQ(none.mean[k], full.mean[k]);
  }
  const Problem many(randomInputs(300, 5, 5), randomInputs(3, 5, 4));
  const Prediction onTrain = many.predictTrain(optionsFor(GetParam(), {10}));
  const Prediction onTrainDiagonal = many.predictTrain(optionsFor(GetParam(), {10}, Covariance::diagonal));
  EXPECT_LT((onTrainDiagonal.covariance[0] - onTrain.covariance[0].diagonal()).norm(), 1e-12 * many.train.nngp.norm());
}

TEST_P(Predict, OneTrainingPointAndOneTestPoint) {
  const Problem problem(randomInputs(1, 5, 6), randomInputs(1, 5, 7), 1);
  const bool nngp = GetParam() == PredictKernel::nngp;
  const double k = problem.train.nngp(0, 0), kTest = problem.testTest.nngp(0, 0),
               kTestTrain = problem.testTrain.nngp(0, 0);
  const double theta = (nngp ? problem.train.nngp : problem.train.ntk)(0, 0) * 1.5;
  const double thetaTestTrain = (nngp ? problem.testTrain.nngp : problem.testTrain.ntk)(0, 0);
  const Prediction got = problem.predict(optionsFor(GetParam(), {2, infinity}, Covariance::full, 0.5));
  for (size_t i = 0; i < 2; ++i) {
    const auto decay = [&](double time) { return i == 0 ? (1 - std::exp(-time * theta)) / theta : 1 / theta; };
    const double a = decay(2) * thetaTestTrain;
    const double covariance =
        nngp ? kTest - thetaTestTrain * thetaTestTrain * decay(4) : kTest + a * a * k - 2 * a * kTestTrain;
    EXPECT_NEAR(got.mean[i](0, 0), a * problem.y(0, 0), 1e-14); // numbers near 1, some operations
    EXPECT_NEAR(got.covariance[i](0, 0), covariance, 1e-14);
  }
}

TEST_P(Predict, NoTestPoint) {
  const Problem problem(randomInputs(4, 5, 6), RowMatrix(0, 5));
  for (Covariance covariance : {Covariance::none, Covariance::diagonal, Covariance::full}) {
    const Prediction got = problem.predict(optionsFor(GetParam(), {1, infinity}, covariance));
    EXPECT_EQ(got.mean[0].rows(), 0);
    EXPECT_EQ(got.mean[0].cols(), 2);
  }
}

TEST_P(Predict, DuplicatedTrainingPoints) {
  const RowMatrix once = randomInputs(15, 5, 8);
  RowMatrix twice(30, 5);
  twice << once, once;
  const RowMatrix test = randomInputs(4, 5, 9);
  Problem doubled(twice, test);
  doubled.y.bottomRows(15) = doubled.y.topRows(15);
  Problem single(once, test);
  single.y = doubled.y.topRows(15);

  // Two equal observations with noise s2 are one with s2 / 2. The NTK's covariance is not one of noisy observations.
  PredictOptions options = optionsFor(GetParam(), {infinity}, Covariance::full, 0.02);
  options.diagRegAbsolute = true;
  const Prediction two = doubled.predict(options);
  options.diagReg = 0.01;
  const Prediction one = single.predict(options);
  EXPECT_LT((two.mean[0] - one.mean[0]).norm(), 1e-11 * one.mean[0].norm());
  EXPECT_LT((two.covariance[0] - one.covariance[0]).norm(), 1e-11 * single.testTest.nngp.norm());

  // Without regularisation there is no Cholesky factor, but at a finite time the flow is defined: in the coordinates of
  // the sum, each point pulls twice as hard while N is twice as large.
  const Prediction flow = doubled.predict(optionsFor(GetParam(), {50}, Covariance::full, 0));
  const Prediction flowOfOne = single.predict(optionsFor(GetParam(), {50}, Covariance::full, 0));
  EXPECT_LT((flow.mean[0] - flowOfOne.mean[0]).norm(), 1e-11 * flow.mean[0].norm());
  EXPECT_LT((flow.covariance[0] - flowOfOne.covariance[0]).norm(), 1e-11 * single.testTest.nngp.norm());
  EXPECT_THROW(doubled.predict(optionsFor(GetParam(), {infinity}, Covariance::none, 0)), NotPositiveDefinite);
}

// What the error recommends is enough, and half a step less is not.
TEST_P(Predict, SaysWhichDiagRegWouldDo) {
  const RowMatrix once = randomInputs(15, 5, 8);
  RowMatrix twice(30, 5);
  twice << once, once;
  for (bool absolute : {false, true})
    for (bool overwrite : {false, true})
      for (double shift : {0.0, 3.7e-5}) { // how far from positive definite, relative to the mean diagonal
        Problem problem(twice, randomInputs(4, 5, 9));
        RowMatrix &kernel = GetParam() == PredictKernel::nngp ? problem.train.nngp : problem.train.ntk;
        const double scale = kernel.diagonal().mean();
        kernel.diagonal().array() -= shift * scale;
        PredictOptions options = optionsFor(GetParam(), {infinity}, Covariance::none, 0);
        options.diagRegAbsolute = absolute;
        RowMatrix copy = kernel;
        TrainKernels views = problem.trainViews();
        if (overwrite) {
          (GetParam() == PredictKernel::nngp ? views.nngp : views.ntk) = KernelView(copy);
          views.overwrite = copy.data();
        }
        Predictor predictor(views, problem.y, options);
        try {
          predictor.solve();
          FAIL() << "duplicated points have no Cholesky factor";
        } catch (const NotPositiveDefinite &error) {
          // Duplicates begin at 16; with a shift, the noise of the pivots is larger than what they are.
          EXPECT_EQ(error.failingMinor, 16);
          ASSERT_TRUE(error.smallestEigenvalue && error.sufficientDiagReg);
          EXPECT_NEAR(*error.smallestEigenvalue, -shift * scale, 1e-13 * scale);
          EXPECT_NE(std::string(error.what()).find(" would do"), std::string::npos);
          options.diagReg = *error.sufficientDiagReg;
          const Prediction got = problem.predict(options);
          EXPECT_TRUE(got.mean[0].allFinite());
          options.diagReg /= 2.6; // more than the largest step, 2 to 5
          // Half a step less has no factor, or one that multiplies the rounding of the kernel.
          try {
            EXPECT_GT(problem.predictTrain(options).rounding[0].mean, 0.01);
          } catch (const NotPositiveDefinite &) {
          }
          if (shift > 0) {
            EXPECT_GE(*error.sufficientDiagReg, shift * (absolute ? scale : 1));
            EXPECT_LE(*error.sufficientDiagReg, shift * 2.6 * (absolute ? scale : 1));
          }
        }
      }
}

// What f32 entries lost by rounding is no smaller for being stored and solved in double.
TEST_P(Predict, DiagRegForSinglePrecisionIsAboveItsRounding) {
  const RowMatrix ones = RowMatrix::Ones(4, 4);
  const auto sufficient = [&](bool singlePrecision) {
    const TrainKernels kernels{KernelView(ones), KernelView(ones), nullptr, singlePrecision};
    try {
      Predictor(kernels, ones, optionsFor(GetParam(), {infinity}, Covariance::none, 0)).solve();
    } catch (const NotPositiveDefinite &error) {
      return *error.sufficientDiagReg;
    }
    return 0.0;
  };
  EXPECT_EQ(sufficient(true), 1e-7);
  EXPECT_GE(sufficient(false), 1e-16);
  EXPECT_LE(sufficient(false), 1e-14);
}

TEST_P(Predict, TimesThatOverflow) {
  const Problem problem = usualProblem();
  PredictOptions options = optionsFor(GetParam(), {1e300, infinity});
  options.learningRate = 1e300;
  const Prediction got = problem.predict(options), onTrain = problem.predictTrain(options);
  EXPECT_LT((got.mean[0] - got.mean[1]).norm(), 1e-11 * got.mean[1].norm()); // condition 1e4
  EXPECT_LT((got.covariance[0] - got.covariance[1]).norm(), 1e-11 * problem.testTest.nngp.norm());
  EXPECT_LT((onTrain.mean[0] - onTrain.mean[1]).norm(), 1e-11 * problem.y.norm());
  EXPECT_LT((Predictor(problem.trainViews(), problem.y, options).predictNoisyTargets().mean[0] - problem.y).norm(),
            1e-12 * problem.y.norm());
  Problem nothing = usualProblem();
  nothing.train.nngp.setZero();
  nothing.train.ntk.setZero();
  options.times = {1e300};
  EXPECT_EQ(nothing.predictTrain(options).mean[0], RowMatrix::Zero(40, 2));
}

TEST_P(Predict, ZeroKernel) {
  Problem problem = usualProblem();
  for (RowMatrix *kernel : {&problem.train.nngp, &problem.train.ntk, &problem.testTrain.nngp, &problem.testTrain.ntk})
    kernel->setZero();
  const Prediction got = problem.predict(optionsFor(GetParam(), {5}));
  EXPECT_EQ(got.mean[0], RowMatrix::Zero(13, 2));
  EXPECT_EQ(got.covariance[0], MatrixXd(problem.testTest.nngp));
  const std::string error = errorOf([&] { problem.predict(optionsFor(GetParam(), {infinity})); });
  EXPECT_NE(error.find("only an absolute diag_reg would do"), std::string::npos) << error;
  PredictOptions options = optionsFor(GetParam(), {infinity});
  options.diagRegAbsolute = true;
  EXPECT_EQ(problem.predict(options).mean[0], RowMatrix::Zero(13, 2));
}

TEST_P(Predict, ThreadsChangeNoBit) {
  for (auto [n, m] : {std::pair{1, 3}, {17, 60}, {300, 301}, {701, 40}}) {
    const Problem problem(randomInputs(n, 5, 10), randomInputs(m, 5, 11));
    for (Covariance covariance : {Covariance::none, Covariance::diagonal, Covariance::full}) {
      PredictOptions options = optionsFor(GetParam(), {10, 1e4, infinity}, covariance);
      const Prediction test = problem.predict(options), train = problem.predictTrain(options);
      for (int threads : {2, 3, 5}) {
        options.threads = threads;
        for (const auto &[found, expected] :
             {std::pair{problem.predict(options), test}, {problem.predictTrain(options), train}}) {
          EXPECT_EQ(found.mean, expected.mean) << n << " examples, " << threads << " threads";
          EXPECT_EQ(found.covariance, expected.covariance) << n << " examples, " << threads << " threads";
        }
      }
    }
  }
}

TEST_P(Predict, RefusesWhatIsNotFinite) {
  const double nan = std::nan("");
  for (double time : {3.0, infinity}) {
    const PredictOptions options = optionsFor(GetParam(), {time});
    const bool nngp = GetParam() == PredictKernel::nngp;
    const auto expectError = [&](auto spoil, const std::string &want) {
      Problem problem = usualProblem();
      spoil(problem);
      const std::string error = errorOf([&] { problem.predict(options); });
      EXPECT_NE(error.find(want), std::string::npos) << "got: '" << error << "', expected: '" << want << "'";
    };
    const std::string name = nngp ? "nngp" : "ntk";
    const auto trainKernel = [&](Problem &p) -> RowMatrix & { return nngp ? p.train.nngp : p.train.ntk; };
    expectError([&](Problem &p) { p.y(7, 1) = nan; }, "target [7, 1] is nan, expected a finite number");
    expectError([&](Problem &p) { trainKernel(p)(3, 3) = nan; },
                "the " + name + " of the training set: entry [3, 3] is nan");
    expectError([&](Problem &p) { trainKernel(p)(3, 9) = trainKernel(p)(9, 3) = nan; },
                "the " + name + " of the training set: entry [3, 9] is nan");
    expectError([&](Problem &p) { trainKernel(p)(3, 9) = trainKernel(p)(9, 3) = infinity; },
                "the " + name + " of the training set: entry [3, 9] is inf");
    expectError([&](Problem &p) { (nngp ? p.testTrain.nngp : p.testTrain.ntk)(5, 20) = nan; },
                "the " + name + " of test and training set: entry [5, 20] is nan");
    expectError([&](Problem &p) { p.testTest.nngp(5, 2) = nan; }, "the nngp of the test set: entry [5, 2] is nan");
    if (!nngp) {
      expectError([&](Problem &p) { p.train.nngp(2, 4) = p.train.nngp(4, 2) = infinity; },
                  "the nngp of the training set: entry [2, 4] is inf");
    }
  }
}

TEST_P(Predict, RefusesWrongShapes) {
  const Problem problem = usualProblem();
  const PredictOptions options = optionsFor(GetParam(), {infinity});
  const bool nngp = GetParam() == PredictKernel::nngp;
  const std::string name = nngp ? "nngp" : "ntk";
  const auto trainError = [&](TrainKernels kernels, const RowMatrix &y) {
    return errorOf([&] { Predictor(kernels, y, options); });
  };
  const auto testError = [&](TestKernels kernels, Covariance covariance) {
    PredictOptions wanted = options;
    wanted.covariance = covariance;
    return errorOf([&] { Predictor(problem.trainViews(), problem.y, wanted).predictTest(kernels); });
  };
  EXPECT_EQ(trainError(problem.trainViews(), problem.y.topRows(39)),
            "the " + name + " of the training set is 40 x 40, expected 39 x 39");
  EXPECT_EQ(trainError({}, problem.y), "the " + name + " of the training set is missing");
  EXPECT_EQ(trainError({KernelView(), KernelView(problem.train.ntk), nullptr}, problem.y),
            "the nngp of the training set is missing");
  EXPECT_EQ(trainError(problem.trainViews(), RowMatrix(0, 2)),
            "the targets are 0 x 2, expected at least one row and one column");
  TestKernels kernels = problem.testViews();
  kernels.nngpTestTest = KernelView(problem.train.nngp);
  EXPECT_EQ(testError(kernels, Covariance::full), "the nngp of the test set is 40 x 40, expected 13 x 13");
  EXPECT_EQ(testError(kernels, Covariance::diagonal), "");
  kernels.nngpTestDiagonal.resize(3);
  EXPECT_EQ(testError(kernels, Covariance::diagonal),
            "the diagonal of the nngp of the test set has 3 entries, expected 13");
  (nngp ? kernels.nngp : kernels.ntk) = KernelView(problem.testTest.nngp);
  EXPECT_EQ(testError(kernels, Covariance::none),
            "the " + name + " of test and training set is 13 x 13, expected 13 x 40");
}

TEST(PredictOptions, RefusesNonsense) {
  const Problem problem = usualProblem();
  const auto error = [&](auto change) {
    PredictOptions options;
    change(options);
    return errorOf([&] { Predictor(problem.trainViews(), problem.y, options); });
  };
  EXPECT_EQ(error([](PredictOptions &o) { o.diagReg = -1; }), "diag_reg is -1, expected a number >= 0");
  EXPECT_EQ(error([](PredictOptions &o) { o.diagReg = std::nan(""); }), "diag_reg is nan, expected a number >= 0");
  EXPECT_EQ(error([](PredictOptions &o) { o.learningRate = 0; }), "the learning rate is 0, expected a number > 0");
  EXPECT_EQ(error([](PredictOptions &o) { o.times = {1, -2}; }), "a time is -2, expected a number >= 0 or inf");
  EXPECT_EQ(error([](PredictOptions &o) { o.times = {}; }), "no time is given, expected at least one");
  EXPECT_EQ(error([](PredictOptions &) {}), "");
}

TEST(PredictOptions, OnlyTheSolvedKernelIsOverwritten) {
  Problem problem = usualProblem();
  TrainKernels kernels = problem.trainViews();
  kernels.overwrite = problem.train.ntk.data();
  EXPECT_THROW(Predictor(kernels, problem.y, optionsFor(PredictKernel::nngp, {infinity})), Error);
  EXPECT_NO_THROW(Predictor(kernels, problem.y, optionsFor(PredictKernel::ntk, {infinity})));
}

TEST(PredictBytes, CountsTheSquares) {
  const double square = 8.0 * 1000 * 1000;
  const auto squares = [&](std::vector<double> times, bool overwrite) {
    return predictBytes(1000, 0, 1, optionsFor(PredictKernel::nngp, std::move(times), Covariance::none), overwrite) /
           square;
  };
  // Beside whole squares there are 256 rows of a kernel and the targets: 0.3 at n = 1,000.
  EXPECT_EQ(std::floor(squares({infinity}, false)), 1);
  EXPECT_EQ(std::floor(squares({infinity}, true)), 0);
  EXPECT_EQ(std::floor(squares({1}, false)), 3); // with dsyevd's workspace
  EXPECT_EQ(std::floor(squares({1}, true)), 2);
  EXPECT_EQ(std::floor(squares({1, infinity}, false)), 3);
}

} // namespace
} // namespace inet::testing
