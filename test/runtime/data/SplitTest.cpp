// One labelled set in parts: which rows each has, and that they are read as the file holds them.
#include "runtime/data/Split.h"
#include "runtime/data/Subset.h"
#include "test/runtime/ExpectError.h"

#include <numeric>
#include <random>

using namespace inet;
using testing::HasSubstr;

namespace {

using Rows = std::vector<std::vector<int64_t>>;

Labels labelsOfClasses(const std::vector<double> &classes) {
  Labels labels;
  labels.name = "y.npy";
  labels.integers = true;
  labels.shape = {int64_t(classes.size())};
  labels.numbers = classes;
  return labels;
}

/// Sizes[c] examples of class c, in an order of their own.
Labels labelsOfSizes(const std::vector<int64_t> &sizes) {
  std::vector<double> classes;
  for (size_t c = 0; c < sizes.size(); ++c)
    classes.insert(classes.end(), sizes[c], double(c));
  std::mt19937_64 engine(5);
  for (size_t i = classes.size(); i > 1; --i)
    std::swap(classes[i - 1], classes[engine() % i]);
  return labelsOfClasses(classes);
}

Rows split(const Labels &labels, const std::vector<int64_t> &percent, uint64_t seed = 0,
           std::optional<Task> task = std::nullopt) {
  return splitRows(labels, findCoding(labels, task, 0), {percent, seed});
}

void expectWholeAndDisjoint(const Rows &parts, int64_t rows) {
  std::vector<int64_t> all;
  for (const std::vector<int64_t> &part : parts) {
    EXPECT_TRUE(std::is_sorted(part.begin(), part.end()));
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end());
  std::vector<int64_t> expected(rows);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
}

std::vector<double> readPieces(RowSource &source, int64_t piece) {
  std::vector<double> values(source.rows() * source.rowSize());
  source.rewind();
  RawRows raw;
  for (int64_t begin = 0; begin < source.rows(); begin += piece) {
    source.fetch(std::min(piece, source.rows() - begin), raw);
    EXPECT_EQ(raw.begin, begin);
    decodeRows(source, raw, nullptr, values.data() + begin * source.rowSize());
  }
  return values;
}

} // namespace

TEST(Percents, AreWholeAndAddUpTo100) {
  EXPECT_EQ(parsePercents("70/15/15"), (std::vector<int64_t>{70, 15, 15}));
  EXPECT_EQ(parsePercents("80/20"), (std::vector<int64_t>{80, 20}));
  EXPECT_EQ(parsePercents("99/1"), (std::vector<int64_t>{99, 1}));
  EXPECT_ERROR(parsePercents("70/15/10"), "'70/15/10' found, together 95; two or three whole percentages above 0");
  EXPECT_ERROR(parsePercents("80/20/0"), "'80/20/0' found, a part of 0; ");
  EXPECT_ERROR(parsePercents("100"), "'100' found, 1 part; ");
  EXPECT_ERROR(parsePercents("25/25/25/25"), "'25/25/25/25' found, 4 parts; ");
  for (const char *text : {"", "/", "80/", "80//20", "80/-20/40", "0.8/0.2", "80,20", " 80/20", "8e1/20", "1000/20",
                           "80/20/", "99999999999999999999/1"})
    EXPECT_ERROR(parsePercents(text), std::string("'") + text + "' found; two or three whole percentages");
}

TEST(Split, EveryRowIsInOnePartAndClassesKeepTheirShares) {
  std::mt19937_64 engine(3);
  for (const std::vector<int64_t> &percent : Rows{{70, 15, 15}, {80, 20}, {1, 99}, {34, 33, 33}, {98, 1, 1}})
    for (int trial = 0; trial < 40; ++trial) {
      std::vector<int64_t> sizes(2 + engine() % 12);
      for (int64_t &size : sizes)
        size = int64_t(percent.size() + engine() % (trial % 2 ? 8 : 300));
      const Labels labels = labelsOfSizes(sizes);
      const Rows parts = split(labels, percent, engine());
      expectWholeAndDisjoint(parts, labels.rows());
      for (size_t p = 0; p < parts.size(); ++p) {
        std::vector<int64_t> counts(sizes.size(), 0);
        for (int64_t row : parts[p])
          ++counts[size_t(labels.numbers[row])];
        for (size_t c = 0; c < sizes.size(); ++c) {
          const double share = double(percent[p] * sizes[c]) / 100;
          EXPECT_GE(counts[c], 1);
          // to within one, but for the ones that the smallest parts are given and the largest gives
          EXPECT_LT(std::abs(double(counts[c]) - share), double(parts.size()));
          const bool allHaveOne = sizes[c] * *std::min_element(percent.begin(), percent.end()) >= 100;
          EXPECT_TRUE(!allHaveOne || std::abs(double(counts[c]) - share) <= 1) << counts[c] << " of " << sizes[c];
        }
      }
    }
}

TEST(Split, PartsAsAWholeHaveTheirPercentages) {
  // Of ten examples 1.5 each: rounded by class alone all would go to one part.
  const Rows parts = split(labelsOfSizes(std::vector<int64_t>(10, 10)), {70, 15, 15});
  EXPECT_EQ(parts[0].size(), 70u);
  EXPECT_EQ(parts[1].size(), 15u);
  EXPECT_EQ(parts[2].size(), 15u);
}

TEST(Split, TheSmallestClassesHaveOneExampleInEachPart) {
  for (const std::vector<int64_t> &part : split(labelsOfSizes({3, 3, 3}), {98, 1, 1}))
    EXPECT_EQ(part.size(), 3u);
}

TEST(Split, IsMadeByItsSeedAlone) {
  const Labels labels = labelsOfSizes({20, 30, 40});
  EXPECT_EQ(split(labels, {70, 15, 15}, 7), split(labels, {70, 15, 15}, 7));
  EXPECT_NE(split(labels, {70, 15, 15}, 7), split(labels, {70, 15, 15}, 8));
  // By a program of its own (Python, with the generator written out after Matsumoto and Nishimura): no machine may
  // have another.
  std::vector<int64_t> values(10);
  std::iota(values.begin(), values.end(), 0);
  shuffle(values, 0);
  EXPECT_EQ(values, (std::vector<int64_t>{7, 2, 0, 8, 3, 9, 6, 1, 5, 4}));
  std::iota(values.begin(), values.end(), 0);
  shuffle(values, 12345678901234567890u);
  EXPECT_EQ(values, (std::vector<int64_t>{3, 2, 7, 0, 4, 8, 9, 1, 5, 6}));
}

TEST(Split, TargetsAreDividedAsOneClass) {
  std::vector<double> targets(101);
  std::iota(targets.begin(), targets.end(), 0);
  Labels labels = labelsOfClasses(targets);
  const Rows parts = split(labels, {80, 20}, 1, Task::regression);
  expectWholeAndDisjoint(parts, 101);
  EXPECT_EQ(parts[0].size(), 81u);
  EXPECT_ERROR(split(labelsOfClasses({1, 2}), {70, 15, 15}, 0, Task::regression),
               "y.npy: 2 examples found; at least 3 expected, one for each part of --split 70/15/15");
}

TEST(Split, AClassThatCannotBeInEveryPartIsRefused) {
  EXPECT_ERROR(split(labelsOfSizes({5, 2, 9}), {70, 15, 15}),
               "y.npy: class '1' has 2 examples; at least 3 expected, one for each part of --split 70/15/15");
  EXPECT_NO_THROW(split(labelsOfSizes({5, 2, 9}), {80, 20}));
  EXPECT_NO_THROW(split(labelsOfSizes({5, 0, 9}), {80, 20})); // a number that no example has
  Labels named;
  named.name = "t.csv";
  named.shape = {4};
  named.texts = {"cat", "dog", "dog", "dog"};
  EXPECT_ERROR(split(named, {80, 20}, 0, Task::classification),
               "t.csv: class 'cat' has 1 example; at least 2 expected");
}

TEST(SelectedLabels, KeepTheirPlaces) {
  Labels labels = selectRows(selectRows(labelsOfClasses({4, 5, 6, 7}), {1, 2, 3}), {0, 2});
  EXPECT_EQ(labels.numbers, (std::vector<double>{5, 7}));
  EXPECT_EQ(labels.rows(), 2);
  EXPECT_EQ(labels.place(1), "y.npy: label [3]");
  Labels columns = labelsOfClasses({1, 2, 3, 4, 5, 6});
  columns.shape = {3, 2};
  EXPECT_EQ(selectRows(columns, {0, 2}).numbers, (std::vector<double>{1, 2, 5, 6}));
  columns.texts = {"a", "b", "c"};
  columns.placeOf = [](int64_t row) { return "t.csv:" + std::to_string(row + 2); };
  const Labels some = selectRows(columns, {2});
  EXPECT_EQ(some.texts, (std::vector<std::string>{"c"}));
  EXPECT_EQ(some.place(0), "t.csv:4: label");
}

TEST(Subsets, ReadTheirRowsInPiecesOfAnySize) {
  std::vector<float> values(100 * 3);
  std::iota(values.begin(), values.end(), 0.0f);
  const Rows parts = split(labelsOfSizes({40, 60}), {70, 15, 15});
  auto subsets = divideRows(std::make_shared<MemorySource>("x.npy", Dtype::f4, Shape{100, 3}, values.data()), parts);
  for (int64_t piece : {1, 2, 7, 64, 1000})
    for (size_t p = 0; p < parts.size(); ++p) {
      EXPECT_EQ(subsets[p]->shape(), (Shape{int64_t(parts[p].size()), 3}));
      const std::vector<double> read = readPieces(*subsets[p], piece);
      for (size_t r = 0; r < parts[p].size(); ++r)
        for (int64_t c = 0; c < 3; ++c)
          ASSERT_EQ(read[r * 3 + c], double(parts[p][r] * 3 + c));
    }
}

TEST(Subsets, MayBeReadInTurn) {
  std::vector<double> values = {0, 1, 2, 3, 4, 5};
  auto subsets = divideRows(std::make_shared<MemorySource>("x.npy", Dtype::f8, Shape{6, 1}, values.data()),
                            {{0, 2, 5}, {1, 3, 4}});
  std::vector<double> read;
  subsets[0]->rewind();
  subsets[1]->rewind();
  for (int64_t r = 0; r < 3; ++r)
    for (auto &subset : subsets) {
      RawRows raw;
      subset->fetch(1, raw);
      read.push_back(0);
      decodeRows(*subset, raw, nullptr, &read.back());
    }
  EXPECT_EQ(read, (std::vector<double>{0, 1, 2, 3, 5, 4}));
}

TEST(Subsets, MessagesHaveTheRowsOfTheFile) {
  std::vector<double> values(20, 1);
  values[13] = std::numeric_limits<double>::quiet_NaN();
  auto source = std::make_shared<MemorySource>("x.npy", Dtype::f8, Shape{10, 2}, values.data());
  source->addFact("rows", "10");
  auto subsets = divideRows(source, {{0, 3, 6, 9}, {1, 2, 4, 5, 7, 8}});
  EXPECT_ERROR(readAll(*subsets[0]), "x.npy: value [6, 1] is nan; a finite number was expected");
  EXPECT_NO_THROW(readAll(*subsets[1]));
  EXPECT_EQ(subsets[0]->facts().size(), 1u);
  EXPECT_TRUE(subsets[1]->facts().empty());
}
