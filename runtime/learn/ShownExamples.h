// Which test examples are worth a look, and their features.
#ifndef INET_RUNTIME_LEARN_SHOWNEXAMPLES_H
#define INET_RUNTIME_LEARN_SHOWNEXAMPLES_H

#include "runtime/learn/Study.h"

namespace inet {

/// The `most` that ShownExamples describes of a classification, without features; rows are of the set.
/// `logProbabilities`: m x classes; `predicted` and `labels`: m classes.
ShownExamples chooseClassified(const RowMatrix &logProbabilities, const std::vector<int64_t> &predicted,
                               const std::vector<int64_t> &labels, size_t most);

/// The same of a regression. `mean`, `targets` and `deviation` (which may be empty): m x outputs, in the units of the
/// targets.
ShownExamples chooseRegressed(const RowMatrix &mean, const RowMatrix &deviation, const RowMatrix &targets, size_t most);

/// [height, width, channels] where examples are images: by the shape of a row or of the network's input (three sizes,
/// the last of them 1 or 3), by the shape of a row alone (two sizes), or, of rows of bytes that are no table, where
/// their number is a square: digits are often kept so. Else empty.
Shape imageShapeOf(const RowSource &rows, const Shape &input);

/// Reads the features of all examples that are shown.
void readFeatures(RowSource &rows, ShownExamples &examples);

} // namespace inet

#endif
