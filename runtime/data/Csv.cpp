#include "runtime/data/Csv.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <csv.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string CsvTable::place(int64_t row, int64_t column) const {
  return lines.empty() ? path : fmt::format("{}:{}:{}", path, lines[row], column + 1);
}

namespace {

void findLabel(CsvTable &table, const std::vector<std::string> &first, const LabelColumn &label) {
  if (label.kind == LabelColumn::Kind::none)
    return;
  if (label.kind == LabelColumn::Kind::last) {
    table.label = table.columns - 1;
    return;
  }
  auto found = std::find(first.begin(), first.end(), label.name);
  // '1' in a first line of numbers is data: the label is then the first column.
  bool allNumbers = std::all_of(first.begin(), first.end(), [](auto &field) { return parseNumber(field).has_value(); });
  if (found != first.end() && !allNumbers) {
    table.label = found - first.begin();
    table.header = first;
    return;
  }
  int64_t number = 0;
  auto [end, error] = std::from_chars(label.name.data(), label.name.data() + label.name.size(), number);
  if (error != std::errc() || *end != '\0' || number < 1 || number > table.columns)
    throw Error(fmt::format("{}: no column '{}' for the label; its first line is: {}", table.path, label.name,
                            printable(fmt::format("{}", fmt::join(first, ", ")))));
  table.label = number - 1;
}

void findHeader(CsvTable &table, const std::vector<std::string> &first) {
  for (int64_t c = 0; c < table.columns; ++c)
    if (c != table.label && !first[c].empty() && !parseNumber(first[c]))
      table.header = first;
}

} // namespace

CsvTable scanCsv(const std::string &path, const LabelColumn &label) {
  CsvTable table;
  table.path = path;
  CsvReader reader(path);
  for (bool first = true; reader.next(); first = false) {
    if (first) {
      table.columns = reader.fieldCount();
      std::vector<std::string> fields;
      for (int64_t c = 0; c < table.columns; ++c)
        fields.emplace_back(reader.field(c));
      findLabel(table, fields, label);
      findHeader(table, fields);
      if (!table.header.empty())
        continue;
    }
    if (reader.fieldCount() != table.columns)
      throw Error(fmt::format("{}:{}: {} columns found, {} expected as in the first line", path, reader.line(),
                              reader.fieldCount(), table.columns));
    ++table.rows;
    if (table.label) {
      table.labels.emplace_back(reader.field(*table.label));
      table.lines.push_back(reader.line());
    }
  }
  if (table.rows == 0)
    throw Error(fmt::format("{}: no rows found{}; at least one expected", path,
                            table.header.empty() ? "" : " after the header"));
  return table;
}

namespace {

class CsvSource : public RowSource {
public:
  CsvSource(const CsvTable &table, Shape shape)
      : RowSource(table.path, Dtype::f8, std::move(shape)), columns_(table.columns),
        label_(table.label.value_or(table.columns)), header_(table.header) {}

  std::vector<std::string> columnNames() const override {
    std::vector<std::string> names = header_;
    if (label_ < static_cast<int64_t>(names.size()))
      names.erase(names.begin() + label_);
    return names;
  }

  void rewind() override {
    reader_ = std::make_unique<CsvReader>(name());
    if (!header_.empty())
      reader_->next();
    next_ = 0;
  }

  void fetch(int64_t count, RawRows &raw) override {
    int64_t size = count * rowSize();
    raw.storage = std::make_unique_for_overwrite<std::byte[]>(size * sizeof(double));
    double *out = reinterpret_cast<double *>(raw.storage.get());
    for (int64_t r = 0; r < count; ++r) {
      if (!reader_->next() || reader_->fieldCount() != columns_)
        throw Error(fmt::format("{}: the file changed while it was read", name()));
      for (int64_t c = 0; c < columns_; ++c)
        if (c != label_)
          *out++ = number(c);
    }
    raw.data = raw.storage.get();
    raw.begin = next_;
    raw.count = count;
    next_ += count;
  }

private:
  double number(int64_t column) const {
    std::optional<double> value = parseNumber(reader_->field(column));
    if (value && std::isfinite(*value))
      return *value;
    std::string_view text = reader_->field(column);
    throw Error(fmt::format("{}:{}:{}: {} found, a finite number expected", name(), reader_->line(), column + 1,
                            text.empty() ? "an empty field" : fmt::format("'{}'", printable(text))));
  }

  int64_t columns_, label_;
  std::vector<std::string> header_; // with the label
  std::unique_ptr<CsvReader> reader_;
  int64_t next_ = 0;
};

} // namespace

std::unique_ptr<RowSource> openCsv(const CsvTable &table) {
  int64_t features = table.columns - (table.label ? 1 : 0);
  if (features == 0)
    throw Error(fmt::format("{}: one column found, which is the label; features expected beside it", table.path));
  return std::make_unique<CsvSource>(table, Shape{table.rows, features});
}

} // namespace inet
