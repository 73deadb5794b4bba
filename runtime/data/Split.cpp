#include "runtime/data/Split.h"

#include "runtime/Error.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <random>
#include <sstream>

namespace inet {
namespace {

/// Uniform on 0 to count - 1. std::uniform_int_distribution is another function in every library.
int64_t drawBelow(int64_t count, std::mt19937_64 &engine) {
  const uint64_t choices = uint64_t(count), most = std::numeric_limits<uint64_t>::max();
  const uint64_t multiple = most - most % choices;
  uint64_t drawn;
  do
    drawn = engine();
  while (drawn >= multiple);
  return int64_t(drawn % choices);
}

void shuffleWith(std::vector<int64_t> &values, std::mt19937_64 &engine) {
  for (int64_t i = int64_t(values.size()) - 1; i > 0; --i)
    std::swap(values[i], values[drawBelow(i + 1, engine)]);
}

/// How many of the `size` examples of a class go to each part. `owed`: what the parts have missed of the classes
/// before, in hundredths of an example; it becomes what they have missed with this one.
std::vector<int64_t> countsOfParts(int64_t size, const std::vector<int64_t> &percent, std::vector<int64_t> &owed) {
  std::vector<int64_t> counts;
  int64_t left = size;
  for (size_t p = 0; p < percent.size(); ++p) {
    counts.push_back(std::max<int64_t>(1, percent[p] * size / 100));
    owed[p] += percent[p] * size - 100 * counts[p];
    left -= counts[p];
  }
  for (; left < 0; ++left) { // the parts that would have none were given one
    const int64_t most = std::max_element(counts.begin(), counts.end()) - counts.begin();
    --counts[most];
    owed[most] += 100;
  }
  std::vector<int64_t> order(percent.size());
  for (size_t p = 0; p < order.size(); ++p)
    order[p] = int64_t(p);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return owed[a] > owed[b]; });
  for (int64_t rank = 0; rank < left; ++rank) { // fewer are left than there are parts
    ++counts[order[rank]];
    owed[order[rank]] -= 100;
  }
  return counts;
}

/// The rows of each class, or of all targets.
std::vector<std::vector<int64_t>> rowsOfClasses(const Labels &labels, const TargetCoding &coding) {
  const bool classes = coding.task == Task::classification;
  std::vector<std::vector<int64_t>> rows(classes ? coding.outputs : 1);
  const std::vector<int64_t> classOf = classes ? classesOf(labels, coding) : std::vector<int64_t>(labels.rows(), 0);
  for (int64_t r = 0; r < labels.rows(); ++r)
    rows[classOf[r]].push_back(r);
  return rows;
}

void requireEnough(const Labels &labels, const TargetCoding &coding, const SplitOptions &options,
                   const std::vector<std::vector<int64_t>> &rowsOfClass) {
  const int64_t parts = int64_t(options.percent.size());
  for (size_t c = 0; c < rowsOfClass.size(); ++c) {
    const int64_t size = int64_t(rowsOfClass[c].size());
    if (size >= parts || (size == 0 && coding.task == Task::classification)) // a number that no label has
      continue;
    const std::string name = coding.classNames.empty() ? std::to_string(c) : coding.classNames[c];
    const std::string what =
        coding.task == Task::classification ? fmt::format("class '{}' has ", printable(name)) : std::string();
    throw Error(fmt::format("{}: {}{} example{}{}; at least {} expected, one for each part of --split {}", labels.name,
                            what, size, size == 1 ? "" : "s", what.empty() ? " found" : "", parts, toString(options)));
  }
}

} // namespace

std::vector<int64_t> parsePercents(const std::string &text) {
  std::vector<int64_t> percent;
  std::stringstream words(text + "/");
  int64_t sum = 0;
  bool whole = true;
  for (std::string word; std::getline(words, word, '/');) {
    whole = whole && !word.empty() && word.size() <= 3 && word.find_first_not_of("0123456789") == std::string::npos;
    percent.push_back(whole ? std::stoll(word) : 0);
    sum += percent.back();
  }
  const auto refuse = [&](const std::string &found) {
    throw Error(fmt::format("'{}' found{}; two or three whole percentages above 0 that add up to 100 expected, such as "
                            "80/20 (training/test) or 70/15/15 (training/validation/test)",
                            printable(text), found));
  };
  if (!whole)
    refuse("");
  if (percent.size() < 2 || percent.size() > 3)
    refuse(fmt::format(", {} part{}", percent.size(), percent.size() == 1 ? "" : "s"));
  if (std::count(percent.begin(), percent.end(), 0) != 0)
    refuse(", a part of 0");
  if (sum != 100)
    refuse(fmt::format(", together {}", sum));
  return percent;
}

std::string toString(const SplitOptions &options) { return fmt::format("{}", fmt::join(options.percent, "/")); }

void shuffle(std::vector<int64_t> &values, uint64_t seed) {
  std::mt19937_64 engine(seed);
  shuffleWith(values, engine);
}

std::vector<std::vector<int64_t>> splitRows(const Labels &labels, const TargetCoding &coding,
                                            const SplitOptions &options) {
  std::vector<std::vector<int64_t>> rowsOfClass = rowsOfClasses(labels, coding), parts(options.percent.size());
  requireEnough(labels, coding, options, rowsOfClass);
  std::mt19937_64 engine(options.seed);
  std::vector<int64_t> owed(parts.size(), 0);
  for (std::vector<int64_t> &rows : rowsOfClass) {
    if (rows.empty())
      continue;
    shuffleWith(rows, engine);
    auto next = rows.begin();
    const std::vector<int64_t> counts = countsOfParts(int64_t(rows.size()), options.percent, owed);
    for (size_t p = 0; p < parts.size(); ++p) {
      parts[p].insert(parts[p].end(), next, next + counts[p]);
      next += counts[p];
    }
  }
  for (std::vector<int64_t> &rows : parts)
    std::sort(rows.begin(), rows.end());
  return parts;
}

} // namespace inet
