// What came of learning: plain figures, for whoever shows them.
#ifndef INET_RUNTIME_LEARN_OUTCOME_H
#define INET_RUNTIME_LEARN_OUTCOME_H

#include "runtime/data/Split.h"
#include "runtime/predict/ClassScores.h"
#include "runtime/predict/Conflicts.h"
#include "runtime/predict/Dirichlet.h"

namespace inet {

/// What was learnt, and how.
struct Setting {
  std::string network;
  std::string kernel;          ///< "nngp", "ntk" or "ntkgp"
  std::string precision;       ///< of the kernel: "f32" or "f64"
  std::string precisionReason; ///< where the program has another
  double diagReg = 0;          ///< as it was asked for, or found
  bool diagRegAbsolute = false, diagRegAuto = false;
  std::string loss = "mse"; ///< or "softmax", "logistic": outputs are then logits, and no Gaussian
  double momentum = 0;      ///< 0: none
  double learningRate = 1;
  Task task = Task::regression;
  int64_t trainExamples = 0, validationExamples = 0, testExamples = 0;
  bool flipped = false;                   ///< whether half of trainExamples are mirror images
  std::optional<SplitOptions> split;      ///< of one file, that made these sets
  int64_t outputs = 0;                    ///< classes, or columns of real targets
  std::vector<std::string> classNames;    ///< where classes have names
  std::string note;                       ///< what the user may have meant otherwise; or empty
  std::vector<std::string> notes;         ///< on classes with one example or none
  std::vector<std::string> preprocessing; ///< of the features, step by step
  std::vector<FileFacts> files;           ///< what they were taken for, of those where that was to be decided
  int threads = 1;
};

/// What the solve says of itself.
struct SolveFacts {
  double noise = 0; ///< what was added to the diagonal of the training kernel, once: the variance of the targets' noise
  std::vector<RoundingError> rounding; ///< of the predictions of each time
  double roundingInF64 = 1;            ///< what they would be in f64, over these
  std::optional<double> betterDiagReg; ///< which would keep all means within 1%, where they are not
  NegativeVariances negative;
  Conflicts conflicts;                     ///< among the training examples
  std::optional<DirichletFacts> dirichlet; ///< where it is a Dirichlet classification
  /// Above which discrete gradient descent diverges, where finite times of mse found the eigenvalues.
  std::optional<double> maximumLearningRate;
  int64_t steps = 0; ///< of the integration of a flow; 0: a closed form
};

/// Where the time went, in seconds. `kernel`: reading and preparing examples, and the tiles.
struct LearningSeconds {
  double kernel = 0, solve = 0, predict = 0, total = 0;
};

/// How well one time of training meets the targets of a test set.
struct Scores {
  double time = 0; ///< of training; infinite where it was trained to the end
  int64_t examples = 0;
  // classification
  std::optional<double>
      accuracy;        ///< the share of examples whose largest output, or, Dirichlet, probability is their class
  int64_t correct = 0; ///< and their number
  std::optional<ClassScores> classes;
  std::string probabilities;         ///< how those that `classes` scores were made
  double temperature = 1;            ///< by which outputs were divided for them
  std::string temperatureFrom;       ///< what it was fitted to; or empty
  bool noiseInProbabilities = false; ///< whether their variance includes the regularisation as noise
  // regression
  std::optional<double> rootMeanSquareError; ///< in the units of the targets
  /// The share of targets in the central 95% of the predicted Gaussian, with the regularisation as noise.
  std::optional<double> coverage95;

  /// Of the targets as Gaussians, of classes too: nats, the mean over examples and outputs, in the units of the
  /// targets, with the regularisation as noise.
  std::optional<double> negativeLogLikelihood;
  std::string whyNoLikelihood; ///< where it is absent
};

/// What `evaluate` finds out.
struct Evaluation {
  Setting setting;
  SolveFacts solve;
  std::vector<Scores> scores;     ///< for each time
  std::vector<Scores> validation; ///< the same of the validation set; empty where there is none
  /// ln p(targets) of the training set in nats, the sum over outputs, in the units of the targets: of the nngp alone,
  /// whose draws they are, at infinite time.
  std::optional<double> evidence;
  std::optional<Scores> leaveOneOut; ///< of the training set, at infinite time, where it was asked for
  LearningSeconds seconds;
};

/// A set of examples at one time of training.
struct CurvePoint {
  double time = 0; ///< in units of 1 / learning rate
  double loss = 0; ///< half the mean square error over examples and outputs, of standardized targets in these units
  std::optional<double> accuracy;            ///< of a classification
  std::optional<double> rootMeanSquareError; ///< of a regression, in the units of the targets
  /// Nats an example: of the classes, nothing clipped; of a regression as Scores::negativeLogLikelihood.
  std::optional<double> negativeLogLikelihood;
  /// Of a regression: the share of targets in the central 95% of the predicted Gaussian, with the regularisation as
  /// noise.
  std::optional<double> coverage95;
};

/// A set of examples through training.
struct CurveOfSet {
  std::string name; ///< "training", "validation" or "test"
  int64_t examples = 0;
  std::vector<CurvePoint> points; ///< by ascending time
  CurvePoint end;                 ///< at infinite time
};

/// A set of examples by the number of training examples that were learnt to the end.
struct SizeCurve {
  std::string name;
  int64_t examples = 0;
  std::vector<int64_t> trainExamples; ///< ascending: the first ones of the training set
  std::vector<CurvePoint> points;     ///< one for each
};

/// What `curve` finds out.
struct LearningCurves {
  Setting setting;
  SolveFacts solve;
  std::vector<CurveOfSet> sets;
  std::vector<SizeCurve> sizes;   ///< of all sets but the training set
  std::string likelihoodNote;     ///< why there is no likelihood, or how it was made; or empty
  std::optional<double> bestTime; ///< at which the validation set's likelihood, or else its loss, is best
  LearningSeconds seconds;
};

/// What `predict` has written.
struct WrittenPrediction {
  Setting setting;
  SolveFacts solve;
  std::vector<double> times;
  std::vector<std::pair<std::string, Shape>> arrays;
  bool noiseInVariance = false; ///< whether the variances include it
  bool hasVariance = false;
  std::string probabilities;        ///< how they were made, where they were
  std::vector<double> temperatures; ///< of each time, where they were fitted
  std::string temperaturesFrom;     ///< to what
  std::string path;
  LearningSeconds seconds;
};

} // namespace inet

#endif
