// The sets of examples of one experiment: what is learnt, what choices are made by, and what is predicted.
#ifndef INET_RUNTIME_LEARN_DATASETS_H
#define INET_RUNTIME_LEARN_DATASETS_H

#include "runtime/data/Split.h"
#include "runtime/learn/TrainingSet.h"

namespace inet {

/// Where they are looked for: in files of their own, or, where there is a split, all in `train`.
struct DataFiles {
  ExampleFiles train, validation, test; // x "" where there is none
  std::optional<SplitOptions> split;
};

/// Sets that have no example in common, unless files do. Features are as the files have them; training.preprocessing
/// is of all sets.
struct DataSets {
  TrainingSet training;
  /// By which a temperature or the time of training is chosen, with labels. Absent where nobody has named one.
  std::optional<Examples> validation;
  /// With labels where they were asked for. Absent where the training set itself is to be predicted.
  std::optional<Examples> test;
  std::optional<SplitOptions> split; // that made them
};

/// Of test sets in files of their own; a split has labels of all.
enum class TestLabels { needed, ignored };

/// Throws Error where files cannot be read, do not fit the network's `input` or each other, or cannot be divided.
DataSets openDataSets(const DataFiles &files, const Shape &input, const TrainingOptions &options, TestLabels labels);

/// The rows of a set in its file, from 0.
std::vector<int64_t> rowsInFile(const RowSource &x);

} // namespace inet

#endif
