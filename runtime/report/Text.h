// An outcome as a table for people.
#ifndef INET_RUNTIME_REPORT_TEXT_H
#define INET_RUNTIME_REPORT_TEXT_H

#include "runtime/data/Array.h"

#include <string>
#include <utility>
#include <vector>

namespace inet {

/// Lines of a label and a text each.
class TextTable {
public:
  void add(const std::string &label, const std::string &text) { lines_.push_back({label, text}); }
  /// A line "read" for each file.
  void addFiles(const std::vector<FileFacts> &files);
  /// One line for what is done in turn; none where that is nothing.
  void addSteps(const std::string &label, const std::vector<std::string> &steps);
  /// One line "time" for all parts of the work: names and seconds.
  void addSeconds(const std::vector<std::pair<const char *, double>> &parts);

  /// The texts in one column.
  std::string format() const;

private:
  struct Line {
    std::string label, text;
  };

  std::vector<Line> lines_;
};

/// "0.0123 s", "12.3 s", "3:25:07"
std::string formatSeconds(double seconds);

} // namespace inet

#endif
