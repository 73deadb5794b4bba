// Predictions in the units of the targets, and what they are worth.
#ifndef INET_RUNTIME_LEARN_RESULTS_H
#define INET_RUNTIME_LEARN_RESULTS_H

#include "runtime/learn/Experiment.h"

namespace inet {

/// A prediction in the units of the targets. Outputs share a covariance, unless several were standardized, each by its
/// own deviation: there are then as many covariances as outputs.
struct PredictionInUnits {
  std::vector<double> times;
  std::vector<RowMatrix> mean; ///< for each time: m x outputs
  /// For each time, for each of `covariances`: m x m (full) or m x 1 (diagonal); empty where there is none.
  std::vector<Eigen::MatrixXd> covariance;
  int64_t covariances = 1; ///< 1, or the number of outputs
};

PredictionInUnits inTargetUnits(Prediction prediction, const TrainingSet &training);

/// "mean" [m, outputs] and, unless `kind` is none, "cov" [m] or [m, m], of several covariances [outputs, ...]; of
/// several times these come first. The arrays lie in `prediction`, which must outlive them.
std::vector<NamedArray> arraysOf(const PredictionInUnits &prediction, Covariance kind);

/// Scores for each time against `targets` (testTargets). `prediction` is in the units of TrainingSet::targets; its
/// covariance, which may be absent, is diagonal or full.
std::vector<Scores> scorePrediction(const TrainingSet &training, const RowMatrix &targets, const Prediction &prediction,
                                    double noise);

/// Learns `training` and scores `test`. The covariance of the options is replaced: diagonal, where the program computes
/// the nngp that this takes.
Evaluation evaluate(const InetProgram &program, TrainingSet training, RowSource &test, const Labels &testLabels,
                    PredictOptions options, const Execution &execution);

} // namespace inet

#endif
