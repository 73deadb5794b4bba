// The rows of a table in text: fields by libcsv (RFC 4180). How lines are divided is decided in TableFormat.h, what the
// fields mean in Table.h.
#ifndef INET_RUNTIME_DATA_CSV_H
#define INET_RUNTIME_DATA_CSV_H

#include "runtime/data/TableFormat.h"
#include "runtime/data/TextLines.h"

#include <deque>

struct csv_parser;

namespace inet {

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
  /// A field as a number; nothing where it is none.
  std::optional<double> number(int64_t index) const { return parseNumber(field(index), format_.decimalComma); }
  /// The line where the row begins, from 1.
  int64_t line() const { return line_; }

  const TableFormat &format() const { return format_; }
  bool isUtf16() const { return lines_.isUtf16(); }

private:
  static void onField(void *text, size_t size, void *self);
  static void onRow(int, void *self);
  bool readLine();
  void readSample();
  [[noreturn]] void failParse() const;

  std::string path_;
  TextLines lines_;
  TableFormat format_;
  std::deque<std::string> sample_; // the first lines, until they are parsed
  std::unique_ptr<csv_parser> parser_;
  std::string buffer_;       // a line
  std::string text_;         // the fields, one after the other
  std::vector<size_t> ends_; // of each field in text_
  int64_t linesParsed_ = 0, line_ = 0;
  bool rowDone_ = false, ended_ = false;
};

} // namespace inet

#endif
