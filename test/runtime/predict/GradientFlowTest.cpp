// What holds of every gradient flow, its closed forms against its integration, and what is refused. The numbers of
// Neural Tangents are in test/golden_predict.
#include "runtime/predict/GradientFlow.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/predict/ClosedFormKernels.h"

#include <cmath>
#include <complex>
#include <limits>
#include <random>

namespace inet::testing {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Network network = {Nonlinearity::relu, 2, 1.4L, 0.1L};

RowMatrix randomMatrix(int64_t rows, int64_t columns, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  return RowMatrix::NullaryExpr(rows, columns, [&] { return normal(generator); });
}

RowMatrix onehot(int64_t rows, int64_t classes) {
  RowMatrix y = RowMatrix::Zero(rows, classes);
  for (int64_t i = 0; i < rows; ++i)
    y(i, (i * i + i / 3) % classes) = 1;
  return y;
}

PredictOptions at(std::vector<double> times, double learningRate = 1) {
  PredictOptions options;
  options.kernel = PredictKernel::ntk;
  options.times = std::move(times);
  options.learningRate = learningRate;
  return options;
}

FlowOptions flowOf(Loss loss, double momentum = 0, bool integrate = false) {
  FlowOptions flow;
  flow.loss = loss;
  flow.momentum = momentum;
  flow.integrate = integrate;
  return flow;
}

double largestDifference(const RowMatrix &a, const RowMatrix &b) { return (a - b).cwiseAbs().maxCoeff(); }

class Flow : public ::testing::Test {
protected:
  Flow() { kernels(randomMatrix(24, 5, 1), randomMatrix(9, 5, 2)); }
  void kernels(const RowMatrix &x, const RowMatrix &xTest) {
    train = computeKernels(network, x, x).ntk;
    test = computeKernels(network, xTest, x).ntk;
  }
  /// Targets that a loss knows.
  RowMatrix targets(Loss loss) const {
    if (loss == Loss::mse)
      return randomMatrix(train.rows(), 3, 7);
    return loss == Loss::softmax ? onehot(train.rows(), 3) : RowMatrix(onehot(train.rows(), 2).col(0));
  }
  GradientFlow flow(const PredictOptions &options, const FlowOptions &how, const RowMatrix &initial = {}) const {
    return GradientFlow(KernelView(train), targets(how.loss), options, how, initial);
  }

  RowMatrix train, test;
};

const Loss everyLoss[] = {Loss::mse, Loss::softmax, Loss::logistic};

// --- What holds of every loss

TEST_F(Flow, AtTimeZeroNothingIsLearnt) {
  for (Loss loss : everyLoss)
    for (double momentum : {0.0, 0.9})
      for (bool integrate : {false, true}) {
        const RowMatrix initial = randomMatrix(24, targets(loss).cols(), 3);
        const RowMatrix initialTest = randomMatrix(9, initial.cols(), 4);
        GradientFlow got = flow(at({0}), flowOf(loss, momentum, integrate), initial);
        EXPECT_EQ(got.trainOutputs()[0], initial) << nameOf(loss);
        EXPECT_EQ(got.testOutputs(KernelView(test), initialTest)[0], initialTest) << nameOf(loss);
        EXPECT_EQ(got.steps(), 0);
      }
}

TEST_F(Flow, ATestSetOfTrainingPointsIsTheTrainingSet) {
  test = train;
  for (Loss loss : everyLoss)
    for (double momentum : {0.0, 0.9}) {
      const RowMatrix initial = randomMatrix(24, targets(loss).cols(), 3);
      GradientFlow got = flow(at({0.5, 20, 300}), flowOf(loss, momentum), initial);
      const std::vector<RowMatrix> onTest = got.testOutputs(KernelView(test), initial);
      for (size_t k = 0; k < 3; ++k) // of outputs near 1, some hundred roundings or steps
        EXPECT_LT(largestDifference(got.trainOutputs()[k], onTest[k]), 1e-11) << nameOf(loss);
    }
}

// The derivative of the outputs by central differences is what the equation says.
TEST_F(Flow, FollowsItsEquation) {
  const double eta = 0.7, h = 1e-3, t = 3;
  for (Loss loss : everyLoss)
    for (double momentum : {0.0, 0.9}) {
      const RowMatrix y = targets(loss), initial = randomMatrix(24, y.cols(), 3);
      FlowOptions how = flowOf(loss, momentum);
      how.tolerance = 1e-12;
      PredictOptions options = at({t - h, t, t + h}, eta);
      options.diagReg = 0.01;
      GradientFlow got = flow(options, how, initial);
      const std::vector<RowMatrix> &f = got.trainOutputs();
      RowMatrix theta = train;
      theta.diagonal().array() += got.noise();
      RowMatrix p = f[1];
      if (loss == Loss::logistic)
        p = 1 / (1 + (-f[1].array()).exp());
      if (loss == Loss::softmax) {
        p = f[1].array().exp();
        p.array().colwise() /= p.rowwise().sum().eval().array();
      }
      const double count = loss == Loss::softmax ? 24 : double(y.size());
      const RowMatrix force = -eta / count * theta * (p - y), velocity = (f[2] - f[0]) / (2 * h),
                      acceleration = (f[2] - 2 * f[1] + f[0]) / (h * h);
      const RowMatrix expected = momentum == 0 ? force : RowMatrix(force - (1 - momentum) * velocity);
      // Differences of second order lose 1e-12 / h^2, and h^2 of a third derivative.
      EXPECT_LT(largestDifference(momentum == 0 ? velocity : acceleration, expected), 1e-5) << nameOf(loss);
    }
}

TEST_F(Flow, LearningRateAndTimeAreOneNumber) {
  for (Loss loss : everyLoss) {
    const RowMatrix plain = flow(at({40}), flowOf(loss)).trainOutputs()[0];
    EXPECT_LT(largestDifference(flow(at({5}, 8), flowOf(loss)).trainOutputs()[0], plain), 1e-12) << nameOf(loss);
    // With momentum the root of the learning rate times the time, at the same friction.
    const RowMatrix heavy = flow(at({40}), flowOf(loss, 0.9)).trainOutputs()[0];
    EXPECT_LT(largestDifference(flow(at({20}, 4), flowOf(loss, 0.8)).trainOutputs()[0], heavy), 1e-8) << nameOf(loss);
  }
}

TEST_F(Flow, KernelsOfAnyScale) {
  for (Loss loss : everyLoss)
    for (double momentum : {0.0, 0.9}) {
      const RowMatrix expected = flow(at({40}), flowOf(loss, momentum)).trainOutputs()[0];
      const RowMatrix usual = train;
      for (double scale : {0x1p-900, 0x1p900}) {
        train = usual * scale;
        const RowMatrix got = flow(at({40}, 1 / scale), flowOf(loss, momentum)).trainOutputs()[0];
        EXPECT_LT(largestDifference(got, expected), 1e-10) << nameOf(loss) << " times " << scale;
      }
      train = usual;
    }
}

TEST_F(Flow, TimesInAnyOrder) {
  for (Loss loss : everyLoss) {
    GradientFlow got = flow(at({30, 0, 2, 30}), flowOf(loss));
    const std::vector<RowMatrix> &f = got.trainOutputs();
    EXPECT_EQ(f[1], RowMatrix::Zero(24, targets(loss).cols()));
    EXPECT_EQ(f[0], f[3]);
    EXPECT_LT(largestDifference(f[2], flow(at({2}), flowOf(loss)).trainOutputs()[0]), 1e-9);
    EXPECT_LT(largestDifference(f[0], flow(at({30}), flowOf(loss)).trainOutputs()[0]), 1e-8);
  }
}

TEST_F(Flow, ThreadsChangeNoBit) {
  kernels(randomMatrix(150, 5, 1), randomMatrix(300, 5, 2));
  for (Loss loss : everyLoss) {
    PredictOptions options = at({10});
    GradientFlow one = flow(options, flowOf(loss, 0.5));
    options.threads = 3;
    GradientFlow three = flow(options, flowOf(loss, 0.5));
    EXPECT_EQ(one.trainOutputs(), three.trainOutputs());
    EXPECT_EQ(one.testOutputs(KernelView(test)), three.testOutputs(KernelView(test)));
  }
}

TEST_F(Flow, AKernelOfZerosLearnsNothing) {
  train.setZero();
  test.setZero();
  for (Loss loss : everyLoss) {
    GradientFlow got = flow(at({5, 1e300}), flowOf(loss));
    EXPECT_EQ(got.trainOutputs()[1], RowMatrix::Zero(24, targets(loss).cols()));
    EXPECT_EQ(got.testOutputs(KernelView(test))[1], RowMatrix::Zero(9, targets(loss).cols()));
  }
}

// Each of two equal examples pulls, and the mean is over twice as many.
TEST_F(Flow, DuplicatesChangeNothing) {
  const RowMatrix once = randomMatrix(12, 5, 1), xTest = randomMatrix(9, 5, 2);
  RowMatrix twice(24, 5);
  twice << once, once;
  for (Loss loss : everyLoss) {
    kernels(twice, xTest);
    const RowMatrix y = loss == Loss::mse       ? randomMatrix(12, 3, 7)
                        : loss == Loss::softmax ? onehot(12, 3)
                                                : RowMatrix(onehot(12, 2).col(0));
    RowMatrix yTwice(24, y.cols());
    yTwice << y, y;
    const PredictOptions options = at({30});
    GradientFlow two(KernelView(train), yTwice, options, flowOf(loss));
    const RowMatrix ofTwo = two.testOutputs(KernelView(test))[0];
    kernels(once, xTest);
    GradientFlow one(KernelView(train), y, options, flowOf(loss));
    EXPECT_LT(largestDifference(ofTwo, one.testOutputs(KernelView(test))[0]), 1e-8) << nameOf(loss);
  }
}

// --- Closed forms

TEST_F(Flow, TheClosedFormIsTheIntegral) {
  const RowMatrix initial = randomMatrix(24, 3, 3);
  // From overdamped in every direction, by way of both kinds at once, to hardly damped.
  for (double momentum : {0.0, 1e-3, 0.5, 0.9, 0.999})
    for (double eta : {1e-3, 1.0, 30.0}) {
      PredictOptions options = at({0.1, 3, 50}, eta);
      options.diagReg = 1e-3;
      FlowOptions how = flowOf(Loss::mse, momentum);
      GradientFlow closed = flow(options, how, initial);
      how.integrate = true;
      how.tolerance = 1e-11;
      GradientFlow integrated = flow(options, how, initial);
      closed.solve();
      integrated.solve();
      EXPECT_EQ(closed.steps(), 0);
      EXPECT_GT(integrated.steps(), 0);
      const auto a = closed.testOutputs(KernelView(test)), b = integrated.testOutputs(KernelView(test));
      for (size_t k = 0; k < 3; ++k) {
        // Some hundred steps of 1e-11 where nothing damps them.
        EXPECT_LT(largestDifference(closed.trainOutputs()[k], integrated.trainOutputs()[k]), 1e-8) << momentum;
        EXPECT_LT(largestDifference(a[k], b[k]), 1e-8) << momentum << ", " << eta;
      }
    }
}

TEST_F(Flow, MseWithoutMomentumIsThePredictor) {
  PredictOptions options = at({0.5, 30, infinity});
  options.diagReg = 1e-3;
  GradientFlow got = flow(options, flowOf(Loss::mse));
  Predictor predictor({{}, KernelView(train)}, targets(Loss::mse), options);
  TestKernels kernels;
  kernels.ntk = KernelView(test);
  const Prediction onTest = predictor.predictTest(kernels), onTrain = predictor.predictNoisyTargets();
  for (size_t k = 0; k < 3; ++k) { // two algorithms, condition 1e3
    EXPECT_LT(largestDifference(got.trainOutputs()[k], onTrain.mean[k]), 1e-12);
    EXPECT_LT(largestDifference(got.testOutputs(KernelView(test))[k], onTest.mean[k]), 1e-11);
  }
}

TEST_F(Flow, MomentumEndsWhereDescentEnds) {
  const RowMatrix initial = randomMatrix(24, 3, 3);
  GradientFlow plain = flow(at({infinity}), flowOf(Loss::mse), initial);
  GradientFlow heavy = flow(at({1e9, infinity}), flowOf(Loss::mse, 0.9), initial);
  EXPECT_LT(largestDifference(plain.testOutputs(KernelView(test))[0], heavy.testOutputs(KernelView(test))[1]), 1e-13);
  EXPECT_LT(largestDifference(heavy.trainOutputs()[0], targets(Loss::mse)), 1e-13);
}

TEST(OscillatorProgress, IsItsEquation) {
  // phi of the roots of x^2 + c x + s, which are complex where it oscillates; in long double, where they are not equal.
  const auto expected = [](long double s, long double c, long double t) {
    const std::complex<long double> r = std::sqrt(std::complex<long double>(c * c / 4 - s));
    const std::complex<long double> a = -c / 2 + r, b = -c / 2 - r;
    return double((1.0L - (a * std::exp(b * t) - b * std::exp(a * t)) / (a - b)).real());
  };
  for (double s : {1e-3, 0.2, 0.24999, 0.2500001, 1.0, 300.0})
    for (double c : {1.0, 0.1, 1e-3})
      for (double t : {1e-2, 0.3, 1.0, 7.0, 200.0}) {
        const double want = expected(s, c, t);
        // The roots lose digits where they are nearly equal, and 1 - phi where it is small; long double has 3 more.
        EXPECT_NEAR(oscillatorProgress(s, c, t), want, 1e-12 * std::abs(want) + 1e-15) << s << ", " << c << ", " << t;
      }
  EXPECT_NEAR(oscillatorProgress(0.25, 1, 3), 1 - std::exp(-1.5) * 2.5, 1e-15); // critical
}

TEST(OscillatorProgress, AtTheEdgesOfItsRange) {
  // At small times s t^2 / 2 (1 - c t / 3), on both sides of where the series ends.
  for (double t : {1e-150, 1e-9, 0.99e-4, 1.01e-4, 1e-3})
    for (double s : {0.1, 0.25, 0.9})
      EXPECT_NEAR(oscillatorProgress(s, 1, t) / (s * t * t / 2), 1 - t / 3, t * t + 1e-10) << s << " at " << t;
  EXPECT_EQ(oscillatorProgress(0, 1, 5), 0);
  EXPECT_EQ(oscillatorProgress(1, 1, 0), 0);
  for (double s : {1e-3, 0.25, 1e3, 1e300})
    for (double t : {1e300, infinity})
      EXPECT_EQ(oscillatorProgress(s, 1, t), 1) << s;
}

// --- Cross-entropies

// The gradients of the classes of an example sum to 0.
TEST_F(Flow, SoftmaxMovesNoSumOverClasses) {
  const RowMatrix initial = randomMatrix(24, 3, 3), initialTest = randomMatrix(9, 3, 4);
  for (double momentum : {0.0, 0.9}) {
    GradientFlow got = flow(at({1, 100, 1e6}), flowOf(Loss::softmax, momentum), initial);
    const std::vector<RowMatrix> onTest = got.testOutputs(KernelView(test), initialTest);
    for (size_t k = 0; k < 3; ++k) {
      // Sums over 24 examples with kernels near 10, some hundred steps, outputs to 30: 1e5 roundings.
      EXPECT_LT((got.trainOutputs()[k] - initial).rowwise().sum().cwiseAbs().maxCoeff(), 1e-11);
      EXPECT_LT((onTest[k] - initialTest).rowwise().sum().cwiseAbs().maxCoeff(), 1e-11);
    }
  }
}

// Two classes: their difference feels the logistic gradient twice.
TEST_F(Flow, SoftmaxOfTwoClassesIsLogisticAtTwiceTheTime) {
  const RowMatrix y = onehot(24, 2);
  GradientFlow two(KernelView(train), y, at({5, 1000}), flowOf(Loss::softmax));
  GradientFlow one(KernelView(train), y.col(1), at({10, 2000}), flowOf(Loss::logistic));
  for (size_t k = 0; k < 2; ++k) {
    const RowMatrix &f = two.trainOutputs()[k];
    EXPECT_LT(largestDifference(f.col(1) - f.col(0), one.trainOutputs()[k]), 1e-7);
  }
}

// A symmetric pair of examples: z' = -k / (1 + e^z) in closed form, z + e^z = 1 + k t. Late it grows as ln t.
TEST_F(Flow, LogisticOutputsGrowAsTheLogarithmOfTime) {
  train = (RowMatrix(1, 1) << 2.0).finished();
  const RowMatrix y = RowMatrix::Ones(1, 1);
  const std::vector<double> times = {1, 1e3, 1e8, 1e30, 1e100};
  GradientFlow got(KernelView(train), y, at(times), flowOf(Loss::logistic));
  for (size_t k = 0; k < times.size(); ++k) {
    const double z = got.trainOutputs()[k](0, 0);
    EXPECT_NEAR((z + std::exp(z)) / (1 + 2 * times[k]), 1, 1e-6) << times[k]; // steps of 1e-9 of z, up to 230
  }
  EXPECT_LT(got.steps(), 3000);
}

// Their digits are kept where an example is nearly learnt: p - 1 would be 0.
TEST(Residual, KeepsItsDigits) {
  const Eigen::MatrixXd f = (Eigen::MatrixXd(1, 3) << 100, 0, 0).finished();
  Eigen::MatrixXd out(1, 3);
  Residual(Loss::softmax, (RowMatrix(1, 3) << 1, 0, 0).finished()).compute(f, out);
  EXPECT_NEAR(out(0, 0) / (-2 * std::exp(-100)), 1, 1e-14);
  EXPECT_EQ(out.sum(), 0);
  Eigen::MatrixXd one(1, 1);
  for (double value : {0.0, 1.0}) {
    Residual(Loss::logistic, RowMatrix::Constant(1, 1, value))
        .compute(Eigen::MatrixXd::Constant(1, 1, value == 1 ? 100 : -100), one);
    EXPECT_NEAR(one(0, 0) / ((value == 1 ? -1 : 1) * std::exp(-100)), 1, 1e-14);
    for (double far : {-1e300, 1e300}) {
      Residual(Loss::logistic, RowMatrix::Constant(1, 1, value)).compute(Eigen::MatrixXd::Constant(1, 1, far), one);
      EXPECT_EQ(one(0, 0), (far > 0) - value);
    }
  }
}

TEST(Residual, SoftTargets) {
  const RowMatrix y = (RowMatrix(1, 3) << 0.25, 0.5, 0.25).finished();
  Eigen::MatrixXd out(1, 3);
  Residual(Loss::softmax, y).compute(Eigen::MatrixXd::Zero(1, 3), out);
  EXPECT_NEAR(out(0, 0), 1 / 3.0 - 0.25, 1e-16);
  EXPECT_NEAR(out(0, 1), 1 / 3.0 - 0.5, 1e-16);
  EXPECT_EQ(Residual(Loss::softmax, y).count(), 1);
  EXPECT_EQ(Residual(Loss::logistic, y).count(), 3);
}

// --- What is refused

TEST_F(Flow, RefusesNonsense) {
  const auto expect = [&](auto change, const char *text, Loss loss = Loss::softmax) {
    PredictOptions options = at({1});
    FlowOptions how = flowOf(loss);
    change(options, how);
    EXPECT_ERROR(flow(options, how), text);
  };
  using P = PredictOptions &;
  using F = FlowOptions &;
  expect([](P o, F) { o.times = {1, -2}; }, "a time is -2, expected a number >= 0");
  expect([](P o, F) { o.times = {std::nan("")}; }, "a time is nan, expected a number >= 0");
  expect([](P o, F) { o.times = {}; }, "no time is given");
  expect([](P o, F) { o.times = {infinity}; }, "a time is inf, expected finite ones for the loss softmax");
  expect([](P o, F) { o.times = {infinity}; }, "for the loss logistic: training has no end", Loss::logistic);
  expect([](P o, F f) { o.times = {infinity}, f.integrate = true; }, "to integrate to", Loss::mse);
  expect([](P o, F) { o.learningRate = 0; }, "the learning rate is 0, expected a number > 0");
  expect([](P o, F) { o.diagReg = -1; }, "diag_reg is -1, expected a number >= 0");
  expect([](P o, F) { o.diagRegAuto = true; }, "diag_reg auto found, expected a number");
  expect([](P, F f) { f.momentum = 1; }, "the momentum is 1, expected a number from 0 to below 1");
  expect([](P, F f) { f.momentum = std::nan(""); }, "the momentum is nan");
  expect([](P, F f) { f.tolerance = 0; }, "the tolerance is 0");
  expect([](P, F f) { f.maximumSteps = 0; }, "at most 0 steps found");
}

TEST_F(Flow, RefusesTargetsThatALossDoesNotKnow) {
  const auto error = [&](Loss loss, RowMatrix y) {
    return inet::test::messageOf([&] { GradientFlow(KernelView(train), y, at({1}), flowOf(loss)); });
  };
  RowMatrix y = onehot(24, 3);
  y(3, 1) = -0.1;
  EXPECT_EQ(error(Loss::softmax, y), "target [3, 1] is -0.1, expected a probability from 0 to 1 for the loss softmax");
  EXPECT_EQ(error(Loss::logistic, y),
            "target [3, 1] is -0.1, expected a probability from 0 to 1 for the loss logistic");
  y.row(3) << 0.5, 0.25, 0;
  EXPECT_EQ(error(Loss::softmax, y),
            "the targets of example 3 sum to 0.75, expected probabilities of classes that sum to 1");
  y(4, 0) = std::nan("");
  y.row(3) << 1, 0, 0;
  EXPECT_EQ(error(Loss::softmax, y), "target [4, 0] is nan, expected a finite number");
  EXPECT_EQ(error(Loss::mse, y), "target [4, 0] is nan, expected a finite number");
  EXPECT_EQ(error(Loss::softmax, RowMatrix(0, 3)), "the targets are 0 x 3, expected at least one row and one column");
}

TEST_F(Flow, RefusesWhatIsNotFiniteOrDoesNotFit) {
  EXPECT_ERROR(flow(at({1}), flowOf(Loss::softmax), RowMatrix::Zero(24, 2)),
               "the initial outputs are 24 x 2, expected 24 x 3");
  EXPECT_ERROR(flow(at({1}), flowOf(Loss::softmax), RowMatrix::Constant(24, 3, infinity)), "not all finite");
  EXPECT_ERROR(GradientFlow({}, targets(Loss::softmax), at({1}), flowOf(Loss::softmax)),
               "the ntk of the training set is missing");
  EXPECT_ERROR(flow(at({1}), flowOf(Loss::softmax)).testOutputs(KernelView(RowMatrix(test.leftCols(5)))),
               "the ntk of test and training set is 9 x 5, expected 24 columns");
  for (Loss loss : everyLoss) {
    RowMatrix spoilt = test;
    spoilt(2, 4) = std::nan("");
    EXPECT_ERROR(flow(at({1}), flowOf(loss)).testOutputs(KernelView(spoilt)),
                 "the ntk of test and training set: entry [2, 4] is nan");
    RowMatrix kernel = train;
    kernel(3, 9) = kernel(9, 3) = infinity;
    EXPECT_ERROR(GradientFlow(KernelView(kernel), targets(loss), at({1}), flowOf(loss)).solve(),
                 "the ntk of the training set: entry [3, 9] is inf");
  }
}

TEST_F(Flow, RefusesInfiniteTimeOfASingularKernel) {
  const RowMatrix once = randomMatrix(12, 5, 1);
  RowMatrix twice(24, 5);
  twice << once, once;
  kernels(twice, once);
  EXPECT_ERROR(flow(at({infinity}), flowOf(Loss::mse, 0.9)).solve(),
               "12 of 24 eigenvalues are 0; infinite time needs a diag_reg");
  EXPECT_TRUE(flow(at({1e9}), flowOf(Loss::mse, 0.9)).trainOutputs()[0].allFinite());
}

// Equal inputs of different classes stay where they are, and steps stay short: an error instead of a hang.
TEST_F(Flow, StepsAreBounded) {
  kernels(RowMatrix::Ones(24, 5), RowMatrix::Ones(2, 5));
  FlowOptions how = flowOf(Loss::softmax);
  how.maximumSteps = 500;
  EXPECT_ERROR(flow(at({1, 1e9}), how).solve(),
               "the flow of the loss softmax to time 1e+09 takes more than 500 steps, in which it reached time ");
  int64_t last = 0;
  how.onStep = [&](int64_t step, double time) {
    EXPECT_EQ(step, ++last);
    EXPECT_GE(time, 0);
  };
  GradientFlow quick = flow(at({1}), how);
  quick.solve();
  EXPECT_EQ(last, quick.steps());
}

} // namespace
} // namespace inet::testing
