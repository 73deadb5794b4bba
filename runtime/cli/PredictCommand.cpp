#include "runtime/Error.h"
#include "runtime/Stopwatch.h"
#include "runtime/cli/Commands.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Results.h"

#include <fmt/format.h>

namespace inet {

Report runPredict(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  const Shape input = inputShape(program);
  if (!arguments.out.ends_with(".npz"))
    throw Error(fmt::format("--out: '{}' found, FILE.npz expected", arguments.out));
  TrainingSet training = openTrainingSet(arguments.train, input, arguments.training);
  std::unique_ptr<RowSource> test;
  if (!arguments.test.x.empty()) {
    test = openUnlabelled(arguments.test, input);
    checkInputShape(*test, input);
  }
  arguments.requireNoInput(arguments.out);
  OutputFile output(arguments.out);
  Experiment experiment(program, std::move(training), arguments.predict, arguments.execution());
  Outcome outcome = learnAndPredict(experiment, test.get());
  PredictionInUnits prediction = inTargetUnits(std::move(outcome.prediction), experiment.training());
  std::vector<NamedArray> arrays = arraysOf(prediction, arguments.predict.covariance);
  writeNpz(output, arrays);
  output.commit();

  WrittenPrediction written;
  written.setting = experiment.describe(test ? test->rows() : experiment.training().x->rows());
  if (test)
    for (FileFacts &file : factsOf(*test, nullptr))
      written.setting.files.push_back(std::move(file));
  written.times = prediction.times;
  for (const NamedArray &array : arrays)
    written.arrays.emplace_back(array.name, array.shape);
  written.path = output.path();
  written.seconds = outcome.seconds;
  written.seconds.total = total.seconds();
  return Report(std::move(written));
}

} // namespace inet
