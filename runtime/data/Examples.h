// Examples and their labels, from the files that somebody names, and whether they fit together.
#ifndef INET_RUNTIME_DATA_EXAMPLES_H
#define INET_RUNTIME_DATA_EXAMPLES_H

#include "runtime/data/ChannelOrder.h"
#include "runtime/data/Sources.h"

namespace inet {

/// How files are read, where somebody has said it; else they show it.
struct ReadOptions {
  std::string label = "";                    ///< a table's column, by name or number from 1; "" for the last
  std::optional<bool> header = {};           ///< whether the first row of a table has its columns' names
  bool skipBrokenImages = false;             ///< of a folder; else they are refused
  std::optional<ChannelOrder> channels = {}; ///< of the rows of arrays and tables
};

/// The examples of a file of any kind; of a table all columns but `options.label`, if that is not empty. `input` is the
/// network's, where it is known.
std::unique_ptr<RowSource> openRows(const std::string &file, const ReadOptions &options = {}, const Shape &input = {});

/// Whether rows of `shape` ([n, ...]) can be fed to an input of `inputShape`: the same sizes, sizes of 1 apart, or the
/// same number of features where one of the two is a plain vector. Throws Error otherwise: [n, 3, 32, 32] is not [32,
/// 32, 3].
void checkInputShape(const RowSource &rows, const Shape &inputShape);

/// Throws Error where both files are tables that name their columns, and the names differ: features in another order
/// would be a wrong answer, not an error.
void checkSameColumns(const RowSource &first, const RowSource &second);

/// Where examples and labels are looked for.
struct ExampleFiles {
  std::string x;
  std::string y; // "" means: beside the examples, in x
  ReadOptions options;
};

/// Examples with labels: in `y`, or, where that is empty, beside the examples `x`. Throws Error where there are none,
/// or as many rows as examples are not found.
Examples openLabelled(const ExampleFiles &files, std::optional<Task> task, const Shape &input);

/// The examples of `files.x`, whose labels do not matter: a table's label column, if it has as many columns as `input`
/// has features and one, is left out.
std::unique_ptr<RowSource> openUnlabelled(const ExampleFiles &files, const Shape &input);

} // namespace inet

#endif
