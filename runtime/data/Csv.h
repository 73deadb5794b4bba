// The fields of .csv files (RFC 4180 by libcsv). What they mean is decided in Table.h.
#ifndef INET_RUNTIME_DATA_CSV_H
#define INET_RUNTIME_DATA_CSV_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// The whole of `text` as a number; nothing if it is not one. "nan" and "inf" are numbers here.
std::optional<double> parseNumber(std::string_view text);

} // namespace inet

#endif
