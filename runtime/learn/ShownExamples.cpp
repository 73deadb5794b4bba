#include "runtime/learn/ShownExamples.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace inet {
namespace {

/// The indices of the `most` largest numbers, the largest first, of equal ones the first; without those at or below
/// `above`.
std::vector<int64_t> largestOf(const std::vector<double> &numbers, size_t most, double above) {
  std::vector<int64_t> indices;
  for (size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] > above)
      indices.push_back(int64_t(i));
  const auto end = indices.begin() + int64_t(std::min(most, indices.size()));
  std::partial_sort(indices.begin(), end, indices.end(), [&](int64_t a, int64_t b) {
    const double x = numbers[size_t(a)], y = numbers[size_t(b)];
    return x != y ? x > y : a < b;
  });
  indices.erase(end, indices.end());
  return indices;
}

/// In nats.
double entropyOf(const Eigen::Ref<const Eigen::RowVectorXd> &logProbabilities) {
  double entropy = 0;
  for (double p : logProbabilities)
    if (std::isfinite(p))
      entropy -= p * std::exp(p);
  return entropy;
}

} // namespace

ShownExamples chooseClassified(const RowMatrix &logProbabilities, const std::vector<int64_t> &predicted,
                               const std::vector<int64_t> &labels, size_t most) {
  std::vector<double> certainty, entropy;
  for (int64_t i = 0; i < logProbabilities.rows(); ++i) {
    const bool right = predicted[size_t(i)] == labels[size_t(i)];
    certainty.push_back(right ? -1 : std::exp(logProbabilities(i, predicted[size_t(i)])));
    entropy.push_back(entropyOf(logProbabilities.row(i)));
  }
  const auto shown = [&](int64_t i) {
    ShownExample example;
    example.row = i;
    example.label = labels[size_t(i)];
    example.predicted = predicted[size_t(i)];
    example.probability = std::exp(logProbabilities(i, example.predicted));
    example.labelProbability = std::exp(logProbabilities(i, example.label));
    return example;
  };
  ShownExamples examples;
  for (int64_t i : largestOf(certainty, most, -1))
    examples.mistakes.push_back(shown(i));
  for (int64_t i : largestOf(entropy, most, 0))
    examples.uncertain.push_back(shown(i));
  return examples;
}

ShownExamples chooseRegressed(const RowMatrix &mean, const RowMatrix &deviation, const RowMatrix &targets,
                              size_t most) {
  const bool known = deviation.size() != 0;
  // For each example the output that is farthest off.
  std::vector<double> error, spread;
  std::vector<int64_t> outputs;
  for (int64_t i = 0; i < mean.rows(); ++i) {
    double farthest = -1;
    outputs.push_back(0);
    for (int64_t c = 0; c < mean.cols(); ++c) {
      const double off = std::fabs(mean(i, c) - targets(i, c)) / (known && deviation(i, c) > 0 ? deviation(i, c) : 1);
      if (off > farthest) {
        farthest = off;
        outputs.back() = c;
      }
    }
    error.push_back(farthest);
    spread.push_back(known ? deviation.row(i).maxCoeff() : 0);
  }
  const auto shown = [&](int64_t i) {
    ShownExample example;
    example.row = i;
    example.output = outputs[size_t(i)];
    example.target = targets(i, example.output);
    example.mean = mean(i, example.output);
    if (known)
      example.deviation = deviation(i, example.output);
    return example;
  };
  ShownExamples examples;
  for (int64_t i : largestOf(error, most, 0))
    examples.mistakes.push_back(shown(i));
  for (int64_t i : largestOf(spread, most, 0))
    examples.uncertain.push_back(shown(i));
  return examples;
}

Shape imageShapeOf(const RowSource &rows, const Shape &input) {
  const Shape row(rows.shape().begin() + 1, rows.shape().end());
  for (const Shape &shape : {row, input})
    if (shape.size() == 3 && shape[0] > 1 && shape[1] > 1 && (shape[2] == 1 || shape[2] == 3))
      return shape;
  constexpr int64_t least = 5; // of a side: a table may have 4 x 4 numbers
  if (row.size() == 2 && std::min(row[0], row[1]) >= least && std::max(row[0], row[1]) <= 4 * std::min(row[0], row[1]))
    return {row[0], row[1], 1};
  const auto side = int64_t(std::llround(std::sqrt(double(rows.rowSize()))));
  if (row.size() == 1 && rows.dtype() == Dtype::u1 && rows.columnNames().empty() && side >= least &&
      side * side == rows.rowSize())
    return {side, side, 1};
  return {};
}

void readFeatures(RowSource &rows, ShownExamples &examples) {
  std::multimap<int64_t, ShownExample *> wanted;
  for (std::vector<ShownExample> *list : {&examples.mistakes, &examples.uncertain})
    for (ShownExample &example : *list)
      wanted.emplace(example.row, &example);
  if (wanted.empty())
    return;
  const int64_t size = rows.rowSize(), chunk = std::max<int64_t>(1, (1 << 17) / size); // a megabyte of doubles
  std::vector<double> numbers;
  rows.rewind();
  auto next = wanted.begin();
  for (int64_t begin = 0; next != wanted.end(); begin += chunk) {
    RawRows raw;
    rows.fetch(std::min(chunk, rows.rows() - begin), raw);
    if (next->first >= begin + raw.count)
      continue;
    numbers.resize(size_t(raw.count * size));
    decodeRows(rows, raw, nullptr, numbers.data());
    for (; next != wanted.end() && next->first < begin + raw.count; ++next) {
      const auto first = numbers.begin() + (next->first - begin) * size;
      next->second->features.assign(first, first + size);
    }
  }
}

} // namespace inet
