// Learning, evaluating, and looking closer: what a report shows beside the scores. Plain figures, no views.
#ifndef INET_RUNTIME_LEARN_STUDY_H
#define INET_RUNTIME_LEARN_STUDY_H

#include "runtime/kernel/Outcome.h"
#include "runtime/learn/Results.h"

namespace inet {

/// A test example that is worth a look.
struct ShownExample {
  int64_t row = 0; ///< of its file, from 0
  // of a classification
  int64_t label = 0, predicted = 0;             ///< classes, from 0
  double probability = 0, labelProbability = 0; ///< of these two
  // of a regression, in the units of the targets
  int64_t output = 0;
  double target = 0, mean = 0;
  std::optional<double> deviation; ///< of the Gaussian that is predicted, with the regularisation as noise

  std::vector<double> features; ///< as the file has them
};

/// `mistakes`: of a classification those that were predicted wrongly with the highest probability; of a regression
/// those farthest from their targets, in deviations where these are known. `uncertain`: the highest entropy of the
/// probabilities, or the largest deviation.
struct ShownExamples {
  std::vector<ShownExample> mistakes, uncertain;
  Shape image;                      ///< [height, width, channels] where examples are images, else empty
  std::vector<std::string> columns; ///< the names of a table's features, where it has any
};

/// A kernel matrix of the training set, its examples in the order of their classes or of their (first) targets, reduced
/// to side x side means of blocks that are equal but for one row or column.
struct KernelPicture {
  std::string kernel; ///< "nngp" or "ntk"
  int64_t examples = 0, side = 0;
  std::vector<double> means; ///< side x side
  /// Where classes begin, in examples; empty for a regression.
  struct Group {
    int64_t first = 0, label = 0;
  };
  std::vector<Group> groups;
};

/// A regression of one feature through training: of its first output, in the units of the targets, on a grid about the
/// training set.
struct PosteriorOfLine {
  struct AtTime {
    double time = 0;
    std::vector<double> mean;
    std::vector<double> deviation;          ///< of the function, without noise; empty where the covariance is not known
    std::vector<std::vector<double>> draws; ///< functions; the same random numbers at every time
  };
  std::vector<double> x;
  std::vector<AtTime> times;
  std::vector<double> trainX, trainY, testX, testY; ///< at most some hundred of each
};

/// Targets and what was predicted for them, of some test examples of a regression.
struct PredictedTargets {
  int64_t output = 0;
  std::vector<double> target, mean;
};

/// All that a report shows.
struct Study {
  NetworkInfo network;
  Evaluation evaluation;
  Facts options;           ///< that are no part of the setting: what they are about and what they are
  std::string commandLine; ///< empty where there was none
  ShownExamples examples;  ///< at the last time of `evaluation`
  std::vector<PredictedTargets> predicted;
  std::optional<KernelPicture> kernel;
  std::vector<double> eigenvalues; ///< of the training kernel without regularisation, descending; empty: not computed
  std::optional<LearningCurves> curves;
  std::optional<PosteriorOfLine> line;
  std::vector<std::string> leftOut; ///< what is not shown, and why
  double peakBytes = 0;             ///< of memory, of this process until now
};

/// What `report` has written.
struct WrittenStudy {
  Study study;
  std::string path;
  int64_t bytes = 0;
};

struct StudyOptions {
  /// Whether learning curves are found, which computes the kernels once more, and their eigenvectors; absent: where
  /// that takes a minute or two.
  std::optional<bool> curves = {};
  std::optional<bool> likelihood = {}; ///< see CurveOptions
  FlowOptions flow = {};               ///< beyond a Predictor neither curves nor functions are found
};

/// Learns the training set and scores the test set as evaluate does, with a closer look at both. Needs, beside what
/// evaluate needs, an n x n matrix of doubles for up to 4,000 training examples, whose eigenvalues are found. Throws as
/// evaluate and findCurves.
Study makeStudy(const InetProgram &program, DataSets sets, const PredictOptions &options, const Execution &execution,
                const ScoreOptions &scoring, const StudyOptions &how = {});

} // namespace inet

#endif
