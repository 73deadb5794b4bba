// The Dirichlet classification against its formulas, computed with dense inverses.
#include "runtime/predict/Dirichlet.h"
#include "runtime/predict/Probabilities.h"
#include "test/runtime/predict/Problem.h"

#include <Eigen/Dense>
#include <gtest/gtest.h>
#include <numbers>

namespace inet::testing {
namespace {

PredictOptions dirichletOptions(PredictKernel kernel = PredictKernel::nngp, double alphaEps = 0.01) {
  PredictOptions options;
  options.kernel = kernel;
  options.alphaEps = alphaEps;
  return options;
}

/// Classes that depend on the inputs: the largest of the first features. With `noise` in a share of them.
std::vector<int64_t> labelsOf(const RowMatrix &x, int64_t classes, double noise = 0, unsigned seed = 5) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> uniform;
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < x.rows(); ++i) {
    Eigen::Index label;
    x.row(i).head(classes).maxCoeff(&label);
    labels.push_back(uniform(generator) < noise ? static_cast<int64_t>(generator() % classes) : label);
  }
  return labels;
}

struct Classes {
  Classes(int64_t n = 40, int64_t m = 13, int64_t count = 3, double noise = 0.1)
      : x(randomInputs(n, 5, 1)), xTest(randomInputs(m, 5, 2)), problem(x, xTest), labels(labelsOf(x, count, noise)),
        count(count) {}

  const RowMatrix &train(PredictKernel kernel) const {
    return kernel == PredictKernel::nngp ? problem.train.nngp : problem.train.ntk;
  }
  const RowMatrix &testTrain(PredictKernel kernel) const {
    return kernel == PredictKernel::nngp ? problem.testTrain.nngp : problem.testTrain.ntk;
  }
  Eigen::VectorXd testDiagonal(PredictKernel kernel) const {
    return kernel == PredictKernel::nngp ? problem.testTest.nngp.diagonal() : problem.testTest.ntk.diagonal();
  }
  DirichletClassifier classifier(const PredictOptions &options = dirichletOptions()) const {
    return DirichletClassifier(problem.trainViews(), labels, count, options);
  }
  Prediction predict(const PredictOptions &options = dirichletOptions()) const {
    return classifier(options).predictTest(KernelView(testTrain(options.kernel)), testDiagonal(options.kernel));
  }

  RowMatrix x, xTest;
  Problem problem;
  std::vector<int64_t> labels;
  int64_t count;
};

/// s K + noise, targets less the prior mean of one class.
struct OfClass {
  OfClass(const RowMatrix &kernel, const std::vector<int64_t> &labels, int64_t c, double alphaEps, double scale,
          double priorMean, double shared = 0)
      : a(scale * kernel), residual(kernel.rows()), noise(kernel.rows()) {
    for (int64_t i = 0; i < kernel.rows(); ++i) {
      const double alpha = alphaEps + (labels[i] == c ? 1 : 0), s2 = std::log(1 / alpha + 1);
      noise(i) = s2 + scale * shared;
      residual(i) = std::log(alpha) - s2 / 2 - priorMean;
    }
    a.diagonal() += noise;
    inverse = a.inverse();
  }

  double evidence() const {
    return -(residual.dot(inverse * residual) + a.llt().matrixLLT().diagonal().array().log().sum() * 2 +
             static_cast<double>(residual.size()) * std::log(2 * std::numbers::pi)) /
           2;
  }

  Eigen::MatrixXd a, inverse;
  Eigen::VectorXd residual, noise;
};

double evidenceOf(const Classes &classes, double scale) {
  const DirichletClassifier classifier = classes.classifier();
  double evidence = 0;
  for (int64_t c = 0; c < classes.count; ++c)
    evidence +=
        OfClass(classes.problem.train.nngp, classes.labels, c, 0.01, scale, classifier.priorMeans()(c)).evidence();
  return evidence;
}

} // namespace

TEST(Dirichlet, TargetsHaveTheMomentsOfAGamma) {
  for (double alpha : {0.01, 0.5, 1.01}) {
    const double mean = dirichletTarget(alpha), noise = dirichletNoise(alpha);
    EXPECT_NEAR(std::exp(mean + noise / 2), alpha, 1e-15);
    EXPECT_NEAR((std::exp(noise) - 1) * std::exp(2 * mean + noise), alpha, 1e-14);
  }
}

TEST(Dirichlet, PriorMeansAreTheSharesOfTheClasses) {
  const double eps = 0.01;
  const Eigen::Vector3d counts(6, 2, 0);
  const Eigen::VectorXd means = dirichletPriorMeans(counts, eps);
  const Eigen::ArrayXd shares = means.array().exp() / means.array().exp().sum();
  for (int64_t c = 0; c < 3; ++c)
    EXPECT_NEAR(shares(c), (counts(c) + eps) / (8 + 3 * eps), 1e-15);
  EXPECT_NEAR(means.mean(), (dirichletTarget(1 + eps) + 2 * dirichletTarget(eps)) / 3, 1e-14);
}

TEST(Dirichlet, OfOneExampleIsAScalar) {
  const RowMatrix k = RowMatrix::Constant(1, 1, 3), cross = RowMatrix::Constant(1, 1, 2);
  DirichletClassifier classifier({KernelView(k), {}, nullptr}, {1}, 2, dirichletOptions(PredictKernel::nngp, 0.1));
  const Prediction got = classifier.predictTest(KernelView(cross), Eigen::VectorXd::Constant(1, 5));
  const double s = classifier.facts().scale;
  for (int64_t c = 0; c < 2; ++c) {
    const double alpha = c == 1 ? 1.1 : 0.1, noise = std::log(1 / alpha + 1), m = classifier.priorMeans()(c);
    EXPECT_NEAR(got.mean[0](0, c), m + 2 * s / (3 * s + noise) * (std::log(alpha) - noise / 2 - m), 1e-13);
    EXPECT_NEAR(got.outputVariance[0](0, c), 5 * s - 4 * s * s / (3 * s + noise), 1e-12 * s);
  }
}

TEST(Dirichlet, IsThePosteriorOfEachClass) {
  const Classes classes;
  for (PredictKernel kernel : {PredictKernel::nngp, PredictKernel::ntk})
    for (double diagReg : {0.0, 0.1})
      for (bool overwrite : {false, true}) {
        PredictOptions options = dirichletOptions(kernel, 0.02);
        options.diagReg = diagReg;
        options.diagRegAbsolute = true;
        Classes copy = classes; // its kernel may be destroyed
        TrainKernels views = copy.problem.trainViews();
        if (overwrite)
          views.overwrite = const_cast<double *>(copy.train(kernel).data());
        DirichletClassifier classifier(views, classes.labels, 3, options);
        const Prediction got =
            classifier.predictTest(KernelView(classes.testTrain(kernel)), classes.testDiagonal(kernel));
        const double s = classifier.facts().scale;
        const Eigen::MatrixXd cross = s * classes.testTrain(kernel);
        for (int64_t c = 0; c < 3; ++c) {
          const double m = classifier.priorMeans()(c);
          const OfClass of(classes.train(kernel), classes.labels, c, 0.02, s, m, diagReg);
          const Eigen::VectorXd mean = (cross * of.inverse * of.residual).array() + m;
          const Eigen::VectorXd variance =
              s * classes.testDiagonal(kernel) - (cross * of.inverse * cross.transpose()).diagonal();
          // f64; a condition number of 40 times the scaled diagonal over the noise of 0.7.
          EXPECT_LT((got.mean[0].col(c) - mean).cwiseAbs().maxCoeff(), 1e-11);
          EXPECT_LT((got.outputVariance[0].col(c) - variance).cwiseAbs().maxCoeff(), 1e-12 * variance.maxCoeff() * s);
        }
      }
}

TEST(Dirichlet, TheTrainingSetIsPredictedAsOthersAre) {
  const Classes classes;
  for (PredictKernel kernel : {PredictKernel::nngp, PredictKernel::ntk}) {
    PredictOptions options = dirichletOptions(kernel);
    options.diagReg = 0.05;
    DirichletClassifier classifier = classes.classifier(options);
    const Prediction train = classifier.predictTrain();
    const Prediction test =
        classifier.predictTest(KernelView(classes.train(kernel)), Eigen::VectorXd(classes.train(kernel).diagonal()));
    EXPECT_LT((train.mean[0] - test.mean[0]).cwiseAbs().maxCoeff(), 1e-11);
    EXPECT_LT((train.outputVariance[0] - test.outputVariance[0]).cwiseAbs().maxCoeff(), 1e-10);
  }
}

TEST(Dirichlet, LeavesEachExampleOut) {
  const Classes classes;
  DirichletClassifier classifier = classes.classifier();
  const Prediction got = classifier.leaveOneOut();
  const double s = classifier.facts().scale;
  for (int64_t c = 0; c < 3; ++c) {
    const double m = classifier.priorMeans()(c);
    const OfClass all(classes.problem.train.nngp, classes.labels, c, 0.01, s, m);
    for (int64_t i : {0, 17, 39}) {
      Eigen::MatrixXd a = all.a;
      Eigen::VectorXd residual = all.residual, cross = a.col(i);
      cross(i) = residual(i) = 0;
      a.row(i).setZero();
      a.col(i).setZero();
      a(i, i) = 1;
      const Eigen::VectorXd weights = a.ldlt().solve(cross);
      EXPECT_NEAR(got.mean[0](i, c), m + weights.dot(residual), 1e-11);
      EXPECT_NEAR(got.outputVariance[0](i, c), s * classes.problem.train.nngp(i, i) - weights.dot(cross), 1e-10);
    }
  }
}

TEST(Dirichlet, FollowsAPermutationOfTheClasses) {
  const Classes classes;
  Classes turned = classes;
  for (int64_t &label : turned.labels)
    label = (label + 1) % 3;
  const Prediction one = classes.predict(), other = turned.predict();
  for (int64_t c = 0; c < 3; ++c) { // the prior means are summed in another order
    EXPECT_LT((one.mean[0].col(c) - other.mean[0].col((c + 1) % 3)).cwiseAbs().maxCoeff(), 1e-13);
    EXPECT_EQ(one.outputVariance[0].col(c), other.outputVariance[0].col((c + 1) % 3));
  }
}

// Two observations of an example are less noise than one, of the same class or of two.
TEST(Dirichlet, TakesEqualExamples) {
  Classes twice(40);
  twice.x.bottomRows(20) = twice.x.topRows(20).eval();
  twice.problem = Problem(twice.x, twice.x.topRows(20));
  twice.xTest = twice.x.topRows(20);
  twice.labels = labelsOf(twice.x, 3);
  const Prediction agree = twice.predict();
  EXPECT_TRUE(agree.mean[0].allFinite());
  ProbabilityOptions options;
  const RowMatrix sure = logProbabilities(agree.mean[0], agree.outputVariance[0], options).array().exp();
  twice.labels[20] = (twice.labels[0] + 1) % 3;
  const Prediction differ = twice.predict();
  const RowMatrix torn = logProbabilities(differ.mean[0], differ.outputVariance[0], options).array().exp();
  EXPECT_GT(sure(0, twice.labels[0]), 0.7);
  EXPECT_LT(torn(0, twice.labels[0]), sure(0, twice.labels[0]) - 0.2);
  EXPECT_GT(torn(0, twice.labels[20]), sure(0, twice.labels[20]) + 0.2);
  // The noise alone makes a factor of a kernel of rank 1.
  const RowMatrix ones = RowMatrix::Ones(30, 30);
  DirichletClassifier same({KernelView(ones), {}, nullptr}, std::vector<int64_t>(30, 1), 2, dirichletOptions());
  EXPECT_GT(same.predictTrain().mean[0](0, 1), same.predictTrain().mean[0](0, 0));
}

TEST(Dirichlet, ThreadsChangeNoBit) {
  const Classes classes(300, 270, 4);
  PredictOptions options = dirichletOptions();
  const Prediction one = classes.predict(options);
  const Prediction left = classes.classifier(options).leaveOneOut();
  for (int threads : {2, 3}) {
    options.threads = threads;
    const Prediction many = classes.predict(options);
    EXPECT_EQ(many.mean, one.mean);
    EXPECT_EQ(many.outputVariance, one.outputVariance);
    EXPECT_EQ(classes.classifier(options).leaveOneOut().mean, left.mean);
  }
}

TEST(Dirichlet, EvidenceChoosesTheScale) {
  for (double noise : {0.0, 0.3, 1.0}) {
    const Classes classes(80, 5, 3, noise);
    DirichletClassifier classifier = classes.classifier();
    classifier.chooseScale();
    const DirichletFacts &facts = classifier.facts();
    EXPECT_EQ(facts.scaleExamples, 80);
    EXPECT_NEAR(facts.evidence, evidenceOf(classes, facts.scale), 1e-9);
    const double mean = classes.problem.train.nngp.diagonal().mean();
    EXPECT_DOUBLE_EQ(facts.scaledDiagonal, facts.scale * mean);
    if (facts.scaledDiagonal > 0x1p-7) { // above the least that is tried
      EXPECT_GT(facts.evidence, evidenceOf(classes, facts.scale / 4));
    }
    EXPECT_GT(facts.evidence, evidenceOf(classes, facts.scale * 4));
  }
}

TEST(Dirichlet, TheUnitOfTheKernelDoesNotMatter) {
  const Classes classes;
  const RowMatrix train = 64 * classes.problem.train.nngp, cross = 64 * classes.problem.testTrain.nngp;
  DirichletClassifier larger({KernelView(train), {}, nullptr}, classes.labels, 3, dirichletOptions());
  const Prediction got = larger.predictTest(KernelView(cross), 64 * classes.testDiagonal(PredictKernel::nngp));
  DirichletClassifier usual = classes.classifier();
  usual.chooseScale();
  EXPECT_EQ(larger.facts().scale * 64, usual.facts().scale);
  EXPECT_EQ(got.mean, classes.predict().mean); // powers of 2 round nothing
}

TEST(Dirichlet, BalancesTheExamplesThatChooseTheScale) {
  const std::vector<int64_t> labels = {0, 0, 0, 0, 2, 0, 2, 1, 0, 2};
  EXPECT_EQ(leadingBalanced(labels, 5), (std::vector<int64_t>{0, 1, 4, 6, 7}));
  EXPECT_EQ(leadingBalanced(labels, 100).size(), 10u);
}

TEST(Dirichlet, SaysWhatRoundingDoes) {
  const Classes exact;
  Classes rounded = exact;
  for (RowMatrix *matrix : {&rounded.problem.train.nngp, &rounded.problem.testTrain.nngp})
    *matrix = matrix->cast<float>().cast<double>();
  TrainKernels views = rounded.problem.trainViews();
  views.singlePrecision = true;
  DirichletClassifier classifier(views, exact.labels, 3, dirichletOptions());
  const Prediction want = exact.predict(), got = classifier.predictTest(KernelView(rounded.problem.testTrain.nngp),
                                                                        exact.testDiagonal(PredictKernel::nngp));
  double size = 0; // the root mean square of targets less their prior mean, of the class where that is least
  for (int64_t c = 0; c < 3; ++c) {
    const OfClass of(exact.problem.train.nngp, exact.labels, c, 0.01, 1, classifier.priorMeans()(c));
    const double root = of.residual.norm() / std::sqrt(40.0);
    size = c == 0 ? root : std::min(size, root);
  }
  const double error = (got.mean[0] - want.mean[0]).cwiseAbs().maxCoeff() / size;
  EXPECT_LT(error, got.rounding[0].mean);
  EXPECT_GT(error, got.rounding[0].mean / 1000);
  EXPECT_LT(want.rounding[0].mean, 1e-7 * got.rounding[0].mean);
  EXPECT_LT(classifier.roundingInF64(), 1e-7);
}

TEST(Dirichlet, RefusesWhatMeansNothing) {
  const Classes classes;
  const auto error = [&](const PredictOptions &options) { return errorOf([&] { classes.classifier(options); }); };
  EXPECT_EQ(error(dirichletOptions(PredictKernel::nngp, 0)), "alpha_eps is 0, expected a finite number > 0");
  EXPECT_EQ(error(dirichletOptions(PredictKernel::nngp, NAN)), "alpha_eps is nan, expected a finite number > 0");
  EXPECT_EQ(errorOf([&] {
              DirichletClassifier(classes.problem.trainViews(), std::vector<int64_t>(40, 3), 3, dirichletOptions());
            }),
            "label [0] is 3, expected a class from 0 to 2");
  EXPECT_EQ(errorOf([&] {
              DirichletClassifier(classes.problem.trainViews(), std::vector<int64_t>(39, 1), 3, dirichletOptions());
            }),
            "the nngp of the training set is 40 x 40, expected 39 x 39");
  EXPECT_EQ(errorOf([&] {
              classes.classifier().predictTest(KernelView(classes.problem.testTrain.nngp), Eigen::VectorXd::Ones(3));
            }),
            "the diagonal of the nngp of the test set has 3 entries, expected 13");
  Classes bad = classes;
  bad.problem.train.nngp(3, 2) = bad.problem.train.nngp(2, 3) = NAN;
  EXPECT_EQ(errorOf([&] { bad.predict(); }), "the nngp of the training set: entry [3, 2] is nan");
  bad = classes;
  bad.problem.testTrain.nngp(1, 2) = INFINITY;
  EXPECT_EQ(errorOf([&] { bad.predict(); }), "the nngp of test and training set: entry [1, 2] is inf");
  RowMatrix indefinite = RowMatrix::Constant(2, 2, 10);
  indefinite(0, 1) = indefinite(1, 0) = 1e9;
  DirichletClassifier none({KernelView(indefinite), {}, nullptr}, {0, 1}, 2, dirichletOptions());
  EXPECT_NE(errorOf([&] { none.predictTrain(); }).find("is not positive definite"), std::string::npos);
}

} // namespace inet::testing
