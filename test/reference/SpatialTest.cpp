// Spatial layers: stages that must agree, in which planes that are not demanded are NaN; formulas written out; and what
// the distance is for.

#include "test/reference/Networks.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace inetc;
using namespace inetc::test;
using Real = long double;

namespace {

struct SpatialCase {
  const char *name;
  int64_t features;
  bool same; // x2 = null
  const char *text;
  friend void PrintTo(const SpatialCase &value, std::ostream *os) { *os << value.name; }
};

const SpatialCase cases[] = {
    {"UnequalWeightsCentered", 60, false, R"(network n { input [5, 4, 3]
  return input -> conv(3, pad = same, b_std = 0.2) -> relu -> avg_pool(3, stride = 2, pad = same) -> conv(2) -> abs ->
    sum_pool([2, 1], stride = 1, pad = same) -> conv(3, pad = same, b_std = 0.1) -> relu -> flatten -> dense })"},
    {"UnequalWeightsLinear", 60, false, R"(network n { input [5, 4, 3]
  return input -> conv(3, pad = same, b_std = 0.2) -> relu -> avg_pool([2, 3], stride = 1, pad = same) ->
    sum_pool(3, stride = 2, pad = same) -> conv(3, pad = same, b_std = 0.1) -> global_sum_pool -> dense(b_std = 1) })"},
    {"NormalizedEdges", 60, true, R"(network n { input [5, 4, 3]
  return input -> avg_pool(2, stride = 1, pad = same, normalize_edges = true) -> conv(2, pad = same) -> relu ->
    avg_pool(3, stride = 2, pad = same, normalize_edges = true) -> conv(1) -> relu ->
    avg_pool(2, stride = 1, pad = same, normalize_edges = true) -> flatten -> dense })"},
    {"CircularPools", 30, false, R"(network n { input [10, 3]
  return input -> conv(4, stride = 2, pad = circular, b_std = 0.1) -> relu -> avg_pool(3, stride = 2, pad = circular) ->
    conv(2, pad = circular) -> relu -> sum_pool(5, stride = 1, pad = circular) -> flatten -> dense })"},
    {"MeanInTheMiddle", 36, false, R"(network n { input [4, 3, 3]
  return input -> conv(2, pad = same, b_std = 0.3) -> relu -> global_avg_pool -> dense -> relu -> dense(w_std = 2) -> abs -> dense })"},
    {"SmoothAndRectified", 36, true, R"(network n { input [4, 3, 3]
  return input -> conv(2, pad = same, b_std = 0.3) -> erf -> avg_pool(2, stride = 1) -> conv(2, pad = same) -> relu ->
    sum_pool(2, stride = 1) -> conv(3, pad = same, b_std = 0.2) -> sin -> local_avg_pool(1) -> dense -> relu -> dense })"},
    {"DropoutBeforePools", 36, true, R"(network n { input [4, 3, 3]
  x = input -> conv(2, pad = same, b_std = 0.3) -> relu -> dropout(0.6, mode = train) -> avg_pool(2, stride = 1)
  return x -> conv(2, pad = same) -> relu -> dropout(0.8, mode = train) -> avg_pool(2, stride = 1) -> flatten -> dense })"},
    {"DropoutBehindPools", 36, true, R"(network n { input [4, 3, 3]
  x = input -> conv(2, pad = same, b_std = 0.3) -> relu -> avg_pool(2, stride = 1) -> dropout(0.6, mode = train)
  return x -> sum_pool(2, stride = 1, pad = same) -> dropout(0.8, mode = train) -> flatten -> dense })"},
    {"BranchesAndNorms", 48, false, R"(network n { input [4, 4, 3]
  default conv { pad = same, b_std = 0.1 }
  x = input -> conv(3)
  a = x -> relu -> conv(3, stride = 2) -> layer_norm(over = [channels, space])
  b = x -> avg_pool(2, stride = 2) -> conv(1)
  y = (a + b) -> relu -> conv(2)
  z = (y -> relu -> conv(1, pad = circular)) *
      (y -> layer_norm -> relu -> conv(3, pad = circular))
  return z -> avg_pool(2, stride = 1) -> flatten -> dense })"},
    {"ProductBehindTheLastActivation", 48, false, R"(network n { input [4, 4, 3]
  x = input -> conv(3, pad = same, b_std = 0.5) -> relu
  y = (x -> avg_pool(2, stride = 2) -> conv(1)) * (x -> conv(2, stride = 2) -> avg_pool(2, stride = 1, pad = same))
  return y -> global_avg_pool -> dense })"},
    {"StandardAndFrozen", 36, false, R"(network n { input [4, 3, 3]
  default conv { pad = same, parameterization = standard }
  x = input -> conv(3, 8, b_std = 0) -> relu -> conv(2, 4, train = false) -> relu -> avg_pool(2, stride = 1)
  return x -> conv(2, 4, stride = 2, b_std = 0.3) -> relu -> dense(7, parameterization = standard) -> global_avg_pool })"},
    {"VolumeDilated", 120, false, R"(network n { input [5, 4, 3, 2]
  return input -> conv([2, 3, 1], dilation = [3, 1, 1], pad = same, b_std = 0.1) -> relu ->
    avg_pool([2, 2, 3], stride = [2, 1, 1]) -> conv([2, 1, 1], dilation = [1, 1, 1]) -> relu -> flatten -> dense })"},
};

reference::KernelMatrices<Real> evaluate(const std::string &text, KtStage stage, llvm::ArrayRef<Real> values1,
                                         int64_t n1, llvm::ArrayRef<Real> values2, int64_t n2) {
  Networks networks;
  if (!networks.importText(text)) {
    ADD_FAILURE() << text;
    return {};
  }
  reference::Inputs<Real> x1{values1, n1}, x2{values2, n2};
  auto kernel = reference::evaluate(networks.runTo(stage), x1, n2 ? &x2 : nullptr);
  EXPECT_TRUE(succeeded(kernel)) << nameOf(stage);
  return *kernel;
}

void expectEqual(const std::vector<Real> &got, const std::vector<Real> &want, const std::string &what, Real tolerance) {
  ASSERT_EQ(got.size(), want.size()) << what;
  Real largest = 0;
  for (Real value : want)
    largest = std::max(largest, std::abs(value));
  ASSERT_GT(largest, 0) << what;
  for (size_t i = 0; i < want.size(); ++i)
    EXPECT_LE(std::abs(got[i] - want[i]), tolerance * std::max(std::abs(want[i]), 1e-3L * largest))
        << what << " " << i << " is " << got[i] << ", expected " << want[i];
}

class SpatialStages : public testing::TestWithParam<SpatialCase> {};

TEST_P(SpatialStages, KernelsStayTheSame) {
  const SpatialCase &param = GetParam();
  std::vector<Real> x1 = makeExamples(4, param.features, 1), x2 = makeExamples(3, param.features, 2);
  auto at = [&](KtStage stage) { return evaluate(param.text, stage, x1, 4, x2, param.same ? 0 : 3); };
  reference::KernelMatrices<Real> want = at(KtStage::derived);
  for (KtStage stage : allStages) {
    reference::KernelMatrices<Real> got = at(stage);
    // Rounding of long double, 5e-20. Covariances cost the root of it where two positions are alike: 1e-10, times the
    // part that their factor has in the kernel.
    expectEqual(got.nngp, want.nngp, std::string(nameOf(stage)) + ": nngp", 1e-14L);
    expectEqual(got.ntk, want.ntk, std::string(nameOf(stage)) + ": ntk", 1e-11L);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, SpatialStages, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

// A dilated convolution of a sequence of 7: positions p and taps p, p + 2, p + 4.
TEST(Spatial, DilatedConvolution) {
  std::vector<Real> x = makeExamples(3, 7, 5);
  auto got = evaluate("network n { input [7, 1] return input -> conv(3, dilation = 2, w_std = 2) -> flatten }",
                      KtStage::split, x, 3, {}, 0);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      Real sum = 0;
      for (int p = 0; p < 3; ++p)
        for (int t = 0; t < 3; ++t)
          sum += x[7 * i + p + 2 * t] * x[7 * j + p + 2 * t];
      EXPECT_NEAR(got.nngp[3 * i + j], 4 * sum / 9, 1e-16L * 100); // rounding, of numbers up to 10²
    }
}

// A strided convolution of an even size: of the padding (1 in all) nothing comes before the first position.
TEST(Spatial, SamePaddingComesLast) {
  std::vector<Real> x = makeExamples(2, 4, 5);
  auto got = evaluate("network n { input [4, 1] return input -> conv(3, stride = 2, pad = same) -> flatten }",
                      KtStage::split, x, 2, {}, 0);
  auto product = [&](int i, int j, int p) { return x[4 * i + p] * x[4 * j + p]; };
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) {
      Real first = product(i, j, 0) + product(i, j, 1) + product(i, j, 2), second = product(i, j, 2) + product(i, j, 3);
      EXPECT_NEAR(got.nngp[2 * i + j], (first + second) / 6, 1e-18L); // rounding, of numbers up to 0.1²
    }
}

// local_avg_pool(c) is avg_pool(2c + 1, stride = 1, pad = same), then flatten.
TEST(Spatial, LocalAveragePooling) {
  std::vector<Real> x = makeExamples(4, 60, 1);
  std::string before = "network n { input [5, 4, 3] return input -> conv(3, pad = same) -> relu -> ";
  auto local = evaluate(before + "local_avg_pool([1, 2]) -> dense }", KtStage::split, x, 4, {}, 0);
  auto written =
      evaluate(before + "avg_pool([3, 5], stride = 1, pad = same) -> flatten -> dense }", KtStage::split, x, 4, {}, 0);
  EXPECT_EQ(local.nngp, written.nngp);
  EXPECT_EQ(local.ntk, written.ntk);
}

// Images 1e-1 … 1e-7 apart and of norms 1e-2 to 1e2, in float: with covariances half of the digits would be gone,
// through the halo, residual sums and pools as elsewhere.
class NearlyEqual : public testing::TestWithParam<const char *> {};

TEST_P(NearlyEqual, ImagesInFloat) {
  constexpr int64_t features = 75, count = 6;
  std::vector<Real> images = makeExamples(count + 1, features, 9);
  std::vector<float> x1, x2;
  for (int64_t i = 0; i < count; ++i)
    for (int64_t c = 0; c < features; ++c) {
      Real value = images[c] * (i % 3 == 0 ? 1 : i % 3 == 1 ? 100 : 0.01L);
      x1.push_back(static_cast<float>(value));
      x2.push_back(static_cast<float>(images[c] +
                                      std::pow(10.0L, -1 - i) * images[(i + 1) * features + c] * (i % 3 ? 0.1L : 1)));
    }
  std::vector<Real> exact1(x1.begin(), x1.end()), exact2(x2.begin(), x2.end());
  auto want = evaluate(GetParam(), KtStage::split, exact1, count, exact2, count);
  Networks networks;
  ASSERT_TRUE(networks.importText(GetParam()));
  reference::Inputs<float> inputs1{x1, count}, inputs2{x2, count};
  auto got = reference::evaluate(networks.runTo(KtStage::split), inputs1, &inputs2);
  ASSERT_TRUE(succeeded(got));
  for (size_t i = 0; i < want.ntk.size(); ++i) {
    // float, six layers, sums over up to 625 pairs of positions one after the other
    EXPECT_NEAR(got->nngp[i], want.nngp[i], 2e-6L * want.nngp[i]) << i;
    EXPECT_NEAR(got->ntk[i], want.ntk[i], 2e-6L * want.ntk[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Readouts, NearlyEqual,
    testing::Values(
        R"(network n { input [5, 5, 3] default conv { pad = same, w_std = sqrt(2) } x = input
  for i in 0..6 { x = x -> conv(3) -> relu }
  return x -> flatten -> dense })",
        R"(network n { input [5, 5, 3] default conv { pad = same, w_std = sqrt(2), b_std = 0.1 } x = input
  for i in 0..6 { x = x -> conv(3) -> relu }
  return x -> global_avg_pool -> dense })",
        R"(network n { input [5, 5, 3] default conv { pad = same, w_std = sqrt(2) } x = input -> conv(3)
  for i in 0..3 { x = x + (x -> relu -> conv(3) -> relu -> conv(3)) }
  return x -> relu -> avg_pool(3, stride = 2, pad = same) -> sum_pool(2, stride = 1) -> flatten -> dense })"));

} // namespace
