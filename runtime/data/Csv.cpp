#include "runtime/data/Csv.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <csv.h>
#include <fmt/format.h>

namespace inet {

CsvReader::CsvReader(const std::string &path)
    : path_(path), file_(std::fopen(path.c_str(), "rbe")), parser_(std::make_unique<csv_parser>()) {
  if (!file_)
    throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
  csv_init(parser_.get(), CSV_STRICT | CSV_STRICT_FINI);
}

CsvReader::~CsvReader() {
  csv_free(parser_.get());
  std::free(buffer_);
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
  errno = 0;
  length_ = ::getline(&buffer_, &bufferSize_, file_.get());
  if (length_ < 0 && std::ferror(file_.get()))
    throw Error(fmt::format("{}: {}", path_, std::strerror(errno)));
  if (length_ < 0)
    return false;
  if (++linesRead_ == 1) {
    constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
    if (std::string_view(buffer_, length_).starts_with(byteOrderMark)) {
      length_ -= byteOrderMark.size();
      std::memmove(buffer_, buffer_ + byteOrderMark.size(), length_);
    }
    chooseDelimiter();
  }
  return true;
}

void CsvReader::chooseDelimiter() {
  auto count = [&](char c) { return std::count(buffer_, buffer_ + length_, c); };
  char best = ',';
  for (char candidate : {';', '\t'})
    if (count(candidate) > count(best))
      best = candidate;
  csv_set_delim(parser_.get(), best);
}

void CsvReader::failParse() const {
  throw Error(
      fmt::format("{}:{}:{}: a quote inside a field, or one that does not end", path_, linesRead_, ends_.size() + 1));
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
      line_ = linesRead_;
    if (csv_parse(parser_.get(), buffer_, length_, onField, onRow, this) != static_cast<size_t>(length_))
      failParse();
    first = ends_.empty() && parser_->entry_pos == 0 && !parser_->quoted; // a blank line begins no row
  }
  return rowDone_;
}

std::optional<double> parseNumber(std::string_view text) {
  if (text.starts_with('+'))
    text.remove_prefix(1);
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size())
    return std::nullopt;
  if (error == std::errc::result_out_of_range) // 1e-999 is 0, 1e999 infinite
    return std::strtod(std::string(text).c_str(), nullptr);
  if (error != std::errc())
    return std::nullopt;
  return value;
}

} // namespace inet
