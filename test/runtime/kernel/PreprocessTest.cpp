// What is done to features, against the formulas written out with Eigen.
#include "runtime/kernel/Preprocess.h"
#include "runtime/kernel/Whitening.h"
#include "runtime/linalg/Blas.h"
#include "test/runtime/ExpectError.h"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <random>

using namespace inet;
using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

Rows randomRows(int64_t rows, int64_t columns, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  return Rows::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

/// Features of variances over some orders of magnitude, correlated, far from 0.
Rows correlatedRows(int64_t rows, int64_t columns, unsigned seed) {
  Rows mix = randomRows(columns, columns, seed + 1);
  for (int64_t c = 0; c < columns; ++c)
    mix.row(c) *= std::pow(10, -2.0 * double(c) / double(columns));
  return (randomRows(rows, columns, seed) * mix).array() + 3;
}

MemorySource sourceOf(const Rows &rows) {
  return MemorySource("x.npy", Dtype::f8, {rows.rows(), rows.cols()}, rows.data());
}

template <class T = double> std::vector<T> apply(const Preprocessing &preprocessing, RowSource &source) {
  const BlasThreads single(1);
  std::vector<T> values(source.rows() * source.rowSize());
  RawRows raw;
  source.rewind();
  source.fetch(source.rows(), raw);
  decodePreprocessed(source, raw, preprocessing, values.data());
  return values;
}

Rows asRows(const std::vector<double> &values, int64_t columns) {
  return Eigen::Map<const Rows>(values.data(), int64_t(values.size()) / columns, columns);
}

Rows centred(const Rows &x) { return x.rowwise() - x.colwise().mean(); }
Rows covariance(const Rows &x) { return centred(x).transpose() * centred(x) / double(x.rows()); }

/// U (S + epsilon mean(S))^-1/2 U^T.
Rows directWhitening(const Rows &x, double epsilon) {
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver{Eigen::MatrixXd(covariance(x))};
  Eigen::ArrayXd variances = solver.eigenvalues().cwiseMax(0);
  variances += epsilon * variances.mean();
  return solver.eigenvectors() * variances.rsqrt().matrix().asDiagonal() * solver.eigenvectors().transpose();
}

Rows matrixOf(const Whitening &whitening) { return asRows(whitening.matrix, int64_t(whitening.mean.size())); }

PreprocessingOptions whitened(double epsilon) {
  PreprocessingOptions options;
  options.zca = epsilon;
  return options;
}

} // namespace

TEST(Whitening, IsTheFormulaForManyExamplesAndForFew) {
  // Of 48 features: many, about as many, and few, on both sides of the place where another matrix is decomposed.
  for (int64_t n : {2, 3, 10, 23, 24, 25, 47, 48, 49, 200})
    for (double epsilon : {1e-4, 0.1, 10.0}) {
      const Rows x = correlatedRows(n, 48, unsigned(n));
      MemorySource source = sourceOf(x);
      const Whitening found = findWhitening(source, nullptr, epsilon, 2);
      const Rows got = matrixOf(found), want = directWhitening(x, epsilon);
      // f64: eigenvalues to 1e-15 of the largest, of which the smallest is 1e-4 / 48
      EXPECT_LT((got - want).cwiseAbs().maxCoeff(), 1e-9 * want.cwiseAbs().maxCoeff()) << n << " " << epsilon;
      EXPECT_EQ(got, Rows(got.transpose()));
      for (int64_t f = 0; f < 48; ++f)
        EXPECT_NEAR(found.mean[f], x.col(f).mean(), 1e-13);
    }
}

TEST(Whitening, MakesTheCovarianceTheIdentityWhereEpsilonIsSmall) {
  const Rows x = correlatedRows(300, 20, 1);
  MemorySource source = sourceOf(x);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> before{Eigen::MatrixXd(covariance(x))};
  const Eigen::ArrayXd variances = before.eigenvalues();
  for (double epsilon : {0.0, 1e-9}) {
    // What epsilon takes from the least variance, and the rounding of eigenvalues, f64
    const double tolerance = epsilon * variances.mean() / variances(0) + 1e-9;
    const Rows white = asRows(apply(learnPreprocessing(source, {20}, whitened(epsilon)), source), 20);
    EXPECT_LT((covariance(white) - Rows::Identity(20, 20)).cwiseAbs().maxCoeff(), tolerance);
    EXPECT_LT(white.colwise().mean().cwiseAbs().maxCoeff(), 1e-11);
  }
  // S / (S + epsilon mean(S)) of the variances S.
  const Rows part = asRows(apply(learnPreprocessing(source, {20}, whitened(0.5)), source), 20);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> after{Eigen::MatrixXd(covariance(part))};
  EXPECT_LT((after.eigenvalues().array() - variances / (variances + 0.5 * variances.mean())).abs().maxCoeff(), 1e-11);
}

TEST(Whitening, TakesDataOfLowRank) {
  Rows x = correlatedRows(100, 12, 3);
  x.col(4) = x.col(2) * 2;             // a copy
  x.col(7).setConstant(5);             // a constant
  x.col(9) = x.col(1) + x.col(3) * 10; // a sum
  MemorySource source = sourceOf(x);
  const Rows want = directWhitening(x, 1e-3), got = matrixOf(findWhitening(source, nullptr, 1e-3, 1));
  EXPECT_LT((got - want).cwiseAbs().maxCoeff(), 1e-9 * want.cwiseAbs().maxCoeff());
  for (double epsilon : {0.0, 1e-18}) {
    const std::string message = inet::test::messageOf([&] { (void)findWhitening(source, nullptr, epsilon, 1); });
    EXPECT_THAT(message, testing::StartsWith("--zca: "));
    const double advised = std::stod(message.substr(message.find("at least ") + 9));
    EXPECT_NO_THROW(findWhitening(source, nullptr, advised, 1)) << message;
  }
  const Rows few = correlatedRows(4, 12, 3); // and where the inner products are decomposed
  MemorySource fewSource = sourceOf(few);
  EXPECT_ERROR(findWhitening(fewSource, nullptr, 0, 1), "in some directions its examples do not differ");
}

TEST(Whitening, DoesNotDependOnUnitsOrThreads) {
  const Rows x = correlatedRows(60, 8, 4);
  MemorySource source = sourceOf(x);
  const Rows want = matrixOf(findWhitening(source, nullptr, 0.1, 1));
  EXPECT_EQ(want, matrixOf(findWhitening(source, nullptr, 0.1, 3)));
  for (int exponent : {-900, -520, 520, 900}) { // squares leave the range of f64
    const double unit = std::exp2(exponent);
    const Rows other = x * unit;
    MemorySource scaled = sourceOf(other);
    EXPECT_EQ(matrixOf(findWhitening(scaled, nullptr, 0.1, 1)) * unit, want) << exponent;
    EXPECT_EQ(asRows(apply(learnPreprocessing(scaled, {8}, whitened(0.1)), scaled), 8),
              asRows(apply(learnPreprocessing(source, {8}, whitened(0.1)), source), 8));
  }
}

TEST(Whitening, RefusesWhatHasNoDirections) {
  const Rows one = randomRows(1, 4, 5), same = Rows::Constant(6, 4, 0.1);
  MemorySource single = sourceOf(one), constant = sourceOf(same);
  EXPECT_ERROR(findWhitening(single, nullptr, 0.1, 1), "x.npy: no feature differs in its 1 example: nothing to whiten");
  EXPECT_ERROR(findWhitening(constant, nullptr, 0.1, 1), "x.npy: no feature differs in its 6 examples");
  Rows bad = randomRows(5, 4, 6);
  bad(3, 2) = std::nan("");
  MemorySource broken = sourceOf(bad);
  EXPECT_ERROR(findWhitening(broken, nullptr, 0.1, 1), "x.npy: value [3, 2] is nan; a finite number was expected");
  const Rows huge = Rows::NullaryExpr(4, 2, [](auto r, auto) { return r % 2 ? 1.7e308 : -1.7e308; });
  MemorySource large = sourceOf(huge);
  EXPECT_ERROR(findWhitening(large, nullptr, 0.1, 1), "x.npy: the differences of its examples are too large for f64");
  const Rows least = Rows::NullaryExpr(4, 2, [](auto r, auto c) { return double(r * (c + 1)) * 5e-324; });
  MemorySource tiny = sourceOf(least);
  EXPECT_ERROR(findWhitening(tiny, nullptr, 0.1, 1), "x.npy: the differences of its examples are too small");
  const Shape wide = {3, int64_t(1) << 20};
  const float none = 0;
  MemorySource manyFeatures("wide.npy", Dtype::f4, wide, &none);
  EXPECT_ERROR(findWhitening(manyFeatures, nullptr, 0.1, 1), "--zca of 1048576 features needs 8796");
}

TEST(Whitening, AnExampleThatLeavesTheRangeIsNamed) {
  const Rows x = randomRows(30, 3, 7) * 1e-30;
  MemorySource source = sourceOf(x);
  const Preprocessing preprocessing = learnPreprocessing(source, {3}, whitened(0.1));
  Rows far = x.topRows(4);
  far(2, 1) = 1e20; // 1e50 deviations
  MemorySource tested = sourceOf(far);
  EXPECT_ERROR(apply<float>(preprocessing, tested), "x.npy: example 2: ");
  EXPECT_NO_THROW(apply<double>(preprocessing, tested));
}

TEST(Preprocessing, StepsAreTakenInTheirOrder) {
  // 50 images of 2 x 3 positions and 2 channels.
  Rows x = correlatedRows(50, 12, 8);
  for (int64_t position = 0; position < 6; ++position)
    x.col(2 * position + 1) = x.col(2 * position + 1) * 20 + Eigen::VectorXd::Constant(50, 100);
  MemorySource source = sourceOf(x);
  PreprocessingOptions options = whitened(0.2);
  options.scale = 255;
  options.standardize = Standardize::channels;
  const Preprocessing found = learnPreprocessing(source, {2, 3, 2}, options);
  EXPECT_EQ(found.steps,
            (std::vector<std::string>{"divided by 255", "standardized by channel", "whitened by ZCA, epsilon 0.2"}));
  Rows want = x / 255;
  for (int64_t channel = 0; channel < 2; ++channel) {
    double mean = 0, square = 0;
    for (int64_t c = channel; c < 12; c += 2)
      mean += want.col(c).mean() / 6;
    for (int64_t c = channel; c < 12; c += 2)
      square += (want.col(c).array() - mean).square().mean() / 6;
    for (int64_t c = channel; c < 12; c += 2)
      want.col(c) = (want.col(c).array() - mean) / std::sqrt(square);
  }
  options.zca.reset();
  const Rows standardized = asRows(apply(learnPreprocessing(source, {2, 3, 2}, options), source), 12);
  EXPECT_LT((standardized - want).cwiseAbs().maxCoeff(), 1e-12);
  want = centred(want) * directWhitening(want, 0.2);
  EXPECT_LT((asRows(apply(found, source), 12) - want).cwiseAbs().maxCoeff(), 1e-10);
  const std::vector<float> single = apply<float>(found, source);
  for (size_t i = 0; i < single.size(); ++i)
    EXPECT_NEAR(single[i], want.data()[i], 1e-6 * std::abs(want.data()[i]) + 1e-10); // rounded once
}

TEST(Preprocessing, ScaleIsADivision) {
  const std::vector<uint8_t> bytes = {0, 1, 2, 3, 254, 255};
  MemorySource source("x.npy", Dtype::u1, {3, 2}, bytes.data());
  PreprocessingOptions options;
  options.scale = 255;
  const std::vector<float> got = apply<float>(learnPreprocessing(source, {2}, options), source);
  for (size_t i = 0; i < bytes.size(); ++i)
    EXPECT_EQ(got[i], float(bytes[i] / 255.0));
  options.scale = 1e-300;
  EXPECT_ERROR(apply<float>(learnPreprocessing(source, {2}, options), source),
               "x.npy: value [0, 1] is 1, which is too large for f32 once scaled");
  EXPECT_TRUE(learnPreprocessing(source, {2}, {}).steps.empty());
  EXPECT_FALSE(learnPreprocessing(source, {2}, {}).scaling);
}

TEST(Preprocessing, ConstantFeaturesAreSaid) {
  Rows x = randomRows(9, 4, 9);
  x.col(2).setConstant(7);
  MemorySource source = sourceOf(x);
  PreprocessingOptions options;
  options.standardize = Standardize::features;
  EXPECT_EQ(learnPreprocessing(source, {4}, options).steps[0],
            "standardized by feature (1 of 4 is the same number in the whole training set, from now on 0)");
  options.scale = 10; // of a test set that has another number there, what is left is divided by the scale
  const Preprocessing found = learnPreprocessing(source, {4}, options);
  x(0, 2) = 17;
  EXPECT_EQ(apply(found, source)[2], 1);
  options.standardize = Standardize::channels;
  EXPECT_ERROR(learnPreprocessing(source, {4}, options),
               "--standardize-channels: the network's input is [4], without channels; positions and channels, such as");
}
