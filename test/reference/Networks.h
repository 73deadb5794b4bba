// What the tests of the evaluator share: kernel recursions at every stage of the pipeline, and examples.
#ifndef INETC_TEST_REFERENCE_NETWORKS_H
#define INETC_TEST_REFERENCE_NETWORKS_H

#include "compiler/frontend/Importer.h"
#include "compiler/reference/Evaluate.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>
#include <vector>

namespace inetc::test {

/// How far a network has come.
enum class KtStage { derived, states, deferred, split, fused, tiled };
inline constexpr KtStage allStages[] = {KtStage::derived, KtStage::states, KtStage::deferred,
                                        KtStage::split,   KtStage::fused,  KtStage::tiled};
const char *nameOf(KtStage stage);

/// A module with one network.
class Networks {
public:
  Networks();

  /// Parses kt text; `body` are the lines between the braces of the network, in which !k stands for the covariance of a
  /// vector and !image for that of an image, both with nngp and ntk.
  kt::NetworkOp parse(const std::string &inputShape, const std::string &body);

  /// Imports and derives a file.
  kt::NetworkOp import(const std::string &path);

  /// The same of text instead of a file: one network.
  kt::NetworkOp importText(const std::string &text);

  /// Runs the passes up to a stage.
  kt::NetworkOp runTo(KtStage stage);

  mlir::MLIRContext context;

private:
  kt::NetworkOp getNetwork();
  kt::NetworkOp import(const ImportOptions &options);
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// n x features numbers in [-1, 1], always the same ones. The last example is zero, and norms differ by a factor of 100.
std::vector<long double> makeExamples(int64_t n, int64_t features, unsigned seed);

} // namespace inetc::test

#endif // INETC_TEST_REFERENCE_NETWORKS_H
