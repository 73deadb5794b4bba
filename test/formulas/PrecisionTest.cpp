/// The duals in float and double, which the compiler emits, against the closed forms in long double.
#include "compiler/formulas/Activations.h"

#include "Cases.h"

#include <gtest/gtest.h>

namespace inetc::formulas {
namespace {

using test::Case;
using test::Correlation;
using Oracle = long double;

/// What one dual gives, in any state and precision: Σ', the factor, and D' where there is one.
template <class S> struct Result { S nngp, factor, distance = 0; };

template <class S> class PrecisionTest : public testing::Test {
protected:
  static constexpr S epsilon = std::numeric_limits<S>::epsilon();

  template <class T>
  static Result<T> evaluate(const Activation &activation, T pair, S q, S qq, DistanceFacts facts = {}) {
    Normalizers<T> row = normalize(activation, T(q)), column = normalize(activation, T(qq));
    if (getState(activation) == State::covariance) {
      Dual<T> dual = evaluateDual<T>(activation, pair, row, column);
      return {dual.nngp, dual.ntkFactor};
    }
    DistanceDual<T> dual = evaluateDistanceDual<T>(activation, pair, row, column, facts);
    T variances = evaluateVariance(activation, T(q)) + evaluateVariance(activation, T(qq));
    return {(variances - dual.nngp) / 2, dual.ntkFactor, dual.nngp};
  }

  /// The pair's k or D as S has it; the oracle gets this very number, so that its rounding is no error of ours.
  static S pairOf(const Activation &activation, S q, S qq, const Correlation &correlation) {
    Oracle root = std::sqrt(Oracle(q)), other = std::sqrt(Oracle(qq));
    if (getState(activation) == State::covariance)
      return S(correlation.rho<Oracle>() * root * other);
    return S((root - other) * (root - other) + 2 * root * other * correlation.oneMinusRho());
  }

  static void check(const Activation &activation, S q, S qq, const Correlation &correlation) {
    SCOPED_TRACE(testing::Message() << "q " << q << " q' " << qq << " rho " << correlation.rho<double>());
    S pair = pairOf(activation, q, qq, correlation);
    Result<Oracle> want = evaluate(activation, Oracle(pair), q, qq);
    Oracle self = evaluate(activation, Oracle(getState(activation) == State::covariance ? q : 0), q, q).factor,
           otherSelf = evaluate(activation, Oracle(getState(activation) == State::covariance ? qq : 0), qq, qq).factor;
    Oracle scale = std::sqrt(evaluateVariance(activation, Oracle(q)) * evaluateVariance(activation, Oracle(qq)));
    Oracle factorScale = std::max(std::sqrt(self * otherSelf), std::fabs(want.factor));
    bool distance = getState(activation) == State::distance;
    Oracle angleError = distance ? test::angleError(epsilon, q, qq, correlation) : 0;
    auto compare = [&](DistanceFacts facts) {
      Result<S> got = evaluate(activation, pair, q, qq, facts);
      // A formula is some ten roundings deep; the powers of a polynomial multiply theirs by the degree.
      Oracle rounding = 16 * epsilon, underflow = 1e3 * std::numeric_limits<S>::min();
      EXPECT_NEAR(Oracle(got.factor), want.factor, rounding * factorScale + 2 * angleError * factorScale + underflow);
      if (!distance) {
        EXPECT_NEAR(Oracle(got.nngp), want.nngp, rounding * scale + underflow);
        return;
      }
      // D' itself, not Σ': D' = cD - F aa' Z, and dZ = T du, du a few epsilon (Q + Q')/(aa'); steps change like T
      bool steps = want.factor == 0 && self == 0;
      Oracle t = steps ? 1 : std::sqrt(correlation.oneMinusRho());
      EXPECT_NEAR(Oracle(got.distance), want.distance,
                  4 * epsilon * want.distance + 6 * epsilon * (Oracle(q) + qq) * t * t * !steps +
                      (steps ? 4 * angleError : 0));
    };
    compare({});
    if (distance && correlation.sign > 0) {
      compare({.nonnegative = true});
      compare({.nonnegative = true, .zeroIsInert = true});
    }
  }
};

using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(PrecisionTest, Precisions);

TYPED_TEST(PrecisionTest, AgreesWithTheClosedForms) {
  using S = TypeParam;
  for (const Case &test : test::allCases()) {
    SCOPED_TRACE(test.label);
    Activation activation = test.make();
    for (double q : {1e-12, 1e-3, 0.3, 1.0, 4.0, 18.0, 1e2, 1e4, 1e6})
      for (double ratio : {1.0, 1.25, 1e-2}) {
        double qq = q * ratio;
        if (q <= test.largestVariance)
          for (const Correlation &correlation : test::correlations())
            this->check(activation, S(q), S(qq), correlation);
      }
  }
}

/// With the distance to the negated input beside the other, nothing is lost near π: the error is one of roundings,
/// where D alone leaves half of the digits.
TYPED_TEST(PrecisionTest, AnglesNearPiAreExactWhereBothDistancesAreKnown) {
  using S = TypeParam;
  using Oracle = long double;
  constexpr Oracle epsilon = std::numeric_limits<S>::epsilon();
  for (const Case &test : test::allCases()) {
    Activation activation = test.make();
    if (getState(activation) != State::distance)
      continue;
    SCOPED_TRACE(test.label);
    for (S q : {S(1e-12), S(0.3), S(1), S(18), S(1e6)})
      for (Oracle nearness : {0.0L, 1e-30L, 1e-12L, 1e-8L, 1e-4L, 0.01L, 0.5L, 0.999L, 1.5L, 1.9L, 2.0L}) {
        S negated = S(2 * q * nearness), d = S(4 * Oracle(q) - negated);
        SCOPED_TRACE(testing::Message() << "q " << q << " 1 + rho " << nearness);
        auto evaluate = [&]<class T>(T distance, T other) {
          Normalizers<T> values = normalize(activation, T(q));
          return evaluateDistanceDual<T>(activation, distance, values, values, {}, &other);
        };
        // the oracle gets the smaller one as it is, whose digits count
        bool isObtuse = nearness < 1;
        DistanceDual<Oracle> want =
            evaluate(isObtuse ? 4 * Oracle(q) - negated : Oracle(d), isObtuse ? Oracle(negated) : 4 * Oracle(q) - d);
        DistanceDual<S> got = evaluate(d, negated);
        Oracle variance = evaluateVariance(activation, Oracle(q));
        Oracle slope = std::max<Oracle>(evaluateDistanceDual<Oracle>(activation, 0, normalize(activation, Oracle(q)),
                                                                     normalize(activation, Oracle(q)))
                                            .ntkFactor,
                                        std::fabs(want.ntkFactor));
        // A formula is some ten roundings deep; the covariance takes two, of distances of up to 4q.
        EXPECT_NEAR(Oracle(got.nngp), want.nngp, 16 * epsilon * variance);
        EXPECT_NEAR(Oracle(got.ntkFactor), want.ntkFactor, 16 * epsilon * slope);
        EXPECT_NEAR(Oracle(got.covariance), want.covariance, 4 * epsilon * q);
      }
  }
}

} // namespace
} // namespace inetc::formulas
