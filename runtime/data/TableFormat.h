// How a text file is divided into fields: found from its first lines.
#ifndef INET_RUNTIME_DATA_TABLEFORMAT_H
#define INET_RUNTIME_DATA_TABLEFORMAT_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inet {

struct TableFormat {
  enum class Separator { comma, semicolon, tab, blanks } separator = Separator::comma;
  bool decimalComma = false;   ///< 1,5 is one and a half, which commas between fields rule out
  bool namesSeparator = false; ///< the first line is "sep=;", as Excel writes it: it is no row

  char delimiter() const; ///< blanks are made tabs first
};

/// The separator by which most fields of the lines are numbers and all lines have the same number of fields. Of two the
/// one that makes more fields; blanks only where nothing else divides the lines and they divide numbers. `lines` are
/// the first of a file, each with its '\n'.
TableFormat findTableFormat(const std::vector<std::string> &lines);

/// Runs of blanks and tabs outside of quotes as one tab, none at the ends.
std::string blanksToTabs(std::string_view line);

/// The whole of `text` as a number; nothing if it is not one. "nan" and "inf" are numbers here.
std::optional<double> parseNumber(std::string_view text);
/// The same where the decimal sign is a comma.
std::optional<double> parseNumber(std::string_view text, bool decimalComma);

/// Whether a field says that its value is not known: it is empty, "?", "NA", "nan" or the like.
bool isMissing(std::string_view text);

} // namespace inet

#endif
