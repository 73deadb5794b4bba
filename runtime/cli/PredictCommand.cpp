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
  if (!arguments.out.ends_with(".npz"))
    throw Error(fmt::format("--out: '{}' found, FILE.npz expected", arguments.out));
  DataSets sets = openDataSets(arguments.files(), inputShape(program), arguments.training, TestLabels::ignored);
  RowSource *test = sets.test ? sets.test->x.get() : nullptr;
  arguments.requireNoInput(arguments.out);
  OutputFile output(arguments.out);
  const bool classes = sets.training.coding.task == Task::classification;
  if (arguments.probabilities && !classes)
    throw Error("--probabilities: a regression found; a classification expected (see --task)");
  PredictOptions options = arguments.predict;
  if (arguments.probabilities && !options.alphaEps && options.covariance == Covariance::none &&
      !arguments.flow.beyondPredictor() && chooseVariant(program).results & priorOf(options.kernel))
    options.covariance = Covariance::diagonal;
  if (arguments.probabilities)
    requireTemperatureFit(sets, sets.training, options.times, arguments.flow, arguments.scoring);
  const bool fits = arguments.probabilities && arguments.scoring.fitsTemperature;
  Experiment experiment(program, std::move(sets.training), options, arguments.execution(), arguments.flow);
  Outcome outcome = learnAndPredict(experiment, test, fits && sets.validation ? sets.validation->x.get() : nullptr);
  ScoreOptions scoring = arguments.scoring;
  scoring.threads = arguments.threads;
  if (fits)
    fitTemperatures(sets, experiment, outcome, scoring);
  std::vector<RowMatrix> probabilities;
  if (arguments.probabilities)
    probabilities = probabilitiesOf(outcome.prediction, outcome.solve.noise, scoring);
  const std::string madeBy = describeProbabilitiesOf(outcome.prediction, scoring);
  if (scoring.noise)
    addNoise(outcome.prediction, outcome.solve.noise);
  PredictionInUnits prediction = inTargetUnits(std::move(outcome.prediction), experiment.training());
  prediction.probabilities = std::move(probabilities);
  std::vector<NamedArray> arrays = arraysOf(prediction, arguments.predict.covariance);
  const std::vector<int64_t> rows = sets.split ? rowsInFile(*test) : std::vector<int64_t>();
  if (sets.split)
    arrays.push_back({"rows", Dtype::i8, {test->rows()}, {rows.data()}});
  writeNpz(output, arrays);
  output.commit();

  WrittenPrediction written;
  written.setting = experiment.describe(test ? test->rows() : experiment.training().x->rows());
  describeSets(sets, written.setting);
  if (sets.validation && !fits)
    written.setting.notes.push_back("the validation set is not used; --temperature auto with --probabilities would");
  written.temperatures = scoring.temperatures;
  written.temperaturesFrom = scoring.temperaturesFrom;
  written.times = prediction.times;
  for (const NamedArray &array : arrays)
    written.arrays.emplace_back(array.name, array.shape);
  written.solve = outcome.solve;
  written.hasVariance = options.covariance != Covariance::none;
  written.noiseInVariance = scoring.noise;
  if (arguments.probabilities)
    written.probabilities = madeBy;
  written.path = output.path();
  written.seconds = outcome.seconds;
  written.seconds.total = total.seconds();
  return Report(std::move(written));
}

} // namespace inet
