#include "compiler/formulas/Elementary.h"

#include <gtest/gtest.h>

namespace inetc::formulas {
namespace {

/// The functions that are emitted as polynomials, against the C++ library in long double. Errors are in ulp: units of
/// epsilon relative to the true value.
template <class S> class ElementaryTest : public testing::Test {
protected:
  static double errorInUlp(S got, long double want) {
    return double(std::fabs((static_cast<long double>(got) - want) / want) / std::numeric_limits<S>::epsilon());
  }
};

using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(ElementaryTest, Precisions);

TYPED_TEST(ElementaryTest, ExpIsWithinTwoUlp) {
  using S = TypeParam;
  S low = isSingle(S()) ? -87 : -708, high = isSingle(S()) ? 88.7 : 709.7;
  double worst = 0;
  for (int i = 0; i <= 100000; ++i) {
    S x = low + (high - low) * S(i) / S(100000);
    worst = std::max(worst, this->errorInUlp(inetc::formulas::exp(x), std::exp((long double)x)));
  }
  for (int i = -1000; i <= 1000; ++i) {
    S x = S(i) / 997;
    worst = std::max(worst, this->errorInUlp(inetc::formulas::exp(x), std::exp((long double)x)));
  }
  EXPECT_LT(worst, 2);
}

TYPED_TEST(ElementaryTest, ExpHasItsLimits) {
  using S = TypeParam;
  EXPECT_EQ(inetc::formulas::exp(S(0)), 1);
  EXPECT_EQ(inetc::formulas::exp(S(-1e4)), 0);
  EXPECT_EQ(inetc::formulas::exp(-std::numeric_limits<S>::infinity()), 0);
  EXPECT_EQ(inetc::formulas::exp(S(1e4)), std::numeric_limits<S>::infinity());
  // Around the ends of the range of normal numbers nothing wraps around.
  S last = isSingle(S()) ? 88.7228 : 709.7827, first = isSingle(S()) ? -87.3365 : -708.3964;
  for (S end : {last, first})
    for (S x : {std::nextafter(end, S(0)), end, std::nextafter(end, 2 * end)}) {
      S value = inetc::formulas::exp(x);
      EXPECT_TRUE(end > 0 ? value > std::numeric_limits<S>::max() / 2 : value < 2 * std::numeric_limits<S>::min()) << x;
      EXPECT_GE(value, 0);
    }
}

TYPED_TEST(ElementaryTest, ExpMinusOneKeepsSmallArguments) {
  using S = TypeParam;
  double worst = 0;
  for (S x = -100; x < -1e-30; x *= S(0.9993))
    worst = std::max(worst, this->errorInUlp(expMinusOne(x), std::expm1((long double)x)));
  EXPECT_LT(worst, 3);
  EXPECT_EQ(expMinusOne(S(0)), 0);
  EXPECT_EQ(expMinusOne(S(-1e30)), -1);
}

TYPED_TEST(ElementaryTest, ArcsineFromSineAndCosine) {
  using S = TypeParam;
  double worst = 0;
  for (int i = -100000; i <= 100000; ++i) {
    long double angle = i * (pi / 200000);
    S sine = std::sin(angle), cosine = std::max(std::cos(angle), 0.0L);
    if (i != 0)
      worst =
          std::max(worst, this->errorInUlp(arcsine(sine, cosine), std::atan2((long double)sine, (long double)cosine)));
  }
  // Sine and cosine contradict one another by a rounding: 1 ulp; the polynomial, its evaluation and pi/2 - x: 2 more.
  EXPECT_LT(worst, 3);
  EXPECT_EQ(arcsine(S(0), S(1)), 0);
  EXPECT_EQ(arcsine(S(1), S(0)), S(pi / 2));
  EXPECT_EQ(arcsine(S(-1), S(0)), -S(pi / 2));
}

TYPED_TEST(ElementaryTest, DeterminantIsExactWhereItVanishes) {
  using S = TypeParam;
  for (S q : {S(0.1), S(1) / 3, S(7.3), S(1e5) / 7})
    EXPECT_EQ(determinant(q, q, q), 0);
  S q = S(1) / 3, k = q * (1 - 4 * std::numeric_limits<S>::epsilon());
  long double want = ((long double)q - k) * ((long double)q + k); // the difference is exact
  EXPECT_LT(this->errorInUlp(determinant(q, q, k), want), 2);
}

TYPED_TEST(ElementaryTest, DeterminantIsNotNegative) {
  using S = TypeParam;
  for (S q : {S(0.1), S(7.3), S(1e8) / 7}) {
    EXPECT_EQ(determinant(q, q, std::nextafter(q, 2 * q)), 0);
    EXPECT_EQ(determinant(q, q, -std::nextafter(q, 2 * q)), 0);
    EXPECT_TRUE(std::isnan(determinant(q, q, std::numeric_limits<S>::quiet_NaN())));
  }
}

TYPED_TEST(ElementaryTest, PolynomialsWithOneAndTwoHalves) {
  using S = TypeParam;
  std::array<double, 3> quadratic = {1, 2, 3};
  EXPECT_EQ(polynomial(quadratic, S(2), S(4)), 17);
  EXPECT_EQ(polynomial(quadratic, S(2), S(4), 0.5L), S(8.5));
  std::array<double, 6> quintic = {1, 1, 1, 1, 1, 1};
  EXPECT_EQ(polynomial(quintic, S(2), S(4)), 63);
}

} // namespace
} // namespace inetc::formulas
