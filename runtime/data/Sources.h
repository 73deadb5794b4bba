// The kinds of files and folders that examples and labels are read from: one entry a kind.
#ifndef INET_RUNTIME_DATA_SOURCES_H
#define INET_RUNTIME_DATA_SOURCES_H

#include "runtime/data/Labels.h"

#include <span>

namespace inet {

/// Examples, or labels, or both.
struct Examples {
  std::unique_ptr<RowSource> x;
  std::optional<Labels> labels;
};

/// What is wanted of a file, and what is known before it is opened.
struct Wanted {
  /// `features`: examples, every number of which is a feature. `labelled`: examples with the labels that are kept
  /// beside them. `unlabelled`: examples; labels beside them are left out. `labels`: labels without examples.
  enum class Use { features, labelled, unlabelled, labels } use = Use::features;
  std::string label;               ///< a table's column by name or number from 1; "": not given
  std::optional<Task> task;        ///< Use::labels and Use::labelled
  Shape input;                     ///< of the network, spatial sizes first and channels last; empty: not known
  int64_t rows = 0;                ///< Use::labels: of the examples that they belong to
  bool skipBrokenImages = false;   ///< else they are refused
  std::optional<bool> header = {}; ///< whether a table's first row has the names of its columns
};

/// One way in which examples or labels are kept.
struct SourceKind {
  const char *name; ///< as messages and --help call it: ".npz:NAME"
  /// Whether labels can lie beside the examples: Use::labelled is asked of no other kind.
  bool holdsLabels;
  /// By its name, or by what is found there. The first entry that does is taken.
  bool (*recognises)(const std::string &file);
  /// Opens what is wanted: `x`, `labels` or both are then there. Throws Error, with the name of the file.
  Examples (*open)(const std::string &file, const Wanted &wanted);
};

/// All kinds, in the order in which they are asked. To add one: write its entry in a file of its own and put it here.
std::span<const SourceKind *const> sourceKinds();

/// The kind of a file. Throws Error where no entry recognises it.
const SourceKind &kindOf(const std::string &file);

/// ".npy, .npz:NAME or .csv": all kinds, or those that hold labels.
std::string listSourceKinds(bool onlyWithLabels = false);

/// An array is examples or labels, as it is asked for.
Examples asWanted(std::unique_ptr<RowSource> rows, const Wanted &wanted);

/// The file of "file.npz:name"; any other name as it is.
std::string pathOf(const std::string &file);

extern const SourceKind npySource; // NpySource.cpp
extern const SourceKind npzSource;
extern const SourceKind idxSource;         // IdxSource.cpp
extern const SourceKind cifarSource;       // CifarSource.cpp
extern const SourceKind imageFolderSource; // ImageFolder.cpp
extern const SourceKind tableSource;       // Table.cpp

} // namespace inet

#endif
