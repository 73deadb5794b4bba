// The views of a study beside its page.
#include "runtime/report/Report.h"

#include <fmt/format.h>

namespace inet {
namespace {

Json exampleJson(const ShownExample &example, Task task) {
  Json json = {{"example", example.row}};
  if (task == Task::classification) {
    json["class"] = example.label;
    json["predicted"] = example.predicted;
    json["probability"] = example.probability;
    json["probability_of_class"] = example.labelProbability;
  } else {
    json["output"] = example.output;
    json["target"] = example.target;
    json["mean"] = example.mean;
    json["deviation"] = numberJson(example.deviation);
  }
  return json;
}

Json examplesJson(const ShownExamples &examples, Task task) {
  Json json = {{"mistakes", Json::array()}, {"uncertain", Json::array()}};
  for (const ShownExample &example : examples.mistakes)
    json["mistakes"].push_back(exampleJson(example, task));
  for (const ShownExample &example : examples.uncertain)
    json["uncertain"].push_back(exampleJson(example, task));
  return json;
}

Json lineJson(const PosteriorOfLine &line) {
  Json times = Json::array();
  for (const PosteriorOfLine::AtTime &at : line.times)
    times.push_back({{"time", timeJson(at.time)}, {"mean", at.mean}, {"deviation", at.deviation}, {"draws", at.draws}});
  return {{"feature", line.x}, {"times", std::move(times)}};
}

} // namespace

TextTable toText(const WrittenStudy &written) {
  TextTable table = toText(written.study.evaluation);
  for (const std::string &text : written.study.leftOut)
    table.add("left out", text);
  table.add("written", fmt::format("{}, {:.0f} KB", written.path, double(written.bytes) / 1e3));
  return table;
}

Json toJson(const WrittenStudy &written) {
  const Study &study = written.study;
  Json json = toJson(study.evaluation);
  json["shown"] = examplesJson(study.examples, study.evaluation.setting.task);
  if (study.curves) {
    const Json curves = toJson(*study.curves);
    json["curves"] = {{"sets", curves["sets"]}, {"sizes", curves["sizes"]}};
  }
  if (!study.eigenvalues.empty())
    json["eigenvalues"] = study.eigenvalues;
  if (study.line)
    json["line"] = lineJson(*study.line);
  if (!study.leftOut.empty())
    json["left_out"] = study.leftOut;
  json["peak_bytes"] = study.peakBytes;
  json["out"] = written.path;
  return json;
}

} // namespace inet
