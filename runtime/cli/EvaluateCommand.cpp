#include "runtime/Stopwatch.h"
#include "runtime/cli/Commands.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Results.h"

namespace inet {

Report runEvaluate(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  const Shape input = inputShape(program);
  TrainingSet training = openTrainingSet(arguments.train, input, arguments.training);
  Examples test = openLabelled(arguments.test, training.coding.task, input);
  checkInputShape(*test.x, input);
  Evaluation evaluation = evaluate(program, std::move(training), *test.x, *test.labels, arguments.predict,
                                   arguments.execution(), arguments.scoring);
  evaluation.seconds.total = total.seconds();
  return Report(std::move(evaluation));
}

} // namespace inet
