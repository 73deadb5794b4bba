// What a report looks at: which examples, which picture of a kernel, which functions.
#include "runtime/learn/Study.h"

#include "runtime/learn/KernelPicture.h"
#include "runtime/learn/PosteriorOfLine.h"
#include "runtime/learn/ShownExamples.h"
#include "test/runtime/HandWrittenKernel.h"

#include <cmath>
#include <gmock/gmock.h>
#include <numeric>
#include <random>

using namespace inet;
using namespace inet::test;
using testing::ElementsAre;

namespace {

std::vector<int64_t> rowsOf(const std::vector<ShownExample> &examples) {
  std::vector<int64_t> rows;
  for (const ShownExample &example : examples)
    rows.push_back(example.row);
  return rows;
}

} // namespace

TEST(ShownExamples, MistakesByCertaintyAndAllByEntropy) {
  const RowMatrix p{{0.9, 0.1}, {0.4, 0.6}, {0.2, 0.8}, {0.5, 0.5}, {0.4, 0.6}};
  const ShownExamples shown = chooseClassified(p.array().log(), {0, 1, 1, 0, 1}, {0, 0, 0, 0, 0}, 2);
  EXPECT_THAT(rowsOf(shown.mistakes), ElementsAre(2, 1)); // 4 is as certain as 1, and comes later
  EXPECT_THAT(rowsOf(shown.uncertain), ElementsAre(3, 1));
  EXPECT_DOUBLE_EQ(shown.mistakes[0].probability, 0.8);
  EXPECT_DOUBLE_EQ(shown.mistakes[0].labelProbability, 0.2);
  EXPECT_EQ(shown.mistakes[0].predicted, 1);
}

TEST(ShownExamples, NoneAreWrongOrUncertain) {
  const RowMatrix p{{0, -std::numeric_limits<double>::infinity()}}; // the probability of the other class is 0
  const ShownExamples shown = chooseClassified(p, {0}, {0}, 5);
  EXPECT_TRUE(shown.mistakes.empty());
  EXPECT_TRUE(shown.uncertain.empty());
}

TEST(ShownExamples, ErrorsOfARegressionInDeviations) {
  const RowMatrix mean{{0, 0}, {0, 0}, {0, 0}}, targets{{1, 2}, {3, 0}, {0, -8}}, deviation{{1, 1}, {1, 1}, {4, 4}};
  const ShownExamples shown = chooseRegressed(mean, deviation, targets, 2);
  EXPECT_THAT(rowsOf(shown.mistakes), ElementsAre(1, 0)); // 3, 2, and 8 / 4
  EXPECT_THAT(rowsOf(shown.uncertain), ElementsAre(2, 0));
  EXPECT_EQ(shown.mistakes[1].output, 1);
  EXPECT_EQ(shown.mistakes[1].target, 2);
  const ShownExamples unknown = chooseRegressed(mean, RowMatrix(), targets, 1);
  EXPECT_THAT(rowsOf(unknown.mistakes), ElementsAre(2));
  EXPECT_TRUE(unknown.uncertain.empty());
  EXPECT_FALSE(unknown.mistakes[0].deviation);
}

TEST(ShownExamples, WhichShapesAreImages) {
  const std::vector<double> numbers(4 * 3072);
  const auto shapeOf = [&](const Shape &row, const Shape &input, Dtype dtype = Dtype::f8) {
    Shape shape = {1};
    shape.insert(shape.end(), row.begin(), row.end());
    return imageShapeOf(MemorySource("x", dtype, shape, numbers.data()), input);
  };
  EXPECT_THAT(shapeOf({32, 32, 3}, {32, 32, 3}), ElementsAre(32, 32, 3));
  EXPECT_THAT(shapeOf({3072}, {32, 32, 3}), ElementsAre(32, 32, 3)); // by the network
  EXPECT_THAT(shapeOf({28, 28}, {784}), ElementsAre(28, 28, 1));
  EXPECT_THAT(shapeOf({64}, {64}, Dtype::u1), ElementsAre(8, 8, 1));
  EXPECT_THAT(shapeOf({64}, {64}), ElementsAre()); // 64 measurements
  EXPECT_THAT(shapeOf({16}, {16}, Dtype::u1), ElementsAre());
  EXPECT_THAT(shapeOf({63}, {63}, Dtype::u1), ElementsAre());
  EXPECT_THAT(shapeOf({1000, 6}, {1000, 6}), ElementsAre()); // a sequence
}

TEST(ShownExamples, TheirFeaturesAreReadFromAnywhere) {
  std::vector<double> numbers(300'000 * 2); // several chunks
  std::iota(numbers.begin(), numbers.end(), 0);
  MemorySource rows("x", Dtype::f8, {300'000, 2}, numbers.data());
  ShownExamples shown;
  for (int64_t row : {299'999, 0, 131'072, 0}) {
    shown.mistakes.emplace_back().row = row;
    shown.uncertain.emplace_back().row = row;
  }
  readFeatures(rows, shown);
  for (const std::vector<ShownExample> &list : {shown.mistakes, shown.uncertain})
    for (const ShownExample &example : list)
      EXPECT_THAT(example.features, ElementsAre(2 * double(example.row), 2 * double(example.row) + 1));
}

TEST(KernelPicture, OrdersByClassAndTakesMeans) {
  // Entry (i, j) is 10 i + j; the classes are 1 0 1 0 0.
  RowMatrix kernel(5, 5);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j)
      kernel(i, j) = 10 * i + j;
  const RowMatrix targets{{-0.5, 0.5}, {0.5, -0.5}, {-0.5, 0.5}, {0.5, -0.5}, {0.5, -0.5}};
  const KernelPicture whole = pictureOf(KernelView(kernel), targets, Task::classification, 10, 2);
  EXPECT_EQ(whole.side, 5);
  EXPECT_EQ(whole.means[0], 11);      // 1 with 1
  EXPECT_EQ(whole.means[4], 12);      // 1 with 2, the last of class 1
  EXPECT_EQ(whole.means[4 * 5], 21);  // and back
  ASSERT_EQ(whole.groups.size(), 2u); // in the order 1 3 4 0 2
  EXPECT_EQ(whole.groups[1].first, 3);
  EXPECT_EQ(whole.groups[1].label, 1);
  const KernelPicture small = pictureOf(KernelView(kernel), targets, Task::classification, 2, 1);
  EXPECT_EQ(small.side, 2);
  const double rows = (1 + 3 + 4) / 3.0, others = (0 + 2) / 2.0; // 3 and 2 examples
  EXPECT_DOUBLE_EQ(small.means[1], 10 * rows + others);
  EXPECT_DOUBLE_EQ(small.means[2], 10 * others + rows);
  const KernelPicture one = pictureOf(KernelView(kernel), targets, Task::regression, 1, 1);
  EXPECT_DOUBLE_EQ(one.means[0], 22);
  EXPECT_TRUE(one.groups.empty());
}

TEST(PosteriorOfLine, DrawsHaveTheirMeanAndCovariance) {
  Eigen::MatrixXd covariance(2, 2);
  covariance << 4, 1, 1, 1;
  const Eigen::VectorXd mean = Eigen::VectorXd::Constant(2, 3);
  constexpr int count = 20000;
  const std::vector<std::vector<double>> draws = drawsOf(mean, covariance, count);
  Eigen::MatrixXd found = Eigen::MatrixXd::Zero(2, 2);
  for (const std::vector<double> &draw : draws) {
    const Eigen::VectorXd off = Eigen::Map<const Eigen::VectorXd>(draw.data(), 2) - mean;
    found += off * off.transpose() / count;
  }
  EXPECT_LT((found - covariance).cwiseAbs().maxCoeff(), 0.15); // 4 sqrt(2 / 20000) = 0.04 is a deviation
  for (const std::vector<double> &draw : drawsOf(mean, Eigen::MatrixXd::Zero(2, 2), 3))
    EXPECT_THAT(draw, ElementsAre(3, 3));
}

TEST(Study, LooksCloserAtAnEvaluation) {
  std::mt19937 engine(1);
  std::normal_distribution<double> normal;
  std::vector<double> x(60 * kFeatures), t(20 * kFeatures);
  for (double &number : x)
    number = normal(engine);
  for (double &number : t)
    number = normal(engine);
  std::vector<int64_t> y, u;
  for (int64_t i = 0; i < 60; ++i)
    y.push_back(x[size_t(i * kFeatures)] > 0);
  for (int64_t i = 0; i < 20; ++i)
    u.push_back(t[size_t(i * kFeatures)] > 0);
  MemorySource labels("y", Dtype::i8, {60}, y.data()), testLabels("u", Dtype::i8, {20}, u.data());
  const auto sets = [&] {
    DataSets found;
    found.training = makeTrainingSet(std::make_shared<MemorySource>("x", Dtype::f8, Shape{60, kFeatures}, x.data()),
                                     labelsOf(labels), {kFeatures}, {});
    found.test.emplace();
    found.test->x = std::make_unique<MemorySource>("t", Dtype::f8, Shape{20, kFeatures}, t.data());
    found.test->labels = labelsOf(testLabels);
    return found;
  };
  PredictOptions options;
  options.kernel = PredictKernel::ntk;
  options.diagReg = 0.1;
  const Execution execution{2, ProgressStyle::none()};
  const InetProgram &program = handWrittenProgram(INET_F64);
  const Study study = makeStudy(program, sets(), options, execution, {});
  const Evaluation alone = evaluate(program, sets(), options, execution);
  EXPECT_EQ(study.evaluation.scores.back().accuracy, alone.scores.back().accuracy);
  EXPECT_EQ(study.network.network, "hand_written");
  EXPECT_EQ(int64_t(study.examples.mistakes.size()), 20 - alone.scores.back().correct);
  for (const ShownExample &example : study.examples.uncertain)
    EXPECT_EQ(example.features[1], t[size_t(example.row * kFeatures + 1)]);
  EXPECT_EQ(study.kernel->kernel, "ntk");
  EXPECT_EQ(study.kernel->side, 60);
  // The eigenvalues descend, and their sum is that of the diagonal.
  ASSERT_EQ(study.eigenvalues.size(), 60u);
  EXPECT_TRUE(std::is_sorted(study.eigenvalues.rbegin(), study.eigenvalues.rend()));
  double diagonal = 0;
  for (int64_t i = 0; i < 60; ++i)
    diagonal += handWrittenEntry(&x[size_t(i * kFeatures)], &x[size_t(i * kFeatures)]).ntk;
  EXPECT_NEAR(std::accumulate(study.eigenvalues.begin(), study.eigenvalues.end(), 0.0), diagonal, 1e-12 * diagonal);
  EXPECT_FALSE(study.line); // five features
  ASSERT_EQ(study.curves->sets.size(), 2u);
  EXPECT_EQ(study.curves->sets[1].name, "test");
  EXPECT_EQ(study.curves->sets[1].end.accuracy, alone.scores.back().accuracy);
  const Study bare = makeStudy(program, sets(), options, execution, {}, {.curves = false});
  EXPECT_FALSE(bare.curves);
  EXPECT_THAT(bare.leftOut, ElementsAre("learning curves, as was asked for"));
  EXPECT_GT(study.peakBytes, 1e6);
}
