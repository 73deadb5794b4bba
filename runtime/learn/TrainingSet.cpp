#include "runtime/learn/TrainingSet.h"

#include "runtime/data/Standardize.h"

namespace inet {
namespace {

RowMatrix asMatrix(const std::vector<double> &values, int64_t columns) {
  return Eigen::Map<const RowMatrix>(values.data(), static_cast<int64_t>(values.size()) / columns, columns);
}

RowMatrix scaled(RowMatrix targets, const Standardization &scaling) {
  for (int64_t c = 0; c < targets.cols(); ++c)
    targets.col(c) = (targets.col(c).array() - scaling.mean[c]) / scaling.deviation[c];
  return targets;
}

} // namespace

TrainingSet makeTrainingSet(std::shared_ptr<RowSource> x, const Labels &labels, const Shape &input,
                            const TrainingOptions &options) {
  checkInputShape(*x, input);
  TrainingSet training;
  training.coding = findCoding(labels, options.task, options.classes);
  std::vector<double> targets = encodeTargets(labels, training.coding);
  training.files = factsOf(*x, &labels);
  training.x = std::move(x);
  training.targets = asMatrix(targets, training.coding.outputs);
  if (!options.standardize)
    return training;
  training.featureScaling = findStandardization(*training.x);
  if (training.coding.task == Task::regression) {
    training.targetScaling = findStandardization(targets, training.coding.outputs);
    training.targets = scaled(std::move(training.targets), *training.targetScaling);
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

RowMatrix testTargets(const Labels &labels, const TrainingSet &training) {
  RowMatrix targets = asMatrix(encodeTargets(labels, training.coding), training.coding.outputs);
  return training.targetScaling ? scaled(std::move(targets), *training.targetScaling) : targets;
}

} // namespace inet
