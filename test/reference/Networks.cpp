#include "test/reference/Networks.h"

#include "compiler/conversions/Passes.h"
#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/transforms/Passes.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/SourceMgr.h"
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace inetc;
using namespace inetc::test;

const char *inetc::test::nameOf(KtStage stage) {
  static constexpr const char *names[] = {"derived", "states", "deferred", "split", "fused", "tiled"};
  return names[static_cast<int>(stage)];
}

Networks::Networks() { context.loadDialect<kt::KtDialect, inet::InetDialect>(); }

kt::NetworkOp Networks::getNetwork() { return module ? *module->getOps<kt::NetworkOp>().begin() : kt::NetworkOp(); }

kt::NetworkOp Networks::parse(const std::string &inputShape, const std::string &body) {
  std::string text = "!k = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f64>\n"
                     "!image = !kt.kernel<2x2, planes = all, state = covariance, nngp + ntk, f64>\n"
                     "kt.network @net input " +
                     inputShape + " {\n" + body + "}\n";
  module = parseSourceString<ModuleOp>(text, &context);
  EXPECT_TRUE(module) << text;
  return getNetwork();
}

kt::NetworkOp Networks::import(const std::string &path) {
  ImportOptions options;
  options.path = path;
  return import(options);
}

kt::NetworkOp Networks::importText(const std::string &text) {
  ImportOptions options;
  options.path = "network.inet";
  options.readFile = [&](const std::string &, std::string &) -> std::optional<std::string_view> { return text; };
  return import(options);
}

kt::NetworkOp Networks::import(const ImportOptions &options) {
  llvm::SourceMgr sources;
  module = importNetwork(context, sources, options);
  EXPECT_TRUE(module) << options.path;
  if (!module)
    return {};
  PassManager passes(&context);
  passes.addPass(createInetToKt({"both", "f64"}));
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  if (failed(passes.run(*module))) {
    ADD_FAILURE() << options.path;
    return {};
  }
  return getNetwork();
}

kt::NetworkOp Networks::runTo(KtStage stage) {
  PassManager passes(&context);
  OpPassManager &network = passes.nest<kt::NetworkOp>();
  if (stage >= KtStage::states) {
    network.addPass(createKtInferDemand());
    network.addPass(createKtChooseState());
  }
  if (stage >= KtStage::deferred)
    network.addPass(createKtDeferFactors());
  if (stage >= KtStage::split) {
    network.addPass(createKtSplitVariance());
    network.addPass(createCSEPass());
  }
  if (stage >= KtStage::fused)
    network.addPass(createKtFuse());
  if (stage >= KtStage::tiled)
    network.addPass(createKtTile());
  EXPECT_TRUE(succeeded(passes.run(*module))) << nameOf(stage);
  return getNetwork();
}

std::vector<long double> inetc::test::makeExamples(int64_t n, int64_t features, unsigned seed) {
  std::mt19937 generator(seed); // its numbers are the same everywhere; those of std's distributions are not
  std::vector<long double> values(n * features);
  for (int64_t i = 0; i + 1 < n; ++i)
    for (int64_t c = 0; c < features; ++c)
      values[i * features + c] = (generator() / 2147483648.0L - 1) * (i % 3 == 0 ? 0.1L : i % 3 == 1 ? 1 : 10);
  return values;
}
