/// What must hold exactly: coincident inputs, zero inputs, symmetry.
#include "compiler/formulas/Activations.h"

#include "Cases.h"

#include <gtest/gtest.h>

namespace inetc::formulas {
namespace {

template <class S> class ExactValuesTest : public testing::Test {};

using Scalars = testing::Types<float, double, long double>;
TYPED_TEST_SUITE(ExactValuesTest, Scalars);

template <class S>
DistanceDual<S> distanceDual(const Activation &activation, S d, S q, S qq, DistanceFacts facts = {}) {
  Normalizers<S> row = normalize(activation, q), column = normalize(activation, qq);
  return evaluateDistanceDual<S>(activation, d, row, column, facts);
}

template <class S> Dual<S> covarianceDual(const Activation &activation, S k, S q, S qq) {
  Normalizers<S> row = normalize(activation, q), column = normalize(activation, qq);
  return evaluateDual<S>(activation, k, row, column);
}

const DistanceFacts everyFact[] = {
    {}, {.zeroIsInert = true}, {.nonnegative = true}, {.nonnegative = true, .zeroIsInert = true}};

TYPED_TEST(ExactValuesTest, IdenticalInputsOfARectifierHaveDistanceZeroAndTheMeanSlope) {
  using S = TypeParam;
  for (DistanceFacts facts : everyFact)
    for (S q : {S(1e-12), S(0.3), S(1), S(7), S(1e6)}) {
      DistanceDual<S> relu = distanceDual<S>(Relu{}, 0, q, q, facts);
      EXPECT_EQ(relu.nngp, 0);
      EXPECT_EQ(relu.ntkFactor, S(0.5));
      EXPECT_NEAR(relu.covariance / q, 1, std::numeric_limits<S>::epsilon()); // a², a = √q rounded
      DistanceDual<S> leaky = distanceDual<S>(LeakyRelu(0.25), 0, q, q, facts);
      EXPECT_EQ(leaky.nngp, 0);
      EXPECT_EQ(leaky.ntkFactor, S(1.0625) / 2);
      EXPECT_EQ(distanceDual<S>(Abs{}, 0, q, q, facts).nngp, 0);
      EXPECT_EQ(distanceDual<S>(Abs{}, 0, q, q, facts).ntkFactor, 1);
      // not the root of the smallest normal number, which the next layer would take the root of again
      EXPECT_EQ(distanceDual<S>(Sign{}, 0, q, q, facts).nngp, 0);
      EXPECT_EQ(distanceDual<S>(Step{}, 0, q, q, facts).nngp, 0);
    }
}

TYPED_TEST(ExactValuesTest, AGainMultipliesWhatTheDualGives) {
  using S = TypeParam;
  S tolerance = 4 * std::numeric_limits<S>::epsilon(); // the gain goes into every coefficient, which is rounded again
  for (const Activation &activation : {Activation(Relu{}), Activation(LeakyRelu(0.1)), Activation(Abs{})}) {
    Activation multiplied = activation;
    ASSERT_TRUE(multiplyGain(multiplied, 2.1));
    for (DistanceFacts facts : everyFact) {
      DistanceDual<S> plain = distanceDual<S>(activation, 1.7, 1.3, 2.2, facts);
      DistanceDual<S> dual = distanceDual<S>(multiplied, 1.7, 1.3, 2.2, facts);
      EXPECT_NEAR(dual.nngp, S(2.1) * plain.nngp, tolerance);
      EXPECT_NEAR(dual.ntkFactor, S(2.1) * plain.ntkFactor, tolerance);
      EXPECT_EQ(dual.covariance, plain.covariance); // of the input
      EXPECT_EQ(distanceDual<S>(multiplied, 0, 1.3, 1.3, facts).nngp, 0);
    }
    EXPECT_NEAR(evaluateVariance(multiplied, S(1.3)), S(2.1) * evaluateVariance(activation, S(1.3)), tolerance);
  }
  Activation gelu = Gelu{};
  EXPECT_FALSE(multiplyGain(gelu, 2.1));
}

TYPED_TEST(ExactValuesTest, OppositeInputsOfAbsCoincide) {
  using S = TypeParam;
  DistanceDual<S> dual = distanceDual<S>(Abs{}, 8, 2, 2); // Q + Q' - 2K with K = -Q
  // D = 4Q says less of an angle near π than of one near 0: a² is Q but for a rounding, and θ changes like its root.
  S epsilon = std::numeric_limits<S>::epsilon();
  EXPECT_NEAR(dual.covariance, -2, 4 * epsilon);
  EXPECT_NEAR(dual.nngp, 0, 16 * epsilon);
  EXPECT_NEAR(dual.ntkFactor, -1, 2 * std::sqrt(epsilon));
}

TYPED_TEST(ExactValuesTest, OppositeInputsWithBothDistancesAreOpposite) {
  using S = TypeParam;
  auto opposite = [](const Activation &activation, S q) {
    Normalizers<S> values = normalize(activation, q);
    S negated = 0;
    return evaluateDistanceDual<S>(activation, 4 * q, values, values, {}, &negated);
  };
  for (S q : {S(1e-12), S(0.3), S(1), S(7), S(1e6)}) {
    EXPECT_EQ(opposite(Relu{}, q).nngp, q); // Q/2 twice: Σ' = 0
    EXPECT_EQ(1 + opposite(Relu{}, q).ntkFactor, 1);
    EXPECT_EQ(opposite(Relu{}, q).covariance, -q);
    EXPECT_EQ(q + opposite(Abs{}, q).nngp, q);
    EXPECT_EQ(opposite(Abs{}, q).ntkFactor, -1);
    EXPECT_EQ(opposite(Sign{}, q).nngp, 4);
    EXPECT_EQ(opposite(Step{}, q).nngp, 1);
  }
}

TYPED_TEST(ExactValuesTest, InputsOfFarDifferentSizesHaveNoAngleButKeepTheirDistance) {
  using S = TypeParam;
  S epsilon = std::numeric_limits<S>::epsilon();
  // D is Q' rounded: nothing in it says how large the angle is, which is anything from 0 to the largest.
  for (S q : {S(1e-10), S(1e-20), S(1e-36)})
    for (S d : {1 - 4 * epsilon, 1 - epsilon, S(1), 1 + epsilon, 1 + 4 * epsilon})
      for (DistanceFacts facts : everyFact)
        for (const Activation &activation : {Activation(Relu{}), Activation(LeakyRelu(0.25)), Activation(Abs{})}) {
          S mean = evaluateVariance(activation, S(1)), a = std::sqrt(q);
          DistanceDual<S> dual = distanceDual<S>(activation, d, q, 1, facts);
          EXPECT_NEAR(dual.nngp, mean, 32 * epsilon + 4 * a) << q << " " << d;
          EXPECT_LE(std::abs(dual.ntkFactor), mean);
          EXPECT_LE(std::abs(dual.covariance), a + (facts.nonnegative ? 0 : 4 * epsilon));
        }
}

TYPED_TEST(ExactValuesTest, ZeroInputsStayZero) {
  using S = TypeParam;
  for (DistanceFacts facts : everyFact)
    for (S other : {S(0), S(1e-12), S(0.3), S(1), S(7), S(1e6)})
      for (const Activation &activation : {Activation(Relu{}), Activation(LeakyRelu(0.1)), Activation(Abs{})}) {
        DistanceDual<S> dual = distanceDual<S>(activation, other, 0, other, facts);
        EXPECT_EQ(dual.covariance, 0);
        EXPECT_EQ(dual.nngp, evaluateVariance(activation, other)); // so that Σ' = 0 exactly
        EXPECT_TRUE(std::isfinite(dual.ntkFactor));
      }
}

TYPED_TEST(ExactValuesTest, AZeroInputIsAtARightAngle) {
  using S = TypeParam;
  S tolerance = 8 * std::numeric_limits<S>::epsilon(); // P(1) = 1/2 to the accuracy of the polynomial
  for (DistanceFacts facts : {DistanceFacts{}, DistanceFacts{.nonnegative = true}})
    for (S other : {S(0), S(1), S(7)})
      EXPECT_NEAR(distanceDual<S>(Relu{}, other, 0, other, facts).ntkFactor, 0.25, tolerance);
}

TYPED_TEST(ExactValuesTest, StepsAtZeroTakeTheValueOfTheFunction) {
  using S = TypeParam;
  S zero = 0, one = 1;
  for (DistanceFacts facts : everyFact) {
    // sign(0) = 0: Σ' = 0 with every other input, so that D' is the sum of the variances
    EXPECT_EQ(evaluateVariance<S>(Sign{}, zero), 0);
    EXPECT_EQ(evaluateVariance<S>(Sign{}, one), 1);
    EXPECT_EQ(distanceDual<S>(Sign{}, one, zero, one, facts).nngp, 1);
    EXPECT_EQ(distanceDual<S>(Sign{}, zero, zero, zero, facts).nngp, 0);
    // step(0) = 1: Σ' = 1/2 with another input, 1 with itself
    EXPECT_EQ(evaluateVariance<S>(Step{}, zero), 1);
    EXPECT_EQ(evaluateVariance<S>(Step{}, one), S(0.5));
    EXPECT_EQ(distanceDual<S>(Step{}, one, zero, one, facts).nngp, S(0.5));
    EXPECT_EQ(distanceDual<S>(Step{}, zero, zero, zero, facts).nngp, 0);
  }
}

TYPED_TEST(ExactValuesTest, TheVarianceIsTheDualOfAnExampleWithItself) {
  using S = TypeParam;
  for (const test::Case &test : test::allCases()) {
    Activation activation = test.make();
    if (getState(activation) == State::distance)
      continue;
    for (S q : {S(0), S(1e-12), S(0.3), S(1), S(4.7)}) {
      SCOPED_TRACE(testing::Message() << test.label << " at " << q);
      S variance = evaluateVariance(activation, q);
      EXPECT_EQ(variance, covarianceDual(activation, q, q, q).nngp);
      EXPECT_TRUE(std::isfinite(variance) && variance >= 0);
      EXPECT_TRUE(std::isfinite(covarianceDual(activation, q, q, q).ntkFactor));
    }
  }
}

// Where variances are large, rounding takes covariances far beyond √(qq').
TYPED_TEST(ExactValuesTest, CovariancesRoundedBeyondTheirBoundGiveNumbers) {
  using S = TypeParam;
  for (const test::Case &test : test::allCases()) {
    Activation activation = test.make();
    if (getState(activation) == State::distance)
      continue;
    S q = static_cast<S>(test.largestVariance), k = q * (1 + 32 * std::numeric_limits<S>::epsilon());
    for (S sign : {S(1), S(-1)}) {
      Dual<S> dual = covarianceDual(activation, sign * k, q, q);
      EXPECT_TRUE(std::isfinite(dual.nngp) && std::isfinite(dual.ntkFactor)) << test.label;
      EXPECT_TRUE((test.label != "cos" && test.label != "rbf") || dual.nngp <= 1) << test.label;
    }
  }
}

TYPED_TEST(ExactValuesTest, DualsAreSymmetric) {
  using S = TypeParam;
  for (const test::Case &test : test::allCases()) {
    Activation activation = test.make();
    SCOPED_TRACE(test.label);
    S q = 0.7, qq = 1.9, k = 0.43, d = q + qq - 2 * k;
    if (getState(activation) == State::covariance) {
      EXPECT_EQ(covarianceDual(activation, k, q, qq).nngp, covarianceDual(activation, k, qq, q).nngp);
      EXPECT_EQ(covarianceDual(activation, k, q, qq).ntkFactor, covarianceDual(activation, k, qq, q).ntkFactor);
      continue;
    }
    for (DistanceFacts facts : everyFact) {
      EXPECT_EQ(distanceDual(activation, d, q, qq, facts).nngp, distanceDual(activation, d, qq, q, facts).nngp);
      EXPECT_EQ(distanceDual(activation, d, q, qq, facts).ntkFactor,
                distanceDual(activation, d, qq, q, facts).ntkFactor);
    }
  }
}

TYPED_TEST(ExactValuesTest, SmallCovariancesOfOddFunctionsKeepTheirDigits) {
  using S = TypeParam;
  using Oracle = long double;
  for (const Activation &activation : {Activation(Erf{}), Activation(Sin{}), Activation(Sin{0.8, 1.4, 0}),
                                       Activation(Gabor{}), Activation(Monomial(3))})
    for (S k : {S(0.1), S(-1e-3), S(1e-8), S(-1e-20)}) {
      Oracle want = covarianceDual<Oracle>(activation, k, S(0.7), S(1.9)).nngp;
      // relative to Σ' itself, not to the variances: some ten roundings
      EXPECT_NEAR(Oracle(covarianceDual<S>(activation, k, S(0.7), S(1.9)).nngp) / want, 1,
                  16 * std::numeric_limits<S>::epsilon());
    }
}

TYPED_TEST(ExactValuesTest, NonnegativeDualsAreSo) {
  using S = TypeParam;
  std::vector<std::string> found;
  for (const test::Case &test : test::allCases()) {
    Activation activation = test.make();
    if (!hasNonnegativeDual(activation) || test.name == "hermite")
      continue;
    found.push_back(test.label);
    SCOPED_TRACE(test.label);
    for (S q : {S(1e-3), S(0.7), S(1.9), S(4)})
      for (S rho : {S(-1), S(-0.99), S(-0.5), S(-0.1), S(0), S(0.4), S(1)}) {
        S qq = S(1.9), k = rho * std::sqrt(q * qq), d = q + qq - 2 * k;
        S sum = evaluateVariance(activation, q) + evaluateVariance(activation, qq);
        S nngp = getState(activation) == State::covariance ? covarianceDual(activation, k, q, qq).nngp
                                                           : (sum - distanceDual(activation, d, q, qq).nngp) / 2;
        EXPECT_GE(nngp, -16 * std::numeric_limits<S>::epsilon() * sum); // cancels to about 0 at ρ = -1
      }
  }
  EXPECT_EQ(found, (std::vector<std::string>{"relu", "abrelu", "abs", "step", "cos", "rbf", "exp", "gaussian",
                                             "gaussian_affine", "gaussian_growing", "monomial0", "monomial2",
                                             "monomial4", "rectified_monomial1", "rectified_monomial2",
                                             "rectified_monomial3", "rectified_monomial5", "exp_normalized"}));
}

} // namespace
} // namespace inetc::formulas
