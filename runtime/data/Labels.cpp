#include "runtime/data/Labels.h"

#include "runtime/Error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace inet {
namespace {

// More outputs than this are taken for a mistake, such as prices in an integer array.
constexpr int64_t kMostClasses = 65536;

std::string classesOf(const TargetCoding &coding) {
  if (coding.classNames.empty())
    return fmt::format("0 to {}", coding.outputs - 1);
  auto end = coding.classNames.begin() + std::min<size_t>(coding.classNames.size(), 12);
  return printable(fmt::format("{}{}", fmt::join(coding.classNames.begin(), end, ", "),
                               end == coding.classNames.end() ? "" : ", ..."));
}

void checkClassLabel(const Labels &labels, int64_t row) {
  double value = labels.numbers[row];
  if (value != std::floor(value) || value < 0)
    throw Error(fmt::format("{} is {:g}; classes are integers from 0", labels.place(row), value));
}

void requireOneColumn(const Labels &labels) {
  if (labels.shape.size() > 2 || (labels.shape.size() == 2 && labels.shape[1] != 1))
    throw Error(fmt::format("{}: labels of shape {} found, [{}] expected for classification", labels.name,
                            toString(labels.shape), labels.rows()));
}

double numberAt(const Labels &labels, int64_t row) {
  std::optional<double> value = parseNumber(labels.table->labels[row]);
  if (!value || !std::isfinite(*value))
    throw Error(fmt::format("{} is '{}'; a finite number expected for regression", labels.place(row),
                            printable(labels.table->labels[row])));
  return *value;
}

std::vector<std::string> sortedClasses(const std::vector<std::string> &labels) {
  std::set<std::string> distinct(labels.begin(), labels.end());
  std::vector<std::string> names(distinct.begin(), distinct.end());
  bool allNumbers = std::all_of(names.begin(), names.end(), [](auto &name) { return parseNumber(name).has_value(); });
  if (allNumbers)
    std::sort(names.begin(), names.end(), [](auto &a, auto &b) {
      return std::pair(*parseNumber(a), a) < std::pair(*parseNumber(b), b); // "1" and "1.0" are two classes
    });
  return names;
}

void findNumberedClasses(const Labels &training, int64_t classes, TargetCoding &coding) {
  requireOneColumn(training);
  if (classes > kMostClasses)
    throw Error(fmt::format("{} classes asked for; at most {} expected", classes, kMostClasses));
  int64_t row = 0;
  for (int64_t r = 0; r < training.rows(); ++r) {
    checkClassLabel(training, r);
    if (training.numbers[r] > training.numbers[row])
      row = r;
  }
  double largest = training.numbers[row];
  if (classes != 0 && largest >= static_cast<double>(classes))
    throw Error(fmt::format("{} is {:g}; with {} classes 0 to {} expected", training.place(row), largest, classes,
                            classes - 1));
  if (largest >= kMostClasses)
    throw Error(fmt::format("{} is {:g}; at most {} classes expected (--task regression takes integers as reals)",
                            training.place(row), largest, kMostClasses));
  coding.outputs = classes != 0 ? classes : static_cast<int64_t>(largest) + 1;
  coding.cause =
      classes != 0 ? fmt::format("--classes is {}", classes) : fmt::format("{} is {:g}", training.place(row), largest);
}

void findNamedClasses(const Labels &training, int64_t classes, TargetCoding &coding) {
  for (int64_t r = 0; r < training.rows(); ++r)
    if (training.table->labels[r].empty())
      throw Error(fmt::format("{} is empty; the name of a class expected", training.place(r)));
  coding.classNames = sortedClasses(training.table->labels);
  coding.outputs = static_cast<int64_t>(coding.classNames.size());
  coding.cause = fmt::format("{} has {} different labels", training.name, coding.outputs);
  if (coding.outputs > kMostClasses)
    throw Error(fmt::format("{}: {} different labels found; at most {} classes expected", training.name, coding.outputs,
                            kMostClasses));
  if (classes != 0 && classes != coding.outputs)
    throw Error(fmt::format("{}: {} classes found, {} expected", training.name, coding.outputs, classes));
  for (int64_t c = 0; c < coding.outputs; ++c)
    coding.classOf[coding.classNames[c]] = c;
}

int64_t classAt(const Labels &labels, const TargetCoding &coding, int64_t row) {
  if (coding.classNames.empty()) {
    // A column of numbers in a table may be scored against classes that came from an array.
    std::optional<double> value = labels.table ? parseNumber(labels.table->labels[row]) : labels.numbers[row];
    if (value && *value >= 0 && *value < static_cast<double>(coding.outputs) && *value == std::floor(*value))
      return static_cast<int64_t>(*value);
    throw Error(fmt::format("{} is {}; the training labels have the classes {}", labels.place(row),
                            labels.table ? fmt::format("'{}'", printable(labels.table->labels[row]))
                                         : fmt::format("{:g}", labels.numbers[row]),
                            classesOf(coding)));
  }
  std::string text = labels.table ? labels.table->labels[row] : fmt::format("{:g}", labels.numbers[row]);
  auto found = coding.classOf.find(text);
  if (found == coding.classOf.end())
    throw Error(fmt::format("{} is '{}'; the training labels have the classes {}", labels.place(row), printable(text),
                            classesOf(coding)));
  return found->second;
}

std::vector<double> encodeReals(const Labels &labels, const TargetCoding &coding) {
  std::vector<double> values = labels.numbers;
  if (labels.table)
    for (int64_t r = 0; r < labels.rows(); ++r)
      values.push_back(numberAt(labels, r));
  int64_t columns = static_cast<int64_t>(values.size()) / labels.rows();
  if (columns != coding.outputs)
    throw Error(fmt::format("{}: {} target columns found, {} expected as in the training set", labels.name, columns,
                            coding.outputs));
  return values;
}

// What real numbers seem to be that nobody called targets, or nothing.
std::string describeLikelyClasses(const Labels &training) {
  int64_t columns = training.shape.size() == 2 ? training.shape[1] : 1;
  bool whole = true, oneHot = columns > 1;
  for (int64_t r = 0; r < training.rows(); ++r) {
    double sum = 0;
    for (int64_t c = 0; c < columns; ++c) {
      double value = training.numbers[r * columns + c];
      whole = whole && value >= 0 && value < kMostClasses && value == std::floor(value);
      oneHot = oneHot && (value == 0 || value == 1);
      sum += value;
    }
    oneHot = oneHot && sum == 1;
  }
  if (columns == 1 && whole)
    return "the labels are whole numbers, taken for real targets: --task classification takes them for classes";
  if (oneHot)
    return "the labels are one-hot, taken for real targets: as integers [n] they are classes, whose accuracy is "
           "counted";
  return "";
}

} // namespace

std::string Labels::place(int64_t row) const {
  if (table)
    return fmt::format("{}: label", table->place(row, *table->label));
  return fmt::format("{}: label [{}]", name, row);
}

Labels labelsOf(RowSource &source) {
  Labels labels{source.name(), isInteger(source.dtype()), source.shape(), {}, {}};
  if (labels.shape.size() > 2)
    throw Error(fmt::format("{}: labels of shape {} found, [rows] or [rows, outputs] expected", labels.name,
                            toString(labels.shape)));
  labels.numbers = readAll(source);
  return labels;
}

Labels labelsOf(CsvTable table) {
  Labels labels{table.path, false, {table.rows}, {}, {}};
  labels.table = std::move(table);
  return labels;
}

TargetCoding findCoding(const Labels &training, std::optional<Task> task, int64_t classes) {
  if (!task && training.table)
    throw Error(fmt::format("{}: labels in a table need --task classification or --task regression", training.name));
  bool onlyIntegers = training.integers && (training.shape.size() == 1 || training.shape[1] == 1);
  TargetCoding coding;
  coding.task = task.value_or(onlyIntegers ? Task::classification : Task::regression);
  if (coding.task == Task::classification) {
    if (training.table)
      findNamedClasses(training, classes, coding);
    else
      findNumberedClasses(training, classes, coding);
    return coding;
  }
  if (classes != 0)
    throw Error(fmt::format("{}: --classes is for classification, these labels are real targets", training.name));
  coding.outputs = training.shape.size() == 2 ? training.shape[1] : 1;
  if (!task)
    coding.hint = describeLikelyClasses(training);
  return coding;
}

std::vector<double> encodeTargets(const Labels &labels, const TargetCoding &coding) {
  if (coding.task == Task::regression)
    return encodeReals(labels, coding);
  if (!labels.table)
    requireOneColumn(labels);
  std::vector<double> values(labels.rows() * coding.outputs, -1.0 / static_cast<double>(coding.outputs));
  for (int64_t r = 0; r < labels.rows(); ++r)
    values[r * coding.outputs + classAt(labels, coding, r)] += 1;
  return values;
}

} // namespace inet
