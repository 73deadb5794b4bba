// Choosing a regularisation: the order of the examples, and that scores are those of predictions.
#include "runtime/learn/Selection.h"

#include "runtime/kernel/Variant.h"
#include "runtime/learn/Results.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/HandWrittenKernel.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace inet;
using namespace inet::test;

namespace {

constexpr int64_t kExamples = 60;
const Execution quiet{2, ProgressStyle::none()};

/// Two classes, apart by the sign of the first feature; every third example is of the second.
struct Labelled {
  Labelled() {
    std::mt19937 engine(1);
    std::normal_distribution<double> normal;
    for (int64_t i = 0; i < kExamples; ++i) {
      labels.push_back(i % 3 == 2);
      for (int64_t f = 0; f < kFeatures; ++f)
        x.push_back(normal(engine) + (f == 0 ? 2 * double(labels.back()) - 1 : 0));
    }
  }
  TrainingSet training() const {
    MemorySource y("y", Dtype::i8, {kExamples}, labels.data());
    return makeTrainingSet(std::make_shared<MemorySource>("x", Dtype::f8, Shape{kExamples, kFeatures}, x.data()),
                           labelsOf(y), {kFeatures}, {});
  }
  SelectionScore best(const SelectionOptions &options, int64_t examples = kExamples, int threads = 2) const {
    return Selection(training(), options)
        .best(chooseVariant(handWrittenProgram(INET_F64)), {kFeatures}, examples, {threads, ProgressStyle::none()});
  }

  std::vector<double> x;
  std::vector<int64_t> labels;
};

SelectionOptions optionsOf(SelectionMethod method, std::vector<double> diagRegs) {
  SelectionOptions options;
  options.method = method;
  options.kernel = PredictKernel::nngp;
  options.diagRegs = std::move(diagRegs);
  return options;
}

} // namespace

TEST(StratifiedOrder, AnyFirstOnesHaveTheirShareOfEachClass) {
  std::vector<int64_t> classOf;
  for (int64_t i = 0; i < 1000; ++i)
    classOf.push_back(i < 700 ? 0 : i < 990 ? 1 : 2);
  std::vector<int64_t> order = stratifiedOrder(classOf, 7);
  std::vector<double> seen(3);
  for (size_t i = 0; i < order.size(); ++i) {
    ++seen[classOf[order[i]]];
    for (auto [c, share] : {std::pair(0, 0.7), std::pair(1, 0.29), std::pair(2, 0.01)})
      ASSERT_NEAR(seen[c], share * double(i + 1), 1) << c << " of " << i + 1;
  }
  EXPECT_EQ(stratifiedOrder(classOf, 7), order);
  EXPECT_NE(stratifiedOrder(classOf, 8), order);
  std::sort(order.begin(), order.end());
  for (size_t i = 0; i < order.size(); ++i)
    ASSERT_EQ(order[i], int64_t(i));
}

TEST(Selection, LeavingOneOutIsPredictingItFromTheOthers) {
  Labelled all;
  PredictOptions predict;
  predict.diagReg = 0.37;
  predict.diagRegAbsolute = true;
  predict.covariance = Covariance::diagonal;
  int64_t wrong = 0;
  double likelihood = 0;
  for (int64_t left = 0; left < kExamples; ++left) {
    std::vector<double> x = all.x;
    std::vector<int64_t> labels = all.labels;
    x.erase(x.begin() + left * kFeatures, x.begin() + (left + 1) * kFeatures);
    labels.erase(labels.begin() + left);
    MemorySource y("y", Dtype::i8, {kExamples - 1}, labels.data());
    DataSets sets;
    sets.training =
        makeTrainingSet(std::make_shared<MemorySource>("x", Dtype::f8, Shape{kExamples - 1, kFeatures}, x.data()),
                        labelsOf(y), {kFeatures}, {});
    MemorySource testLabel("u", Dtype::i8, {1}, all.labels.data() + left);
    sets.test =
        Examples{std::make_unique<MemorySource>("t", Dtype::f8, Shape{1, kFeatures}, all.x.data() + left * kFeatures),
                 labelsOf(testLabel)};
    Evaluation one = evaluate(handWrittenProgram(INET_F64), std::move(sets), predict, quiet);
    wrong += *one.scores[0].accuracy == 0;
    likelihood += *one.scores[0].negativeLogLikelihood / double(kExamples);
  }
  double mean = 0; // of the diagonal, by which diag_reg counts
  for (int64_t i = 0; i < kExamples; ++i)
    mean += handWrittenEntry(&all.x[i * kFeatures], &all.x[i * kFeatures]).nngp / double(kExamples);
  SelectionScore found = all.best(optionsOf(SelectionMethod::leaveOneOut, {0.37 / mean}));
  EXPECT_DOUBLE_EQ(found.error, double(wrong) / kExamples); // 1 less the accuracy
  EXPECT_GT(wrong, 0);
  EXPECT_NEAR(found.negativeLogLikelihood, likelihood, 1e-9); // f64, condition numbers below 1e4
  EXPECT_EQ(found.score, found.error);
}

TEST(Selection, TakesTheBestRegularisation) {
  Labelled all;
  const std::vector<double> diagRegs = {1e-6, 1e-4, 1e-2, 1};
  for (SelectionMethod method :
       {SelectionMethod::evidence, SelectionMethod::leaveOneOut, SelectionMethod::validation}) {
    SelectionOptions options = optionsOf(method, diagRegs);
    options.likelihood = true;
    SelectionScore best = all.best(options);
    for (double diagReg : diagRegs) {
      SelectionScore alone = all.best(optionsOf(method, {diagReg}));
      EXPECT_LE(best.score, method == SelectionMethod::evidence ? alone.score : alone.negativeLogLikelihood);
      if (diagReg == best.diagReg) {
        EXPECT_EQ(best.error, alone.error);
      }
    }
  }
}

TEST(Selection, SomeOfTheExamplesOnAnyNumberOfThreads) {
  Labelled all;
  SelectionOptions options = optionsOf(SelectionMethod::validation, {1e-3, 1e-1});
  options.heldOut = 0.25;
  SelectionScore one = all.best(options, 40, 1), five = all.best(options, 40, 5);
  EXPECT_EQ(one.score, five.score);
  EXPECT_EQ(one.negativeLogLikelihood, five.negativeLogLikelihood);
  EXPECT_DOUBLE_EQ(one.error * 10, std::round(one.error * 10)); // of 10 examples
  options.seed = 1;
  EXPECT_NE(all.best(options, 40).negativeLogLikelihood, one.negativeLogLikelihood);
}

TEST(Selection, NumbersComeBeforeNans) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(isBetter({1, 0.1, 5}, {1, 0.2, 1}));
  EXPECT_TRUE(isBetter({1, 0.1, 1}, {1, 0.1, 2}));
  EXPECT_TRUE(isBetter({1, 0.1, 1}, {1, nan, 1}));
  EXPECT_FALSE(isBetter({1, nan, 1}, {1, 0.1, 1}));
  EXPECT_FALSE(isBetter({1, nan, nan}, {1, nan, nan}));
}

TEST(Selection, RefusesWhatItCannotDo) {
  Labelled all;
  EXPECT_ERROR(all.best(optionsOf(SelectionMethod::leaveOneOut, {})), "no diag_reg found");
  EXPECT_ERROR(all.best(optionsOf(SelectionMethod::leaveOneOut, {0})), "diag_reg 0 found");
  SelectionOptions options = optionsOf(SelectionMethod::validation, {1});
  options.heldOut = 0.01;
  EXPECT_ERROR(all.best(options, 10), "0 of 10 examples would be held out");
  options.heldOut = 1;
  EXPECT_ERROR(all.best(options), "1 of the examples to be held out found");
}
