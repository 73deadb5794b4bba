// What was run: the network, its data, options, times, memory.
#include "runtime/kernel/Memory.h"
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inet {
namespace {

void addFact(Html &html, const std::string &name, const std::string &value) {
  html.element("dt", name).element("dd", value);
}

Html factsOf(const Study &study) {
  const NetworkInfo &network = study.network;
  const Setting &setting = study.evaluation.setting;
  Html html;
  html.open("dl", {{"class", "facts"}});
  addFact(html, "network", setting.network);
  if (!study.commandLine.empty())
    html.element("dt", "command").open("dd").element("code", study.commandLine).close();
  addFact(html, "input", fmt::format("{}, {} features", toString(network.inputShape), countOf(network.inputShape)));
  addFact(html, "kernel", fmt::format("{} in {}", setting.kernel, setting.precision));
  addFact(html, "regularisation",
          fmt::format("{:g}{}", setting.diagReg, setting.diagRegAbsolute ? "" : " of the kernel's mean diagonal"));
  addFact(
      html, "examples",
      fmt::format("{} to learn from{}, {}{} to test on", setting.trainExamples,
                  setting.flipped ? ", half of them mirror images" : "",
                  setting.validationExamples > 0 ? fmt::format("{} for validation, ", setting.validationExamples) : "",
                  setting.testExamples));
  if (setting.split)
    addFact(html, "split", fmt::format("{} %, seed {}", toString(*setting.split), setting.split->seed));
  for (const std::string &step : setting.preprocessing)
    addFact(html, "features", step);
  addFact(html, "task",
          setting.task == Task::classification
              ? fmt::format("classification, {} class{}", setting.outputs, setting.outputs == 1 ? "" : "es")
              : fmt::format("regression, {} target column{}", setting.outputs, setting.outputs == 1 ? "" : "s"));
  if (setting.loss != "mse" || setting.momentum != 0)
    addFact(html, "loss", fmt::format("{}, momentum {:g}", setting.loss, setting.momentum));
  if (setting.learningRate != 1)
    addFact(html, "learning rate", fmt::format("{:g}", setting.learningRate));
  for (const auto &[name, value] : study.options)
    addFact(html, name, value);
  if (!setting.note.empty())
    addFact(html, "note", setting.note);
  for (const std::string &note : setting.notes)
    addFact(html, "note", note);
  for (const FileFacts &file : setting.files) {
    std::vector<std::string> facts;
    for (const auto &[what, value] : file.facts)
      facts.push_back(what + " " + value);
    addFact(html, "read", fmt::format("{}: {}", file.file, fmt::join(facts, ", ")));
  }
  const LearningSeconds &seconds = study.evaluation.seconds;
  addFact(html, "time",
          fmt::format("kernels {}, solve {}, predictions {}, in all {}; {} threads", formatSeconds(seconds.kernel),
                      formatSeconds(seconds.solve), formatSeconds(seconds.predict), formatSeconds(seconds.total),
                      setting.threads));
  if (study.peakBytes > 0)
    addFact(html, "memory", fmt::format("{} at most", formatBytes(study.peakBytes)));
  for (const KernelInfo &kernel : network.kernels)
    if (kernel.precision == setting.precision)
      addFact(html, "program",
              fmt::format("computes {} in {} on {} with {} lanes; network {:016x}", network.results, kernel.precision,
                          kernel.cpu, kernel.lanes, kernel.specHash));
  for (const std::string &text : study.leftOut)
    addFact(html, "left out", text);
  return html.close();
}

} // namespace

Html settingSection(const Study &study) {
  Html html = factsOf(study);
  if (study.network.architecture.empty())
    return html;
  html.element("h3", "The network, a line a layer");
  html.open("pre", {{"tabindex", "0"}}).element("code", fmt::format("{}", fmt::join(study.network.architecture, "\n")));
  return html.close();
}

} // namespace inet
