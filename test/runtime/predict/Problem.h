// A training and a test set with their kernels, for tests of the predictor.
#ifndef INET_TEST_RUNTIME_PREDICT_PROBLEM_H
#define INET_TEST_RUNTIME_PREDICT_PROBLEM_H

#include "test/runtime/predict/ClosedFormKernels.h"

#include <limits>
#include <random>
#include <string>

namespace inet::testing {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr Network network = {Nonlinearity::relu, 2, 1.4L, 0.1L};

inline RowMatrix randomInputs(int64_t count, int64_t features, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  return RowMatrix::NullaryExpr(count, features, [&] { return normal(generator); });
}

/// Training and test set, their kernels and targets, and views of them.
struct Problem {
  Problem(RowMatrix xTrain, RowMatrix xTest, int64_t outputs = 2, Network net = network)
      : y(randomInputs(xTrain.rows(), outputs, 99)), train(computeKernels(net, xTrain, xTrain)),
        testTrain(computeKernels(net, xTest, xTrain)), testTest(computeKernels(net, xTest, xTest)) {}

  TrainKernels trainViews() const { return {KernelView(train.nngp), KernelView(train.ntk), nullptr}; }
  TestKernels testViews() const {
    return {KernelView(testTrain.nngp), KernelView(testTrain.ntk), KernelView(testTest.nngp), testTest.nngp.diagonal()};
  }
  Prediction predict(const PredictOptions &options) const {
    return Predictor(trainViews(), y, options).predictTest(testViews());
  }
  Prediction predictTrain(const PredictOptions &options) const {
    return Predictor(trainViews(), y, options).predictTrain();
  }

  RowMatrix y;
  KernelPair train, testTrain, testTest;
};

inline Problem usualProblem() { return Problem(randomInputs(40, 5, 1), randomInputs(13, 5, 2)); }

inline PredictOptions optionsFor(PredictKernel kernel, std::vector<double> times,
                                 Covariance covariance = Covariance::full, double diagReg = 1e-3) {
  PredictOptions options;
  options.kernel = kernel;
  options.times = std::move(times);
  options.covariance = covariance;
  options.diagReg = diagReg;
  return options;
}

/// What() of the error that a call throws, or "" where it throws none.
template <class Call> std::string errorOf(Call call) {
  try {
    call();
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

} // namespace inet::testing

#endif // INET_TEST_RUNTIME_PREDICT_PROBLEM_H
