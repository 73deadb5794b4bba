#include "compiler/tuning/Table.h"

#include "runtime/report/Json.h"
#include "runtime/report/Text.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>

using ::inet::Json;
using ::inet::SelectionMethod;
using ::inet::SelectionOptions;

namespace inetc {
namespace {

// As a shell reads it back.
std::string quoted(const std::string &word) {
  const bool plain = !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                             "0123456789_+-=.,/:@%") == std::string::npos;
  if (plain)
    return word;
  std::string text = "'";
  for (char c : word)
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

const char *kernelName(const SelectionOptions &selection) {
  return selection.kernel == ::inet::PredictKernel::nngp ? "nngp" : "ntk";
}

bool hasScore(const Trial &trial) { return trial.failure.empty() && !std::isnan(trial.score.score); }

// What compiles the best network, and what evaluates it.
std::vector<std::string> commandsOf(const SearchSummary &summary, const Trial &best) {
  const std::string stem = std::filesystem::path(summary.file).stem().string();
  std::string compile = "inetc " + quoted(summary.file);
  if (!summary.network.empty())
    compile += " --network " + quoted(summary.network);
  for (const auto &[name, value] : best.setting)
    compile += " -D " + quoted(name + "=" + value);
  compile += fmt::format(" --precision {} -o {}", summary.precision.substr(0, 3), quoted(stem));
  return {compile, fmt::format("{} evaluate --kernel {} --diag-reg {} {} --test-x ...", quoted("./" + stem),
                               kernelName(summary.selection), best.score.diagReg, summary.data)};
}

// "3.20 %" of wrong classes, or an RMSE.
std::string errorText(const SearchSummary &summary, double error) {
  if (std::isnan(error))
    return "-";
  return summary.task == ::inet::Task::classification ? fmt::format("{:.2f} %", 100 * error)
                                                      : fmt::format("{:.4g}", error);
}

std::string numberText(double number) { return std::isnan(number) ? "-" : fmt::format("{:.4g}", number); }

// Rows of equally many texts, each column as wide as its widest.
std::string formatColumns(const std::vector<std::vector<std::string>> &rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const std::vector<std::string> &row : rows)
    for (size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const std::vector<std::string> &row : rows) {
    std::string line;
    for (size_t c = 0; c < row.size(); ++c)
      line += fmt::format("{:<{}}", row[c], c + 1 < row.size() ? widths[c] + 2 : 0);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string formatTrials(const SearchSummary &summary, const std::vector<Trial> &trials, size_t most) {
  const bool evidence = summary.selection.method == SelectionMethod::evidence;
  std::vector<std::vector<std::string>> rows(1, {"rank"});
  for (const auto &[name, value] : trials.front().setting)
    rows[0].push_back(name);
  rows[0].insert(rows[0].end(), {"diag_reg", "examples"});
  if (evidence)
    rows[0].push_back("-log evidence");
  rows[0].push_back(summary.task == ::inet::Task::classification ? "error" : "RMSE");
  rows[0].push_back("-log likelihood");
  for (size_t i = 0; i < std::min(most, trials.size()); ++i) {
    const Trial &trial = trials[i];
    if (!trial.failure.empty())
      continue;
    rows.push_back({std::to_string(i + 1)});
    for (const auto &[name, value] : trial.setting)
      rows.back().push_back(value);
    rows.back().insert(rows.back().end(), {numberText(trial.score.diagReg), std::to_string(trial.examples)});
    if (evidence)
      rows.back().push_back(numberText(trial.score.score));
    rows.back().push_back(errorText(summary, trial.score.error));
    rows.back().push_back(numberText(trial.score.negativeLogLikelihood));
  }
  return formatColumns(rows);
}

std::string notesOn(const SearchSummary &summary, const std::vector<Trial> &trials, size_t most) {
  std::string text;
  const size_t scored = size_t(std::count_if(trials.begin(), trials.end(), hasScore));
  const size_t listed = size_t(std::count_if(trials.begin(), trials.end(), [](auto &t) { return t.failure.empty(); }));
  if (listed > most)
    text += fmt::format("and {} more (--out FILE writes all)\n", listed - most);
  if (listed > scored)
    text += fmt::format("{} of them without a score: it is not a number for any diag_reg\n", listed - scored);
  const std::vector<double> &diagRegs = summary.selection.diagRegs;
  if (scored && diagRegs.size() > 1) {
    const auto [least, largest] = std::minmax_element(diagRegs.begin(), diagRegs.end());
    const double best = trials.front().score.diagReg;
    if (best == *least || best == *largest)
      text += fmt::format("the best diag_reg is the {} that was tried: --diag-reg may go further\n",
                          best == *least ? "smallest" : "largest");
  }
  constexpr size_t mostFailures = 20;
  for (size_t i = listed, shown = 0; i < trials.size(); ++i, ++shown) {
    if (shown == mostFailures) {
      text += fmt::format("failed: {} more\n", trials.size() - i);
      break;
    }
    text += fmt::format("failed: {}: {}\n", describe(trials[i].setting), trials[i].failure);
  }
  return text;
}

} // namespace

std::string describeMethod(const SelectionOptions &selection) {
  if (selection.method == SelectionMethod::evidence)
    return fmt::format("evidence of the {}", kernelName(selection));
  return fmt::format("{} {} of the {}",
                     selection.method == SelectionMethod::leaveOneOut ? "leave-one-out" : "validation",
                     selection.likelihood ? "likelihood" : "error", kernelName(selection));
}

std::string formatTable(const SearchSummary &summary, const std::vector<Trial> &trials, size_t most) {
  ::inet::TextTable lines;
  lines.add("network", summary.file + (summary.network.empty() ? "" : ": " + summary.network));
  lines.add("settings", fmt::format("{}, {} different networks", trials.size(), summary.networks));
  lines.add("score", fmt::format("{} in {}", describeMethod(summary.selection), summary.precision));
  lines.add("examples", summary.sizes.subset == summary.sizes.final
                            ? std::to_string(summary.sizes.final)
                            : fmt::format("{}, then half of the networks on twice as many, up to {}",
                                          summary.sizes.subset, summary.sizes.final));
  std::string text = lines.format() + "\n" + formatTrials(summary, trials, most) + notesOn(summary, trials, most);
  if (!hasScore(trials.front()))
    return text;
  text += "\nthe best of them:\n";
  for (const std::string &command : commandsOf(summary, trials.front()))
    text += "  " + command + "\n";
  return text;
}

std::string formatCsv(const std::vector<Trial> &trials) {
  auto cell = [](const std::string &value) {
    if (value.find_first_of(",\"\n") == std::string::npos)
      return value;
    std::string text = "\"";
    for (char c : value)
      text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
  };
  auto number = [](double value) { return std::isnan(value) ? "" : fmt::format("{}", value); };
  std::string text = "rank";
  for (const auto &[name, value] : trials.front().setting)
    text += "," + cell(name);
  text += ",diag_reg,examples,score,error,negative_log_likelihood,failure\n";
  for (size_t i = 0; i < trials.size(); ++i) {
    const Trial &trial = trials[i];
    text += std::to_string(i + 1);
    for (const auto &[name, value] : trial.setting)
      text += "," + cell(value);
    text += fmt::format(",{},{},{},{},{},{}\n", number(trial.score.diagReg), trial.examples, number(trial.score.score),
                        number(trial.score.error), number(trial.score.negativeLogLikelihood), cell(trial.failure));
  }
  return text;
}

std::string formatJson(const SearchSummary &summary, const std::vector<Trial> &trials) {
  Json list = Json::array();
  for (const Trial &trial : trials) {
    Json setting = Json::object();
    for (const auto &[name, value] : trial.setting)
      setting[name] = value;
    Json json = {{"setting", setting},
                 {"examples", trial.examples},
                 {"diag_reg", trial.score.diagReg},
                 {"score", trial.score.score},
                 {"error", trial.score.error},
                 {"negative_log_likelihood", trial.score.negativeLogLikelihood}};
    if (!trial.failure.empty())
      json = {{"setting", setting}, {"failure", trial.failure}};
    list.push_back(std::move(json));
  }
  Json json = {{"network", summary.file},
               {"score", describeMethod(summary.selection)},
               {"precision", summary.precision.substr(0, 3)},
               {"trials", list}};
  if (hasScore(trials.front()))
    json["commands"] = commandsOf(summary, trials.front());
  return ::inet::formatJson(json);
}

} // namespace inetc
