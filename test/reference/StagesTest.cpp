// Every pass leaves the kernels as they were: a network evaluates to the same matrices at each stage of the pipeline.

#include "test/reference/Networks.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace inetc;
using namespace inetc::test;
using Real = long double;

namespace {

struct StageCase {
  const char *name, *inputShape;
  int64_t features;
  bool same; // x2 = null
  const char *body;
  friend void PrintTo(const StageCase &value, std::ostream *os) { *os << value.name; }
};

// Not all in one style on purpose: w2, b2, alpha and beta differ from layer to layer.
const StageCase cases[] = {
    {"ReluChain", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.0, alpha = 2.0, beta = 0.0} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.0, alpha = 1.5, beta = 0.0} : (!k) -> !k
  %4 = kt.dual %3 {activation = "leaky_relu", parameters = array<f64: 0.3>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %5 : !k
)"},
    {"BiasedReluChain", "[5]", 5, true, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.3, alpha = 2.0, beta = 0.3} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %4 = kt.dual %3 {activation = "abs", parameters = array<f64>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 1.0, b2 = 4.0, alpha = 1.0, beta = 4.0} : (!k) -> !k
  kt.return %5 : !k
)"},
    {"StandardParameterization", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.0, alpha = 5.0, beta = 1.0} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.2, alpha = 512.0, beta = 1.0} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 1.0, b2 = 0.0, alpha = 0.0, beta = 0.0} : (!k) -> !k
  kt.return %5 : !k
)"},
    {"Residual", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %4 = kt.affine %1 {a2 = 0.25} : (!k) -> !k
  %5 = kt.add %3, %4 : (!k, !k) -> !k
  %6 = kt.dual %5 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %7 = kt.linear %6 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %7 : !k
)"},
    {"SumOfScaledAndNot", "[5]", 5, true, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.dual %1 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %4 = kt.add %3, %1 : (!k, !k) -> !k
  %5 = kt.dual %4 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %6 = kt.linear %5 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %6 : !k
)"},
    {"Product", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %4 = kt.dual %1 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 0.5, b2 = 0.2, alpha = 0.5, beta = 0.2} : (!k) -> !k
  %6 = kt.mul %3, %5 : (!k, !k) -> !k
  %7 = kt.linear %6 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  %8 = kt.dual %7 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %9 = kt.linear %8 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %9 : !k
)"},
    {"Concat", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.dual %1 {activation = "gelu", parameters = array<f64>} : (!k) -> !k
  %4 = kt.concat %2, %3, %0 {weights = array<f64: 0.5, 0.375, 0.125>} : (!k, !k, !k) -> !k
  %5 = kt.linear %4 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  %6 = kt.dual %5 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %7 = kt.linear %6 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %7 : !k
)"},
    {"LayerNorm", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.normalize %1 {eps = 0.01} : (!k) -> !k
  %3 = kt.dual %2 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %4 = kt.linear %3 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %5 = kt.normalize %4 {eps = 1.0e-12} : (!k) -> !k
  %6 = kt.dual %5 {activation = "sin", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  %7 = kt.linear %6 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %7 : !k
)"},
    {"DropoutInTraining", "[5]", 5, true, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.dropout %2 {keep = 0.7} : (!k) -> !k
  %4 = kt.linear %3 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %5 = kt.dual %4 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %6 = kt.linear %5 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %6 : !k
)"},
    {"ReluThenErf", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %4 = kt.dual %3 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %5 : !k
)"},
    {"Sign", "[5]", 5, true, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.0, alpha = 2.0, beta = 0.0} : (!k) -> !k
  %2 = kt.dual %1 {activation = "sign", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %5 : !k
)"},
    {"BiasAlone", "[5]", 5, false, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 0.3, b2 = 0.2, alpha = 0.3, beta = 0.2} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 0.0, b2 = 0.7, alpha = 3.0, beta = 0.4} : (!k) -> !k
  %6 = kt.add %5, %2 : (!k, !k) -> !k
  %7 = kt.dual %6 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %8 = kt.linear %7 {w2 = 0.5, b2 = 0.1, alpha = 0.5, beta = 0.1} : (!k) -> !k
  kt.return %8 : !k
)"},
    {"SmallWeightsLargeBias", "[5]", 5, true, R"(
  %0 = kt.gram {channels = 5 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 1.0e-8, b2 = 1.0, alpha = 1.0e-8, beta = 1.0} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 1.0e-8, b2 = 1.0, alpha = 1.0e-8, beta = 1.0} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 1.0e-8, b2 = 1.0, alpha = 1.0e-8, beta = 1.0} : (!k) -> !k
  %6 = kt.dual %5 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %7 = kt.affine %2 {a2 = 1.0e8} : (!k) -> !k
  %8 = kt.add %7, %6 : (!k, !k) -> !k
  %9 = kt.dual %8 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %9 : !k
)"},
    {"FlattenedImage", "[2, 2, 3]", 12, false, R"(
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.linear %0 {w2 = 2.0, b2 = 0.1, alpha = 2.0, beta = 0.1} : (!image) -> !image
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!image) -> !image
  %3 = kt.linear %2 {w2 = 1.5, b2 = 0.01, alpha = 1.5, beta = 0.01} : (!image) -> !image
  %4 = kt.normalize %3 {eps = 0.01, over_space} : (!image) -> !image
  %5 = kt.dual %4 {activation = "relu", parameters = array<f64>} : (!image) -> !image
  %6 = kt.trace %5 : (!image) -> !k
  %7 = kt.linear %6 {w2 = 1.0, b2 = 0.2, alpha = 1.0, beta = 0.2} : (!k) -> !k
  %8 = kt.dual %7 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %9 = kt.linear %8 {w2 = 1.0, b2 = 0.0, alpha = 1.0, beta = 0.0} : (!k) -> !k
  kt.return %9 : !k
)"},
};

class Stages : public testing::TestWithParam<StageCase> {};

void expectEqual(const std::vector<Real> &got, const std::vector<Real> &want, const char *stage, const char *result) {
  ASSERT_EQ(got.size(), want.size()) << stage;
  Real largest = 0;
  for (Real value : want)
    largest = std::max(largest, std::abs(value));
  ASSERT_GT(largest, 0) << stage;
  for (size_t i = 0; i < want.size(); ++i)
    // Rounding of long double, 5e-20, times the few roots of differences that covariance takes and distance avoids.
    EXPECT_LE(std::abs(got[i] - want[i]), 1e-14L * std::max(std::abs(want[i]), 1e-3L * largest))
        << stage << ": " << result << " " << i << " is " << got[i] << ", expected " << want[i];
}

TEST_P(Stages, KernelsStayTheSame) {
  const StageCase &param = GetParam();
  std::vector<Real> values1 = makeExamples(5, param.features, 1), values2 = makeExamples(4, param.features, 2);
  reference::Inputs<Real> x1{values1, 5}, x2{values2, 4};
  reference::KernelMatrices<Real> want;
  for (KtStage stage : allStages) {
    Networks networks;
    ASSERT_TRUE(networks.parse(param.inputShape, param.body));
    auto got = reference::evaluate(networks.runTo(stage), x1, param.same ? nullptr : &x2);
    ASSERT_TRUE(succeeded(got)) << nameOf(stage);
    if (stage == KtStage::derived) {
      want = *got;
      ASSERT_EQ(want.n2, param.same ? 5 : 4);
      continue;
    }
    expectEqual(got->nngp, want.nngp, nameOf(stage), "nngp");
    expectEqual(got->ntk, want.ntk, nameOf(stage), "ntk");
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Stages, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
