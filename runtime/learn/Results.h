// Predictions in the units of the targets, and what they are worth.
#ifndef INET_RUNTIME_LEARN_RESULTS_H
#define INET_RUNTIME_LEARN_RESULTS_H

#include "runtime/learn/DataSets.h"
#include "runtime/learn/Experiment.h"
#include "runtime/predict/Probabilities.h"

namespace inet {

/// A prediction in the units of the targets. Outputs share a covariance, unless several were standardized, each by its
/// own deviation, or have variances of their own: there are then as many covariances as outputs.
struct PredictionInUnits {
  std::vector<double> times;
  std::vector<RowMatrix> mean; ///< for each time: m x outputs
  /// For each time, for each of `covariances`: m x m (full) or m x 1 (diagonal); empty where there is none.
  std::vector<Eigen::MatrixXd> covariance;
  int64_t covariances = 1;              ///< 1, or the number of outputs
  std::vector<RowMatrix> probabilities; ///< for each time m x classes; empty where they were not asked for
};

PredictionInUnits inTargetUnits(Prediction prediction, const TrainingSet &training);

/// "mean" [m, outputs] and, unless `kind` is none, "cov" [m] or [m, m], of several covariances [outputs, ...], and
/// "probabilities" [m, classes], where there are any; several times come first. The arrays lie in `prediction`, which
/// must outlive them.
std::vector<NamedArray> arraysOf(const PredictionInUnits &prediction, Covariance kind);

struct ScoreOptions {
  int64_t bins = 10;  ///< of reliability diagrams
  int samples = 512;  ///< see ProbabilityOptions
  bool noise = false; ///< whether the variance that probabilities are made from includes the regularisation
  double temperature = 1;
  bool fitsTemperature = false;          ///< for each time, in place of it; see fitTemperatures
  std::vector<double> temperatures = {}; ///< that were fitted
  std::string temperaturesFrom = {};     ///< what they were fitted to
  bool leaveOneOut = false; ///< score leave-one-out predictions, too; infinite time must be among the times
  std::string whyNoVariance = "the program was compiled without nngp"; ///< where predictions have none
  int threads = 1;
};

/// How probabilities of one time are made, of the same options.
ProbabilityOptions probabilityOptions(const ScoreOptions &options, size_t time = 0);
/// The same for people, of a Dirichlet classification too.
std::string describeProbabilitiesOf(const Prediction &prediction, const ScoreOptions &options);

/// Fits a temperature for each time to the labels of a validation set, if the options ask for it; where there is none,
/// to those of the training set and its leave-one-out predictions, which `outcome` has then. Throws Error where there
/// is no classification, and, without a validation set, where there is more than infinite time, a flow, or the training
/// set has mirror images of what is left out.
void fitTemperatures(const DataSets &sets, Experiment &experiment, Outcome &outcome, ScoreOptions &options);
/// Throws that Error, before anything is learnt.
void requireTemperatureFit(const DataSets &sets, const TrainingSet &training, const std::vector<double> &times,
                           const FlowOptions &flow, const ScoreOptions &options);

/// m posterior variances of one time, m x 1 or of outputs with variances of their own m x outputs; none where there is
/// no covariance. `noise` is added where it is to be included.
RowMatrix variancesOf(const Prediction &prediction, size_t time, double noise);

/// Adds the variance of the noise of the targets to every variance.
void addNoise(Prediction &prediction, double noise);

/// For each time m x classes probabilities of a classification.
std::vector<RowMatrix> probabilitiesOf(const Prediction &prediction, double noise, const ScoreOptions &options);

/// Scores for each time against `targets` (testTargets). `prediction` is in the units of TrainingSet::targets; its
/// covariance, which may be absent, is diagonal or full. `lastLogProbabilities`: where to leave those that a
/// classification was scored by at the last time, m x classes; or null.
std::vector<Scores> scorePrediction(const TrainingSet &training, const RowMatrix &targets, const Prediction &prediction,
                                    double noise, const ScoreOptions &options = {},
                                    RowMatrix *lastLogProbabilities = nullptr);

/// Who looks closer at what an evaluation goes through; either may be empty.
struct EvaluationViewers {
  std::function<void(const KernelView &)> kernel; ///< see learnAndPredict
  /// `targets` of the test set, and the probabilities of scorePrediction.
  std::function<void(const Experiment &, const Outcome &, const RowMatrix &targets, const RowMatrix &logProbabilities)>
      outcome;
};

/// Puts the sizes of the sets and what their files were taken for into what is said of an experiment.
void describeSets(const DataSets &sets, Setting &setting);

/// Learns the training set and scores the test set, which is there and has labels. Of `sets` the training set is taken,
/// the others stay. The covariance of the options is replaced: diagonal, where the program computes the kernel that
/// this takes and the flow has a Gaussian.
Evaluation evaluate(const InetProgram &program, DataSets &&sets, PredictOptions options, const Execution &execution,
                    ScoreOptions scoring = {}, const FlowOptions &flow = {}, const EvaluationViewers &viewers = {});

} // namespace inet

#endif
