// Examples and their labels, from the files that the command line names.
#ifndef INET_RUNTIME_DATA_EXAMPLES_H
#define INET_RUNTIME_DATA_EXAMPLES_H

#include "runtime/data/Labels.h"

namespace inet {

/// The file of "file.npz:name"; any other name as it is.
std::string pathOf(const std::string &file);

/// The rows of a .npy file, a .npz member ("file.npz:name") or all columns of a .csv table but `label`.
std::unique_ptr<RowSource> openRows(const std::string &file, const LabelColumn &label = {});

/// Whether rows of `shape` ([n, ...]) can be fed to an input of `inputShape`: the same sizes, sizes of 1 apart, or the
/// same number of features where one of the two is a plain vector. Throws Error otherwise: [n, 3, 32, 32] is not [32,
/// 32, 3].
void checkInputShape(const RowSource &rows, const Shape &inputShape);

/// Throws Error where both files are tables that name their columns, and the names differ: features in another order
/// would be a wrong answer, not an error.
void checkSameColumns(const RowSource &first, const RowSource &second);

struct Examples {
  std::unique_ptr<RowSource> x;
  std::optional<Labels> labels;
};

/// Where the labels are looked for.
struct ExampleFiles {
  std::string x;
  std::string y;     // "" means: in the table x
  std::string label; // --label, "" for the last column
};

/// Examples with labels: in `y`, or, where that is empty, in a column of the table `x`. Throws Error where there are
/// none, or as many rows as examples are not found.
Examples openLabelled(const ExampleFiles &files, std::optional<Task> task);

/// Examples whose labels do not matter: a table's label column, if it has as many columns as `features` and one, is
/// left out.
std::unique_ptr<RowSource> openUnlabelled(const std::string &file, const std::string &label, int64_t features);

} // namespace inet

#endif
