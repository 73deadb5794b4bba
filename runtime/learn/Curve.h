// Training that can be watched: what sets of examples are predicted as through training, and from fewer examples.
#ifndef INET_RUNTIME_LEARN_CURVE_H
#define INET_RUNTIME_LEARN_CURVE_H

#include "runtime/learn/Results.h"

namespace inet {

/// Examples with labels beside the training set. Both must outlive their use.
struct LabelledSet {
  std::string name; ///< "validation" or "test"
  RowSource *x = nullptr;
  const Labels *labels = nullptr;
};

/// The validation and the test set, as far as they are there. `sets` must outlive them.
std::vector<LabelledSet> labelledSets(const DataSets &sets);

struct CurveOptions {
  /// At these times, finite and ascending; empty: at `points` times, each the same factor after the other, from a tenth
  /// of the time in which the fastest direction of the training kernel is learnt to ten times that of the slowest, but
  /// 12 decades at most.
  std::vector<double> times;
  int64_t points = 40;
  /// Numbers of training examples, each twice the one before, up to all; 0: none.
  int64_t sizes = 8;
  /// Likelihoods of the ntk take as long as the eigenvectors and more: of both kernels or not; absent: where they take
  /// less than a tenth of that, or a second or so.
  std::optional<bool> likelihood;
  /// Of classes, whose samples are for every time.
  ScoreOptions scoring{.samples = 64};
};

/// Learns once: one eigendecomposition for all times and one Cholesky factor for all numbers of examples. Each set is
/// predicted at every time, the training set too. The times of `options` do not count. Throws Error where a
/// set is wrong, and as Experiment::solve.
LearningCurves findCurves(const InetProgram &program, TrainingSet training, const std::vector<LabelledSet> &sets,
                          PredictOptions options, const CurveOptions &curve, const Execution &execution);

} // namespace inet

#endif
