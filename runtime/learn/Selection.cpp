#include "runtime/learn/Selection.h"

#include "runtime/data/Split.h"
#include "runtime/kernel/FiniteDiagonal.h"
#include "runtime/kernel/Variant.h"
#include "runtime/linalg/TiledBlas.h"
#include "runtime/predict/ClassScores.h"
#include "runtime/predict/Evidence.h"
#include "runtime/predict/Scores.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace inet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

uint32_t resultOf(PredictKernel kernel) { return kernel == PredictKernel::nngp ? INET_NNGP : INET_NTK; }

bool isLess(double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; }

} // namespace

/// Some examples, in memory.
struct Selection::Part {
  std::vector<double> x;
  Shape shape;
  RowMatrix targets;
  std::string name;

  MemorySource source() const { return MemorySource(name, Dtype::f8, shape, x.data()); }
};

bool isBetter(const SelectionScore &a, const SelectionScore &b) {
  if (isLess(a.score, b.score) || isLess(b.score, a.score))
    return isLess(a.score, b.score);
  return isLess(a.tie, b.tie);
}

std::vector<int64_t> stratifiedOrder(const std::vector<int64_t> &classOf, uint64_t seed) {
  std::vector<int64_t> shuffled(classOf.size());
  std::iota(shuffled.begin(), shuffled.end(), 0);
  shuffle(shuffled, seed);
  const int64_t classes = classOf.empty() ? 0 : *std::max_element(classOf.begin(), classOf.end()) + 1;
  std::vector<int64_t> size(classes), seen(classes);
  for (int64_t c : classOf)
    ++size[c];
  // Example j of a class of s stands at (j + 1/2) / s of the whole.
  std::vector<std::pair<double, int64_t>> places;
  for (int64_t row : shuffled) {
    const int64_t c = classOf[row];
    places.emplace_back((static_cast<double>(seen[c]++) + 0.5) / static_cast<double>(size[c]), row);
  }
  std::stable_sort(places.begin(), places.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
  std::vector<int64_t> order;
  for (const auto &[place, row] : places)
    order.push_back(row);
  return order;
}

Selection::Selection(TrainingSet training, SelectionOptions options)
    : training_(std::move(training)), options_(std::move(options)) {
  for (double diagReg : options_.diagRegs)
    if (!(diagReg > 0 && std::isfinite(diagReg)))
      throw Error(fmt::format("diag_reg {:g} found; finite numbers above 0 expected", diagReg));
  if (options_.diagRegs.empty())
    throw Error("no diag_reg found; one or more expected");
  if (!(options_.heldOut > 0 && options_.heldOut < 1))
    throw Error(
        fmt::format("{:g} of the examples to be held out found; a share between 0 and 1 expected", options_.heldOut));
  RowSource &x = *training_.x;
  const double bytes = double(x.rows()) * double(x.rowSize()) * sizeof(double);
  inet::requireMemory(fmt::format("{}: {} examples", x.name(), x.rows()), 2 * bytes,
                      "in memory, and those of a kernel");
  features_ = readAll(x);
  std::vector<int64_t> classOf(examples());
  if (training_.coding.task == Task::classification)
    classOf = largestOfRows(training_.targets);
  order_ = stratifiedOrder(classOf, options_.seed);
}

void Selection::requireMemory(const InetKernel &kernel, int64_t examples, const Execution &execution) const {
  const double n = double(examples), outputs = double(training_.targets.cols());
  const double square = sizeof(double) * n * n;
  // dsyevd has two more matrices
  const double solve = 2 * square + sizeof(double) * n * (6 + double(options_.diagRegs.size())) * (outputs + 2);
  const double prepared = preparedBytes(kernel, examples) + sizeof(double) * n * double(training_.x->rowSize());
  inet::requireMemory(fmt::format("the spectrum of the kernel of {} examples", examples),
                      square + solve + prepared + scratchBytes(kernel, execution.threads),
                      fmt::format("{} the kernel, {} prepared inputs, {} for the spectrum", formatBytes(square),
                                  formatBytes(prepared), formatBytes(solve)));
}

Selection::Part Selection::partOf(std::vector<int64_t> rows) const {
  std::sort(rows.begin(), rows.end());
  const int64_t size = training_.x->rowSize();
  Part part;
  part.shape = training_.x->shape();
  part.shape.front() = int64_t(rows.size());
  part.targets.resize(int64_t(rows.size()), training_.targets.cols());
  for (size_t i = 0; i < rows.size(); ++i) {
    part.x.insert(part.x.end(), features_.begin() + rows[i] * size, features_.begin() + (rows[i] + 1) * size);
    part.targets.row(int64_t(i)) = training_.targets.row(rows[i]);
  }
  part.name = training_.x->name();
  if (int64_t(rows.size()) < examples())
    part.name += fmt::format(" (a subset of {} examples)", rows.size());
  return part;
}

/// What is predicted with each of the regularisations: of `heldOut`, or, where it is null, of each learnt example from
/// the others.
std::vector<HeldOut> Selection::predict(const InetKernel &kernel, const Part &learnt, const Part *heldOut,
                                        std::vector<double> &evidence, std::vector<double> &noises,
                                        const Execution &execution) const {
  const uint32_t result = resultOf(options_.kernel);
  MemorySource x = learnt.source();
  PreparedExamples prepared = prepareExamples(kernel, x, training_.preprocessing, execution);
  KernelMatrix matrix = computeKernel(kernel, prepared, nullptr, {result, result}, execution);
  requireFiniteDiagonal(x, kernel, matrix);
  const Buffer &numbers = options_.kernel == PredictKernel::nngp ? matrix.nngp : matrix.ntk;
  const int64_t n = x.rows();
  const double meanDiagonal = SquareBuffer(numbers.as<double>(), n).matrix().diagonal().mean();
  for (double diagReg : options_.diagRegs)
    noises.push_back(diagReg * meanDiagonal);

  Eigen::MatrixXd cross;
  std::vector<double> diagonal;
  if (heldOut) {
    MemorySource others = heldOut->source();
    PreparedExamples preparedOthers = prepareExamples(kernel, others, training_.preprocessing, execution);
    KernelMatrix between = computeKernel(kernel, preparedOthers, &prepared, {result, result}, execution);
    const Buffer &entries = options_.kernel == PredictKernel::nngp ? between.nngp : between.ntk;
    cross = Eigen::Map<Eigen::MatrixXd>(entries.as<double>(), n, others.rows());
    diagonal = computeDiagonal(kernel, preparedOthers, result, execution);
    requireFiniteDiagonal(others, kernel, result, diagonal);
  }
  std::vector<HeldOut> predictions;
  runTiled(execution.threads, [&] {
    const Spectrum spectrum(SquareBuffer(numbers.as<double>(), n), kernel.dtype == INET_F32);
    const Eigen::MatrixXd rotated = spectrum.rotate(Eigen::MatrixXd(learnt.targets));
    for (double noise : noises)
      evidence.push_back(noise > 0 ? logMarginalLikelihood(spectrum, rotated, noise) : kNone);
    if (heldOut)
      predictions = predictHeldOut(spectrum, rotated, cross,
                                   Eigen::Map<Eigen::VectorXd>(diagonal.data(), int64_t(diagonal.size())), noises);
    for (size_t k = 0; k < noises.size() && !heldOut; ++k) {
      LeaveOneOut left = leaveOneOut(spectrum, learnt.targets, rotated, noises[k]);
      predictions.push_back({std::move(left.mean), std::move(left.variance)});
    }
  });
  return predictions;
}

SelectionScore Selection::scoreOf(const HeldOut &prediction, const RowMatrix &targets, double diagReg,
                                  double noise) const {
  SelectionScore score{diagReg, kNone, kNone, kNone, kNone};
  if (!prediction.mean.allFinite() || !prediction.variance.allFinite())
    return score;
  Eigen::VectorXd scale; // of the targets; empty: 1
  if (training_.targetScaling)
    scale = Eigen::Map<const Eigen::VectorXd>(training_.targetScaling->deviation.data(), targets.cols());
  score.tie = (prediction.mean - targets).squaredNorm() / double(targets.size());
  if (training_.coding.task == Task::classification)
    score.error =
        std::round((1 - accuracy(prediction.mean, targets)) * double(targets.rows())) / double(targets.rows());
  else
    score.error = rootMeanSquareError(prediction.mean, targets, scale);
  score.negativeLogLikelihood =
      negativeLogLikelihood(prediction.mean, prediction.variance, noise, targets, scale).value_or(kNone);
  score.score = options_.likelihood ? score.negativeLogLikelihood : score.error;
  return score;
}

/// The mean over examples and outputs of a log density, in the units of the targets.
double Selection::perTarget(double logDensity, const RowMatrix &targets) const {
  double scales = 0;
  if (training_.targetScaling)
    for (double deviation : training_.targetScaling->deviation)
      scales += std::log(deviation) / double(targets.cols());
  return logDensity / double(targets.size()) - scales;
}

SelectionScore Selection::best(const InetKernel &kernel, const Shape &input, int64_t examples,
                               const Execution &execution) const {
  checkInputShape(*training_.x, input);
  requireCompiledIn(kernel, resultOf(options_.kernel));
  std::vector<int64_t> rows(order_.begin(), order_.begin() + std::min<int64_t>(examples, int64_t(order_.size())));
  Part learnt, heldOut;
  const bool validates = options_.method == SelectionMethod::validation;
  if (validates) {
    const int64_t held = std::llround(options_.heldOut * double(rows.size()));
    if (held < 1 || held >= int64_t(rows.size()))
      throw Error(fmt::format("{} of {} examples would be held out; at least one, and one to learn from, expected",
                              held, rows.size()));
    heldOut = partOf({rows.end() - held, rows.end()});
    rows.resize(rows.size() - size_t(held));
  }
  learnt = partOf(std::move(rows));
  std::vector<double> evidence, noises;
  std::vector<HeldOut> predictions =
      predict(kernel, learnt, validates ? &heldOut : nullptr, evidence, noises, execution);
  std::optional<SelectionScore> best;
  for (size_t k = 0; k < predictions.size(); ++k) {
    SelectionScore score =
        scoreOf(predictions[k], validates ? heldOut.targets : learnt.targets, options_.diagRegs[k], noises[k]);
    if (options_.method == SelectionMethod::evidence)
      score.score = -perTarget(evidence[k], learnt.targets);
    if (!best || isBetter(score, *best))
      best = score;
  }
  return *best;
}

} // namespace inet
