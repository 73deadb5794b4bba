#include "runtime/learn/Study.h"

#include "runtime/kernel/Variant.h"
#include "runtime/learn/Curve.h"
#include "runtime/learn/KernelPicture.h"
#include "runtime/learn/PosteriorOfLine.h"
#include "runtime/learn/ShownExamples.h"
#include "runtime/linalg/Eigendecomposition.h"
#include "runtime/linalg/TiledBlas.h"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

namespace inet {
namespace {

constexpr size_t kMostShown = 24;
constexpr int64_t kSide = 400;                          // of the picture of a kernel
constexpr int64_t kMostEigenvalues = 4000;              // training examples: half a minute on two cores
constexpr double kMostSeconds = 60;                     // for the kernels, that are computed again for curves
constexpr int64_t kMostOfLine = 2000;                   // training examples: eigenvectors, for times
constexpr int64_t kMostPoints = 1000, kMostOutputs = 4; // of predictions against targets

Facts optionFacts(const PredictOptions &options, const TrainingSet &training) {
  Facts facts = {{"times", fmt::format("{:g}", fmt::join(options.times, ", "))}};
  if (training.targetScaling)
    facts.emplace_back("targets", "standardized");
  return facts;
}

std::vector<double> descendingEigenvalues(const KernelView &kernel, int threads) {
  const int64_t n = kernel.rows();
  const SquareBuffer buffer(n);
  Eigen::VectorXd values;
  runTiled(threads, [&] {
    kernel.copyTransposed(0, n, buffer.matrix());
    values = eigenvaluesOf(buffer.matrix()).reverse();
  });
  // What is below the error of the decomposition is 0 (Golub and Van Loan, Matrix Computations, section 8.1).
  const double smallest = double(n) * std::numeric_limits<double>::epsilon() * values(0);
  for (double &value : values)
    value = value > smallest ? value : 0;
  return {values.begin(), values.end()};
}

double meanDiagonalOf(const KernelView &kernel) {
  double sum = 0;
  for (int64_t i = 0; i < kernel.rows(); ++i)
    sum += kernel(i, i);
  return sum / double(kernel.rows());
}

/// m x outputs deviations with the noise of the targets, in their units; empty where there is no covariance.
RowMatrix deviationsOf(const Outcome &outcome, const TrainingSet &training, int64_t outputs) {
  const size_t last = outcome.prediction.times.size() - 1;
  const Eigen::VectorXd variance = variancesOf(outcome.prediction, last, outcome.solve.noise);
  RowMatrix deviation(variance.size(), variance.size() == 0 ? 0 : outputs);
  for (int64_t c = 0; c < deviation.cols(); ++c)
    deviation.col(c) =
        variance.cwiseMax(0).cwiseSqrt() * (training.targetScaling ? training.targetScaling->deviation[size_t(c)] : 1);
  return deviation;
}

std::vector<PredictedTargets> someTargets(const RowMatrix &mean, const RowMatrix &targets) {
  std::vector<PredictedTargets> all;
  const int64_t step = (mean.rows() + kMostPoints - 1) / kMostPoints;
  for (int64_t c = 0; c < std::min(mean.cols(), kMostOutputs); ++c) {
    PredictedTargets some{c, {}, {}};
    for (int64_t i = 0; i < mean.rows(); i += step) {
      some.target.push_back(targets(i, c));
      some.mean.push_back(mean(i, c));
    }
    all.push_back(std::move(some));
  }
  return all;
}

double peakBytes() {
  rusage usage;
  return ::getrusage(RUSAGE_SELF, &usage) == 0 ? 1024. * double(usage.ru_maxrss) : 0;
}

} // namespace

Study makeStudy(const InetProgram &program, DataSets sets, const PredictOptions &options, const Execution &execution,
                const ScoreOptions &scoring, const StudyOptions &how) {
  Study study;
  study.network = describeNetwork(program, execution.threads);
  study.options = optionFacts(options, sets.training);
  const TrainingSet learnt = sets.training; // its examples are shared
  const bool classes = learnt.coding.task == Task::classification;
  double meanDiagonal = 0;
  RowMatrix targets;

  EvaluationViewers viewers;
  viewers.kernel = [&](const KernelView &kernel) {
    study.kernel = pictureOf(kernel, learnt.targets, learnt.coding.task, kSide, execution.threads);
    study.kernel->kernel = options.kernel == PredictKernel::nngp ? "nngp" : "ntk";
    meanDiagonal = meanDiagonalOf(kernel);
    if (kernel.rows() <= kMostEigenvalues)
      study.eigenvalues = descendingEigenvalues(kernel, execution.threads);
    else
      study.leftOut.push_back(fmt::format("the eigenvalues of the training kernel: {} examples found, at most {} are "
                                          "decomposed",
                                          kernel.rows(), kMostEigenvalues));
  };
  viewers.outcome = [&](const Experiment &experiment, const Outcome &outcome, const RowMatrix &testTargets,
                        const RowMatrix &logProbabilities) {
    targets = testTargets;
    const RowMatrix &mean = outcome.prediction.mean.back();
    if (classes) {
      study.examples = chooseClassified(logProbabilities, largestOfRows(mean), largestOfRows(targets), kMostShown);
    } else {
      const RowMatrix units = inTargetUnits(mean, learnt), wanted = inTargetUnits(targets, learnt);
      study.examples = chooseRegressed(units, deviationsOf(outcome, learnt, mean.cols()), wanted, kMostShown);
      study.predicted = someTargets(units, wanted);
    }
  };
  study.evaluation = evaluate(program, std::move(sets), options, execution, scoring, how.flow, viewers);

  RowSource &test = *sets.test->x;
  study.examples.image = imageShapeOf(test, inputShape(program));
  study.examples.columns = test.columnNames();
  readFeatures(test, study.examples);
  const std::vector<int64_t> rows = rowsInFile(test);
  for (std::vector<ShownExample> *list : {&study.examples.mistakes, &study.examples.uncertain})
    for (ShownExample &example : *list)
      example.row = rows[size_t(example.row)];
  PredictOptions again = options;
  again.diagReg = study.evaluation.setting.diagReg; // found already
  again.diagRegAuto = false;
  const bool quick = learnt.targets.rows() <= kMostEigenvalues && study.evaluation.seconds.kernel <= kMostSeconds;
  if (how.flow.beyondPredictor()) {
    study.leftOut.push_back("learning curves, which are of gradient flow on the mean square error");
  } else if (how.curves.value_or(quick)) {
    CurveOptions curve;
    curve.likelihood = how.likelihood;
    curve.scoring.temperature = study.evaluation.scores.back().temperature;
    curve.scoring.noise = scoring.noise;
    study.curves = findCurves(program, learnt, labelledSets(sets), again, curve, execution);
  } else {
    study.leftOut.push_back(how.curves ? "learning curves, as was asked for"
                                       : "learning curves, which would take minutes: --curves yes finds them");
  }
  if (!classes && test.rowSize() == 1 && !how.flow.beyondPredictor()) {
    if (learnt.targets.rows() <= kMostOfLine)
      study.line = posteriorOfLine(program, learnt, test, targets, again, meanDiagonal, execution);
    else
      study.leftOut.push_back(fmt::format("the predicted function through training: {} examples found, at most {} are "
                                          "learnt once more for it",
                                          learnt.targets.rows(), kMostOfLine));
  }
  study.peakBytes = peakBytes();
  return study;
}

} // namespace inet
