#include "runtime/data/Table.h"

#include "runtime/Error.h"
#include "runtime/data/Csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inet {

Table::Table(const std::string &path, const Wanted &wanted) : path_(path) {
  CsvReader reader(path);
  for (bool first = true; reader.next(); first = false) {
    if (first) {
      columns_ = reader.fieldCount();
      std::vector<std::string> fields;
      for (int64_t c = 0; c < columns_; ++c)
        fields.emplace_back(reader.field(c));
      chooseLabel(fields, wanted);
      findHeader(fields);
      if (!header_.empty())
        continue;
    }
    if (reader.fieldCount() != columns_)
      throw Error(fmt::format("{}:{}: {} columns found, {} expected as in the first line", path, reader.line(),
                              reader.fieldCount(), columns_));
    ++rows_;
    if (label_) {
      labels_.emplace_back(reader.field(*label_));
      lines_.push_back(reader.line());
    }
  }
  if (rows_ == 0)
    throw Error(
        fmt::format("{}: no rows found{}; at least one expected", path, header_.empty() ? "" : " after the header"));
  // Every text may be a label, so whether the first line of nothing but labels is a header shows in their number.
  if (wanted.use == Wanted::Use::labels && header_.empty() && rows_ == wanted.rows + 1)
    takeFirstLabelForHeader();
}

void Table::chooseLabel(const std::vector<std::string> &first, const Wanted &wanted) {
  bool given = !wanted.label.empty();
  switch (wanted.use) {
  case Wanted::Use::features:
    if (given)
      findLabel(first, wanted.label);
    return;
  case Wanted::Use::unlabelled: {
    findHeader(first); // as it is without a label
    bool named = std::find(header_.begin(), header_.end(), wanted.label) != header_.end();
    if (columns_ == countOf(wanted.input) && !named)
      return;
    header_.clear();
    break;
  }
  case Wanted::Use::labels:
    if (!given && columns_ != 1)
      throw Error(fmt::format("{}: {} columns found; one column of labels, or --label, expected", path_, columns_));
    break;
  case Wanted::Use::labelled:
    break;
  }
  if (given)
    findLabel(first, wanted.label);
  else
    label_ = columns_ - 1;
}

void Table::findLabel(const std::vector<std::string> &first, const std::string &label) {
  auto found = std::find(first.begin(), first.end(), label);
  // '1' in a first line of numbers is data: the label is then the first column.
  bool allNumbers = std::all_of(first.begin(), first.end(), [](auto &field) { return parseNumber(field).has_value(); });
  if (found != first.end() && !allNumbers) {
    label_ = found - first.begin();
    header_ = first;
    return;
  }
  int64_t number = 0;
  auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
  if (error != std::errc() || *end != '\0' || number < 1 || number > columns_)
    throw Error(fmt::format("{}: no column '{}' for the label; its first line is: {}", path_, label,
                            printable(fmt::format("{}", fmt::join(first, ", ")))));
  label_ = number - 1;
}

void Table::findHeader(const std::vector<std::string> &first) {
  for (int64_t c = 0; c < columns_; ++c)
    if (c != label_ && !first[c].empty() && !parseNumber(first[c]))
      header_ = first;
}

void Table::takeFirstLabelForHeader() {
  header_.assign(columns_, "");
  header_[*label_] = labels_.front();
  labels_.erase(labels_.begin());
  lines_.erase(lines_.begin());
  --rows_;
}

std::vector<std::string> Table::featureNames() const {
  std::vector<std::string> names = header_;
  if (label_ && !names.empty())
    names.erase(names.begin() + *label_);
  return names;
}

Labels Table::makeLabels() const {
  if (!label_)
    throw Error(fmt::format("{}: no label column found; one expected", path_));
  Labels labels;
  labels.name = path_;
  labels.shape = {rows_};
  labels.texts = labels_;
  labels.placeOf = [path = path_, lines = lines_, column = *label_ + 1](int64_t row) {
    return fmt::format("{}:{}:{}", path, lines[row], column);
  };
  return labels;
}

namespace {

class TableSource : public RowSource {
public:
  explicit TableSource(const Table &table)
      : RowSource(table.path(), Dtype::f8, {table.rows(), table.features()}), columns_(table.columns()),
        label_(table.label().value_or(-1)), hasHeader_(!table.header().empty()), names_(table.featureNames()) {}

  std::vector<std::string> columnNames() const override { return names_; }

  void rewind() override {
    reader_ = std::make_unique<CsvReader>(name());
    if (hasHeader_)
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
  bool hasHeader_;
  std::vector<std::string> names_;
  std::unique_ptr<CsvReader> reader_;
  int64_t next_ = 0;
};

/// Labels in a file of their own: texts of one column, or, for a regression, numbers in all of them.
Labels openTableLabels(const std::string &file, const Wanted &wanted) {
  if (!wanted.task)
    throw Error(fmt::format("{}: labels in a table need --task classification or --task regression", file));
  if (*wanted.task == Task::classification || !wanted.label.empty())
    return Table(file, wanted).makeLabels();
  return labelsOf(*Table(file, {}).openFeatures());
}

Examples openTable(const std::string &file, const Wanted &wanted) {
  Examples examples;
  if (wanted.use == Wanted::Use::labels) {
    examples.labels = openTableLabels(file, wanted);
    return examples;
  }
  Table table(file, wanted);
  examples.x = table.openFeatures();
  if (wanted.use == Wanted::Use::labelled)
    examples.labels = table.makeLabels();
  return examples;
}

} // namespace

const SourceKind tableSource = {
    ".csv", true, [](const std::string &file) { return file.ends_with(".csv") || file.ends_with(".tsv"); }, openTable};

std::unique_ptr<RowSource> Table::openFeatures() const {
  if (features() == 0)
    throw Error(fmt::format("{}: one column found, which is the label; features expected beside it", path_));
  return std::make_unique<TableSource>(*this);
}

} // namespace inet
