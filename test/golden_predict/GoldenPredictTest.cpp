// Every file of this folder against the predictor, with kernels from their closed forms: the mathematics of prediction
// on its own. README.md says what the files are.
#include "runtime/predict/GradientFlow.h"
#include "runtime/predict/LearningRate.h"
#include "test/runtime/predict/ClosedFormKernels.h"

#include <fstream>
#include <gtest/gtest.h>
#include <numeric>
#include <sstream>
#include <string>

namespace inet::testing {
namespace {

/// The numbers of a float64 .npy file in C order.
std::vector<double> readNumbers(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < 10 || bytes.find("'descr': '<f8', 'fortran_order': False") == std::string::npos)
    throw std::runtime_error(path + " is not a float64 .npy file in C order");
  const size_t header = 10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
  std::vector<double> numbers((bytes.size() - header) / sizeof(double));
  std::copy_n(bytes.data() + header, numbers.size() * sizeof(double), reinterpret_cast<char *>(numbers.data()));
  return numbers;
}

struct Case {
  std::string folder;
  Network network;
  Eigen::Index features, outputs;
};

void PrintTo(const Case &c, std::ostream *out) { *out << c.folder; }

class GoldenPredict : public ::testing::TestWithParam<Case> {
protected:
  void SetUp() override {
    xTrain = readMatrix("x_train", GetParam().features);
    xTest = readMatrix("x_test", GetParam().features);
    y = readMatrix("y_train", GetParam().outputs);
    times = read("times");
    train = computeKernels(GetParam().network, xTrain, xTrain);
    testTrain = computeKernels(GetParam().network, xTest, xTrain);
    testTest = computeKernels(GetParam().network, xTest, xTest);
    trainViews = {KernelView(train.nngp), KernelView(train.ntk), nullptr};
    testViews = {KernelView(testTrain.nngp), KernelView(testTrain.ntk), KernelView(testTest.nngp),
                 testTest.nngp.diagonal()};
  }

  std::vector<double> read(const std::string &name) const {
    return readNumbers(std::string(GOLDEN_PREDICT_DIR) + "/" + GetParam().folder + "/" + name + ".npy");
  }

  RowMatrix readMatrix(const std::string &name, Eigen::Index columns) const {
    const std::vector<double> numbers = read(name);
    return Eigen::Map<const RowMatrix>(numbers.data(), static_cast<Eigen::Index>(numbers.size()) / columns, columns);
  }

  PredictOptions optionsFor(PredictKernel kernel, Covariance covariance) const {
    PredictOptions options;
    options.kernel = kernel;
    options.covariance = covariance;
    options.diagReg = 1e-3; // case.json; its learning rate is 1
    options.threads = 2;
    return options;
  }

  /// Matrices one after the other are the numbers of a file, to `tolerance` of its largest: 1e-9 is what the peer's own
  /// f64 loses to the condition of the regularised kernel, about 1e4.
  template <class Matrices>
  void expectGolden(const Matrices &got, const std::string &name, double tolerance = 1e-9) const {
    const std::vector<double> want = read(name);
    double scale = 0;
    for (double value : want)
      scale = std::max(scale, std::abs(value));
    size_t next = 0;
    for (const auto &matrix : got)
      for (Eigen::Index i = 0; i < matrix.rows(); ++i)
        for (Eigen::Index j = 0; j < matrix.cols(); ++j, ++next) {
          ASSERT_LT(next, want.size()) << name;
          ASSERT_NEAR(matrix(i, j), want[next], tolerance * scale) << name << " at " << next;
        }
    EXPECT_EQ(next, want.size()) << name;
  }

  /// The diagonals are those of the golden covariances.
  void expectGoldenDiagonal(const std::vector<Eigen::MatrixXd> &got, const std::string &name) const {
    const std::vector<double> want = read(name);
    const auto size = got.front().rows();
    const double scale =
        Eigen::Map<const Eigen::VectorXd>(want.data(), static_cast<Eigen::Index>(want.size())).cwiseAbs().maxCoeff();
    for (size_t k = 0; k < got.size(); ++k)
      for (Eigen::Index i = 0; i < size; ++i)
        ASSERT_NEAR(got[k](i, 0), want[(k * size + i) * size + i], 1e-9 * scale) << name << " at " << k << ", " << i;
  }

  RowMatrix xTrain, xTest, y;
  std::vector<double> times;
  KernelPair train, testTrain, testTest;
  TrainKernels trainViews;
  TestKernels testViews;
};

const std::pair<PredictKernel, std::string> kernels[] = {{PredictKernel::nngp, "nngp"}, {PredictKernel::ntk, "ntk"}};

TEST_P(GoldenPredict, InfiniteTime) {
  for (const auto &[kernel, name] : kernels)
    for (bool absolute : {false, true}) {
      PredictOptions options = optionsFor(kernel, Covariance::full);
      options.diagRegAbsolute = absolute;
      const Prediction got = Predictor(trainViews, y, options).predictTest(testViews);
      const std::string suffix = absolute ? "_absolute" : "";
      expectGolden(got.mean, name + "_inf_mean" + suffix);
      expectGolden(got.covariance, name + "_inf_cov" + suffix);
      options.covariance = Covariance::diagonal;
      expectGoldenDiagonal(Predictor(trainViews, y, options).predictTest(testViews).covariance,
                           name + "_inf_cov" + suffix);
    }
}

TEST_P(GoldenPredict, FiniteTimes) {
  for (const auto &[kernel, name] : kernels) {
    PredictOptions options = optionsFor(kernel, Covariance::full);
    options.times = times;
    const Prediction got = Predictor(trainViews, y, options).predictTest(testViews);
    expectGolden(got.mean, name + "_t_mean");
    expectGolden(got.covariance, name + "_t_cov");
    options.covariance = Covariance::diagonal;
    expectGoldenDiagonal(Predictor(trainViews, y, options).predictTest(testViews).covariance, name + "_t_cov");
  }
}

TEST_P(GoldenPredict, LearningRateScalesTime) {
  for (const auto &[kernel, name] : kernels) {
    PredictOptions options = optionsFor(kernel, Covariance::full);
    options.learningRate = 0.125;
    for (double time : times)
      options.times.push_back(time / 0.125);
    options.times.erase(options.times.begin());
    const Prediction got = Predictor(trainViews, y, options).predictTest(testViews);
    expectGolden(got.mean, name + "_t_mean");
    expectGolden(got.covariance, name + "_t_cov");
  }
}

TEST_P(GoldenPredict, TrainingSet) {
  for (const auto &[kernel, name] : kernels) {
    PredictOptions options = optionsFor(kernel, Covariance::full);
    options.times = times;
    const Prediction got = Predictor(trainViews, y, options).predictNoisyTargets();
    expectGolden(got.mean, name + "_t_train_mean");
    expectGolden(got.covariance, name + "_t_train_cov");
    options.covariance = Covariance::diagonal;
    expectGoldenDiagonal(Predictor(trainViews, y, options).predictNoisyTargets().covariance, name + "_t_train_cov");
  }
}

// The flow is linear in the residual: from initial outputs f0 it is f0 plus the flow from 0 towards y - f0.
TEST_P(GoldenPredict, FlowFromInitialOutputs) {
  PredictOptions options = optionsFor(PredictKernel::ntk, Covariance::none);
  options.times = times;
  const RowMatrix f0Train = readMatrix("f0_train", GetParam().outputs);
  const RowMatrix f0Test = readMatrix("f0_test", GetParam().outputs);
  Predictor predictor(trainViews, y - f0Train, options);
  std::vector<RowMatrix> onTrain = predictor.predictNoisyTargets().mean, onTest = predictor.predictTest(testViews).mean;
  for (RowMatrix &mean : onTrain)
    mean += f0Train;
  for (RowMatrix &mean : onTest)
    mean += f0Test;
  expectGolden(onTrain, "gd_mse_train");
  expectGolden(onTest, "gd_mse_test");
}

TEST_P(GoldenPredict, GradientFlow) {
  PredictOptions options = optionsFor(PredictKernel::ntk, Covariance::none);
  options.times = times;
  const RowMatrix f0Test = readMatrix("f0_test", GetParam().outputs);
  GradientFlow flow(trainViews.ntk, y, options, {}, readMatrix("f0_train", GetParam().outputs));
  expectGolden(flow.trainOutputs(), "gd_mse_train");
  expectGolden(flow.testOutputs(testViews.ntk, f0Test), "gd_mse_test");
}

// The peer integrates with errors of 1.4e-8 a step.
TEST_P(GoldenPredict, MomentumFlow) {
  PredictOptions options = optionsFor(PredictKernel::ntk, Covariance::none);
  options.times = read("momentum_times");
  options.diagReg = 0;
  const RowMatrix f0Test = readMatrix("f0_test", GetParam().outputs);
  for (bool integrate : {false, true}) {
    FlowOptions how;
    how.momentum = 0.9;
    how.integrate = integrate;
    GradientFlow flow(trainViews.ntk, y, options, how, readMatrix("f0_train", GetParam().outputs));
    expectGolden(flow.trainOutputs(), "momentum_mse_train", 1e-6);
    expectGolden(flow.testOutputs(testViews.ntk, f0Test), "momentum_mse_test", 1e-6);
  }
}

TEST_P(GoldenPredict, SoftmaxFlow) {
  if (GetParam().outputs == 1)
    return; // a regression has no such files
  PredictOptions options = optionsFor(PredictKernel::ntk, Covariance::none);
  options.times = read("softmax_times");
  options.diagReg = 0;
  FlowOptions how;
  how.loss = Loss::softmax;
  GradientFlow flow(trainViews.ntk, readMatrix("onehot", GetParam().outputs), options, how);
  expectGolden(flow.trainOutputs(), "softmax_train", 1e-6);
  expectGolden(flow.testOutputs(testViews.ntk), "softmax_test", 1e-6);
}

TEST_P(GoldenPredict, MaximumLearningRate) {
  for (const auto &[momentum, name] : {std::pair{0.0, "max_learning_rate"}, {0.9, "max_learning_rate_momentum_0.9"}}) {
    const double want = read(name).front();
    EXPECT_NEAR(maximumLearningRate(largestEigenvalue(trainViews.ntk, 2), y.size(), momentum), want, 1e-9 * want);
  }
}

// A kernel that may be overwritten gives the same predictions, whether one solve or both are asked for.
TEST_P(GoldenPredict, Overwriting) {
  for (const auto &[kernel, name] : kernels)
    for (bool both : {false, true}) {
      PredictOptions options = optionsFor(kernel, Covariance::full);
      options.times = times;
      if (both)
        options.times.push_back(std::numeric_limits<double>::infinity());
      KernelPair copy = train;
      const TrainKernels views{KernelView(copy.nngp), KernelView(copy.ntk),
                               kernel == PredictKernel::nngp ? copy.nngp.data() : copy.ntk.data()};
      Prediction got = Predictor(views, y, options).predictTest(testViews);
      if (both) {
        expectGolden(std::vector{got.mean.back()}, name + "_inf_mean");
        expectGolden(std::vector{got.covariance.back()}, name + "_inf_cov");
        got.mean.pop_back();
        got.covariance.pop_back();
      }
      expectGolden(got.mean, name + "_t_mean");
      expectGolden(got.covariance, name + "_t_cov");
    }
}

// An f32 kernel is converted, and the rest is done in double: its predictions are, to the last bits, those of its
// values as doubles.
TEST_P(GoldenPredict, SinglePrecisionKernelsAreSolvedInDouble) {
  using RowMatrixF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const RowMatrixF dd[] = {train.nngp.cast<float>(), train.ntk.cast<float>()};
  const RowMatrixF td[] = {testTrain.nngp.cast<float>(), testTrain.ntk.cast<float>()};
  const RowMatrixF tt = testTest.nngp.cast<float>();
  const RowMatrix ddWide[] = {dd[0].cast<double>(), dd[1].cast<double>()};
  const RowMatrix tdWide[] = {td[0].cast<double>(), td[1].cast<double>()};
  const RowMatrix ttWide = tt.cast<double>();
  PredictOptions options = optionsFor(PredictKernel::ntk, Covariance::full);
  options.times = {1.0, std::numeric_limits<double>::infinity()};
  const Prediction single = Predictor({KernelView(dd[0]), KernelView(dd[1]), nullptr}, y, options)
                                .predictTest({KernelView(td[0]), KernelView(td[1]), KernelView(tt), {}});
  const Prediction wide = Predictor({KernelView(ddWide[0]), KernelView(ddWide[1]), nullptr}, y, options)
                              .predictTest({KernelView(tdWide[0]), KernelView(tdWide[1]), KernelView(ttWide), {}});
  for (size_t k = 0; k < 2; ++k) {
    // Products of other shapes sum in another order: 1e-12 is a few hundred roundings, f32 would lose 1e-4.
    EXPECT_LT((single.mean[k] - wide.mean[k]).norm(), 1e-12 * wide.mean[k].norm());
    EXPECT_LT((single.covariance[k] - wide.covariance[k]).norm(), 1e-12 * ttWide.norm());
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenPredict,
                         ::testing::Values(Case{"yacht_relu", {Nonlinearity::relu, 2, 1.4L, 0.1L}, 6, 1},
                                           Case{"mnist_erf", {Nonlinearity::erf, 2, 1.5L, 0.05L}, 196, 10}),
                         [](const auto &info) { return info.param.folder; });

} // namespace
} // namespace inet::testing
