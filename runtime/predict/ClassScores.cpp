#include "runtime/predict/ClassScores.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

void checkClasses(const std::vector<int64_t> &found, int64_t examples, int64_t classes) {
  if (static_cast<int64_t>(found.size()) != examples)
    throw Error(fmt::format("there are {} classes for {} test examples", found.size(), examples));
  for (int64_t c : found)
    if (c < 0 || c >= classes)
      throw Error(fmt::format("class {} found, 0 to {} expected", c, classes - 1));
}

std::optional<double> ratio(int64_t part, int64_t whole) {
  if (whole == 0)
    return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

void countClasses(const std::vector<int64_t> &predicted, const std::vector<int64_t> &labels, ClassScores &scores) {
  for (size_t i = 0; i < labels.size(); ++i) {
    ++scores.confusion(labels[i], predicted[i]);
    ++scores.classes[labels[i]].labelled;
    ++scores.classes[predicted[i]].predicted;
    scores.classes[labels[i]].right += labels[i] == predicted[i];
    scores.correct += labels[i] == predicted[i];
  }
  for (ClassRow &row : scores.classes) {
    row.precision = ratio(row.right, row.predicted);
    row.recall = ratio(row.right, row.labelled);
  }
}

} // namespace

int64_t binOf(double probability, int64_t bins) {
  const auto edge = [bins](int64_t k) { return static_cast<double>(k) / static_cast<double>(bins); };
  // A guess that rounding may have put one bin off, then comparisons with the edges themselves.
  const double position = std::clamp(probability, 0.0, 1.0) * static_cast<double>(bins);
  int64_t bin = std::clamp<int64_t>(static_cast<int64_t>(position), 0, bins - 1);
  while (bin > 0 && probability <= edge(bin))
    --bin;
  while (bin + 1 < bins && probability > edge(bin + 1))
    ++bin;
  return bin;
}

Reliability reliabilityOf(const Eigen::Ref<const Eigen::VectorXd> &probabilities, const std::vector<bool> &came,
                          int64_t bins) {
  if (bins < 1)
    throw Error(fmt::format("{} bins found, at least 1 expected", bins));
  Reliability result;
  result.bins.resize(bins);
  for (int64_t i = 0; i < probabilities.size(); ++i) {
    ReliabilityBin &bin = result.bins[binOf(probabilities(i), bins)];
    ++bin.count;
    bin.right += came[i];
    bin.confidence += probabilities(i); // the sum, for now
  }
  for (ReliabilityBin &bin : result.bins) {
    result.calibrationError += std::abs(static_cast<double>(bin.right) - bin.confidence);
    if (bin.count)
      bin.confidence /= static_cast<double>(bin.count);
  }
  result.calibrationError /= static_cast<double>(probabilities.size());
  return result;
}

std::vector<int64_t> largestOfRows(const Eigen::Ref<const RowMatrix> &rows) {
  std::vector<int64_t> largest;
  for (int64_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    largest.push_back(std::max_element(row.begin(), row.end()) - row.begin());
  }
  return largest;
}

ClassScores scoreClasses(const Eigen::Ref<const RowMatrix> &logProbabilities, const std::vector<int64_t> &predicted,
                         const std::vector<int64_t> &labels, int64_t bins) {
  const int64_t examples = logProbabilities.rows(), classes = logProbabilities.cols();
  if (examples == 0 || classes == 0)
    throw Error("there is nothing to score: no test example or no class");
  checkClasses(predicted, examples, classes);
  checkClasses(labels, examples, classes);
  ClassScores scores;
  scores.examples = examples;
  scores.classes.resize(classes);
  scores.confusion.setZero(classes, classes);
  countClasses(predicted, labels, scores);

  const RowMatrix probabilities = logProbabilities.array().exp();
  Eigen::VectorXd confidence(examples);
  std::vector<bool> right(examples);
  double squares = 0, logarithms = 0;
  for (int64_t i = 0; i < examples; ++i) {
    logarithms += logProbabilities(i, labels[i]);
    for (int64_t c = 0; c < classes; ++c) {
      const double error = probabilities(i, c) - (c == labels[i]);
      squares += error * error;
    }
    confidence(i) = probabilities(i, predicted[i]);
    right[i] = predicted[i] == labels[i];
  }
  const double count = static_cast<double>(examples);
  scores.negativeLogLikelihood = -logarithms / count;
  scores.brier = squares / count;
  scores.top = reliabilityOf(confidence, right, bins);
  for (int64_t c = 0; c < classes; ++c) {
    for (int64_t i = 0; i < examples; ++i)
      right[i] = labels[i] == c;
    scores.classes[c].reliability = reliabilityOf(probabilities.col(c), right, bins);
    scores.classwiseCalibrationError += scores.classes[c].reliability.calibrationError / static_cast<double>(classes);
  }
  return scores;
}

} // namespace inet
