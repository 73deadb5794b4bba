// Learning a training set and predicting others: which kernels that takes, how much memory, and in which order.
#ifndef INET_RUNTIME_LEARN_EXPERIMENT_H
#define INET_RUNTIME_LEARN_EXPERIMENT_H

#include "runtime/kernel/KernelMatrix.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Outcome.h"
#include "runtime/learn/TrainingSet.h"
#include "runtime/predict/Dirichlet.h"
#include "runtime/predict/GradientFlow.h"

#include <functional>

namespace inet {

/// The kernel (InetResult) that is the covariance before training, which covariances need.
uint32_t priorOf(PredictKernel kernel);

/// Which kernels a prediction needs: of the training set with itself (the one that is solved with in f64, so that the
/// factor takes its place), of test and training set, and of the test set with itself.
struct NeededKernels {
  KernelRequest train, test;
  KernelRequest testTest;    ///< nothing unless the covariance is full
  uint32_t testDiagonal = 0; ///< a bit of InetResult, where the covariance is diagonal; Dirichlet: of what is solved

  explicit NeededKernels(const PredictOptions &options);
};

/// The kernels of one test set, for one prediction.
struct TestSetKernels {
  KernelMatrix testTrain, testTest;
  std::vector<double> testDiagonal;
};

/// One training set and one set of options. Its functions are called in the order in which they stand here; predictions
/// can be repeated. All throw Error.
class Experiment {
public:
  /// `options.threads` is replaced by execution.threads. Throws Error where the program was compiled without a kernel
  /// that is needed, or not in that precision, and where a cross-entropy is asked for of targets that are no classes,
  /// or a covariance of what is no Gaussian.
  Experiment(const InetProgram &program, TrainingSet training, const PredictOptions &options,
             const Execution &execution, const FlowOptions &flow = {});

  const InetKernel &kernel() const { return kernel_; }
  const TrainingSet &training() const { return training_; }
  const PredictOptions &options() const { return options_; }
  Setting describe(int64_t testExamples) const;

  /// Throws Error where the memory will not do for learning and for predicting so many test examples; nothing large has
  /// been allocated before. Absent: the training set is predicted. Validation examples are predicted beside them.
  void requireMemory(std::optional<int64_t> testExamples, int64_t validationExamples = 0) const;
  /// The same once the training set has been learnt, for what a prediction needs beside it.
  void requireMemoryToPredict(std::optional<int64_t> testExamples) const;
  /// Throws Error where a test set has other columns than the training set.
  void checkTest(const RowSource &test) const;

  /// Reads the training examples, once.
  void computeTrainingKernel();
  TestSetKernels computeTestKernels(RowSource &test) const;
  /// The kernel that is solved with; gone once it is.
  KernelView trainingKernel() const;
  /// Factors the training kernel, or follows the flow, or, of a Dirichlet classification, chooses its scale.
  void solve();
  /// In the units of TrainingSet::targets. Of cross-entropies the logits, m x classes; of logistic half the logit of
  /// the second class and its negative, so that their softmax are the probabilities of both.
  Prediction predict(const TestSetKernels &kernels);
  Prediction predictTrainingSet();

  /// Predictor::timeScales, setTimes and predictLeading; not of a Dirichlet classification.
  std::pair<double, double> timeScales() { return predictor_->timeScales(); }
  void setTimes(std::vector<double> times) { predictor_->setTimes(std::move(times)); }
  LeadingPredictions predictLeading(const TestSetKernels &kernels, const std::vector<int64_t> &sizes);

  /// See Evaluation::evidence.
  std::optional<double> evidence();
  /// Each training example from all others, in the units of TrainingSet::targets.
  Prediction leaveOneOut();

  /// What was added to the diagonal of the training kernel: the variance of the noise of the targets, in their units.
  double noise() const { return flow_ ? flow_->noise() : classifier_ ? classifier_->noise() : predictor_->noise(); }
  /// What the solve says of a prediction. Where its rounding is above 1%, a better diag_reg is looked for, up to 8,192
  /// training examples; the factor is lost then.
  SolveFacts solveFacts(const Prediction &prediction);

private:
  /// Of the results of a matrix the one that is solved with.
  KernelView solvedOf(const KernelMatrix &matrix) const;
  double solveBytes(int64_t testExamples) const;
  void startFlow(const KernelView &kernel);
  Prediction predictByFlow(const KernelView &kernel);

  const InetProgram &program_;
  const ChosenVariant chosen_;
  const InetKernel &kernel_;
  TrainingSet training_;
  PredictOptions options_;
  FlowOptions flowOptions_;
  Execution execution_;
  NeededKernels needs_;
  PreparedExamples prepared_;
  KernelMatrix trainTrain_;
  std::optional<Predictor> predictor_; ///< or, where the options are beyond it, one of the next two
  std::optional<GradientFlow> flow_;
  std::optional<DirichletClassifier> classifier_;
  Conflicts conflicts_;
};

struct Outcome {
  Prediction prediction; // in the units of TrainingSet::targets
  std::optional<Prediction> validation;
  std::optional<Prediction> leaveOneOut; // of the training set, where somebody has asked for it
  SolveFacts solve;
  LearningSeconds seconds; // without the total
};

/// Everything in turn, with the time that it takes: `test`, or the training set itself where it is null, and
/// `validation` where there is one, are read before the solve begins, so that a fault in them is found soon.
/// `lookAtKernel` is called with the training kernel that is solved with, before its factor takes its place.
Outcome learnAndPredict(Experiment &experiment, RowSource *test, RowSource *validation = nullptr,
                        const std::function<void(const KernelView &)> &lookAtKernel = {});

/// The results of a kernel matrix, empty where it has none.
KernelView nngpOf(const KernelMatrix &matrix);
KernelView ntkOf(const KernelMatrix &matrix);

} // namespace inet

#endif
