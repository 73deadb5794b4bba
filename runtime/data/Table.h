// A table: numbers in columns, one row an example, one column possibly the label. What a file's columns are taken for
// is decided here and nowhere else.
#ifndef INET_RUNTIME_DATA_TABLE_H
#define INET_RUNTIME_DATA_TABLE_H

#include "runtime/data/Sources.h"

namespace inet {

class Table {
public:
  /// Reads the file once. Which column is the label, by `wanted.use`: `features`: `label`, or none. `labelled`:
  /// `label`, or the last. `unlabelled`: none, if there are as many columns as `input` has features and none is called
  /// `label`; else `label`, or the last. `labels`: `label`, or the only one. The first row is a header if one of its
  /// fields, the label apart, is not a number, if `label` is named there, or if there are `rows` labels and one. Throws
  /// Error with line and column for ragged rows, an unknown label or an empty table.
  Table(const std::string &path, const Wanted &wanted);

  const std::string &path() const { return path_; }
  int64_t rows() const { return rows_; }                             ///< without the header
  int64_t columns() const { return columns_; }                       ///< with the label
  const std::vector<std::string> &header() const { return header_; } ///< empty where the file has none
  std::optional<int64_t> label() const { return label_; }            ///< its column
  int64_t features() const { return columns_ - (label_ ? 1 : 0); }
  /// The names of the columns without the label's; empty without a header.
  std::vector<std::string> featureNames() const;

  /// The fields of the label column, a row each; empty without one.
  const std::vector<std::string> &labels() const { return labels_; }

  /// The columns without the label, as f8. Throws Error where there are none, and while rows are read, with line and
  /// column, where a field is not a finite number.
  std::unique_ptr<RowSource> openFeatures() const;
  /// The label column. Throws Error where the table has none.
  Labels makeLabels() const;

private:
  void chooseLabel(const std::vector<std::string> &first, const Wanted &wanted);
  void findLabel(const std::vector<std::string> &first, const std::string &label);
  void findHeader(const std::vector<std::string> &first);
  void takeFirstLabelForHeader();

  std::string path_;
  int64_t rows_ = 0, columns_ = 0;
  std::vector<std::string> header_;
  std::optional<int64_t> label_;
  std::vector<std::string> labels_;
  std::vector<int64_t> lines_; // where the rows with these labels begin, from 1
};

} // namespace inet

#endif
