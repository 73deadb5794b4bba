#include "runtime/data/Labels.h"

#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "runtime/data/Standardize.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"

#include <cmath>

using namespace inet;
using namespace inet::test;

namespace {

template <class T> Labels labelsIn(Dtype dtype, Shape shape, const std::vector<T> &values) {
  MemorySource source("y.npy", dtype, std::move(shape), values.data());
  return labelsOf(source);
}

Labels integers(const std::vector<int64_t> &values) { return labelsIn(Dtype::i8, {int64_t(values.size())}, values); }
Labels reals(const std::vector<double> &values) { return labelsIn(Dtype::f8, {int64_t(values.size())}, values); }

class Files : public testing::Test {
protected:
  std::string csv(const std::string &name, const std::string &text) { return folder.write(name, text); }
  std::string npy(const std::string &name, const Shape &shape, const std::vector<double> &values) {
    OutputFile file(folder / name);
    writeNpy(file, {"", Dtype::f8, shape, {values.data()}});
    file.commit();
    return folder / name;
  }

  TemporaryFolder folder;
};

} // namespace

TEST(Labels, IntegersBecomeCentredOneHot) {
  Labels labels = integers({2, 0});
  TargetCoding coding = findCoding(labels, {}, 0);
  EXPECT_EQ(coding.task, Task::classification);
  EXPECT_EQ(coding.outputs, 3);
  double third = 1.0 / 3;
  EXPECT_EQ(encodeTargets(labels, coding), (std::vector<double>{-third, -third, 1 - third, 1 - third, -third, -third}));
  EXPECT_EQ(findCoding(labels, {}, 5).outputs, 5);
  EXPECT_EQ(findCoding(labels, Task::regression, 0).task, Task::regression);
}

TEST(Labels, RealsStayAsTheyAre) {
  Labels labels = labelsIn<double>(Dtype::f8, {2, 2}, {0.5, -1, 2, 3});
  TargetCoding coding = findCoding(labels, {}, 0);
  EXPECT_EQ(coding.task, Task::regression);
  EXPECT_EQ(coding.outputs, 2);
  EXPECT_EQ(encodeTargets(labels, coding), (std::vector<double>{0.5, -1, 2, 3}));
  EXPECT_ERROR(encodeTargets(reals({1, 2}), coding), "1 target columns found, 2 expected");
}

TEST(Labels, TargetsThatLookLikeClassesAreNoted) {
  EXPECT_NE(findCoding(reals({0, 2, 1}), {}, 0).hint.find("--task classification"), std::string::npos);
  EXPECT_EQ(findCoding(reals({0, 2, 1}), Task::regression, 0).hint, "");
  EXPECT_EQ(findCoding(reals({0, 2.5, 1}), {}, 0).hint, "");
  EXPECT_EQ(findCoding(reals({0, -1, 1}), {}, 0).hint, "");
  std::vector<int64_t> oneHot = {0, 1, 1, 0}, both = {0, 1, 1, 1};
  EXPECT_NE(findCoding(labelsIn(Dtype::i8, {2, 2}, oneHot), {}, 0).hint.find("one-hot"), std::string::npos);
  EXPECT_EQ(findCoding(labelsIn(Dtype::i8, {2, 2}, both), {}, 0).hint, "");
}

TEST(Labels, OutOfRangeIsAnError) {
  TargetCoding ten = findCoding(integers({9, 0, 3}), {}, 0);
  EXPECT_ERROR(encodeTargets(integers({1, 10}), ten),
               "y.npy: label [1] is 10; the training labels have the classes 0 to 9");
  EXPECT_ERROR(encodeTargets(integers({-1}), ten), "label [0] is -1");
  EXPECT_ERROR(findCoding(integers({0, -2}), {}, 0), "y.npy: label [1] is -2; classes are integers from 0");
  EXPECT_ERROR(findCoding(integers({0, 4}), {}, 3), "label [1] is 4; with 3 classes 0 to 2 expected");
  EXPECT_ERROR(findCoding(integers({0, 4}), {}, 1000000000000),
               "1000000000000 classes asked for; at most 65536 expected");
  EXPECT_ERROR(findCoding(integers({450000}), {}, 0), "at most 65536 classes expected (--task regression");
  EXPECT_ERROR(findCoding(reals({0.5}), Task::classification, 0), "label [0] is 0.5; classes are integers from 0");
  EXPECT_ERROR(findCoding(reals({0.5}), {}, 3), "--classes is for classification");
  EXPECT_ERROR(findCoding(labelsIn<int64_t>(Dtype::i8, {1, 2}, {0, 1}), Task::classification, 0),
               "labels of shape [1, 2] found, [1] expected");
  EXPECT_ERROR(labelsIn<int64_t>(Dtype::i8, {1, 1, 1}, {0}), "labels of shape [1, 1, 1] found");
}

TEST_F(Files, TablesNameTheSameColumns) {
  auto table = [&](const std::string &name, const std::string &text) { return openRows(csv(name, text)); };
  auto first = table("a.csv", "length,width\n1,2\n");
  checkSameColumns(*first, *table("b.csv", "length,width\n3,4\n"));
  checkSameColumns(*first, *table("c.csv", "3,4\n")); // without a header
  EXPECT_ERROR(checkSameColumns(*first, *table("d.csv", "width,length\n3,4\n")),
               "d.csv: the columns are not those of ");
  auto labelled = openLabelled({csv("e.csv", "length,kind,width\n1,cat,2\n"), "", {"kind"}}, Task::classification, {});
  checkSameColumns(*first, *labelled.x); // the label apart
}

TEST_F(Files, NoClassIsNameless) {
  Examples train = openLabelled({csv("t.csv", "1,dog\n2,\n"), "", {}}, Task::classification, {});
  EXPECT_ERROR(findCoding(*train.labels, Task::classification, 0), "t.csv:2:2: label is empty");
}

TEST_F(Files, LabelsThatSayNothingAreRefused) {
  auto coding = [&](const std::string &text) {
    return findCoding(*openLabelled({csv("t.csv", text), "", {}}, Task::classification, {}).labels,
                      Task::classification, 0);
  };
  EXPECT_ERROR(coding("1,dog\n2,?\n"), "t.csv:2:2: label is '?', not known; the name of a class expected");
  EXPECT_ERROR(coding("1,dog\n2,dog\n"), "t.csv: all 2 labels are 'dog': at least two classes expected");
  EXPECT_ERROR(coding("5,1\n6,0\n7,1.0\n"), "t.csv:1:2: label is '1' and ");
  EXPECT_ERROR(coding("5,1\n6,0\n7,1.0\n"),
               "t.csv:3:2: label is '1.0', one number in two spellings; one spelling for each class expected");
  EXPECT_ERROR(findCoding(integers({4, 4, 4}), {}, 0), "y.npy: all 3 labels are '4': at least two classes expected");
  EXPECT_EQ(coding("1,cat\n2,dog\n3,dog\n").notes,
            (std::vector<std::string>{"1 class has a single training example: cat"}));
  EXPECT_EQ(findCoding(integers({0, 0, 3, 3}), {}, 0).notes,
            (std::vector<std::string>{"2 classes have no training example: 1, 2"}));
}

TEST_F(Files, NamedClassesAreSorted) {
  Examples train = openLabelled({csv("t.csv", "1,dog\n2,cat\n3,dog\n"), "", {}}, Task::classification, {});
  TargetCoding coding = findCoding(*train.labels, Task::classification, 0);
  EXPECT_EQ(coding.classNames, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(encodeTargets(*train.labels, coding), (std::vector<double>{-.5, .5, .5, -.5, -.5, .5}));
  Examples numbered = openLabelled({csv("n.csv", "1,10\n2,9\n"), "", {}}, Task::classification, {});
  EXPECT_EQ(findCoding(*numbered.labels, Task::classification, 0).classNames, (std::vector<std::string>{"9", "10"}));
  Examples test = openLabelled({csv("u.csv", "1,dog\n2,cow\n"), "", {}}, Task::classification, {});
  EXPECT_ERROR(encodeTargets(*test.labels, coding),
               "u.csv:2:2: label is 'cow'; the training labels have the classes cat, dog");
}

TEST_F(Files, TablesNeedATask) {
  Examples train = openLabelled({csv("t.csv", "1,2\n3,4\n"), "", {}}, {}, {});
  EXPECT_ERROR(findCoding(*train.labels, {}, 0),
               "t.csv: labels in a table need --task classification or --task regression");
  TargetCoding coding = findCoding(*train.labels, Task::regression, 0);
  EXPECT_EQ(encodeTargets(*train.labels, coding), (std::vector<double>{2, 4}));
  Examples text = openLabelled({csv("w.csv", "1,2\n3,four\n"), "", {}}, Task::regression, {});
  EXPECT_ERROR(encodeTargets(*text.labels, coding), "w.csv:2:2: label is 'four'; a finite number expected");
}

TEST_F(Files, LabelsInAFileOfTheirOwn) {
  std::string x = npy("x.npy", {2, 1}, {1, 2});
  Examples named = openLabelled({x, csv("y.csv", "kind\ndog\ncat\n"), {}}, Task::classification, {});
  EXPECT_EQ(named.labels->texts, (std::vector<std::string>{"dog", "cat"}));
  EXPECT_EQ(openLabelled({x, csv("y.csv", "dog\ncat\n"), {}}, Task::classification, {}).labels->rows(), 2);
  EXPECT_EQ(openLabelled({x, csv("y.csv", "1,2\n3,4\n"), {}}, Task::regression, {}).labels->numbers,
            (std::vector<double>{1, 2, 3, 4}));
  EXPECT_ERROR(openLabelled({x, csv("y.csv", "1\n2\n3\n"), {}}, Task::regression, {}),
               "y.csv: 3 labels found, 2 expected: one for each example of ");
  EXPECT_ERROR(openLabelled({x, "", {}}, {}, {}),
               "x.npy: no labels for it; only a folder of images, .csv or .bin of CIFAR can hold its own");
}

TEST_F(Files, UnlabelledTablesMayHoldTheLabel) {
  EXPECT_EQ(openUnlabelled({csv("a.csv", "1,2\n3,4\n"), "", {""}}, {2})->shape(), (Shape{2, 2}));
  EXPECT_EQ(readAll(*openUnlabelled({csv("b.csv", "1,2,cat\n3,4,dog\n"), "", {""}}, {2})),
            (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(readAll(*openUnlabelled({csv("c.csv", "y,a,b\n9,1,2\n"), "", {"y"}}, {2})), (std::vector<double>{1, 2}));
}

TEST_F(Files, InputShapes) {
  std::string image = npy("i.npy", {2, 2, 3, 1}, std::vector<double>(12, 1.0));
  auto rows = openRows(image);
  EXPECT_NO_THROW(checkInputShape(*rows, {2, 3, 1}));
  EXPECT_NO_THROW(checkInputShape(*rows, {2, 3}));
  EXPECT_NO_THROW(checkInputShape(*rows, {6})); // flattened in C order
  EXPECT_ERROR(checkInputShape(*rows, {3, 2}),
               "i.npy: shape [2, 2, 3, 1] found, [n, 3, 2] expected: the network's input is [3, 2], channels last");
  EXPECT_ERROR(checkInputShape(*rows, {7}), "shape [2, 2, 3, 1] found, [n, 7] expected");
  EXPECT_ERROR(openRows("x.doc"),
               "x.doc: unknown kind of file; folder of images, .npy, .npz:NAME, .csv, .idx or .bin of CIFAR expected");
}

// Squares, and differences of the largest, leave the range of doubles.
TEST(Standardize, LargeAndSmallNumbers) {
  for (double unit : {1e160, 1e300, 1.7e308, 1e-160, 1e-300}) {
    const std::vector<double> values = {unit, 7, -unit, 7, unit, 7, -unit, 7};
    MemorySource source("x", Dtype::f8, {4, 2}, values.data());
    const Standardization found = findStandardization(source);
    EXPECT_DOUBLE_EQ(found.deviation[0] / unit, 1) << unit;
    EXPECT_EQ(found.deviation[1], 1);
    source.rewind();
    RawRows rows;
    source.fetch(4, rows);
    std::vector<double> standardized(8);
    decodeRows(source, rows, &found, standardized.data());
    for (int i = 0; i < 8; ++i)
      EXPECT_NEAR(standardized[i], i % 2 ? 0 : i % 4 ? -1 : 1, 1e-14) << unit;
  }
  const std::vector<double> tiny = {1e-320, 0, 3e-320};
  EXPECT_ERROR(findStandardization("y.npy", tiny, 1), "y.npy: the standard deviation of column 1 is ");
}

TEST(Standardize, TrainingStatistics) {
  std::vector<double> values = {1, 0.1, 5, 3, 0.1, 5, 5, 0.1, 8};
  MemorySource source("x", Dtype::f8, {3, 3}, values.data());
  Standardization found = findStandardization(source);
  EXPECT_EQ(found.mean, (std::vector<double>{3, 0.1, 6}));
  EXPECT_NEAR(found.deviation[0], std::sqrt(8.0 / 3), 1e-15); // one rounding of the square root
  EXPECT_EQ(found.deviation[1], 1);                           // constant, exactly, though 0.1 is rounded
  EXPECT_NEAR(found.deviation[2], std::sqrt(2.0), 1e-15);
  EXPECT_EQ(findStandardization("y", values, 3).mean, found.mean);
  source.rewind();
  RawRows rows;
  source.fetch(3, rows);
  std::vector<double> out(9);
  decodeRows(source, rows, &found, out.data());
  EXPECT_NEAR(out[0], -2 / std::sqrt(8.0 / 3), 1e-15);
  EXPECT_EQ(out[1], 0);
}
