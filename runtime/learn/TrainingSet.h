// What is learnt from: examples, and targets as the network is trained on them.
#ifndef INET_RUNTIME_LEARN_TRAININGSET_H
#define INET_RUNTIME_LEARN_TRAININGSET_H

#include "runtime/data/Examples.h"
#include "runtime/data/Preprocessing.h"
#include "runtime/predict/Predict.h"

namespace inet {

struct TrainingOptions {
  std::optional<Task> task; ///< absent: integer labels are classes, real ones are targets
  int64_t classes = 0;      ///< 0: the largest label and one
  /// Of the features, learnt from the training set. Where they are standardized real targets are, too.
  PreprocessingOptions features = {};
  /// Learn from the mirror images of images, too; they come first of all, and statistics are of both.
  bool flip = false;
};

/// n training examples and their n x outputs targets; these are standardized where the options ask for it and they are
/// reals.
struct TrainingSet {
  std::shared_ptr<RowSource> x;
  TargetCoding coding;
  RowMatrix targets;
  Preprocessing preprocessing; // of the features of every set; x has them as the file has
  std::optional<Standardization> targetScaling;
  bool flipped = false;         // x has its mirror images in it, behind the examples
  std::vector<FileFacts> files; // what examples and labels were taken for
};

/// `input`: the shape of the network's input. Throws Error where examples or labels do not fit.
TrainingSet makeTrainingSet(std::shared_ptr<RowSource> x, const Labels &labels, const Shape &input,
                            const TrainingOptions &options);

TrainingSet openTrainingSet(const ExampleFiles &files, const Shape &input, const TrainingOptions &options);

/// What the files of these examples were taken for; of files where nothing was to be decided, nothing. `labels`: null
/// where there are none.
std::vector<FileFacts> factsOf(const RowSource &x, const Labels *labels);

/// Targets or means, a column for each output, from the units of training into their own.
RowMatrix inTargetUnits(RowMatrix numbers, const TrainingSet &training);

/// The targets of a test set, m x outputs, as the network was trained on them. Throws Error for labels that the
/// training set does not have.
RowMatrix testTargets(const Labels &labels, const TrainingSet &training);

} // namespace inet

#endif
