#include "runtime/data/Examples.h"

#include "runtime/Error.h"
#include "runtime/data/Npy.h"

#include <algorithm>
#include <fmt/format.h>

namespace inet {
namespace {

bool isTable(const std::string &file) { return file.ends_with(".csv") || file.ends_with(".tsv"); }

Shape withoutOnes(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

LabelColumn labelColumn(const std::string &label) {
  return label.empty() ? LabelColumn::last() : LabelColumn::named(label);
}

/// A file with nothing but labels. Every text may be a label, so whether its first line is a header shows in their
/// number.
Labels openClassNames(const std::string &file, const std::string &label, int64_t expectedRows) {
  CsvTable table = scanCsv(file, labelColumn(label));
  if (label.empty() && table.columns != 1)
    throw Error(fmt::format("{}: {} columns found; one column of labels, or --label, expected", file, table.columns));
  if (table.header.empty() && table.rows == expectedRows + 1) {
    table.header = {table.labels.front()};
    table.labels.erase(table.labels.begin());
    table.lines.erase(table.lines.begin());
    --table.rows;
  }
  return labelsOf(std::move(table));
}

Labels openLabels(const std::string &file, const std::string &label, std::optional<Task> task, int64_t expectedRows) {
  if (!isTable(file))
    return labelsOf(*openRows(file));
  if (!task)
    throw Error(fmt::format("{}: labels in a table need --task classification or --task regression", file));
  if (*task == Task::classification || !label.empty())
    return openClassNames(file, label, expectedRows);
  return labelsOf(*openRows(file));
}

} // namespace

std::string pathOf(const std::string &file) {
  size_t member = file.rfind(".npz:");
  return member == std::string::npos ? file : file.substr(0, member + 4);
}

std::unique_ptr<RowSource> openRows(const std::string &file, const LabelColumn &label) {
  if (isTable(file))
    return openCsv(scanCsv(file, label));
  if (std::string archive = pathOf(file); archive != file)
    return openNpz(archive, file.substr(archive.size() + 1));
  if (file.ends_with(".npz"))
    return openNpz(file, "");
  if (file.ends_with(".npy"))
    return openNpy(file);
  throw Error(fmt::format("{}: unknown kind of file; .npy, .npz:NAME or .csv expected", file));
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

Examples openLabelled(const ExampleFiles &files, std::optional<Task> task) {
  Examples examples;
  if (!files.y.empty()) {
    examples.x = openRows(files.x);
    examples.labels = openLabels(files.y, files.label, task, examples.x->rows());
    if (examples.labels->rows() != examples.x->rows())
      throw Error(fmt::format("{}: {} labels found, {} expected: one for each example of {}", files.y,
                              examples.labels->rows(), examples.x->rows(), files.x));
    return examples;
  }
  if (!isTable(files.x))
    throw Error(fmt::format("{}: no labels for it; only a .csv can hold its own", files.x));
  CsvTable table = scanCsv(files.x, labelColumn(files.label));
  examples.x = openCsv(table);
  examples.labels = labelsOf(std::move(table));
  return examples;
}

std::unique_ptr<RowSource> openUnlabelled(const std::string &file, const std::string &label, int64_t features) {
  if (!isTable(file))
    return openRows(file);
  CsvTable table = scanCsv(file, {});
  bool named = std::find(table.header.begin(), table.header.end(), label) != table.header.end();
  if (table.columns == features && !named)
    return openCsv(table);
  return openCsv(scanCsv(file, labelColumn(label)));
}

} // namespace inet
