// The evaluator against formulas written out by hand, and what it refuses.

#include "compiler/reference/CompleteNetwork.h"
#include "test/reference/Networks.h"

#include "mlir/IR/Diagnostics.h"
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

using namespace inetc;
using namespace inetc::test;
using namespace inetc::reference;
using Real = long double;

namespace {

constexpr Real pi = std::numbers::pi_v<Real>;
// Tens of operations of long double, 5e-20 each.
constexpr Real tolerance = 1e-17L;

// One hidden layer: arc-cosine kernels of degree 1 and 0 (Cho, Saul 2009, eqs. 4-6).
TEST(Evaluate, ReluNetworkByArcCosines) {
  Networks networks;
  kt::NetworkOp network = networks.parse("[2]", R"(
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.25, b2 = 0.0, alpha = 2.25, beta = 0.0} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 0.5, b2 = 0.125, alpha = 0.5, beta = 0.125} : (!k) -> !k
  kt.return %3 : !k
)");
  ASSERT_TRUE(network);
  const Real radii[] = {1, 3, 0.25L}, angles[] = {0.1L, 1.4L, 2.9L};
  std::vector<Real> x;
  for (int i = 0; i < 3; ++i)
    x.insert(x.end(), {radii[i] * std::cos(angles[i]), radii[i] * std::sin(angles[i])});
  auto kernel = evaluate(network, Inputs<Real>{x, 3}, nullptr);
  ASSERT_TRUE(succeeded(kernel));
  ASSERT_EQ(kernel->nngp.size(), 9u);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      Real theta = std::abs(angles[i] - angles[j]);
      Real size = 2.25L * radii[i] * radii[j] / 2, first = size * std::cos(theta);
      Real second = size * (std::sin(theta) + (pi - theta) * std::cos(theta)) / (2 * pi);
      Real nngp = 0.5L * second + 0.125L;
      // Θ₁ = Σ₁; Θ₂ = w²Θ₁ E φ'φ' + Σ₂
      Real ntk = 0.5L * first * (pi - theta) / (2 * pi) + nngp;
      // the angle is found from a difference of covariances here: half of the digits where it is 0 or π, of which there is
      // none but the diagonal, which is exact
      EXPECT_NEAR(kernel->nngp[3 * i + j], nngp, tolerance * 10);
      EXPECT_NEAR(kernel->ntk[3 * i + j], ntk, tolerance * 10);
    }
}

// Layer norm over channels and space, then flatten: Σ' = mean_p Σ[p, p] / √(v v'), v the mean of Σ[p, p] plus eps.
TEST(Evaluate, LayerNormOverSpace) {
  const char *body = R"(
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.5, alpha = 2.0, beta = 0.5} : (!image) -> !image
  %2 = kt.normalize %1 {eps = 0.25, over_space} : (!image) -> !image
  %3 = kt.trace %2 : (!image) -> !k
  kt.return %3 : !k
)";
  std::vector<Real> x = makeExamples(3, 12, 7);
  auto meanProduct = [&](int i, int j) {
    Real sum = 0;
    for (int c = 0; c < 12; ++c)
      sum += x[12 * i + c] * x[12 * j + c];
    return sum / 12;
  };
  for (KtStage stage : allStages) {
    Networks networks;
    ASSERT_TRUE(networks.parse("[2, 2, 3]", body));
    auto kernel = evaluate(networks.runTo(stage), Inputs<Real>{x, 3}, nullptr);
    ASSERT_TRUE(succeeded(kernel));
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        auto linear = [&](int a, int b) { return 2 * meanProduct(a, b) + 0.5L; };
        Real want = linear(i, j) / std::sqrt((linear(i, i) + 0.25L) * (linear(j, j) + 0.25L));
        EXPECT_NEAR(kernel->nngp[3 * i + j], want, tolerance) << nameOf(stage);
        EXPECT_NEAR(kernel->ntk[3 * i + j], want, tolerance) << nameOf(stage); // Θ = Σ after one linear layer
      }
  }
}

// D = (1/C) Σ (gx − g'x')² and 4 T of it: two examples 1e-12 apart, whose covariance in double says nothing of it.
TEST(Evaluate, NearlyEqualExamplesInDistance) {
  Networks networks;
  ASSERT_TRUE(networks.parse("[2]", R"(
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "sign", parameters = array<f64>} : (!k) -> !k
  kt.return %1 : !k
)"));
  const double angle = 1e-12;
  std::vector<double> x{4, 0, 0.5, 0.5 * angle}; // of different norm
  auto kernel = evaluate(networks.runTo(KtStage::split), Inputs<double>{x, 2}, nullptr);
  ASSERT_TRUE(succeeded(kernel));
  EXPECT_EQ(kernel->nngp[0], 1);
  EXPECT_EQ(kernel->nngp[3], 1);
  EXPECT_NEAR(1 - kernel->nngp[1], 2 * angle / std::numbers::pi, 1.2e-16); // an ulp of 1
  EXPECT_EQ(kernel->nngp[1], kernel->nngp[2]);
}

// A signal that vanishes beside the bias, and whose square vanishes in double: Σ = b² (1 + 2 layers), Θ the same sums.
TEST(Evaluate, ExamplesMuchSmallerThanTheBias) {
  std::vector<double> x{1e-160, 0, -3e-160, 2e-170};
  for (KtStage stage : {KtStage::states, KtStage::split}) {
    Networks networks;
    ASSERT_TRUE(networks.importText(R"(
network tiny {
  input [2]
  default dense { w_std = sqrt(2), b_std = 0.5 }
  return input -> dense -> relu -> dense -> relu -> dense
})"));
    auto kernel = evaluate(networks.runTo(stage), Inputs<double>{x, 2}, nullptr);
    ASSERT_TRUE(succeeded(kernel)) << nameOf(stage);
    for (int i = 0; i < 4; ++i) {
      // a dozen roundings in double, of numbers of this size
      EXPECT_NEAR(kernel->nngp[i], 0.75, 1e-15) << nameOf(stage);
      EXPECT_NEAR(kernel->ntk[i], 1.5, 2e-15) << nameOf(stage);
    }
  }
}

// A tile is a part of the matrix, also where the diagonal is special.
TEST(Evaluate, TilesKnowWhichExamplesAreTheSame) {
  Networks networks;
  kt::NetworkOp network = networks.parse("[3]", R"(
  %0 = kt.gram {channels = 3 : i64} : () -> !k
  %1 = kt.dropout %0 {keep = 0.5} : (!k) -> !k
  kt.return %1 : !k
)");
  ASSERT_TRUE(network);
  std::vector<Real> x = makeExamples(5, 3, 3);
  auto whole = evaluate(network, Inputs<Real>{x, 5}, nullptr);
  Inputs<Real> rows{llvm::ArrayRef(x).slice(3, 6), 2, 1}, columns{llvm::ArrayRef(x).slice(6, 6), 2, 2};
  auto tile = evaluateTile(*completeNetwork(network), rows, columns, /*same=*/true);
  auto apart = evaluateTile(*completeNetwork(network), rows, columns, /*same=*/false);
  ASSERT_TRUE(succeeded(whole) && succeeded(tile) && succeeded(apart));
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) {
      EXPECT_EQ(tile->nngp[2 * i + j], whole->nngp[5 * (i + 1) + j + 2]);
      bool self = i == 1 && j == 0;
      EXPECT_EQ(apart->nngp[2 * i + j], tile->nngp[2 * i + j] / (self ? 2 : 1));
    }
}

TEST(Evaluate, RefusesInputsOfAnotherSize) {
  Networks networks;
  kt::NetworkOp network = networks.parse("[3]", R"(
  %0 = kt.gram {channels = 3 : i64} : () -> !k
  kt.return %0 : !k
)");
  ASSERT_TRUE(network);
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&networks.context, [&](mlir::Diagnostic &diagnostic) { message = diagnostic.str(); });
  std::vector<double> x(8);
  EXPECT_TRUE(failed(evaluate(network, Inputs<double>{x, 2}, nullptr)));
  EXPECT_EQ(message, "takes 3 numbers an example, found 8 for 2 examples");
}

} // namespace
