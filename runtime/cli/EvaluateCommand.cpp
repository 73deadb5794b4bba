#include "runtime/Stopwatch.h"
#include "runtime/cli/Commands.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Results.h"

namespace inet {

Report runEvaluate(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  DataSets sets = openDataSets(arguments.files(), inputShape(program), arguments.training, TestLabels::needed);
  Evaluation evaluation =
      evaluate(program, std::move(sets), arguments.predict, arguments.execution(), arguments.scoring, arguments.flow);
  evaluation.seconds.total = total.seconds();
  return Report(std::move(evaluation));
}

} // namespace inet
