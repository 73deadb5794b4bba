#include "runtime/learn/Experiment.h"

#include "runtime/Stopwatch.h"
#include "runtime/kernel/FiniteDiagonal.h"
#include "runtime/predict/LearningRate.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

uint32_t resultOf(PredictKernel kernel) { return kernel == PredictKernel::nngp ? INET_NNGP : INET_NTK; }

const char *nameOf(PredictKernel kernel) {
  return kernel == PredictKernel::nngp ? "nngp" : kernel == PredictKernel::ntk ? "ntk" : "ntkgp";
}

KernelView viewOf(const Buffer &buffer, Dtype dtype, int64_t rows, int64_t columns) {
  if (!buffer.data())
    return {};
  if (dtype == Dtype::f4)
    return KernelView(buffer.as<const float>(), rows, columns, columns);
  return KernelView(buffer.as<const double>(), rows, columns, columns);
}

void requireKernelsOf(const PredictOptions &options, const InetKernel &kernel) {
  uint32_t results = NeededKernels(options).test.results;
  if (!(results & ~kernel.results))
    return;
  std::string what = fmt::format("--kernel {}", nameOf(options.kernel));
  if (options.covariance != Covariance::none)
    what = "the covariance of " + what;
  throw Error(fmt::format("{} needs {}; this program computes {} only (inetc --get)", what, resultNames(results),
                          resultNames(kernel.results)));
}

void checkFlow(const FlowOptions &flow, const PredictOptions &options, const TargetCoding &coding) {
  if (!flow.beyondPredictor())
    return;
  checkFlowOptions(flow, options);
  const std::string what = flow.loss == Loss::mse ? "--momentum" : fmt::format("--loss {}", nameOf(flow.loss));
  if (options.kernel == PredictKernel::ntkgp)
    throw Error(
        fmt::format("{}: the kernel ntkgp found, nngp or ntk expected: a Gaussian process is not trained", what));
  if (options.covariance != Covariance::none)
    throw Error(fmt::format("{}: a covariance is asked for, none expected: it has no closed form", what));
  if (flow.loss != Loss::mse && coding.task != Task::classification)
    throw Error(fmt::format("{}: a regression found; a classification expected (see --task)", what));
  if (flow.loss == Loss::logistic && coding.outputs != 2)
    throw Error(fmt::format("{}: {} classes found, 2 expected; --loss softmax takes any number", what, coding.outputs));
}

/// The targets of a training set as a loss takes them: onehot, or whether an example is of the second class.
RowMatrix targetsOf(const TrainingSet &training, Loss loss) {
  if (loss == Loss::mse)
    return training.targets;
  const RowMatrix onehot = (training.targets.array() > 0).cast<double>(); // they are onehot - 1/classes
  return loss == Loss::softmax ? onehot : RowMatrix(onehot.col(1));
}

PredictOptions withThreads(PredictOptions options, int threads) {
  options.threads = threads;
  return options;
}

} // namespace

uint32_t priorOf(PredictKernel kernel) { return kernel == PredictKernel::ntkgp ? INET_NTK : INET_NNGP; }

NeededKernels::NeededKernels(const PredictOptions &options) {
  uint32_t solved = resultOf(options.kernel);
  uint32_t prior = priorOf(options.kernel);
  if (options.alphaEps) { // the kernel is the prior covariance itself, also where it is the ntk
    test = {solved, 0};
    train = {solved, solved};
    testDiagonal = solved;
    return;
  }
  uint32_t covariance = options.covariance == Covariance::none ? 0 : prior;
  test = {solved | covariance, 0};
  train = {test.results, solved};
  if (options.covariance == Covariance::full)
    testTest = {prior, 0};
  if (options.covariance == Covariance::diagonal)
    testDiagonal = prior;
}

Experiment::Experiment(const InetProgram &program, TrainingSet training, const PredictOptions &options,
                       const Execution &execution, const FlowOptions &flow)
    : program_(program), chosen_(chooseVariantToLearn(program, options.precision, training.targets.rows())),
      kernel_(chosen_.kernel), training_(std::move(training)), options_(withThreads(options, execution.threads)),
      flowOptions_(flow), execution_(execution), needs_(options) {
  checkFlow(flow, options, training_.coding);
  requireKernelsOf(options_, kernel_);
  if (options_.alphaEps && training_.coding.task != Task::classification)
    throw Error("--classify dirichlet: a regression found; a classification expected (see --task)");
}

Setting Experiment::describe(int64_t testExamples) const {
  Setting setting;
  setting.network = program_.name;
  setting.kernel = nameOf(options_.kernel);
  setting.precision = precisionName(kernel_);
  setting.precisionReason = chosen_.reason;
  setting.diagReg = predictor_ ? predictor_->diagReg() : options_.diagReg;
  setting.diagRegAuto = options_.diagRegAuto;
  setting.diagRegAbsolute = options_.diagRegAbsolute;
  setting.loss = nameOf(flowOptions_.loss);
  setting.momentum = flowOptions_.momentum;
  setting.learningRate = options_.learningRate;
  setting.task = training_.coding.task;
  setting.trainExamples = training_.targets.rows();
  setting.flipped = training_.flipped;
  setting.testExamples = testExamples;
  setting.outputs = training_.coding.outputs;
  setting.classNames = training_.coding.classNames;
  setting.note = training_.coding.hint;
  setting.notes = training_.coding.notes;
  setting.files = training_.files;
  setting.preprocessing = training_.preprocessing.steps;
  setting.threads = execution_.threads;
  return setting;
}

double Experiment::solveBytes(int64_t testExamples) const {
  const int64_t n = training_.targets.rows(), outputs = training_.coding.outputs;
  if (options_.alphaEps)
    return dirichletBytes(n, testExamples, outputs, true);
  return flowOptions_.beyondPredictor() ? flowBytes(n, testExamples, outputs, options_, flowOptions_)
                                        : predictBytes(n, testExamples, outputs, options_, true);
}

void Experiment::requireMemory(std::optional<int64_t> testExamples, int64_t validationExamples) const {
  const int64_t n = training_.targets.rows(), m = testExamples.value_or(0) + validationExamples;
  double kernels = resultBytes(kernel_, n, n, needs_.train) + resultBytes(kernel_, m, n, needs_.test) +
                   resultBytes(kernel_, m, m, needs_.testTest);
  double prepared = preparedBytes(kernel_, n) + preparedBytes(kernel_, m);
  double solve = solveBytes(testExamples.value_or(n) + validationExamples);
  inet::requireMemory(fmt::format("prediction from {} examples", n),
                      kernels + prepared + solve + scratchBytes(kernel_, execution_.threads),
                      fmt::format("{} kernels, {} prepared inputs, {} for the solve", formatBytes(kernels),
                                  formatBytes(prepared), formatBytes(solve)));
}

void Experiment::requireMemoryToPredict(std::optional<int64_t> testExamples) const {
  const int64_t n = training_.targets.rows(), m = testExamples.value_or(0);
  double kernels = resultBytes(kernel_, m, n, needs_.test) + resultBytes(kernel_, m, m, needs_.testTest);
  double prepared = preparedBytes(kernel_, m);
  double predict = solveBytes(testExamples.value_or(n)) - solveBytes(0);
  inet::requireMemory(fmt::format("prediction of {} examples", testExamples.value_or(n)),
                      kernels + prepared + predict + scratchBytes(kernel_, execution_.threads),
                      fmt::format("{} kernels, {} prepared inputs, {} for the prediction", formatBytes(kernels),
                                  formatBytes(prepared), formatBytes(predict)));
}

void Experiment::checkTest(const RowSource &test) const { checkSameColumns(*training_.x, test); }

void Experiment::computeTrainingKernel() {
  prepared_ = prepareExamples(kernel_, *training_.x, training_.preprocessing, execution_);
  trainTrain_ = computeKernel(kernel_, prepared_, nullptr, needs_.train, execution_);
  requireFiniteDiagonal(*training_.x, kernel_, trainTrain_);
}

TestSetKernels Experiment::computeTestKernels(RowSource &test) const {
  TestSetKernels kernels;
  PreparedExamples prepared = prepareExamples(kernel_, test, training_.preprocessing, execution_);
  kernels.testTrain = computeKernel(kernel_, prepared, &prepared_, needs_.test, execution_);
  if (needs_.testTest.results) {
    kernels.testTest = computeKernel(kernel_, prepared, nullptr, needs_.testTest, execution_);
    requireFiniteDiagonal(test, kernel_, kernels.testTest);
  }
  if (needs_.testDiagonal) {
    kernels.testDiagonal = computeDiagonal(kernel_, prepared, needs_.testDiagonal, execution_);
    requireFiniteDiagonal(test, kernel_, needs_.testDiagonal, kernels.testDiagonal);
  }
  return kernels;
}

KernelView Experiment::trainingKernel() const { return solvedOf(trainTrain_); }

KernelView Experiment::solvedOf(const KernelMatrix &matrix) const {
  return options_.kernel == PredictKernel::nngp ? nngpOf(matrix) : ntkOf(matrix);
}

void Experiment::solve() {
  TrainKernels train;
  train.nngp = nngpOf(trainTrain_);
  train.ntk = ntkOf(trainTrain_);
  const Buffer &solved = options_.kernel == PredictKernel::nngp ? trainTrain_.nngp : trainTrain_.ntk;
  train.overwrite = solved.as<double>();
  train.singlePrecision = kernel_.dtype == INET_F32;
  conflicts_ = findConflicts(trainingKernel(), training_.targets, train.singlePrecision);
  if (flowOptions_.beyondPredictor()) {
    startFlow(trainingKernel());
    return;
  }
  if (options_.alphaEps) {
    classifier_.emplace(train, largestOfRows(training_.targets), training_.coding.outputs, options_);
    classifier_->chooseScale();
    return;
  }
  predictor_.emplace(train, training_.targets, options_);
  predictor_->solve();
}

void Experiment::startFlow(const KernelView &kernel) {
  FlowOptions flow = flowOptions_;
  flow.singlePrecision = kernel_.dtype == INET_F32;
  flow_.emplace(kernel, targetsOf(training_, flow.loss), options_, flow);
  flow_->solve();
}

Prediction Experiment::predictByFlow(const KernelView &kernel) {
  Prediction prediction;
  prediction.times = options_.times;
  prediction.mean = flow_->testOutputs(kernel);
  if (flowOptions_.loss == Loss::logistic)
    for (RowMatrix &mean : prediction.mean) {
      RowMatrix both(mean.rows(), 2);
      both << -mean / 2, mean / 2;
      mean = std::move(both);
    }
  return prediction;
}

/// Views of what the kernels hold, which must outlive them.
static TestKernels viewsOf(const TestSetKernels &kernels) {
  TestKernels test;
  test.nngp = nngpOf(kernels.testTrain);
  test.ntk = ntkOf(kernels.testTrain);
  // It holds the prior alone, whichever that is.
  test.nngpTestTest = kernels.testTest.nngp.data() ? nngpOf(kernels.testTest) : ntkOf(kernels.testTest);
  test.nngpTestDiagonal =
      Eigen::Map<const Eigen::VectorXd>(kernels.testDiagonal.data(), int64_t(kernels.testDiagonal.size()));
  return test;
}

Prediction Experiment::predict(const TestSetKernels &kernels) {
  if (flow_)
    return predictByFlow(solvedOf(kernels.testTrain));
  const TestKernels views = viewsOf(kernels);
  if (!classifier_)
    return predictor_->predictTest(views);
  return classifier_->predictTest(solvedOf(kernels.testTrain),
                                  views.nngpTestDiagonal); // of the kernel that NeededKernels asked for
}

LeadingPredictions Experiment::predictLeading(const TestSetKernels &kernels, const std::vector<int64_t> &sizes) {
  return predictor_->predictLeading(viewsOf(kernels), sizes);
}

Prediction Experiment::predictTrainingSet() {
  if (flow_)
    return predictByFlow(trainingKernel());
  return classifier_ ? classifier_->predictTrain() : predictor_->predictTrain();
}

std::optional<double> Experiment::evidence() {
  const std::vector<double> &times = options_.times;
  if (!predictor_ || options_.kernel != PredictKernel::nngp ||
      std::none_of(times.begin(), times.end(), [](double t) { return std::isinf(t); }))
    return std::nullopt;
  double evidence = predictor_->logMarginalLikelihood();
  if (training_.targetScaling)
    for (double deviation : training_.targetScaling->deviation)
      evidence -= double(training_.targets.rows()) * std::log(deviation);
  return evidence;
}

Prediction Experiment::leaveOneOut() {
  if (classifier_)
    return classifier_->leaveOneOut();
  LeaveOneOut found = predictor_->leaveOneOut();
  Prediction prediction;
  prediction.times = {std::numeric_limits<double>::infinity()};
  prediction.mean.push_back(std::move(found.mean));
  if (found.variance.size() > 0)
    prediction.covariance.push_back(std::move(found.variance));
  return prediction;
}

SolveFacts Experiment::solveFacts(const Prediction &prediction) {
  constexpr double allowed = 0.01;
  constexpr int64_t maximumSearched = 8192;
  SolveFacts facts;
  facts.noise = noise();
  facts.conflicts = conflicts_;
  facts.conflicts.first = {training_.x->rowInFile(conflicts_.first.first),
                           training_.x->rowInFile(conflicts_.first.second)};
  const std::optional<double> eigenvalue = flow_        ? flow_->largestEigenvalue()
                                           : predictor_ ? predictor_->largestEigenvalue()
                                                        : std::nullopt;
  if (eigenvalue)
    facts.maximumLearningRate = maximumLearningRate(*eigenvalue, training_.targets.size(), flowOptions_.momentum);
  if (flow_) {
    facts.steps = flow_->steps();
    return facts;
  }
  facts.rounding = prediction.rounding;
  facts.negative = prediction.negative;
  if (classifier_) {
    facts.roundingInF64 = classifier_->roundingInF64();
    facts.dirichlet = classifier_->facts();
    return facts;
  }
  facts.roundingInF64 = predictor_->roundingInF64();
  double largest = 0;
  for (const RoundingError &error : prediction.rounding)
    largest = std::max(largest, error.mean);
  if (largest > allowed && training_.targets.rows() <= maximumSearched)
    // The weights of test examples may be larger than those of the training set, which the search is about.
    facts.betterDiagReg = predictor_->findDiagReg(allowed * std::min(1.0, predictor_->trainingRounding() / largest));
  return facts;
}

Outcome learnAndPredict(Experiment &experiment, RowSource *test, RowSource *validation,
                        const std::function<void(const KernelView &)> &lookAtKernel) {
  for (const RowSource *set : {test, validation})
    if (set)
      experiment.checkTest(*set);
  experiment.requireMemory(test ? std::optional(test->rows()) : std::nullopt, validation ? validation->rows() : 0);
  Outcome outcome;
  Stopwatch kernelTime;
  experiment.computeTrainingKernel();
  TestSetKernels kernels, validationKernels;
  if (test)
    kernels = experiment.computeTestKernels(*test);
  if (validation)
    validationKernels = experiment.computeTestKernels(*validation);
  outcome.seconds.kernel = kernelTime.seconds();
  if (lookAtKernel)
    lookAtKernel(experiment.trainingKernel());
  Stopwatch solveTime;
  experiment.solve();
  outcome.seconds.solve = solveTime.seconds();
  Stopwatch predictTime;
  outcome.prediction = test ? experiment.predict(kernels) : experiment.predictTrainingSet();
  if (validation)
    outcome.validation = experiment.predict(validationKernels);
  outcome.seconds.predict = predictTime.seconds();
  outcome.solve = experiment.solveFacts(outcome.prediction);
  return outcome;
}

KernelView nngpOf(const KernelMatrix &m) { return viewOf(m.nngp, m.nngpDtype, m.rows, m.columns); }
KernelView ntkOf(const KernelMatrix &m) { return viewOf(m.ntk, m.ntkDtype, m.rows, m.columns); }

} // namespace inet
