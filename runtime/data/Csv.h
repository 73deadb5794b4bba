// Tables in .csv files (RFC 4180 by libcsv): numbers in columns, one row an example, one column possibly the label.
#ifndef INET_RUNTIME_DATA_CSV_H
#define INET_RUNTIME_DATA_CSV_H

#include "runtime/data/Array.h"

#include <optional>
#include <string_view>

struct csv_parser;

namespace inet {

/// Reads a table row by row. Fields are separated by ',', ';' or a tab, whichever is most frequent in the first line.
class CsvReader {
public:
  /// Throws Error where the file cannot be opened.
  explicit CsvReader(const std::string &path);
  ~CsvReader();
  CsvReader(const CsvReader &) = delete;
  CsvReader &operator=(const CsvReader &) = delete;

  /// Reads the next row that is not blank; false at the end of the file. Throws Error for a stray quote.
  bool next();
  /// The fields of the row, without quotes and surrounding blanks; valid until the next call.
  int64_t fieldCount() const { return static_cast<int64_t>(ends_.size()); }
  std::string_view field(int64_t index) const;
  /// The line where the row begins, from 1.
  int64_t line() const { return line_; }

private:
  struct FileCloser {
    void operator()(FILE *file) const { std::fclose(file); }
  };
  static void onField(void *text, size_t size, void *self);
  static void onRow(int, void *self);
  bool readLine();
  void chooseDelimiter();
  [[noreturn]] void failParse() const;

  std::string path_;
  std::unique_ptr<FILE, FileCloser> file_;
  std::unique_ptr<csv_parser> parser_;
  std::string text_;         // the fields, one after the other
  std::vector<size_t> ends_; // of each field in text_
  char *buffer_ = nullptr;   // of getline
  size_t bufferSize_ = 0;
  int64_t length_ = 0;
  int64_t linesRead_ = 0, line_ = 0;
  bool rowDone_ = false, ended_ = false;
};

/// Which column holds the label.
struct LabelColumn {
  enum class Kind { none, last, named } kind = Kind::none;
  std::string name; // Kind::named: its name in the header, or its number from 1

  static LabelColumn last() { return {Kind::last, ""}; }
  static LabelColumn named(std::string name) { return {Kind::named, std::move(name)}; }
};

/// What a first pass over the file finds out.
struct CsvTable {
  std::string path;
  int64_t rows = 0;                // without the header
  int64_t columns = 0;             // with the label
  std::vector<std::string> header; // empty where the file has none
  std::optional<int64_t> label;    // the column of the label
  std::vector<std::string> labels; // its fields, a row each
  std::vector<int64_t> lines;      // where these rows begin; empty without a label

  std::string place(int64_t row, int64_t column) const; // "data.csv:12:3", line and column from 1
};

/// Reads the file once, counting. The first row is a header if one of its fields, the label apart, is not a number, or
/// if `label` is named there. Throws Error with line and column for ragged rows, an unknown label or an empty table.
CsvTable scanCsv(const std::string &path, const LabelColumn &label);

/// The fields of `text` as a number; nothing if it is not one. "nan" and "inf" are numbers here.
std::optional<double> parseNumber(std::string_view text);

/// The table's columns without the label, as f8. Throws Error with line and column where a field is not a finite
/// number.
std::unique_ptr<RowSource> openCsv(const CsvTable &table);

} // namespace inet

#endif
