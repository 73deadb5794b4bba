#include "runtime/learn/DataSets.h"

#include "runtime/data/Subset.h"

#include <numeric>

namespace inet {
namespace {

DataSets divide(const DataFiles &files, const Shape &input, const TrainingOptions &options) {
  Examples all = openLabelled(files.train, options.task, input);
  checkInputShape(*all.x, input);
  const TargetCoding coding = findCoding(*all.labels, options.task, options.classes);
  const std::vector<std::vector<int64_t>> rows = splitRows(*all.labels, coding, *files.split);
  std::vector<std::unique_ptr<RowSource>> sources = divideRows(std::move(all.x), rows);
  const auto part = [&](size_t p) {
    Examples examples{std::move(sources[p]), selectRows(*all.labels, rows[p])};
    if (p > 0)
      examples.labels->facts.clear(); // what the file was taken for is said once
    return examples;
  };
  DataSets sets;
  Examples training = part(0);
  sets.training = makeTrainingSet(std::move(training.x), *training.labels, input, options);
  if (rows.size() == 3)
    sets.validation = part(1);
  sets.test = part(rows.size() - 1);
  sets.split = files.split;
  return sets;
}

Examples openSet(const ExampleFiles &files, const Shape &input, std::optional<Task> task, TestLabels labels) {
  Examples examples;
  if (labels == TestLabels::needed)
    examples = openLabelled(files, task, input);
  else
    examples.x = openUnlabelled(files, input);
  checkInputShape(*examples.x, input);
  return examples;
}

} // namespace

DataSets openDataSets(const DataFiles &files, const Shape &input, const TrainingOptions &options, TestLabels labels) {
  if (files.split)
    return divide(files, input, options);
  DataSets sets;
  sets.training = openTrainingSet(files.train, input, options);
  const Task task = sets.training.coding.task;
  if (!files.validation.x.empty())
    sets.validation = openSet(files.validation, input, task, TestLabels::needed);
  if (!files.test.x.empty())
    sets.test = openSet(files.test, input, task, labels);
  return sets;
}

std::vector<int64_t> rowsInFile(const RowSource &x) {
  std::vector<int64_t> rows(x.rows());
  std::iota(rows.begin(), rows.end(), 0);
  for (int64_t &row : rows)
    row = x.rowInFile(row);
  return rows;
}

} // namespace inet
