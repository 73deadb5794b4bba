// What the columns of a table look like, before anything is decided about them.
#ifndef INET_RUNTIME_DATA_TABLESURVEY_H
#define INET_RUNTIME_DATA_TABLESURVEY_H

#include "runtime/data/Csv.h"

namespace inet {

/// One column, without its first field.
struct ColumnSurvey {
  int64_t numbers = 0, missing = 0, texts = 0; ///< fields: finite numbers, those that isMissing, all others
  int64_t wholeNumbers = 0, empty = 0;         ///< of them: digits alone, no characters at all
  double begin = 0;                            ///< its first number
  bool counts = true;                          ///< each row has one more than the row before

  bool isNumeric() const { return numbers > texts; }
};

struct TableSurvey {
  std::vector<std::string> first; ///< the fields of the first row
  int64_t firstLine = 1;          ///< and its line, from 1
  int64_t others = 0;             ///< rows after it
  std::vector<ColumnSurvey> columns;
  TableFormat format;
  bool utf16 = false;

  /// Reads the whole file. Throws Error for rows of different lengths and for a file without rows.
  explicit TableSurvey(const std::string &path);

  /// What a field of the first row is.
  bool isNumber(int64_t column) const;
  bool isText(int64_t column) const { return !isNumber(column) && !isMissing(first[column]); }
  /// Whether the fields of the first row from `begin` on are 0, 1, 2, ...: pandas' names for columns without any.
  bool countsColumns(int64_t begin) const;
  /// Whether column `c` counts the rows from 0 or 1, the first row apart where it is a header.
  bool countsRows(int64_t c, bool header) const;
};

} // namespace inet

#endif
