#include "runtime/data/Labels.h"

#include "runtime/Error.h"
#include "runtime/data/TableFormat.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace inet {
namespace {

// More outputs than this are taken for a mistake, such as prices in an integer array.
constexpr int64_t kMostClasses = 65536;

std::string listClasses(const TargetCoding &coding) {
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
  std::optional<double> value = parseNumber(labels.texts[row]);
  if (!value || !std::isfinite(*value))
    throw Error(fmt::format("{} is '{}'; a finite number expected for regression", labels.place(row),
                            printable(labels.texts[row])));
  return *value;
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

/// Throws where two names are the same number, as "1" and "1.0" are.
void requireOneSpelling(const Labels &training, const std::vector<std::string> &sortedNames) {
  auto placeOf = [&](const std::string &name) {
    return training.place(std::find(training.texts.begin(), training.texts.end(), name) - training.texts.begin());
  };
  for (size_t c = 1; c < sortedNames.size(); ++c) {
    std::optional<double> before = parseNumber(sortedNames[c - 1]), number = parseNumber(sortedNames[c]);
    if (before && number && *before == *number)
      throw Error(fmt::format("{} is '{}' and {} is '{}', one number in two spellings; one spelling for each class "
                              "expected",
                              placeOf(sortedNames[c - 1]), printable(sortedNames[c - 1]), placeOf(sortedNames[c]),
                              printable(sortedNames[c])));
  }
}

std::string countedExamples(const std::vector<std::string> &names, const char *what) {
  auto end = names.begin() + std::min<int64_t>(int64_t(names.size()), 12);
  return fmt::format(
      "{} {} {} {}: {}{}", names.size(), names.size() == 1 ? "class" : "classes", names.size() == 1 ? "has" : "have",
      what, printable(fmt::format("{}", fmt::join(names.begin(), end, ", "))), end == names.end() ? "" : ", ...");
}

void findNamedClasses(const Labels &training, int64_t classes, TargetCoding &coding) {
  for (int64_t r = 0; r < training.rows(); ++r)
    if (isMissing(training.texts[r]))
      throw Error(fmt::format("{} is {}; the name of a class expected", training.place(r),
                              training.texts[r].empty() ? "empty" : fmt::format("'{}', not known", training.texts[r])));
  coding.classNames = distinctTexts(training);
  requireOneSpelling(training, coding.classNames);
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
    std::optional<double> value = labels.texts.empty() ? labels.numbers[row] : parseNumber(labels.texts[row]);
    if (value && *value >= 0 && *value < static_cast<double>(coding.outputs) && *value == std::floor(*value))
      return static_cast<int64_t>(*value);
    throw Error(fmt::format("{} is {}; the training labels have the classes {}", labels.place(row),
                            labels.texts.empty() ? fmt::format("{:g}", labels.numbers[row])
                                                 : fmt::format("'{}'", printable(labels.texts[row])),
                            listClasses(coding)));
  }
  std::string text = labels.texts.empty() ? fmt::format("{:g}", labels.numbers[row]) : labels.texts[row];
  auto found = coding.classOf.find(text);
  if (found == coding.classOf.end())
    throw Error(fmt::format("{} is '{}'; the training labels have the classes {}", labels.place(row), printable(text),
                            listClasses(coding)));
  return found->second;
}

/// Refuses what cannot be learned, and notes what can hardly be.
void checkExamplesOfClasses(const Labels &training, TargetCoding &coding) {
  std::vector<int64_t> examples(coding.outputs, 0);
  for (int64_t r = 0; r < training.rows(); ++r)
    ++examples[classAt(training, coding, r)];
  std::vector<std::string> none, one;
  for (int64_t c = 0; c < coding.outputs; ++c) {
    std::string name = coding.classNames.empty() ? std::to_string(c) : coding.classNames[c];
    if (examples[c] == training.rows())
      throw Error(fmt::format("{}: all {} labels are '{}': at least two classes expected", training.name,
                              training.rows(), printable(name)));
    if (examples[c] == 0)
      none.push_back(name);
    if (examples[c] == 1)
      one.push_back(name);
  }
  if (!none.empty())
    coding.notes.push_back(countedExamples(none, "no training example"));
  if (!one.empty())
    coding.notes.push_back(countedExamples(one, "a single training example"));
}

std::vector<double> encodeReals(const Labels &labels, const TargetCoding &coding) {
  std::vector<double> values = labels.numbers;
  if (!labels.texts.empty())
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
  if (!rowsInFile.empty())
    row = rowsInFile[row];
  if (placeOf)
    return fmt::format("{}: label", placeOf(row));
  return fmt::format("{}: label [{}]", name, row);
}

Labels labelsOf(RowSource &source) {
  Labels labels;
  labels.name = source.name();
  labels.integers = isInteger(source.dtype());
  labels.shape = source.shape();
  if (labels.shape.size() > 2)
    throw Error(fmt::format("{}: labels of shape {} found, [rows] or [rows, outputs] expected", labels.name,
                            toString(labels.shape)));
  labels.numbers = readAll(source);
  return labels;
}

Labels selectRows(const Labels &labels, const std::vector<int64_t> &rows) {
  Labels some = labels;
  some.shape.front() = int64_t(rows.size());
  some.numbers.clear();
  some.texts.clear();
  some.rowsInFile.clear();
  const int64_t columns = labels.shape.size() == 2 ? labels.shape[1] : 1;
  for (int64_t row : rows) {
    if (labels.texts.empty())
      some.numbers.insert(some.numbers.end(), labels.numbers.begin() + row * columns,
                          labels.numbers.begin() + (row + 1) * columns);
    else
      some.texts.push_back(labels.texts[row]);
    some.rowsInFile.push_back(labels.rowsInFile.empty() ? row : labels.rowsInFile[row]);
  }
  return some;
}

std::vector<std::string> distinctTexts(const Labels &labels) {
  std::set<std::string> distinct(labels.texts.begin(), labels.texts.end());
  std::vector<std::string> names(distinct.begin(), distinct.end());
  bool allNumbers = std::all_of(names.begin(), names.end(), [](auto &name) { return parseNumber(name).has_value(); });
  if (allNumbers)
    std::sort(names.begin(), names.end(), [](auto &a, auto &b) {
      return std::pair(*parseNumber(a), a) < std::pair(*parseNumber(b), b); // "1" and "1.0" are two classes
    });
  return names;
}

TargetCoding findCoding(const Labels &training, std::optional<Task> task, int64_t classes) {
  bool hasTexts = !training.texts.empty();
  if (!task && hasTexts && !training.areClasses)
    throw Error(fmt::format("{}: labels in a table need --task classification or --task regression", training.name));
  bool onlyIntegers = training.integers && (training.shape.size() == 1 || training.shape[1] == 1);
  TargetCoding coding;
  coding.task = task.value_or(onlyIntegers || training.areClasses ? Task::classification : Task::regression);
  if (coding.task == Task::classification) {
    if (hasTexts)
      findNamedClasses(training, classes, coding);
    else
      findNumberedClasses(training, classes, coding);
    checkExamplesOfClasses(training, coding);
    return coding;
  }
  if (classes != 0)
    throw Error(fmt::format("{}: --classes is for classification, these labels are real targets", training.name));
  coding.outputs = training.shape.size() == 2 ? training.shape[1] : 1;
  if (!task)
    coding.hint = describeLikelyClasses(training);
  return coding;
}

std::vector<int64_t> classesOf(const Labels &labels, const TargetCoding &coding) {
  if (labels.texts.empty())
    requireOneColumn(labels);
  std::vector<int64_t> classes(labels.rows());
  for (int64_t r = 0; r < labels.rows(); ++r)
    classes[r] = classAt(labels, coding, r);
  return classes;
}

std::vector<double> encodeTargets(const Labels &labels, const TargetCoding &coding) {
  if (coding.task == Task::regression)
    return encodeReals(labels, coding);
  const std::vector<int64_t> classes = classesOf(labels, coding);
  std::vector<double> values(labels.rows() * coding.outputs, -1.0 / static_cast<double>(coding.outputs));
  for (int64_t r = 0; r < labels.rows(); ++r)
    values[r * coding.outputs + classes[r]] += 1;
  return values;
}

} // namespace inet
