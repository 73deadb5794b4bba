#include "compiler/formulas/Quadrature.h"

#include "Cases.h"

#include <gtest/gtest.h>

namespace inetc::formulas {
namespace {

using test::Case;
using test::Correlation;

TEST(GaussLegendreTest, IntegratesPolynomialsExactly) {
  GaussLegendre<double> rule(5); // exact to degree 9
  for (int degree = 0; degree <= 9; ++degree) {
    double sum = 0;
    for (size_t i = 0; i < rule.nodes.size(); ++i)
      sum += rule.weights[i] * std::pow(rule.nodes[i], degree);
    EXPECT_NEAR(sum, 1.0 / (degree + 1), 1e-15); // rounding of five terms
  }
}

TEST(GaussianExpectationTest, KnowsMomentsAndTheArcCosineKernel) {
  GaussianExpectation<long double> expect;
  long double q = 2, qq = 0.5L, rho = -0.3L, k = rho * std::sqrt(q * qq);
  auto square = [](long double z) { return z * z; };
  EXPECT_NEAR(double(expect(square, q, qq, -1, 1 + rho)), double(q * qq + 2 * k * k), 1e-15); // Isserlis' theorem
  auto relu = [](long double z) { return z > 0 ? z : 0; };
  // Cho & Saul 2009, eq. 6
  long double theta = std::acos(rho), want = (std::sqrt(1 - rho * rho) + (pi - theta) * rho) / (2 * pi);
  EXPECT_NEAR(double(expect(relu, q, qq, -1, 1 + rho)), double(want * std::sqrt(q * qq)), 1e-15);
}

/// Dual kernels in long double against the integrals that define them.
class DualAgainstQuadratureTest : public testing::TestWithParam<Case> {
protected:
  using S = long double;

  /// The integrals of φ and φ' at one pair, and what their errors are measured by.
  struct Integrals {
    double nngp, factor, scale, slopeScale;
  };

  Integrals integrate(const Activation &activation, double q, double qq, const Correlation &correlation) const {
    return std::visit([&](const auto &a) { return integrateStruct(a, q, qq, correlation); }, activation);
  }

  void checkCovariance(const Activation &activation, double q, double qq, const Correlation &correlation) const {
    Integrals want = integrate(activation, q, qq, correlation);
    Normalizers<S> row = normalize(activation, S(q)), column = normalize(activation, S(qq));
    Dual<S> got = evaluateDual<S>(activation, correlation.rho<S>() * std::sqrt(S(q) * S(qq)), row, column);
    EXPECT_NEAR(double(got.nngp), want.nngp, tolerance * want.scale);
    EXPECT_NEAR(double(got.ntkFactor), want.factor, tolerance * want.slopeScale);
  }

  void checkDistance(const Activation &activation, double q, double qq, const Correlation &correlation) const {
    Integrals want = integrate(activation, q, qq, correlation);
    S root = std::sqrt(S(q)), other = std::sqrt(S(qq)), u = correlation.oneMinusRho();
    S d = (root - other) * (root - other) + 2 * root * other * u;
    S newVariances = evaluateVariance(activation, S(q)) + evaluateVariance(activation, S(qq));
    double angleError = test::angleError(std::numeric_limits<S>::epsilon(), q, qq, correlation);
    auto check = [&](DistanceFacts facts) {
      Normalizers<S> row = normalize(activation, S(q)), column = normalize(activation, S(qq));
      DistanceDual<S> got = evaluateDistanceDual<S>(activation, d, row, column, facts);
      // Where the derivative is 0, Σ' itself changes like θ. The largest change of a factor with θ is that of abs,
      // 2θ/π.
      bool steps = want.slopeScale == 0;
      EXPECT_NEAR(double((newVariances - got.nngp) / 2), want.nngp, tolerance * want.scale + 2 * steps * angleError);
      EXPECT_NEAR(double(got.ntkFactor), want.factor, tolerance * want.slopeScale + 2 * angleError);
      EXPECT_NEAR(double(got.covariance), double(correlation.rho<S>() * root * other), 1e-18 * (q + qq));
    };
    check({});
    check({.zeroIsInert = true});
    if (correlation.sign > 0) {
      check({.nonnegative = true});
      check({.nonnegative = true, .zeroIsInert = true});
    }
  }

private:
  // The quadrature is in double and sums some thousand terms of the size of its result.
  static constexpr double tolerance = 1e-12;

  template <class A> Integrals integrateStruct(const A &a, double q, double qq, const Correlation &correlation) const {
    if constexpr (requires { a.apply(q); }) {
      auto phi = [&](double z) { return a.apply(z); };
      auto slope = [&](double z) { return a.derivative(z); };
      double sign = correlation.sign, rest = correlation.distance;
      return {expect(phi, q, qq, sign, rest), expect(slope, q, qq, sign, rest),
              std::sqrt(expect(phi, q, q, 1, 0) * expect(phi, qq, qq, 1, 0)),
              std::sqrt(expect(slope, q, q, 1, 0) * expect(slope, qq, qq, 1, 0))};
    }
    ADD_FAILURE() << "no function to integrate";
    return {};
  }

  GaussianExpectation<double> expect;
};

TEST_P(DualAgainstQuadratureTest, AgreesWithTheIntegral) {
  bool unitVariance = findActivation(GetParam().name)->requiresUnitVariance;
  Activation activation = GetParam().make();
  const double grid[][2] = {{1, 1}, {0.3, 2}, {1e-12, 1}, {2, 2}};
  for (auto [q, qq] : grid) {
    if (unitVariance && (q != 1 || qq != 1))
      continue;
    for (const Correlation &correlation : test::correlations()) {
      SCOPED_TRACE(testing::Message() << "q " << q << " q' " << qq << " rho " << correlation.rho<double>());
      if (getState(activation) == State::covariance)
        checkCovariance(activation, q, qq, correlation);
      else
        checkDistance(activation, q, qq, correlation);
    }
  }
}

std::vector<Case> casesWithFunction() {
  std::vector<Case> cases = test::allCases();
  std::erase_if(cases, [](const Case &test) { return test.name == "exp_normalized"; }); // a kernel map only
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Activations, DualAgainstQuadratureTest, testing::ValuesIn(casesWithFunction()),
                         [](const auto &info) { return info.param.label; });

TEST(ExpNormalizedTest, IsTheKernelMapOfThePeer) {
  Activation activation = ExpNormalized{1.5, -0.8};
  long double q = 2, qq = 0.3L, k = 0.4L;
  Normalizers<long double> row = normalize(activation, q), column = normalize(activation, qq);
  Dual<long double> got = evaluateDual<long double>(activation, k, row, column);
  long double value = std::exp(1.5L * (k / std::sqrt(q * qq) - 0.8L));
  EXPECT_NEAR(double(got.nngp), double(std::sqrt(q * qq) * value), 1e-15);
  EXPECT_NEAR(double(got.ntkFactor), double(1.5L * value), 1e-15);
}

} // namespace
} // namespace inetc::formulas
