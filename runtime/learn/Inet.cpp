// The interface in C: handles around the classes of this folder, exceptions turned into return codes.
#include "runtime/Inet.h"

#include "runtime/Error.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Results.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <mutex>
#include <new>

using namespace inet;

struct InetExamples {
  std::shared_ptr<RowSource> x;
  std::optional<Labels> labels;
  std::optional<Task> task; // that they were opened for
};

struct InetLearner {
  Shape input; // of the network
  Experiment experiment;
};

struct InetPrediction {
  Prediction forScores; // in the units of training; of the covariance the diagonal only
  PredictionInUnits result;
};

namespace {

void copyMessage(const char *message, char *error, size_t size) {
  if (!error || size == 0)
    return;
  size_t length = std::min(std::strlen(message), size - 1);
  std::memcpy(error, message, length);
  error[length] = '\0';
}

/// No exception may reach a caller in C.
template <class Work> int guarded(char *error, size_t size, const Work &work) {
  try {
    work();
    return 0;
  } catch (const std::bad_alloc &) {
    copyMessage("out of memory", error, size);
  } catch (const std::exception &exception) {
    copyMessage(exception.what(), error, size);
  } catch (...) {
    copyMessage("an unknown exception", error, size);
  }
  return 1;
}

/// Held while anything is computed: the number of threads that BLAS runs in belongs to the process, and each call takes
/// all cores anyway.
std::mutex computing;

void require(const void *pointer, const char *what) {
  if (!pointer)
    throw Error(fmt::format("{}: null found; an address expected", what));
}

Execution executionOf(int threads, bool progress = false) {
  if (threads < 0)
    throw Error(fmt::format("{} threads found; 0 (all cores) or more expected", threads));
  return {threads == 0 ? availableThreads() : threads,
          progress ? ProgressStyle::automatic(stderr) : ProgressStyle::none()};
}

// --- Kernels

PreparedExamples prepareArray(const InetProgram &program, const InetKernel &kernel, const char *name, const void *x,
                              int64_t rows, const Execution &execution) {
  if (!x || rows < 1)
    throw Error(fmt::format("{}: {} examples at address {} found; at least one expected", name, rows, x));
  Shape shape = inputShape(program);
  shape.insert(shape.begin(), rows);
  MemorySource source(name, dtypeOf(kernel), shape, x);
  return prepareExamples(kernel, source, {}, execution);
}

InetDtype requireDtype(uint32_t dtype) {
  if (dtype != INET_F32 && dtype != INET_F64)
    throw Error(fmt::format("dtype {} found; one of InetDtype expected", dtype));
  return InetDtype(dtype);
}

void computeIntoArrays(const InetProgram &program, const InetKernel &kernel, const void *x1, int64_t n1, const void *x2,
                       int64_t n2, void *nngp, void *ntk, int threads) {
  Execution execution = executionOf(threads);
  if (!nngp && !ntk)
    throw Error("no place for a result found; nngp, ntk or both expected");
  PreparedExamples prepared1 = prepareArray(program, kernel, "x1", x1, n1, execution), prepared2;
  if (x2)
    prepared2 = prepareArray(program, kernel, "x2", x2, n2, execution);
  KernelPlaces places{{nngp, dtypeOf(kernel)}, {ntk, dtypeOf(kernel)}, x2 ? n2 : n1};
  fillKernel(kernel, prepared1, x2 ? &prepared2 : nullptr, places, execution);
}

// --- Examples

Dtype dtypeOfNumber(uint32_t number, const char *name) {
  switch (number) {
  case INET_FLOAT32:
    return Dtype::f4;
  case INET_FLOAT64:
    return Dtype::f8;
  case INET_UINT8:
    return Dtype::u1;
  case INET_INT32:
    return Dtype::i4;
  case INET_INT64:
    return Dtype::i8;
  }
  throw Error(fmt::format("{}: number type {} found; one of InetNumber expected", name, number));
}

std::unique_ptr<RowSource> wrap(const char *name, const InetArray &array, Shape rowShape) {
  if (!array.data || array.rows < 1 || array.columns < 1)
    throw Error(fmt::format("{}: {} x {} numbers at address {} found; at least one expected", name, array.rows,
                            array.columns, array.data));
  rowShape.insert(rowShape.begin(), array.rows);
  return std::make_unique<MemorySource>(name, dtypeOfNumber(array.number, name), rowShape, array.data);
}

std::unique_ptr<InetExamples> wrapExamples(const InetProgram &program, const InetArray &x, const InetArray *y) {
  auto examples = std::make_unique<InetExamples>();
  Shape input = inputShape(program);
  examples->x = wrap("x", x, x.columns == countOf(input) ? input : Shape{x.columns});
  checkInputShape(*examples->x, input);
  if (!y)
    return examples;
  examples->labels = labelsOf(*wrap("y", *y, y->columns == 1 ? Shape{} : Shape{y->columns}));
  if (y->rows != x.rows)
    throw Error(fmt::format("y: {} labels found, {} expected: one for each example of x", y->rows, x.rows));
  return examples;
}

std::optional<Task> taskOf(uint32_t task) {
  if (task > INET_REGRESSION)
    throw Error(fmt::format("task {} found; one of InetTask expected", task));
  if (task == INET_TASK_BY_LABELS)
    return std::nullopt;
  return task == INET_CLASSIFICATION ? Task::classification : Task::regression;
}

std::string textOf(const char *text) { return text ? text : ""; }

// --- Learning

PredictOptions predictOptionsOf(const InetOptions &options, uint32_t compiledIn) {
  PredictOptions predict;
  uint32_t kernel = options.kernel;
  if (kernel == 0)
    kernel = compiledIn & INET_NTK ? INET_NTK : INET_NNGP;
  if (kernel != INET_NNGP && kernel != INET_NTK)
    throw Error(fmt::format("kernel {} found; INET_NNGP, INET_NTK or 0 expected", options.kernel));
  if (options.covariance > INET_COVARIANCE_FULL)
    throw Error(fmt::format("covariance {} found; one of InetCovariance expected", options.covariance));
  predict.kernel = kernel == INET_NNGP ? PredictKernel::nngp : PredictKernel::ntk;
  predict.diagReg = options.diag_reg;
  predict.diagRegAbsolute = options.diag_reg_absolute != 0;
  if (options.time_count < 0 || (options.time_count > 0 && !options.times))
    throw Error(fmt::format("{} times found at address {}; 0 or more expected", options.time_count,
                            static_cast<const void *>(options.times)));
  if (options.time_count > 0)
    predict.times.assign(options.times, options.times + options.time_count);
  predict.learningRate = options.learning_rate;
  predict.covariance = options.covariance == INET_COVARIANCE_FULL       ? Covariance::full
                       : options.covariance == INET_COVARIANCE_DIAGONAL ? Covariance::diagonal
                                                                        : Covariance::none;
  return predict;
}

PreprocessingOptions preprocessingOptionsOf(const InetOptions &options) {
  const auto require = [](const char *name, double value, bool allowed, const char *expected) {
    if (!allowed)
      throw Error(fmt::format("{} {:g} found; a finite number {} expected", name, value, expected));
  };
  require("scale", options.scale, options.scale > 0 && std::isfinite(options.scale), "above 0");
  require("zca_epsilon", options.zca_epsilon, options.zca_epsilon >= 0 && std::isfinite(options.zca_epsilon), "from 0");
  if (options.standardize && options.standardize_channels)
    throw Error("standardize and standardize_channels found; one of them expected");
  PreprocessingOptions features;
  features.scale = options.scale;
  features.standardize = options.standardize            ? Standardize::features
                         : options.standardize_channels ? Standardize::channels
                                                        : Standardize::nothing;
  if (options.zca)
    features.zca = options.zca_epsilon;
  return features;
}

Precision precisionOf(uint32_t precision) {
  switch (precision) {
  case INET_PRECISION_AUTOMATIC:
    return Precision::automatic;
  case INET_PRECISION_F32:
    return Precision::f32;
  case INET_PRECISION_F64:
    return Precision::f64;
  }
  throw Error(fmt::format("precision {} found; one of InetPrecision expected", precision));
}

std::unique_ptr<InetLearner> learn(const InetProgram &program, const InetExamples &training,
                                   const InetOptions &options) {
  if (!training.labels)
    throw Error(fmt::format("{}: no labels found; labels expected to learn from", training.x->name()));
  Shape input = inputShape(program);
  std::optional<Task> task = taskOf(options.task);
  TrainingOptions how{task ? task : training.task, options.classes, preprocessingOptionsOf(options)};
  if (options.classes < 0)
    throw Error(fmt::format("{} classes found; 0 (by the labels) or more expected", options.classes));
  PredictOptions predict = predictOptionsOf(options, chooseVariant(program).results);
  predict.precision = precisionOf(options.precision);
  Execution execution = executionOf(options.threads, options.progress != 0);
  how.features.threads = execution.threads;
  auto learner = std::unique_ptr<InetLearner>(new InetLearner{
      input, Experiment(program, makeTrainingSet(training.x, *training.labels, input, how), predict, execution)});
  learner->experiment.requireMemory(0);
  learner->experiment.computeTrainingKernel();
  learner->experiment.solve();
  return learner;
}

// --- Prediction

Prediction copyForScores(const Prediction &prediction) {
  Prediction copy;
  copy.times = prediction.times;
  copy.mean = prediction.mean;
  for (const Eigen::MatrixXd &covariance : prediction.covariance)
    copy.covariance.push_back(covariance.cols() == 1 ? Eigen::MatrixXd(covariance.col(0))
                                                     : Eigen::MatrixXd(covariance.diagonal()));
  return copy;
}

std::unique_ptr<InetPrediction> predict(InetLearner &learner, const InetExamples *test) {
  Experiment &experiment = learner.experiment;
  Prediction found;
  if (test) {
    checkInputShape(*test->x, learner.input);
    experiment.checkTest(*test->x);
    experiment.requireMemoryToPredict(test->x->rows());
    found = experiment.predict(experiment.computeTestKernels(*test->x));
  } else {
    experiment.requireMemoryToPredict(std::nullopt);
    found = experiment.predictTrainingSet();
  }
  auto prediction = std::make_unique<InetPrediction>();
  prediction->forScores = copyForScores(found);
  prediction->result = inTargetUnits(std::move(found), experiment.training());
  return prediction;
}

bool hasTime(const InetPrediction &prediction, int64_t time) {
  return time >= 0 && time < int64_t(prediction.result.times.size());
}

InetScores score(const InetLearner &learner, const InetPrediction &prediction, const InetExamples &test, int64_t time) {
  if (!test.labels)
    throw Error(fmt::format("{}: no labels found; labels expected to score", test.x->name()));
  if (!hasTime(prediction, time))
    throw Error(fmt::format("time {} found; 0 to {} expected", time, prediction.result.times.size() - 1));
  const TrainingSet &training = learner.experiment.training();
  std::vector<Scores> all =
      scorePrediction(training, testTargets(*test.labels, training), prediction.forScores, learner.experiment.noise());
  const double none = std::numeric_limits<double>::quiet_NaN();
  const Scores &scores = all[time];
  return {scores.accuracy.value_or(none), scores.correct, scores.rootMeanSquareError.value_or(none),
          scores.negativeLogLikelihood.value_or(none)};
}

} // namespace

int inet_compute_kernel(const InetProgram *program, const void *x1, int64_t n1, const void *x2, int64_t n2, void *nngp,
                        void *ntk, int threads, char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    require(program, "program");
    std::lock_guard lock(computing);
    computeIntoArrays(*program, chooseVariant(*program), x1, n1, x2, n2, nngp, ntk, threads);
  });
}

int inet_compute_kernel_in(const InetProgram *program, uint32_t dtype, const void *x1, int64_t n1, const void *x2,
                           int64_t n2, void *nngp, void *ntk, int threads, char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    require(program, "program");
    std::lock_guard lock(computing);
    computeIntoArrays(*program, chooseVariant(*program, requireDtype(dtype)), x1, n1, x2, n2, nngp, ntk, threads);
  });
}

int inet_wrap_examples(const InetProgram *program, const InetArray *x, const InetArray *y, InetExamples **examples,
                       char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    require(program, "program");
    require(x, "x");
    require(examples, "examples");
    *examples = wrapExamples(*program, *x, y).release();
  });
}

int inet_open_labelled(const InetProgram *program, const char *x, const char *y, const char *label, uint32_t task,
                       InetExamples **examples, char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    require(program, "program");
    require(x, "x");
    require(examples, "examples");
    Examples opened = openLabelled({x, textOf(y), {textOf(label)}}, taskOf(task), inputShape(*program));
    checkInputShape(*opened.x, inputShape(*program));
    *examples = new InetExamples{std::move(opened.x), std::move(opened.labels), taskOf(task)};
  });
}

int inet_open_unlabelled(const InetProgram *program, const char *x, const char *label, InetExamples **examples,
                         char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    require(program, "program");
    require(x, "x");
    require(examples, "examples");
    auto opened = openUnlabelled({x, "", {textOf(label)}}, inputShape(*program));
    checkInputShape(*opened, inputShape(*program));
    *examples = new InetExamples{std::move(opened), std::nullopt, std::nullopt};
  });
}

int64_t inet_examples_count(const InetExamples *examples) { return examples->x->rows(); }
void inet_free_examples(InetExamples *examples) { delete examples; }

void inet_default_options(InetOptions *options) {
  *options = {};
  options->scale = 1;
  options->learning_rate = 1;
}

int inet_learn(const InetProgram *program, InetExamples *training, const InetOptions *options, InetLearner **learner,
               char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    require(program, "program");
    require(training, "training");
    require(options, "options");
    require(learner, "learner");
    std::lock_guard lock(computing);
    *learner = learn(*program, *training, *options).release();
  });
}

uint32_t inet_learner_dtype(const InetLearner *learner) { return learner->experiment.kernel().dtype; }

uint32_t inet_learner_task(const InetLearner *learner) {
  bool classes = learner->experiment.training().coding.task == Task::classification;
  return classes ? INET_CLASSIFICATION : INET_REGRESSION;
}

int64_t inet_learner_outputs(const InetLearner *learner) { return learner->experiment.training().coding.outputs; }

const char *inet_learner_class_name(const InetLearner *learner, int64_t output) {
  const std::vector<std::string> &names = learner->experiment.training().coding.classNames;
  return output >= 0 && output < int64_t(names.size()) ? names[output].c_str() : nullptr;
}

double inet_learner_noise(const InetLearner *learner) { return learner->experiment.noise(); }
void inet_free_learner(InetLearner *learner) { delete learner; }

int inet_predict(InetLearner *learner, InetExamples *test, InetPrediction **prediction, char *error,
                 size_t error_size) {
  return guarded(error, error_size, [&] {
    require(learner, "learner");
    require(prediction, "prediction");
    std::lock_guard lock(computing);
    *prediction = predict(*learner, test).release();
  });
}

int64_t inet_prediction_rows(const InetPrediction *prediction) { return prediction->result.mean.front().rows(); }
int64_t inet_prediction_times(const InetPrediction *prediction) { return int64_t(prediction->result.times.size()); }

double inet_prediction_time(const InetPrediction *prediction, int64_t time) {
  return hasTime(*prediction, time) ? prediction->result.times[time] : std::numeric_limits<double>::quiet_NaN();
}

const double *inet_mean(const InetPrediction *prediction, int64_t time) {
  return hasTime(*prediction, time) ? prediction->result.mean[time].data() : nullptr;
}

const double *inet_covariance(const InetPrediction *prediction, int64_t time, int64_t output) {
  const PredictionInUnits &result = prediction->result;
  if (!hasTime(*prediction, time) || result.covariance.empty() || output < 0 || output >= result.mean[time].cols())
    return nullptr;
  return result.covariance[time * result.covariances + (result.covariances > 1 ? output : 0)].data();
}

int inet_score(const InetLearner *learner, const InetPrediction *prediction, const InetExamples *test, int64_t time,
               InetScores *scores, char *error, size_t error_size) {
  return guarded(error, error_size, [&] {
    require(learner, "learner");
    require(prediction, "prediction");
    require(test, "test");
    require(scores, "scores");
    *scores = score(*learner, *prediction, *test, time);
  });
}

void inet_free_prediction(InetPrediction *prediction) { delete prediction; }
