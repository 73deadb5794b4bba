#include "runtime/data/Examples.h"

#include "runtime/Error.h"

#include <fmt/format.h>

namespace inet {
namespace {

Shape withoutOnes(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

} // namespace

std::unique_ptr<RowSource> openRows(const std::string &file, const std::string &label, const Shape &input,
                                    std::optional<bool> header) {
  Wanted wanted;
  wanted.input = input;
  wanted.header = header;
  wanted.label = label;
  return kindOf(file).open(file, wanted).x;
}

void checkInputShape(const RowSource &rows, const Shape &inputShape) {
  Shape found(rows.shape().begin() + 1, rows.shape().end());
  bool sameSizes = withoutOnes(found) == withoutOnes(inputShape);
  bool oneIsFlat = withoutOnes(found).size() <= 1 || withoutOnes(inputShape).size() <= 1;
  if (sameSizes || (oneIsFlat && countOf(found) == countOf(inputShape)))
    return;
  std::string expected = toString(inputShape);
  throw Error(fmt::format("{}: shape {} found, [n, {} expected: the network's input is {}{}", rows.name(),
                          toString(rows.shape()), expected.substr(1), expected,
                          countOf(found) == countOf(inputShape) ? ", channels last" : ""));
}

void checkSameColumns(const RowSource &first, const RowSource &second) {
  std::vector<std::string> expected = first.columnNames(), found = second.columnNames();
  if (expected.size() != found.size()) // one has no header; or the shapes differ, which is said elsewhere
    return;
  for (size_t c = 0; c < found.size(); ++c)
    if (found[c] != expected[c])
      throw Error(fmt::format("{}: the columns are not those of {}: '{}' found where '{}' was expected", second.name(),
                              first.name(), printable(found[c]), printable(expected[c])));
}

Examples openLabelled(const ExampleFiles &files, std::optional<Task> task, const Shape &input) {
  Wanted wanted;
  wanted.task = task;
  wanted.header = files.header;
  wanted.input = input;
  if (files.y.empty()) {
    const SourceKind &kind = kindOf(files.x);
    if (!kind.holdsLabels)
      throw Error(fmt::format("{}: no labels for it; only a {} can hold its own", files.x, listSourceKinds(true)));
    wanted.use = Wanted::Use::labelled;
    wanted.label = files.label;
    return kind.open(files.x, wanted);
  }
  Examples examples = kindOf(files.x).open(files.x, wanted);
  wanted.use = Wanted::Use::labels;
  wanted.label = files.label;
  wanted.rows = examples.x->rows();
  examples.labels = kindOf(files.y).open(files.y, wanted).labels;
  if (examples.labels->rows() != examples.x->rows())
    throw Error(fmt::format("{}: {} labels found, {} expected: one for each example of {}", files.y,
                            examples.labels->rows(), examples.x->rows(), files.x));
  return examples;
}

std::unique_ptr<RowSource> openUnlabelled(const std::string &file, const std::string &label, const Shape &input,
                                          std::optional<bool> header) {
  Wanted wanted;
  wanted.header = header;
  wanted.use = Wanted::Use::unlabelled;
  wanted.label = label;
  wanted.input = input;
  return kindOf(file).open(file, wanted).x;
}

} // namespace inet
