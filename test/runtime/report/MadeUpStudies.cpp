#include "test/runtime/report/MadeUpStudies.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <random>

namespace inet::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Study anyStudy(Task task, int64_t outputs, int64_t examples) {
  Study study;
  study.network.network = "net";
  study.network.architecture = {"%0 = inet.input",
                                "%1 = inet.dense %0 {b_std = 0.1, w_std = 1.4} loc(\"a rather long line of it\")",
                                "%2 = inet.relu %1"};
  study.network.inputShape = {8, 8, 1};
  study.network.results = "nngp, ntk";
  KernelInfo kernel;
  kernel.precision = "f32";
  kernel.cpu = "x86-64-v4";
  kernel.lanes = 16;
  study.network.kernels = {kernel};
  study.peakBytes = 3e8;
  study.commandLine = "./net report --train-x train_x.npy --train-y train_y.npy --test-x test_x.npy --out report.html";
  study.options = {{"times", "inf"}, {"bins", "10"}};
  Setting &setting = study.evaluation.setting;
  setting.network = "net";
  setting.kernel = "ntk";
  setting.precision = "f32";
  setting.diagReg = 1e-3;
  setting.task = task;
  setting.trainExamples = 1200;
  setting.testExamples = examples;
  setting.outputs = outputs;
  setting.files = {{"train.csv", {{"label", "column 5, 'kind'"}, {"header", "yes"}}}};
  setting.threads = 2;
  study.evaluation.seconds = {1.5, 0.25, 0.125, 2};
  return study;
}

/// Outputs of a class about 4 above the others, now and then of a wrong one.
RowMatrix madeUpOutputs(const std::vector<int64_t> &labels, int64_t classes, std::mt19937 &engine) {
  std::normal_distribution<double> normal;
  RowMatrix outputs = RowMatrix::NullaryExpr(int64_t(labels.size()), classes, [&] { return normal(engine); });
  for (size_t i = 0; i < labels.size(); ++i)
    outputs(int64_t(i), i % 9 == 0 ? (labels[i] + 1 + int64_t(i) % 3) % classes : labels[i]) += 4;
  return outputs;
}

RowMatrix logSoftmax(const RowMatrix &outputs) {
  const Eigen::VectorXd sums = outputs.array().exp().rowwise().sum().log();
  return outputs.colwise() - sums;
}

LearningCurves curves(bool classes) {
  std::vector<CurveOfSet> sets = {{"training", 1000, {}, {}}, {"validation", 200, {}, {}}, {"test", 597, {}, {}}};
  for (size_t s = 0; s < sets.size(); ++s)
    for (int k = 0; k <= 24; ++k) {
      const double time = std::pow(10, -2 + k / 4.0), left = std::exp(-std::pow(time, 0.3));
      CurvePoint point{time,
                       0.4 * left + 0.002 * double(s) + 1e-4,
                       {},
                       {},
                       0.1 + 2 * left + 0.05 * double(s) * std::log1p(time / 1e3),
                       {}};
      if (classes)
        point.accuracy = 0.98 - 0.8 * left - 0.01 * double(s);
      else
        point.rootMeanSquareError = std::sqrt(2 * point.loss);
      sets[s].points.push_back(point);
      sets[s].end = point;
    }
  LearningCurves curves;
  curves.sets = sets;
  curves.bestTime = 3000;
  for (size_t s = 1; s < sets.size(); ++s)
    curves.sizes.push_back(
        {sets[s].name, sets[s].examples, {125, 250, 500, 1000}, {sets[s].points.end() - 8, sets[s].points.end() - 4}});
  return curves;
}

KernelPicture madeUpKernel(int64_t classes) {
  KernelPicture kernel{"ntk", 1200, 400, {}, {}};
  if (classes > 0)
    for (int64_t c = 0; c < classes; ++c)
      kernel.groups.push_back({c * 1200 / classes, c});
  const int64_t blocks = std::max<int64_t>(classes, 1);
  for (int64_t i = 0; i < 400; ++i)
    for (int64_t j = 0; j < 400; ++j)
      kernel.means.push_back(1 + (i * blocks / 400 == j * blocks / 400 ? 0.4 : 0) +
                             0.1 * std::sin(0.37 * double(i) * 1.1) * std::sin(0.37 * double(j) * 1.1));
  return kernel;
}

ShownExample shownImage(int64_t row, int64_t label, int64_t predicted, double probability, std::mt19937 &engine) {
  ShownExample example;
  example.row = row;
  example.label = label;
  example.predicted = predicted;
  example.probability = probability;
  example.labelProbability = label == predicted ? probability : (1 - probability) / 2;
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x)
      example.features.push_back(16 * std::exp(-std::pow(std::hypot(y - 3.5, x - 3.5) - 1 - double(label % 3), 2)) +
                                 double(engine() % 3));
  return example;
}

} // namespace

Study classification(int64_t classes, int64_t examples) {
  Study study = anyStudy(Task::classification, classes, examples);
  std::mt19937 engine(1);
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < examples; ++i)
    labels.push_back(i % classes);
  const RowMatrix outputs = madeUpOutputs(labels, classes, engine);
  for (double time : {100., kInfinity}) {
    Scores scores;
    scores.time = time;
    scores.examples = examples;
    scores.classes =
        scoreClasses(logSoftmax(outputs * (std::isinf(time) ? 1. : 0.5)), largestOfRows(outputs), labels, 10);
    scores.correct = scores.classes->correct;
    scores.accuracy = double(scores.correct) / double(examples);
    scores.probabilities = "softmax, mean of 512 samples of the predictive Gaussian (seed 1)";
    scores.negativeLogLikelihood = -0.98;
    study.evaluation.scores.push_back(scores);
  }
  study.curves = curves(true);
  study.kernel = madeUpKernel(classes);
  for (int k = 1; k <= 1200; ++k)
    study.eigenvalues.push_back(k <= 1190 ? 900 * std::pow(k, -1.7) : 0);
  study.examples.image = {8, 8, 1};
  for (int64_t i = 0; i < 24; ++i) {
    study.examples.mistakes.push_back(
        shownImage(9 * i, i % classes, (i + 1) % classes, 0.99 - 0.01 * double(i), engine));
    study.examples.uncertain.push_back(
        shownImage(7 * i, i % classes, (i + i % 2) % classes, 0.31 + 0.01 * double(i), engine));
  }
  return study;
}

Study regressionOfLine(bool covariance) {
  Study study = anyStudy(Task::regression, 1, 100);
  study.network.inputShape = {1};
  study.evaluation.setting.trainExamples = 12;
  Scores scores;
  scores.time = kInfinity;
  scores.examples = 100;
  scores.rootMeanSquareError = 0.0123;
  if (covariance) {
    scores.coverage95 = 0.94;
    scores.negativeLogLikelihood = -1.25;
  } else {
    scores.whyNoLikelihood = "the program was compiled without nngp";
  }
  study.evaluation.scores = {scores};
  PosteriorOfLine line;
  for (int i = 0; i <= 100; ++i)
    line.x.push_back(-1.2 + 0.024 * i);
  for (int i = 0; i < 12; ++i) {
    line.trainX.push_back(-1 + i / 8.0);
    line.trainY.push_back(std::sin(3 * line.trainX.back()));
  }
  for (double time : {0., 1., 30., kInfinity}) {
    PosteriorOfLine::AtTime at;
    at.time = time;
    const double learnt = 1 - std::exp(-time / 10);
    std::vector<std::vector<double>> draws(5);
    for (double x : line.x) {
      at.mean.push_back(learnt * std::sin(3 * x));
      if (!covariance)
        continue;
      at.deviation.push_back(0.6 * (1 - learnt) + (x > 0.4 ? x - 0.4 : 0.05));
      for (size_t d = 0; d < 5; ++d)
        draws[d].push_back(at.mean.back() + at.deviation.back() * std::sin(2 * double(d) + 2 * x));
    }
    if (covariance)
      at.draws = draws;
    line.times.push_back(at);
  }
  study.line = line;
  study.predicted = {{0, {0.1, 0.5, -0.9}, {0.11, 0.49, -0.85}}};
  study.curves = curves(false);
  return study;
}

Study regressionOfTable(int64_t outputs) {
  Study study = anyStudy(Task::regression, outputs, 100);
  Scores scores;
  scores.time = kInfinity;
  scores.examples = 100;
  scores.rootMeanSquareError = 12345.678;
  scores.whyNoLikelihood = "the program was compiled without nngp";
  study.evaluation.scores = {scores};
  study.examples.columns = {"length", "beam & draught", "<b>"};
  for (int64_t i = 0; i < 10; ++i) {
    ShownExample example;
    example.row = i;
    example.output = i % outputs;
    example.target = 10. * double(i);
    example.mean = 9. * double(i);
    example.features = {1e-7, -3.25 * double(i), 1e12};
    study.examples.mistakes.push_back(example);
  }
  for (int64_t c = 0; c < outputs; ++c) {
    PredictedTargets predicted{c, {}, {}};
    for (int i = 0; i < 200; ++i) {
      predicted.target.push_back(1e6 * std::sin(i));
      predicted.mean.push_back(1e6 * std::sin(i) + 1e5 * std::sin(7 * i));
    }
    study.predicted.push_back(predicted);
  }
  return study;
}

Study hostileNames() {
  Study study = classification(6, 100);
  study.evaluation.setting.network = "</title><script>document.title='broken'</script>";
  study.evaluation.setting.classNames = {"<script>document.title='broken'</script>",
                                         "\"quoted\" 'twice'",
                                         "Zürich 漢字 ✓",
                                         "no UTF-8: \xff\xc3(",
                                         "a & b &amp; c",
                                         std::string(300, 'w')};
  study.evaluation.setting.files = {{"<img src=x onerror=alert(1)>.csv", {{"label", "</dd><script>"}}}};
  study.evaluation.setting.note = "a \"note\" <b>";
  study.commandLine = "./net report --out '</code><script>document.title=\"broken\"</script>'";
  study.network.architecture = {"</code></pre><script>document.title='broken'</script>", std::string(400, 'x')};
  return study;
}

Study notNumbers() {
  Study study = classification(3, 30);
  const double nan = std::nan("");
  Scores &scores = study.evaluation.scores.back();
  scores.accuracy = nan;
  scores.negativeLogLikelihood = kInfinity;
  scores.classes->negativeLogLikelihood = kInfinity;
  scores.classes->brier = nan;
  scores.classes->top.calibrationError = nan;
  scores.classes->top.bins[3] = {5, 2, nan};
  for (CurveOfSet &set : study.curves->sets)
    for (CurvePoint &point : set.points)
      point = {point.time, nan, kInfinity, nan, -kInfinity, nan};
  for (SizeCurve &set : study.curves->sizes)
    for (CurvePoint &point : set.points)
      point.accuracy = nan;
  study.curves->bestTime = kInfinity;
  std::fill(study.kernel->means.begin(), study.kernel->means.end(), nan);
  study.eigenvalues = {nan, kInfinity, 0, -1};
  study.examples.mistakes.front().probability = nan;
  std::fill(study.examples.mistakes.front().features.begin(), study.examples.mistakes.front().features.end(),
            kInfinity);
  study.line = regressionOfLine().line;
  for (PosteriorOfLine::AtTime &at : study.line->times)
    std::fill(at.deviation.begin(), at.deviation.end(), nan);
  study.predicted = {{0, {nan, 1}, {0, kInfinity}}};
  return study;
}

Study smallest() {
  Study study = classification(1, 1);
  study.curves.reset();
  study.eigenvalues = {1};
  study.kernel = KernelPicture{"ntk", 1, 1, {1}, {{0, 0}}};
  study.examples.mistakes.clear();
  study.examples.uncertain.resize(1);
  study.network.architecture.clear();
  study.commandLine.clear();
  return study;
}

} // namespace inet::test
