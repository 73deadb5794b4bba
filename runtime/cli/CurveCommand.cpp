#include "runtime/Error.h"
#include "runtime/Stopwatch.h"
#include "runtime/cli/Commands.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Curve.h"

#include <fmt/format.h>
#include <optional>

namespace inet {

Report runCurve(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  std::optional<OutputFile> output;
  if (!arguments.out.empty()) {
    if (!arguments.out.ends_with(".csv"))
      throw Error(fmt::format("--out: '{}' found, FILE.csv expected", arguments.out));
    arguments.requireNoInput(arguments.out);
    output.emplace(arguments.out);
  }
  DataSets sets = openDataSets(arguments.files(), inputShape(program), arguments.training, TestLabels::needed);
  CurveOptions curve = arguments.curve;
  curve.scoring.temperature = arguments.scoring.temperature;
  curve.scoring.noise = arguments.scoring.noise;
  LearningCurves curves = findCurves(program, std::move(sets.training), labelledSets(sets), arguments.predict, curve,
                                     arguments.execution());
  curves.setting.split = sets.split;
  if (output) {
    const std::string table = toTable(curves);
    output->write(table.data(), int64_t(table.size()));
    output->commit();
  }
  curves.seconds.total = total.seconds();
  return Report(std::move(curves));
}

} // namespace inet
