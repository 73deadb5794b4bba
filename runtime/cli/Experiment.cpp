#include "runtime/cli/Experiment.h"

#include "runtime/data/Standardize.h"
#include "runtime/kernel/Variant.h"

#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

uint32_t resultOf(PredictKernel kernel) { return kernel == PredictKernel::nngp ? INET_NNGP : INET_NTK; }

RowMatrix asMatrix(const std::vector<double> &values, int64_t columns) {
  return Eigen::Map<const RowMatrix>(values.data(), static_cast<int64_t>(values.size()) / columns, columns);
}

RowMatrix scaled(RowMatrix targets, const Standardization &scaling, const Labels &labels) {
  for (int64_t c = 0; c < targets.cols(); ++c)
    for (int64_t r = 0; r < targets.rows(); ++r) {
      const double value = targets(r, c);
      targets(r, c) = standardized(value, scaling.mean[c], scaling.deviation[c]);
      if (!std::isfinite(targets(r, c)))
        throw Error(fmt::format("{}: {:g} is too large for f64 once standardized", labels.place(r), value));
    }
  return targets;
}

KernelView viewOf(const Buffer &buffer, Dtype dtype, int64_t rows, int64_t columns) {
  if (!buffer.data())
    return {};
  if (dtype == Dtype::f4)
    return KernelView(buffer.as<const float>(), rows, columns, columns);
  return KernelView(buffer.as<const double>(), rows, columns, columns);
}

/// Which kernels the prediction needs: the one that is solved with (in f64, so that the factor takes its place), and
/// nngp for the covariance of ntk.
struct Needs {
  KernelRequest train, test;
  bool testTest;

  Needs(const PredictOptions &options) {
    uint32_t solved = resultOf(options.kernel);
    testTest = options.covariance != Covariance::none;
    test = {solved | (testTest ? uint32_t(INET_NNGP) : 0), 0};
    train = {test.results, solved};
  }
};

const char *outputsName(const TargetCoding &coding) {
  if (coding.task == Task::classification)
    return coding.outputs == 1 ? "class" : "classes";
  return coding.outputs == 1 ? "target column" : "target columns";
}

/// The targets are there several times over while they are made and solved for (see predictBytes).
void requireTargetMemory(const TargetCoding &coding, int64_t examples, const PredictOptions &options) {
  const double targets = double(examples) * double(coding.outputs) * sizeof(double);
  requireMemory(coding.cause.empty() ? fmt::format("{} targets for each of {} examples", coding.outputs, examples)
                                     : fmt::format("{}: a target for each of {} classes and {} examples", coding.cause,
                                                   coding.outputs, examples),
                targets * (double(options.times.size()) + 5), fmt::format("{} for each copy", formatBytes(targets)));
}

class Computation {
public:
  Computation(const InetKernel &kernel, const PredictOptions &options, const Arguments &arguments,
              TrainingSet &training, RowSource *test)
      : kernel_(kernel), options_(options), execution_(arguments.execution()), training_(training), test_(test),
        needs_(options) {}

  void requireEnoughMemory() const {
    double n = double(training_.x->rows()), m = test_ ? double(test_->rows()) : 0;
    KernelRequest testTest{INET_NNGP, 0};
    double kernels = resultBytes(kernel_, n, n, needs_.train) + resultBytes(kernel_, m, n, needs_.test);
    if (options_.covariance == Covariance::full)
      kernels += resultBytes(kernel_, m, m, testTest);
    double prepared = preparedBytes(kernel_, n) + preparedBytes(kernel_, m);
    double solve = predictBytes(training_.x->rows(), test_ ? test_->rows() : training_.x->rows(),
                                training_.coding.outputs, options_, true);
    requireMemory(fmt::format("prediction from {} examples", training_.x->rows()),
                  kernels + prepared + solve + scratchBytes(kernel_, execution_.threads),
                  fmt::format("{} kernels, {} prepared inputs, {} for the solve", formatBytes(kernels),
                              formatBytes(prepared), formatBytes(solve)));
  }

  void computeKernels() {
    const Standardization *scaling = training_.featureScaling ? &*training_.featureScaling : nullptr;
    PreparedExamples train = prepareExamples(kernel_, *training_.x, scaling, execution_);
    trainTrain_ = computeKernel(kernel_, train, nullptr, needs_.train, execution_);
    if (!test_)
      return;
    PreparedExamples test = prepareExamples(kernel_, *test_, scaling, execution_);
    testTrain_ = computeKernel(kernel_, test, &train, needs_.test, execution_);
    if (options_.covariance == Covariance::full)
      testTest_ = computeKernel(kernel_, test, nullptr, {INET_NNGP, 0}, execution_);
    if (options_.covariance == Covariance::diagonal)
      testDiagonal_ = computeDiagonal(kernel_, test, INET_NNGP, execution_);
  }

  Predictor makePredictor() const {
    TrainKernels train;
    train.nngp = nngpOf(trainTrain_);
    train.ntk = ntkOf(trainTrain_);
    const Buffer &solved = options_.kernel == PredictKernel::nngp ? trainTrain_.nngp : trainTrain_.ntk;
    train.overwrite = solved.as<double>();
    train.singlePrecision = kernel_.dtype == INET_F32;
    return Predictor(train, training_.targets, options_);
  }

  Prediction predict(Predictor &predictor) const {
    if (!test_)
      return predictor.predictTrain();
    TestKernels test;
    test.nngp = nngpOf(testTrain_);
    test.ntk = ntkOf(testTrain_);
    test.nngpTestTest = nngpOf(testTest_);
    test.nngpTestDiagonal = Eigen::Map<const Eigen::VectorXd>(testDiagonal_.data(), int64_t(testDiagonal_.size()));
    return predictor.predictTest(test);
  }

private:
  const InetKernel &kernel_;
  const PredictOptions &options_;
  Execution execution_;
  TrainingSet &training_;
  RowSource *test_;
  Needs needs_;
  KernelMatrix trainTrain_, testTrain_, testTest_;
  std::vector<double> testDiagonal_;
};

} // namespace

KernelView nngpOf(const KernelMatrix &m) { return viewOf(m.nngp, m.nngpDtype, m.rows, m.columns); }
KernelView ntkOf(const KernelMatrix &m) { return viewOf(m.ntk, m.ntkDtype, m.rows, m.columns); }

TrainingSet openTrainingSet(const InetProgram &program, const Arguments &arguments) {
  Examples examples = openLabelled(arguments.train, arguments.task);
  checkInputShape(*examples.x, inputShape(program));
  TrainingSet training;
  training.coding = findCoding(*examples.labels, arguments.task, arguments.classes);
  requireTargetMemory(training.coding, examples.labels->rows(), arguments.predict);
  std::vector<double> targets = encodeTargets(*examples.labels, training.coding);
  training.x = std::move(examples.x);
  training.targets = asMatrix(targets, training.coding.outputs);
  if (!arguments.standardize)
    return training;
  training.featureScaling = findStandardization(*training.x);
  if (training.coding.task == Task::regression) {
    training.targetScaling = findStandardization(examples.labels->name, targets, training.coding.outputs);
    training.targets = scaled(std::move(training.targets), *training.targetScaling, *examples.labels);
  }
  return training;
}

RowMatrix testTargets(const Labels &labels, const TrainingSet &training) {
  RowMatrix targets = asMatrix(encodeTargets(labels, training.coding), training.coding.outputs);
  return training.targetScaling ? scaled(std::move(targets), *training.targetScaling, labels) : targets;
}

void requireCompiledIn(const InetKernel &kernel, uint32_t results, const std::string &what) {
  if (results & ~kernel.results)
    throw Error(fmt::format("{} needs {}; this program computes {} only (inetc --get)", what, resultNames(results),
                            resultNames(kernel.results)));
}

Outcome learnAndPredict(const InetKernel &kernel, const PredictOptions &options, const Arguments &arguments,
                        TrainingSet &training, RowSource *test) {
  std::string name = resultNames(resultOf(options.kernel));
  requireCompiledIn(kernel, Needs(options).test.results,
                    options.covariance == Covariance::none ? "--kernel " + name : "the covariance of --kernel " + name);
  if (test)
    checkSameColumns(*training.x, *test);
  Computation computation(kernel, options, arguments, training, test);
  computation.requireEnoughMemory();
  Outcome outcome;
  Stopwatch kernelTime;
  computation.computeKernels();
  outcome.kernelSeconds = kernelTime.seconds();
  Stopwatch solveTime;
  Predictor predictor = computation.makePredictor();
  predictor.solve();
  outcome.solveSeconds = solveTime.seconds();
  Stopwatch predictTime;
  outcome.prediction = computation.predict(predictor);
  outcome.noise = predictor.noise();
  outcome.predictSeconds = predictTime.seconds();
  return outcome;
}

void reportTraining(const InetProgram &program, const InetKernel &kernel, const Arguments &arguments,
                    const TrainingSet &training, int64_t testRows, Report &report) {
  const PredictOptions &options = arguments.predict;
  bool classes = training.coding.task == Task::classification;
  report.add("network", program.name, "network", program.name);
  report.add("kernel", resultNames(resultOf(options.kernel)), "kernel",
             fmt::format("{} in {}, diag_reg {:g}{}", resultNames(resultOf(options.kernel)), precisionName(kernel),
                         options.diagReg, options.diagRegAbsolute ? " (absolute)" : ""));
  report.addFigure("precision", precisionName(kernel));
  report.addFigure("diag_reg", options.diagReg);
  report.addFigure("diag_reg_absolute", options.diagRegAbsolute);
  report.addFigure("task", classes ? "classification" : "regression");
  report.add("train_examples", training.targets.rows(), "examples",
             fmt::format("{} to learn from, {} to predict; {} {}", training.targets.rows(), testRows,
                         training.coding.outputs, outputsName(training.coding)));
  if (!training.coding.hint.empty())
    report.add("note", training.coding.hint, "note", training.coding.hint);
  report.addFigure("test_examples", testRows);
  report.addFigure("outputs", training.coding.outputs);
  if (!training.coding.classNames.empty())
    report.addFigure("classes", training.coding.classNames);
  report.add("threads", arguments.threads, "threads", std::to_string(arguments.threads));
}

void reportSeconds(const Outcome &outcome, double total, Report &report) {
  report.addSeconds("kernel", outcome.kernelSeconds);
  report.addSeconds("solve", outcome.solveSeconds);
  report.addSeconds("predict", outcome.predictSeconds);
  report.addSeconds("total", total);
}

Report::Json timeJson(double time) { return std::isfinite(time) ? Report::Json(time) : Report::Json("inf"); }

} // namespace inet
