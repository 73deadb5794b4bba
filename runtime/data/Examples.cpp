#include "runtime/data/Examples.h"

#include "runtime/Error.h"

#include <fmt/format.h>

namespace inet {
namespace {

Shape withoutOnes(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

Wanted wantedBy(const ReadOptions &options, Wanted::Use use, const Shape &input) {
  Wanted wanted;
  wanted.use = use;
  wanted.label = options.label;
  wanted.header = options.header;
  wanted.skipBrokenImages = options.skipBrokenImages;
  wanted.input = input;
  return wanted;
}

} // namespace

std::unique_ptr<RowSource> openRows(const std::string &file, const ReadOptions &options, const Shape &input) {
  Wanted wanted = wantedBy(options, Wanted::Use::features, input);
  return arrangeChannels(kindOf(file).open(file, wanted).x, input, options.channels);
}

void checkInputShape(const RowSource &rows, const Shape &inputShape) {
  Shape found(rows.shape().begin() + 1, rows.shape().end());
  bool sameSizes = withoutOnes(found) == withoutOnes(inputShape);
  bool oneIsFlat = withoutOnes(found).size() <= 1 || withoutOnes(inputShape).size() <= 1;
  if (sameSizes || (oneIsFlat && countOf(found) == countOf(inputShape)))
    return;
  std::string expected = toString(inputShape);
  throw Error(fmt::format(
      "{}: shape {} found, [n, {} expected: the network's input is {}{}", rows.name(), toString(rows.shape()),
      expected.substr(1), expected,
      countOf(found) == countOf(inputShape) ? ", channels last (--channels first where they come first)" : ""));
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
  const SourceKind &kind = kindOf(files.x);
  bool beside = files.y.empty();
  if (beside && !kind.holdsLabels)
    throw Error(fmt::format("{}: no labels for it; only a {} can hold its own", files.x, listSourceKinds(true)));
  Wanted wanted = wantedBy(files.options, beside ? Wanted::Use::labelled : Wanted::Use::features, input);
  wanted.task = task;
  if (!beside) // the label is of the other file
    wanted.label.clear();
  Examples examples = kind.open(files.x, wanted);
  examples.x = arrangeChannels(std::move(examples.x), input, files.options.channels);
  if (beside)
    return examples;
  wanted.use = Wanted::Use::labels;
  wanted.label = files.options.label;
  wanted.rows = examples.x->rows();
  examples.labels = kindOf(files.y).open(files.y, wanted).labels;
  if (examples.labels->rows() != examples.x->rows())
    throw Error(fmt::format("{}: {} labels found, {} expected: one for each example of {}", files.y,
                            examples.labels->rows(), examples.x->rows(), files.x));
  return examples;
}

std::unique_ptr<RowSource> openUnlabelled(const ExampleFiles &files, const Shape &input) {
  Wanted wanted = wantedBy(files.options, Wanted::Use::unlabelled, input);
  return arrangeChannels(kindOf(files.x).open(files.x, wanted).x, input, files.options.channels);
}

} // namespace inet
