// The golden cases (test/golden/README.md), evaluated as the compiler derives and transforms them.

#include "runtime/data/Npy.h"
#include "test/reference/Networks.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace inetc;
using namespace inetc::test;

namespace {

std::vector<std::string> findCases() {
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(INETC_GOLDEN_DIR))
    if (std::filesystem::exists(entry.path() / "case.json"))
      names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

class Golden : public testing::TestWithParam<std::string> {
protected:
  struct Array {
    std::vector<double> values;
    int64_t rows;
  };

  std::string path(const std::string &file) const { return INETC_GOLDEN_DIR "/" + GetParam() + "/" + file; }

  Array read(const std::string &file) const {
    std::unique_ptr<inet::RowSource> source = inet::openNpy(path(file));
    return {inet::readAll(*source), source->rows()};
  }

  // The README's rule, with floor = 1e-3.
  template <class S> void compare(const reference::KernelMatrices<S> &kernel, bool ntk, KtStage stage) const {
    nlohmann::json description = nlohmann::json::parse(std::ifstream(path("case.json")));
    bool exact = description.value("exact", false), same = description["same_inputs"];
    Array want = read(ntk ? "ntk.npy" : "nngp.npy");
    const std::vector<S> &got = ntk ? kernel.ntk : kernel.nngp;
    ASSERT_EQ(got.size(), want.values.size());
    double whole = 0;
    for (double value : want.values)
      whole = std::max(whole, std::abs(value));
    for (int64_t j = 0; j < kernel.n2; ++j) {
      double largest = 0;
      for (int64_t i = 0; i < kernel.n1; ++i)
        largest = std::max(largest, std::abs(want.values[i * kernel.n2 + j]));
      for (int64_t i = 0; i < kernel.n1; ++i) {
        double expected = want.values[i * kernel.n2 + j], found = static_cast<double>(got[i * kernel.n2 + j]);
        double rtol = description["rtol_f64"];
        if (same && ntk && i == j && !exact)
          rtol = 1e-7;
        if (GetParam().starts_with("fc_coincident_") && i == 0 && j == 0)
          rtol = 1e-12;
        EXPECT_LE(std::abs(found - expected), rtol * std::max(std::abs(expected), 1e-3 * (largest > 0 ? largest : whole)))
            << nameOf(stage) << ", " << 8 * sizeof(S) << " bits: " << (ntk ? "ntk" : "nngp") << " [" << i << ", " << j
            << "] is " << found << ", expected " << expected;
      }
    }
  }

  template <class S> void evaluateAt(KtStage stage) const {
    Networks networks;
    ASSERT_TRUE(networks.import(path("net.inet")));
    Array x1 = read("x1.npy");
    std::vector<S> values1(x1.values.begin(), x1.values.end()), values2;
    reference::Inputs<S> inputs1{values1, x1.rows}, inputs2{{}, 0};
    bool same = !std::filesystem::exists(path("x2.npy"));
    if (!same) {
      Array x2 = read("x2.npy");
      values2.assign(x2.values.begin(), x2.values.end());
      inputs2 = {values2, x2.rows};
    }
    auto kernel = reference::evaluate(networks.runTo(stage), inputs1, same ? nullptr : &inputs2);
    ASSERT_TRUE(succeeded(kernel));
    compare(*kernel, /*ntk=*/false, stage);
    compare(*kernel, /*ntk=*/true, stage);
  }
};

TEST_P(Golden, Double) { evaluateAt<double>(KtStage::split); }

TEST_P(Golden, LongDouble) {
  evaluateAt<long double>(KtStage::states);
  evaluateAt<long double>(KtStage::tiled);
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(findCases()), [](const auto &info) { return info.param; });

} // namespace
