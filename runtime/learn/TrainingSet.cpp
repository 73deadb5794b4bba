#include "runtime/learn/TrainingSet.h"

#include "runtime/data/Mirror.h"
#include "runtime/data/Standardize.h"
#include "runtime/kernel/Memory.h"
#include "runtime/kernel/Preprocess.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

RowMatrix asMatrix(const std::vector<double> &values, int64_t columns) {
  return Eigen::Map<const RowMatrix>(values.data(), static_cast<int64_t>(values.size()) / columns, columns);
}

RowMatrix scaled(RowMatrix targets, const Standardization &scaling, const Labels &labels) {
  for (int64_t c = 0; c < targets.cols(); ++c)
    for (int64_t r = 0; r < targets.rows(); ++r) {
      const double value = targets(r, c);
      targets(r, c) = standardized(value, scaling.mean[c], scaling.deviation[c]);
      if (!std::isfinite(targets(r, c)))
        throw Error(fmt::format("{}: {:g} is too large for f64 once standardized", labels.place(r), value));
    }
  return targets;
}

/// The targets are there several times over while they are made and solved for (see predictBytes, which counts them for
/// each time that is asked for).
void requireTargetMemory(const TargetCoding &coding, int64_t examples) {
  constexpr double copies = 6;
  const double targets = double(examples) * double(coding.outputs) * sizeof(double);
  requireMemory(coding.cause.empty() ? fmt::format("{} targets for each of {} examples", coding.outputs, examples)
                                     : fmt::format("{}: a target for each of {} classes and {} examples", coding.cause,
                                                   coding.outputs, examples),
                copies * targets, fmt::format("{} for each copy", formatBytes(targets)));
}

} // namespace

TrainingSet makeTrainingSet(std::shared_ptr<RowSource> x, const Labels &labels, const Shape &input,
                            const TrainingOptions &options) {
  checkInputShape(*x, input);
  TrainingSet training;
  training.coding = findCoding(labels, options.task, options.classes);
  training.flipped = options.flip;
  training.files = factsOf(*x, &labels);
  training.x = options.flip ? withMirrorImages(std::move(x), input) : std::move(x);
  requireTargetMemory(training.coding, training.x->rows());
  std::vector<double> targets = encodeTargets(labels, training.coding);
  if (options.flip) {
    const size_t size = targets.size();
    targets.resize(2 * size);
    std::copy_n(targets.begin(), size, targets.begin() + int64_t(size));
  }
  training.targets = asMatrix(targets, training.coding.outputs);
  training.preprocessing = learnPreprocessing(*training.x, input, options.features);
  if (training.coding.task == Task::regression && options.features.standardize != Standardize::nothing) {
    training.targetScaling = findStandardization(labels.name, targets, training.coding.outputs);
    training.targets = scaled(std::move(training.targets), *training.targetScaling, labels);
  }
  return training;
}

TrainingSet openTrainingSet(const ExampleFiles &files, const Shape &input, const TrainingOptions &options) {
  Examples examples = openLabelled(files, options.task, input);
  return makeTrainingSet(std::move(examples.x), *examples.labels, input, options);
}

std::vector<FileFacts> factsOf(const RowSource &x, const Labels *labels) {
  std::vector<FileFacts> files;
  if (!x.facts().empty())
    files.push_back({x.name(), x.facts()});
  if (labels && labels->name != x.name() && !labels->facts.empty())
    files.push_back({labels->name, labels->facts});
  return files;
}

RowMatrix inTargetUnits(RowMatrix numbers, const TrainingSet &training) {
  if (training.targetScaling)
    for (int64_t c = 0; c < numbers.cols(); ++c)
      numbers.col(c) = numbers.col(c).array() * training.targetScaling->deviation[size_t(c)] +
                       training.targetScaling->mean[size_t(c)];
  return numbers;
}

RowMatrix testTargets(const Labels &labels, const TrainingSet &training) {
  RowMatrix targets = asMatrix(encodeTargets(labels, training.coding), training.coding.outputs);
  return training.targetScaling ? scaled(std::move(targets), *training.targetScaling, labels) : targets;
}

} // namespace inet
