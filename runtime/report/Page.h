// What the sections of a report are made of.
#ifndef INET_RUNTIME_REPORT_PAGE_H
#define INET_RUNTIME_REPORT_PAGE_H

#include "runtime/learn/Study.h"
#include "runtime/report/Html.h"

namespace inet {

/// A table with a header for each column and each row (its first cell), in a box that scrolls where it is too wide.
class HtmlTable {
public:
  explicit HtmlTable(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  void addRow(std::vector<std::string> cells);
  /// `caption` says what it is, also to those who do not see it.
  Html html(const std::string &caption) const;

private:
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// The attribute of a table's first header, above these names: as wide as the longest, or as a line of some words.
std::pair<const char *, std::string> widthOfNames(const std::vector<std::string> &names);

/// A picture with its title, a sentence or two, a legend (which may be empty), and its numbers, folded, where there is
/// a table of them.
Html figure(const std::string &title, const std::string &note, const Html &legend, const Html &picture,
            const Html &numbers = {});

/// A part of the page that its contents name; nothing where `body` is empty.
struct Section {
  const char *id, *title;
  Html body;
};

/// "97.49 %"
std::string formatShare(double share);
/// The number, or a dash.
std::string formatOptional(const std::optional<double> &number);
/// "t = 100", "the end of training"
std::string formatTime(double time);
/// Its name, shortened where it is very long, or its number where classes have none.
std::string className(const Setting &setting, int64_t label);

} // namespace inet

#endif
