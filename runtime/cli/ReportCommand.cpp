#include "runtime/Error.h"
#include "runtime/Stopwatch.h"
#include "runtime/cli/Commands.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Study.h"
#include "runtime/report/HtmlStudy.h"

#include <fmt/format.h>

namespace inet {

Report runReport(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  if (!arguments.out.ends_with(".html"))
    throw Error(fmt::format("--out: '{}' found, FILE.html expected", arguments.out));
  std::vector<ComparedRun> runs;
  for (const std::string &file : arguments.compare)
    runs.push_back(readRun(file));
  DataSets sets = openDataSets(arguments.files(), inputShape(program), arguments.training, TestLabels::needed);
  arguments.requireNoInput(arguments.out);
  OutputFile output(arguments.out);

  StudyOptions how = arguments.study;
  how.flow = arguments.flow;
  WrittenStudy written;
  written.study = makeStudy(program, std::move(sets), arguments.predict, arguments.execution(), arguments.scoring, how);
  written.study.commandLine = arguments.commandLine;
  written.study.evaluation.seconds.total = total.seconds();
  const std::string page = toHtml(written.study, runs);
  output.write(page.data(), int64_t(page.size()));
  output.commit();
  written.path = output.path();
  written.bytes = int64_t(page.size());
  return Report(std::move(written));
}

} // namespace inet
