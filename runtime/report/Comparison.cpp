#include "runtime/report/Comparison.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace inet {
namespace {

using Better = ComparedFigure::Better;

constexpr ComparedFigure kFigures[] = {
    {"accuracy", "/accuracy", Better::higher, true},
    {"negative log likelihood of the classes", "/probabilities/negative_log_likelihood", Better::lower, false},
    {"Brier score", "/probabilities/brier", Better::lower, false},
    {"calibration error", "/probabilities/reliability/calibration_error", Better::lower, true},
    {"RMSE", "/rmse", Better::lower, false},
    {"negative log likelihood of the targets", "/negative_log_likelihood", Better::lower, false},
    {"seconds in all", "/seconds/total", Better::lower, false},
};

} // namespace

ComparedRun readRun(const std::string &file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw Error(fmt::format("{}: cannot read: {}", file, std::strerror(errno)));
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  ComparedRun run{file, Json::parse(text, nullptr, false)};
  for (const char *key : {"network", "kernel", "test_examples", "seconds"})
    if (!run.figures.is_object() || !run.figures.contains(key))
      throw Error(fmt::format("{}: {} found; what `evaluate --json` prints expected", file,
                              run.figures.is_discarded() ? "no JSON"
                              : !run.figures.is_object() ? "no object"
                                                         : fmt::format("an object without '{}'", key)));
  return run;
}

std::vector<ComparedFigure> comparedFigures(const std::vector<ComparedRun> &runs) {
  std::vector<ComparedFigure> figures;
  for (const ComparedFigure &figure : kFigures)
    if (std::any_of(runs.begin(), runs.end(),
                    [&](const ComparedRun &run) { return figureOf(run, figure).has_value(); }))
      figures.push_back(figure);
  return figures;
}

std::optional<double> figureOf(const ComparedRun &run, const ComparedFigure &figure) {
  const Json::json_pointer place(figure.place);
  if (!run.figures.contains(place) || !run.figures[place].is_number())
    return std::nullopt;
  return run.figures[place].get<double>();
}

std::vector<bool> bestRuns(const std::vector<ComparedRun> &runs, const ComparedFigure &figure) {
  std::optional<double> best;
  int64_t having = 0;
  for (const ComparedRun &run : runs)
    if (const std::optional<double> number = figureOf(run, figure)) {
      ++having;
      if (!best || (figure.better == Better::higher ? *number > *best : *number < *best))
        best = number;
    }
  std::vector<bool> isBest;
  for (const ComparedRun &run : runs)
    isBest.push_back(having > 1 && figureOf(run, figure) == best);
  return isBest;
}

} // namespace inet
