#include "runtime/data/Csv.h"

#include "runtime/Error.h"

#include <csv.h>
#include <fmt/format.h>

namespace inet {
namespace {

constexpr size_t kSampleLines = 100; // enough to see a format, little to read twice

} // namespace

CsvReader::CsvReader(const std::string &path) : path_(path), lines_(path), parser_(std::make_unique<csv_parser>()) {
  csv_init(parser_.get(), CSV_STRICT | CSV_STRICT_FINI);
  readSample();
}

CsvReader::~CsvReader() { csv_free(parser_.get()); }

void CsvReader::readSample() {
  std::string line;
  while (sample_.size() < kSampleLines && lines_.next(line))
    sample_.push_back(line);
  format_ = findTableFormat({sample_.begin(), sample_.end()});
  csv_set_delim(parser_.get(), static_cast<unsigned char>(format_.delimiter()));
  if (format_.namesSeparator) {
    sample_.pop_front();
    ++linesParsed_;
  }
}

std::string_view CsvReader::field(int64_t index) const {
  size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(begin, ends_[index] - begin);
}

void CsvReader::onField(void *text, size_t size, void *self) {
  auto *reader = static_cast<CsvReader *>(self);
  reader->text_.append(static_cast<char *>(text), size);
  reader->ends_.push_back(reader->text_.size());
}

void CsvReader::onRow(int, void *self) { static_cast<CsvReader *>(self)->rowDone_ = true; }

bool CsvReader::readLine() {
  if (!sample_.empty()) {
    buffer_ = std::move(sample_.front());
    sample_.pop_front();
  } else if (!lines_.next(buffer_)) {
    return false;
  }
  if (format_.separator == TableFormat::Separator::blanks)
    buffer_ = blanksToTabs(buffer_);
  ++linesParsed_;
  return true;
}

void CsvReader::failParse() const {
  throw Error(
      fmt::format("{}:{}:{}: a quote inside a field, or one that does not end", path_, linesParsed_, ends_.size() + 1));
}

bool CsvReader::next() {
  text_.clear();
  ends_.clear();
  rowDone_ = false;
  // libcsv is fed a line at a time, which is how we know the line; a quoted field may take several.
  for (bool first = true; !ended_ && !rowDone_;) {
    if (!readLine()) {
      ended_ = true;
      if (csv_fini(parser_.get(), onField, onRow, this) != 0)
        failParse();
      break;
    }
    if (first)
      line_ = linesParsed_;
    if (csv_parse(parser_.get(), buffer_.data(), buffer_.size(), onField, onRow, this) != buffer_.size())
      failParse();
    first = ends_.empty() && parser_->entry_pos == 0 && !parser_->quoted; // a blank line begins no row
  }
  return rowDone_;
}

} // namespace inet
