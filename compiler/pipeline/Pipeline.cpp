//===- Pipeline.cpp - the table of contents of the compiler ------------------===//

#include "compiler/pipeline/Pipeline.h"

#include "compiler/conversions/Passes.h"
#include "compiler/transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

// Loop bodies are thousands of operations of straight-line code, on which a top-down worklist takes quadratic time.
static std::unique_ptr<Pass> createLoopCanonicalizer() {
  GreedyRewriteConfig config;
  config.useTopDownTraversal = false;
  return createCanonicalizerPass(config);
}

void inetc::buildKtPipeline(OpPassManager &passes, const PipelineOptions &options) {
  passes.addPass(createInetToKt({options.get, options.precision})); // no inet op is left; every state a covariance
  passes.addPass(createCanonicalizerPass());                        // linear ∘ linear, flattened inputs
  passes.addPass(createCSEPass());                                  // a layer that was written twice is one
}

void inetc::buildFusionPipeline(OpPassManager &passes) {
  OpPassManager &network = passes.nest<kt::NetworkOp>();
  network.addPass(createKtInferDemand());   // types say which planes are needed
  network.addPass(createKtChooseState());   // types say covariance or distance; kt.rescale where they meet
  network.addPass(createKtDeferFactors());  // windows add up; what they do not divide by waits for the result
  network.addPass(createKtSplitVariance()); // what belongs to one example stands in kt.prepare
  network.addPass(createCSEPass());
  network.addPass(createKtFuse()); // no pointwise op stands outside a kt.fused
}

void inetc::buildReferencePipeline(OpPassManager &passes) {
  OpPassManager &network = passes.nest<kt::NetworkOp>();
  network.addPass(createKtInferDemand());
  network.addPass(createKtChooseState());
}

LogicalResult inetc::buildTilingPipeline(OpPassManager &passes, const PipelineOptions &options) {
  KtTileOptions tile;
  tile.vectorBits = options.vectorBits;
  tile.cacheBytes = options.cacheBytes;
  tile.amx = options.amx;
  std::unique_ptr<Pass> pass = createKtTile(tile);
  auto report = [](const Twine &message) {
    llvm::errs() << "error: --tile: " << message << "\n";
    return failure();
  };
  if (!options.tile.empty() && failed(pass->initializeOptions(options.tile, report)))
    return failure();
  passes.nest<kt::NetworkOp>().addPass(std::move(pass)); // groups say lanes, rows and tiles
  return success();
}

void inetc::buildLoopPipeline(OpPassManager &passes, const PipelineOptions &options) {
  passes.addPass(createKtToLoops({options.avx512, options.cacheBytes})); // no kt op is left
  passes.addPass(createLoopCanonicalizer());
  passes.addPass(createCSEPass());
  passes.addPass(createLoopInvariantCodeMotionPass());
}

void inetc::buildLlvmPipeline(OpPassManager &passes) {
  passes.addPass(createConvertSCFToCFPass());
  passes.addPass(createConvertVectorToLLVMPass());
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createLowerAffinePass());
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass()); // only the LLVM dialect is left
  passes.addPass(createLoopCanonicalizer());
  passes.addPass(createCSEPass());
}
