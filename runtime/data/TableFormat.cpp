#include "runtime/data/TableFormat.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace inet {
namespace {

std::string_view trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos)
    return {};
  text = text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  return text;
}

std::vector<std::string_view> split(std::string_view line, char delimiter) {
  std::vector<std::string_view> fields;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"')
      quoted = !quoted;
    if (i == line.size() || (line[i] == delimiter && !quoted)) {
      fields.push_back(trimmed(line.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  return fields;
}

struct Division {
  TableFormat format;
  size_t fields = 0; ///< in each line; 0 where their numbers differ
  int64_t total = 0, numbers = 0, withPoint = 0, withComma = 0;

  double numberShare() const { return total == 0 ? 0 : double(numbers) / double(total); }
};

Division divide(const std::vector<std::string> &lines, TableFormat::Separator separator) {
  Division division;
  division.format.separator = separator;
  bool blanks = separator == TableFormat::Separator::blanks, first = true;
  // The first line may hold names, which say nothing about the others.
  bool onlyOne = std::count_if(lines.begin(), lines.end(), [](auto &line) { return !trimmed(line).empty(); }) == 1;
  for (const std::string &whole : lines) {
    std::string line = blanks ? blanksToTabs(whole) : whole;
    if (trimmed(line).empty())
      continue;
    std::vector<std::string_view> fields = split(line, division.format.delimiter());
    if (first)
      division.fields = fields.size();
    else if (division.fields != fields.size())
      division.fields = 0;
    bool counts = !std::exchange(first, false) || onlyOne;
    for (std::string_view field : fields) {
      bool point = parseNumber(field).has_value();
      bool comma = !point && separator != TableFormat::Separator::comma && parseNumber(field, true).has_value();
      division.total += counts;
      division.numbers += counts && (point || comma || isMissing(field));
      division.withPoint += point && field.find('.') != std::string_view::npos;
      division.withComma += comma;
    }
  }
  division.format.decimalComma = division.withComma > 0 && division.withPoint == 0;
  return division;
}

} // namespace

char TableFormat::delimiter() const {
  switch (separator) {
  case Separator::comma:
    return ',';
  case Separator::semicolon:
    return ';';
  case Separator::tab:
  case Separator::blanks:
    return '\t';
  }
  return ',';
}

TableFormat findTableFormat(const std::vector<std::string> &lines) {
  using Separator = TableFormat::Separator;
  if (!lines.empty() && lines.front().size() == 6 && lines.front().starts_with("sep="))
    for (Separator separator : {Separator::comma, Separator::semicolon, Separator::tab})
      if (TableFormat{separator}.delimiter() == lines.front()[4]) {
        TableFormat format = divide({lines.begin() + 1, lines.end()}, separator).format;
        format.namesSeparator = true;
        return format;
      }
  Division best = divide(lines, Separator::comma);
  for (Separator separator : {Separator::semicolon, Separator::tab}) {
    Division other = divide(lines, separator);
    bool divides = other.fields > 1 || (best.fields <= 1 && other.total > best.total);
    bool better = best.fields <= 1 || other.numberShare() > best.numberShare() ||
                  (other.numberShare() == best.numberShare() && other.fields > best.fields);
    if (divides && better)
      best = other;
  }
  Division blanks = divide(lines, Separator::blanks);
  // Words apart by blanks are a text; numbers are columns, of which one may be the name of a class.
  bool divides = blanks.fields > 1 && blanks.numberShare() > 0.5 &&
                 (best.fields <= 1 || blanks.numberShare() > best.numberShare());
  return divides ? blanks.format : best.format;
}

std::string blanksToTabs(std::string_view line) {
  std::string text;
  bool quoted = false, pending = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    if (!quoted && (c == ' ' || c == '\t')) {
      pending = true;
      continue;
    }
    if (pending && !text.empty() && c != '\n')
      text += '\t';
    pending = false;
    text += c;
  }
  return text;
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

std::optional<double> parseNumber(std::string_view text, bool decimalComma) {
  if (!decimalComma || text.find_first_of(".,") == std::string_view::npos)
    return parseNumber(text);
  size_t comma = text.find(',');
  auto isDigit = [&](size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  if (comma == std::string_view::npos || text.find('.') != std::string_view::npos || !isDigit(comma + 1))
    return std::nullopt;
  std::string withPoint(text);
  withPoint[comma] = '.';
  return parseNumber(withPoint);
}

bool isMissing(std::string_view text) {
  for (std::string_view marker : {"", "?", "NA", "N/A", "#N/A", "<NA>", "nan", "NaN", "NAN", "null", "NULL"})
    if (text == marker)
      return true;
  return false;
}

} // namespace inet
