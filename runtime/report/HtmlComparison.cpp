#include "runtime/report/Axis.h"
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Report.h"

#include <fmt/format.h>

namespace inet {
namespace {

std::string textOf(const Json &figures, const char *key) {
  if (!figures.contains(key))
    return "–";
  const Json &value = figures[key];
  if (value.is_number_float())
    return formatNumber(value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// What makes two runs hard to compare; or nothing.
std::string warning(const std::vector<ComparedRun> &runs) {
  for (const char *key : {"task", "test_examples", "outputs"})
    for (const ComparedRun &run : runs)
      if (textOf(run.figures, key) != textOf(runs.front().figures, key))
        return "Not all runs have the same task, test examples and outputs: their scores may not be comparable.";
  return "";
}

} // namespace

Html comparisonSection(const Evaluation &evaluation, const std::vector<ComparedRun> &others) {
  if (others.empty())
    return {};
  std::vector<ComparedRun> runs = {{"this run", toJson(evaluation)}};
  runs.insert(runs.end(), others.begin(), others.end());
  const std::vector<ComparedFigure> figures = comparedFigures(runs);
  std::vector<std::string> columns = {"run", "network", "kernel", "diag-reg", "learnt from", "tested on"};
  std::vector<std::vector<bool>> best;
  for (const ComparedFigure &figure : figures) {
    columns.push_back(figure.title);
    best.push_back(bestRuns(runs, figure));
  }
  HtmlTable table(columns);
  for (size_t r = 0; r < runs.size(); ++r) {
    const Json &json = runs[r].figures;
    std::vector<std::string> cells = {runs[r].name,
                                      textOf(json, "network"),
                                      textOf(json, "kernel") + " " + textOf(json, "precision"),
                                      textOf(json, "diag_reg"),
                                      textOf(json, "train_examples"),
                                      textOf(json, "test_examples")};
    for (size_t f = 0; f < figures.size(); ++f) {
      const std::optional<double> number = figureOf(runs[r], figures[f]);
      const std::string text = number && figures[f].isShare ? formatShare(*number) : formatOptional(number);
      cells.push_back(best[f][r] ? "★ " + text : text);
    }
    table.addRow(std::move(cells));
  }
  Html html;
  if (const std::string text = warning(runs); !text.empty())
    html.element("p", text, {{"class", "note"}});
  return html.add(table.html("★ marks the best of each column"));
}

} // namespace inet
