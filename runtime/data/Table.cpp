#include "runtime/data/Table.h"

#include "runtime/Error.h"
#include "runtime/data/ByteStream.h"
#include "runtime/data/TableSurvey.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace inet {

namespace {

/// "a, b, c" of at most a dozen names.
std::string listed(const std::vector<std::string> &names) {
  auto end = names.begin() + std::min<int64_t>(int64_t(names.size()), 12);
  return printable(fmt::format("{}{}", fmt::join(names.begin(), end, ", "), end == names.end() ? "" : ", ..."));
}

/// What the first row speaks for, by the first column that does.
struct Evidence {
  std::optional<int64_t> header; // a name over numbers
  std::optional<int64_t> data;   // a number over numbers
};

Evidence weigh(const TableSurvey &survey, const Wanted &wanted) {
  Evidence evidence;
  int64_t columns = int64_t(survey.first.size());
  for (int64_t c = columns; c-- > 0;) {
    // Of a single row nothing can be said but that features are numbers; its last field may be a label.
    bool last = c == columns - 1 && wanted.use != Wanted::Use::features;
    bool numeric = survey.others > 0 ? survey.columns[c].isNumeric() : !last;
    if (numeric && survey.isText(c))
      evidence.header = c;
    if (numeric && survey.isNumber(c))
      evidence.data = c;
  }
  return evidence;
}

/// Whether the first row, which counts the columns from `begin` on, is one of names: pandas writes 0, 1, ... where
/// there are none. Nothing where it might as well be an example.
std::optional<bool> isCountAHeader(const TableSurvey &survey, int64_t begin) {
  if (!survey.countsColumns(begin) || survey.others == 0)
    return false;
  if (begin == 1 || survey.first.size() > 8) // beside an empty corner, or too many to be chance
    return true;
  if (survey.first.size() == 1)
    return false;
  for (const ColumnSurvey &column : survey.columns)
    if (column.numbers > column.wholeNumbers)
      return true;
  return std::nullopt;
}

} // namespace

Table::Table(const std::string &path, const Wanted &wanted) : path_(path) {
  TableSurvey survey(path);
  columns_ = int64_t(survey.first.size());
  decideHeader(survey, wanted);
  rows_ = survey.others + (header_.empty() ? 1 : 0);
  if (rows_ == 0)
    throw Error(fmt::format("{}: no rows found after the header; at least one expected", path));
  if (const ColumnSurvey &last = survey.columns.back();
      columns_ > 1 && survey.first.back().empty() && last.empty == survey.others)
    leaveOut(columns_ - 1, "which is empty: lines end in a delimiter");
  bool nameless = !header_.empty() && (header_.front().empty() || header_.front().starts_with("Unnamed: "));
  if (nameless && columns_ > 1)
    leaveOut(0, "which has no name: an index");
  if (!wanted.label.empty())
    findLabel(survey, wanted.label);
  leaveOutIndex(survey, wanted);
  decideLabel(survey, wanted);
  for (int64_t c = 0; c < columns_; ++c)
    if (!isLeftOut(c) && c != label_)
      features_.push_back(c);
  if (label_)
    readLabels();
  writeFacts(survey);
}

void Table::decideHeader(const TableSurvey &survey, const Wanted &wanted) {
  auto isHeader = [&]() -> bool {
    if (wanted.header)
      return *wanted.header;
    bool allNumbers = true, named = false;
    for (int64_t c = 0; c < columns_; ++c) {
      allNumbers = allNumbers && survey.isNumber(c);
      named = named || (!wanted.label.empty() && survey.first[c] == wanted.label);
    }
    if (named && !allNumbers) // '1' in a first row of numbers is data: the label is then the first column
      return true;
    if (wanted.use == Wanted::Use::labels && wanted.rows == survey.others)
      return true;
    if (wanted.use == Wanted::Use::labels && wanted.rows == survey.others + 1)
      return false;
    bool corner = survey.first.front().empty() && columns_ > 1 && survey.columns.front().empty == 0;
    std::optional<bool> counts = isCountAHeader(survey, corner ? 1 : 0);
    Evidence evidence = weigh(survey, wanted);
    const char *remedy = "--header yes or --header no says which it is";
    if (!counts)
      throw Error(fmt::format("{}:{}: the first row is {}, which may number the columns or be an example; {}", path_,
                              survey.firstLine, listed(survey.first), remedy));
    if (*counts || (evidence.header && !evidence.data))
      return true;
    if (evidence.header)
      throw Error(fmt::format("{}:{}: the first row is a header by '{}' over numbers in column {}, and an example by "
                              "'{}' in column {}; {}",
                              path_, survey.firstLine, printable(survey.first[*evidence.header]), *evidence.header + 1,
                              printable(survey.first[*evidence.data]), *evidence.data + 1, remedy));
    return false;
  };
  if (isHeader())
    header_ = survey.first;
}

void Table::findLabel(const TableSurvey &survey, const std::string &label) {
  auto found = std::find(header_.begin(), header_.end(), label);
  if (found != header_.end()) {
    label_ = found - header_.begin();
    return;
  }
  int64_t number = 0;
  auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
  if (error != std::errc() || *end != '\0' || number < 1 || number > columns_)
    throw Error(fmt::format("{}: no column '{}' for the label; its first line is: {}", path_, label,
                            printable(fmt::format("{}", fmt::join(survey.first, ", ")))));
  label_ = number - 1;
}

void Table::leaveOut(int64_t column, const std::string &reason) {
  leftOut_.push_back(column);
  facts_.push_back({"left out", fmt::format("column {}, {}", column + 1, reason)});
}

bool Table::isLeftOut(int64_t column) const {
  return std::find(leftOut_.begin(), leftOut_.end(), column) != leftOut_.end();
}

/// A first column that counts the rows is an index where the network wants one feature fewer.
void Table::leaveOutIndex(const TableSurvey &survey, const Wanted &wanted) {
  constexpr int64_t chance = 3; // that fewer rows are in order says nothing
  if (isLeftOut(0) || label_ == 0 || rows_ < chance || !survey.countsRows(0, !header_.empty()))
    return;
  int64_t rest = columns_ - int64_t(leftOut_.size()) - 1; // beside the index
  const char *reason = "which counts the rows: an index";
  if (wanted.use == Wanted::Use::labels) {
    if (rest == 1)
      leaveOut(0, reason);
    return;
  }
  if (wanted.input.empty())
    return;
  int64_t inputs = countOf(wanted.input);
  bool labelAmongThem = label_.has_value() || wanted.use == Wanted::Use::labelled;
  if (wanted.use == Wanted::Use::unlabelled && !label_) {
    if (rest == inputs)
      throw Error(fmt::format("{}: the first column counts the rows: it is an index, or a feature and the last column "
                              "the label; --label with that column's name or number says that it is",
                              path_));
    labelAmongThem = rest == inputs + 1;
  }
  int64_t features = rest - (labelAmongThem ? 1 : 0);
  if (features == inputs)
    leaveOut(0, reason);
  else if (features + 1 == inputs)
    facts_.push_back(
        {"note", "column 1 counts the rows; it is taken for a feature, as the network has as many inputs"});
}

void Table::decideLabel(const TableSurvey &survey, const Wanted &wanted) {
  if (label_ && isLeftOut(*label_))
    throw Error(fmt::format("{}: the label's column {} is empty or an index", path_, *label_ + 1));
  std::vector<int64_t> others;
  for (int64_t c = 0; c < columns_; ++c)
    if (!isLeftOut(c))
      others.push_back(c);
  bool given = !wanted.label.empty();
  switch (wanted.use) {
  case Wanted::Use::features:
    return;
  case Wanted::Use::unlabelled: {
    bool named = std::find(header_.begin(), header_.end(), wanted.label) != header_.end();
    if (int64_t(others.size()) == countOf(wanted.input) && !(given && named)) {
      label_.reset();
      return;
    }
    break;
  }
  case Wanted::Use::labels:
    if (!given && others.size() != 1)
      throw Error(
          fmt::format("{}: {} columns found; one column of labels, or --label, expected", path_, others.size()));
    break;
  case Wanted::Use::labelled:
    break;
  }
  if (!given)
    label_ = others.back();
}

void Table::readLabels() {
  CsvReader reader(path_);
  if (!header_.empty())
    reader.next();
  while (reader.next()) {
    if (reader.fieldCount() != columns_)
      throw Error(fmt::format("{}: the file changed while it was read", path_));
    labels_.emplace_back(reader.field(*label_));
    if (std::optional<double> number = reader.number(*label_); number && reader.format().decimalComma)
      std::replace(labels_.back().begin(), labels_.back().end(), ',', '.');
    lines_.push_back(reader.line());
  }
  if (int64_t(labels_.size()) != rows_)
    throw Error(fmt::format("{}: the file changed while it was read", path_));
}

std::string Table::nameOfColumn(int64_t column) const {
  if (header_.empty() || header_[column].empty())
    return fmt::format("column {}", column + 1);
  return fmt::format("'{}' (column {})", printable(header_[column]), column + 1);
}

void Table::writeFacts(const TableSurvey &survey) {
  using Separator = TableFormat::Separator;
  Facts facts = {{"rows", std::to_string(rows_)}};
  facts.push_back({"header", header_.empty() ? "none" : listed(header_)});
  if (label_)
    facts.push_back({"label", nameOfColumn(*label_)});
  if (label_)
    facts.push_back({"distinct labels", std::to_string(std::set(labels_.begin(), labels_.end()).size())});
  facts.push_back({"features", std::to_string(features_.size())});
  facts.insert(facts.end(), facts_.begin(), facts_.end());
  if (Separator separator = survey.format.separator; separator != Separator::comma && columns_ > 1)
    facts.push_back({"columns apart by", separator == Separator::semicolon ? "semicolons"
                                         : separator == Separator::tab     ? "tabs"
                                                                           : "blanks"});
  if (survey.format.decimalComma)
    facts.push_back({"decimal sign", "comma"});
  if (survey.utf16)
    facts.push_back({"encoding", "UTF-16"});
  facts_ = std::move(facts);
}

std::vector<std::string> Table::featureNames() const {
  std::vector<std::string> names;
  if (!header_.empty())
    for (int64_t c : features_)
      names.push_back(header_[c]);
  return names;
}

Labels Table::makeLabels() const {
  if (!label_)
    throw Error(fmt::format("{}: no label column found; one expected", path_));
  Labels labels;
  labels.name = path_;
  labels.shape = {rows_};
  labels.texts = labels_;
  labels.facts = facts_;
  labels.placeOf = [path = path_, lines = lines_, column = *label_ + 1](int64_t row) {
    return fmt::format("{}:{}:{}", path, lines[row], column);
  };
  return labels;
}

namespace {

class TableSource : public RowSource {
public:
  explicit TableSource(const Table &table)
      : RowSource(table.path(), Dtype::f8, {table.rows(), int64_t(table.features().size())}), columns_(table.columns()),
        features_(table.features()), hasHeader_(!table.header().empty()), names_(table.featureNames()) {
    addFacts(table.facts());
  }

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
      for (int64_t c : features_)
        *out++ = number(c);
    }
    raw.data = raw.storage.get();
    raw.begin = next_;
    raw.count = count;
    next_ += count;
  }

private:
  double number(int64_t column) const {
    std::optional<double> value = reader_->number(column);
    if (value && std::isfinite(*value))
      return *value;
    std::string_view text = reader_->field(column);
    bool decimalComma = reader_->format().decimalComma;
    bool otherSign = parseNumber(text, !decimalComma).has_value() && text.find_first_of(".,") != std::string_view::npos;
    throw Error(fmt::format("{}:{}:{}: {} found, a finite number {}expected{}", name(), reader_->line(), column + 1,
                            text.empty() ? "an empty field" : fmt::format("'{}'", printable(text)),
                            otherSign && decimalComma ? "with a decimal comma, as before, "
                            : otherSign               ? "with a decimal point "
                                                      : "",
                            isMissing(text) ? " (values that are not known are not filled in)" : ""));
  }

  int64_t columns_;
  std::vector<int64_t> features_;
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
  Wanted numbers;
  numbers.header = wanted.header;
  Table table(file, numbers);
  Labels labels = labelsOf(*table.openFeatures());
  labels.facts = table.facts();
  return labels;
}

constexpr std::string_view kEndings[] = {".csv", ".tsv", ".txt", ".data", ".dat"};

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

const SourceKind tableSource = {".csv", true,
                                [](const std::string &file) {
                                  std::string name = withoutGzip(file);
                                  return std::any_of(std::begin(kEndings), std::end(kEndings),
                                                     [&](auto ending) { return name.ends_with(ending); });
                                },
                                openTable};

std::unique_ptr<RowSource> Table::openFeatures() const {
  if (features_.empty())
    throw Error(fmt::format("{}: one column found, which is the label; features expected beside it", path_));
  return std::make_unique<TableSource>(*this);
}

} // namespace inet
