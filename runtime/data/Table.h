// A table: numbers in columns, one row an example, one column possibly the label. What a file's columns are taken for
// is decided here and nowhere else.
#ifndef INET_RUNTIME_DATA_TABLE_H
#define INET_RUNTIME_DATA_TABLE_H

#include "runtime/data/Sources.h"

namespace inet {

struct TableSurvey;

class Table {
public:
  /// Reads the file, and says what it takes for header, label and features.
  ///
  /// Header: the first row is one if the user says so (`wanted.header`), if `wanted.label` is named there, or, of
  /// labels alone, if there are `wanted.rows` and one rows. Else it shows where a name stands over a column of numbers,
  /// or where the row counts from 0 over numbers that are not all whole (what pandas writes of columns without names).
  /// Throws Error where the row speaks for both: a name over numbers beside a number over numbers.
  ///
  /// Left out: a last column that is empty in every row (lines that end in a delimiter), a first column without a name
  /// (pandas' index), and a first column that counts the rows where the network has one input fewer than there are
  /// features with it.
  ///
  /// Label, by `wanted.use`: `features`: `wanted.label`, or none. `labelled`: `wanted.label`, or the last.
  /// `unlabelled`: none, if there are as many columns as `input` has features and none is called `wanted.label`; else
  /// `wanted.label`, or the last. `labels`: `wanted.label`, or the only one.
  ///
  /// Throws Error with line and column for ragged rows, an unknown label or an empty table.
  Table(const std::string &path, const Wanted &wanted);

  const std::string &path() const { return path_; }
  int64_t rows() const { return rows_; }                             ///< without the header
  int64_t columns() const { return columns_; }                       ///< in the file
  const std::vector<std::string> &header() const { return header_; } ///< of all columns; empty where there is none
  std::optional<int64_t> label() const { return label_; }            ///< its column, from 0
  const std::vector<int64_t> &features() const { return features_; } ///< their columns, from 0
  /// The names of the feature columns; empty without a header.
  std::vector<std::string> featureNames() const;

  /// The fields of the label column, a row each; empty without one.
  const std::vector<std::string> &labels() const { return labels_; }

  /// The feature columns as f8. Throws Error where there are none, and while rows are read, with line and column, where
  /// a field is not a finite number.
  std::unique_ptr<RowSource> openFeatures() const;
  /// The label column. Throws Error where the table has none.
  Labels makeLabels() const;

  /// What was taken for what: "rows" "150", "header" "length, width, kind", "label" "kind (column 3)", ...
  const Facts &facts() const { return facts_; }

private:
  void decideHeader(const TableSurvey &survey, const Wanted &wanted);
  void decideLabel(const TableSurvey &survey, const Wanted &wanted);
  void findLabel(const TableSurvey &survey, const std::string &label);
  void leaveOut(int64_t column, const std::string &reason);
  void leaveOutIndex(const TableSurvey &survey, const Wanted &wanted);
  void readLabels();
  void writeFacts(const TableSurvey &survey);
  bool isLeftOut(int64_t column) const;
  std::string nameOfColumn(int64_t column) const;

  std::string path_;
  int64_t rows_ = 0, columns_ = 0;
  std::vector<std::string> header_;
  std::optional<int64_t> label_;
  std::vector<int64_t> features_, leftOut_;
  std::vector<std::string> labels_;
  std::vector<int64_t> lines_; // where the rows with these labels begin, from 1
  Facts facts_;
};

} // namespace inet

#endif
