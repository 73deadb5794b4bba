// Curves against predictions at their times, and by numbers of training examples.
#include "runtime/learn/Curve.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/HandWrittenKernel.h"

#include <cmath>
#include <random>

using namespace inet;
using namespace inet::test;

namespace {

/// Examples whose targets are a sine of their first feature, or the classes of its sign.
struct Set {
  Set(int64_t count, unsigned seed, bool classes) {
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal;
    for (int64_t i = 0; i < count * kFeatures; ++i)
      x.push_back(normal(engine));
    for (int64_t i = 0; i < count; ++i) {
      y.push_back(std::sin(x[i * kFeatures]));
      classOf.push_back(x[i * kFeatures] > 0);
    }
    source = std::make_shared<MemorySource>("x", Dtype::f8, Shape{count, kFeatures}, x.data());
    MemorySource classLabels("y", Dtype::i8, Shape{count}, classOf.data()),
        targets("y", Dtype::f8, Shape{count}, y.data());
    labels = labelsOf(classes ? classLabels : targets);
  }
  TrainingSet training() const { return makeTrainingSet(source, labels, {kFeatures}, {}); }

  std::vector<double> x, y;
  std::vector<int64_t> classOf;
  std::shared_ptr<MemorySource> source;
  Labels labels;
};

PredictOptions with(PredictKernel kernel) {
  PredictOptions options;
  options.kernel = kernel;
  options.diagReg = 0.01;
  return options;
}

CurveOptions points(int64_t count) {
  CurveOptions options;
  options.points = count;
  return options;
}

const Execution kTwoThreads{2, ProgressStyle::none()};

} // namespace

TEST(Curves, AreThePredictionsAtTheirTimes) {
  for (bool classes : {false, true})
    for (PredictKernel kernel : {PredictKernel::nngp, PredictKernel::ntk}) {
      const Set train(40, 1, classes), validation(15, 2, classes), test(25, 3, classes);
      const LearningCurves found = findCurves(
          handWrittenProgram(INET_F64), train.training(),
          {{"validation", validation.source.get(), &validation.labels}, {"test", test.source.get(), &test.labels}},
          with(kernel), points(7), kTwoThreads);
      ASSERT_EQ(found.sets.size(), 3u);
      EXPECT_EQ(found.sets[0].name, "training");
      EXPECT_EQ(found.sets[1].examples, 15);
      const CurveOfSet &curve = found.sets[2];
      ASSERT_EQ(curve.points.size(), 7u);
      PredictOptions options = with(kernel);
      options.times.clear();
      for (const CurvePoint &point : curve.points)
        options.times.push_back(point.time);
      options.times.push_back(std::numeric_limits<double>::infinity());
      ScoreOptions scoring;
      scoring.samples = 64;
      DataSets sets;
      sets.training = train.training();
      sets.test =
          Examples{std::make_unique<MemorySource>("x", Dtype::f8, Shape{25, kFeatures}, test.x.data()), test.labels};
      const Evaluation want = evaluate(handWrittenProgram(INET_F64), std::move(sets), options, kTwoThreads, scoring);
      for (size_t k = 0; k < 8; ++k) {
        const CurvePoint &point = k < 7 ? curve.points[k] : curve.end;
        const Scores &scores = want.scores[k];
        EXPECT_EQ(point.accuracy, scores.accuracy);
        if (classes) {
          EXPECT_NEAR(*point.negativeLogLikelihood, scores.classes->negativeLogLikelihood, 1e-9);
        } else {
          EXPECT_NEAR(*point.rootMeanSquareError, *scores.rootMeanSquareError, 1e-12);
          EXPECT_NEAR(point.loss, std::pow(*scores.rootMeanSquareError, 2) / 2, 1e-12);
          EXPECT_NEAR(*point.negativeLogLikelihood, *scores.negativeLogLikelihood, 1e-9);
        }
      }
      // The training loss falls.
      for (size_t k = 1; k < 7; ++k)
        EXPECT_LT(found.sets[0].points[k].loss, found.sets[0].points[k - 1].loss);
      // The last number of training examples is all of them.
      EXPECT_EQ(found.sizes[1].trainExamples, (std::vector<int64_t>{1, 2, 5, 10, 20, 40}));
      EXPECT_NEAR(found.sizes[1].points.back().loss, curve.end.loss, 1e-12);
      double best = std::numeric_limits<double>::infinity();
      for (const CurvePoint &point : found.sets[1].points)
        best = std::min(best, point.negativeLogLikelihood.value());
      if (best < *found.sets[1].end.negativeLogLikelihood) {
        EXPECT_LT(*found.bestTime, std::numeric_limits<double>::infinity());
      }
    }
}

TEST(Curves, TakeTheTimesThatAreAskedForAndNoSizes) {
  const Set train(20, 1, false), test(5, 3, false);
  CurveOptions asked;
  asked.times = {0, 3};
  asked.sizes = 0;
  asked.likelihood = false;
  const LearningCurves found =
      findCurves(handWrittenProgram(INET_F64), train.training(), {{"test", test.source.get(), &test.labels}},
                 with(PredictKernel::ntk), asked, kTwoThreads);
  EXPECT_EQ(found.sets[1].points[0].time, 0);
  EXPECT_EQ(found.sets[1].points[1].time, 3);
  EXPECT_FALSE(found.sets[1].points[1].negativeLogLikelihood);
  EXPECT_EQ(found.likelihoodNote, "without variance, as was asked for");
  EXPECT_TRUE(found.sizes.empty());
  EXPECT_FALSE(found.bestTime);
  // Nothing is learnt at time 0.
  EXPECT_NEAR(found.sets[0].points[0].loss, train.training().targets.squaredNorm() / 40, 1e-12);
}
