#include "runtime/data/TableSurvey.h"

#include "runtime/Error.h"

#include <cmath>
#include <fmt/format.h>

namespace inet {

TableSurvey::TableSurvey(const std::string &path) {
  CsvReader reader(path);
  if (!reader.next())
    throw Error(fmt::format("{}: no rows found; at least one expected", path));
  format = reader.format();
  utf16 = reader.isUtf16();
  firstLine = reader.line();
  for (int64_t c = 0; c < reader.fieldCount(); ++c)
    first.emplace_back(reader.field(c));
  columns.resize(first.size());
  for (; reader.next(); ++others) {
    if (reader.fieldCount() != int64_t(first.size()))
      throw Error(fmt::format("{}:{}: {} columns found, {} expected as in the first line", path, reader.line(),
                              reader.fieldCount(), first.size()));
    for (int64_t c = 0; c < reader.fieldCount(); ++c) {
      ColumnSurvey &column = columns[c];
      std::string_view field = reader.field(c);
      std::optional<double> number = reader.number(c);
      bool isMissingField = isMissing(field), isNumberField = !isMissingField && number && std::isfinite(*number);
      column.missing += isMissingField;
      column.numbers += isNumberField;
      column.texts += !isMissingField && !isNumberField;
      column.wholeNumbers += isNumberField && field.find_first_not_of("0123456789+-") == std::string_view::npos;
      column.empty += field.empty();
      if (others == 0)
        column.begin = number.value_or(0);
      column.counts = column.counts && number == column.begin + double(others);
    }
  }
}

bool TableSurvey::isNumber(int64_t column) const {
  return !isMissing(first[column]) && parseNumber(first[column], format.decimalComma).has_value();
}

bool TableSurvey::countsColumns(int64_t begin) const {
  for (int64_t c = begin; c < int64_t(first.size()); ++c)
    if (first[c] != std::to_string(c - begin))
      return false;
  return int64_t(first.size()) > begin;
}

bool TableSurvey::countsRows(int64_t c, bool header) const {
  const ColumnSurvey &column = columns[c];
  double begin = header ? column.begin : column.begin - 1; // without a header they count on from the first row
  return others > 0 && column.counts && (begin == 0 || begin == 1) &&
         (header || parseNumber(first[c], format.decimalComma) == begin);
}

} // namespace inet
