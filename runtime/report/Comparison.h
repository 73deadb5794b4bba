// Several runs side by side, from what `evaluate --json` has written.
#ifndef INET_RUNTIME_REPORT_COMPARISON_H
#define INET_RUNTIME_REPORT_COMPARISON_H

#include "runtime/report/Json.h"

namespace inet {

struct ComparedRun {
  std::string name; ///< of its file
  Json figures;
};

/// Throws Error where the file cannot be read or is not an object of `evaluate --json`.
ComparedRun readRun(const std::string &file);

/// A figure by which runs are compared.
struct ComparedFigure {
  const char *title;
  const char *place; ///< in the object, as a JSON pointer (RFC 6901)
  enum class Better { higher, lower } better;
  bool isShare; ///< shown in per cent
};

/// Those that at least one run has, as they are shown.
std::vector<ComparedFigure> comparedFigures(const std::vector<ComparedRun> &runs);

/// The figure, where the run has it as a number.
std::optional<double> figureOf(const ComparedRun &run, const ComparedFigure &figure);

/// Which runs are best in a figure: all that share its best number, and none where fewer than two have it.
std::vector<bool> bestRuns(const std::vector<ComparedRun> &runs, const ComparedFigure &figure);

} // namespace inet

#endif
