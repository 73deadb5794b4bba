// Which kernels are needed, and scores as plain figures. What is predicted: runtime/predict and runtime/cli.
#include "runtime/learn/Results.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/HandWrittenKernel.h"

#include <cmath>

using namespace inet;
using namespace inet::test;

namespace {

PredictOptions wanting(PredictKernel kernel, Covariance covariance) {
  PredictOptions options;
  options.kernel = kernel;
  options.covariance = covariance;
  return options;
}

/// Three examples on the axes, targets of two outputs.
struct Small {
  std::vector<double> x = {1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 0}, y = {10, 0, 20, 4, 30, 8};

  TrainingSet training(bool standardize) const {
    MemorySource labels("y", Dtype::f8, {3, 2}, y.data());
    TrainingOptions options;
    options.features.standardize = standardize ? Standardize::features : Standardize::nothing;
    return makeTrainingSet(std::make_shared<MemorySource>("x", Dtype::f8, Shape{3, kFeatures}, x.data()),
                           labelsOf(labels), {kFeatures}, options);
  }
};

} // namespace

TEST(NeededKernels, OnlyWhatThePredictionTakes) {
  constexpr uint32_t nngp = INET_NNGP, ntk = INET_NTK;
  NeededKernels mean(wanting(PredictKernel::ntk, Covariance::none));
  EXPECT_EQ(mean.train.results, ntk);
  EXPECT_EQ(mean.train.asDoubles, ntk); // the factor takes its place
  EXPECT_EQ(mean.test.results, ntk);
  EXPECT_EQ(mean.testTest.results | mean.testDiagonal, 0u);
  NeededKernels diagonal(wanting(PredictKernel::ntk, Covariance::diagonal));
  EXPECT_EQ(diagonal.train.results, nngp | ntk);
  EXPECT_EQ(diagonal.train.asDoubles, ntk);
  EXPECT_EQ(diagonal.testDiagonal, nngp);
  EXPECT_EQ(diagonal.testTest.results, 0u);
  NeededKernels full(wanting(PredictKernel::nngp, Covariance::full));
  EXPECT_EQ(full.train.results, nngp);
  EXPECT_EQ(full.testTest.results, nngp);
  EXPECT_EQ(full.testDiagonal, 0u);
}

TEST(Experiment, LearnsOncePredictsTwice) {
  Small small;
  PredictOptions options = wanting(PredictKernel::nngp, Covariance::diagonal);
  options.diagReg = 0.1;
  Experiment experiment(handWrittenProgram(INET_F64), small.training(false), options, {2, ProgressStyle::none()});
  experiment.computeTrainingKernel();
  experiment.solve();
  MemorySource test("t", Dtype::f8, {3, kFeatures}, small.x.data());
  Prediction first = experiment.predict(experiment.computeTestKernels(test));
  Prediction second = experiment.predict(experiment.computeTestKernels(test));
  EXPECT_EQ(first.mean, second.mean);
  EXPECT_EQ(first.covariance, second.covariance);
  Setting setting = experiment.describe(3);
  EXPECT_EQ(setting.network, "hand_written");
  EXPECT_EQ(setting.kernel, "nngp");
  EXPECT_EQ(setting.precision, "f64");
  EXPECT_EQ(setting.trainExamples, 3);
  EXPECT_EQ(setting.outputs, 2);
}

TEST(Experiment, AKernelThatWasNotCompiledInIsRefused) {
  InetKernel kernel = handWrittenProgram(INET_F64).kernels[0];
  kernel.results = INET_NTK;
  InetProgram program = handWrittenProgram(INET_F64);
  program.kernels = &kernel;
  Small small;
  auto make = [&](Covariance covariance) {
    Experiment(program, small.training(false), wanting(PredictKernel::ntk, covariance), {1, ProgressStyle::none()});
  };
  EXPECT_NO_THROW(make(Covariance::none));
  EXPECT_ERROR(make(Covariance::diagonal), "the covariance of --kernel ntk needs nngp, ntk; this program computes ntk");
}

TEST(Results, StandardizedOutputsHaveTheirOwnCovariance) {
  Small small;
  TrainingSet training = small.training(true);
  double first = std::sqrt(200.0 / 3), second = std::sqrt(32.0 / 3); // deviations of 10, 20, 30 and of 0, 4, 8
  Prediction prediction;
  prediction.times = {1};
  prediction.mean = {RowMatrix::Constant(1, 2, 1)};
  prediction.covariance = {Eigen::MatrixXd::Constant(1, 1, 2)};
  PredictionInUnits result = inTargetUnits(prediction, training);
  // f64, some roundings of numbers up to 133
  EXPECT_NEAR(result.mean[0](0, 0), 20 + first, 1e-13);
  EXPECT_NEAR(result.mean[0](0, 1), 4 + second, 1e-13);
  ASSERT_EQ(result.covariances, 2);
  EXPECT_NEAR(result.covariance[0](0, 0), 2 * first * first, 1e-12);
  EXPECT_NEAR(result.covariance[1](0, 0), 2 * second * second, 1e-12);
  std::vector<NamedArray> arrays = arraysOf(result, Covariance::diagonal);
  EXPECT_EQ(arrays[0].shape, (Shape{1, 2}));
  EXPECT_EQ(arrays[1].shape, (Shape{2, 1}));
}

TEST(Results, ScoresSayWhyThereIsNoLikelihood) {
  Small small;
  TrainingSet training = small.training(false);
  Prediction prediction;
  prediction.times = {1, 2};
  prediction.mean = {training.targets, RowMatrix(training.targets.array() + 2)};
  std::vector<Scores> scores = scorePrediction(training, training.targets, prediction, 0.5);
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].rootMeanSquareError, 0);
  EXPECT_EQ(scores[1].rootMeanSquareError, 2);
  EXPECT_FALSE(scores[0].accuracy);
  EXPECT_FALSE(scores[0].negativeLogLikelihood);
  EXPECT_EQ(scores[0].whyNoLikelihood, "the program was compiled without nngp");
  prediction.covariance.assign(2, Eigen::MatrixXd::Zero(3, 1));
  EXPECT_EQ(scorePrediction(training, training.targets, prediction, 0)[0].whyNoLikelihood,
            "a predicted variance is 0 (see --diag-reg)");
  EXPECT_TRUE(scorePrediction(training, training.targets, prediction, 0.5)[0].negativeLogLikelihood);
}
