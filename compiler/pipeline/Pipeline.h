//===- Pipeline.h - the path of a network through the compiler --------------===//

#ifndef INETC_PIPELINE_PIPELINE_H
#define INETC_PIPELINE_PIPELINE_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include <string>

namespace inetc {

/// What the passes need to know; everything else they find in the network.
struct PipelineOptions {
  std::string get = "both";      // nngp, ntk or both
  std::string precision = "f32"; // f32 or f64; of a Compiler also both
  int64_t vectorBits = 512;      // of the target's registers
  int64_t cacheBytes = 2 << 20;  // of a core's L2
  bool avx512 = false;           // the target has AVX-512F
  bool amx = false;              // the target has AMX with bfloat16
  std::string tile;              // options of kt-tile, as "rows=2 gram=direct"; empty: chosen
};

/// inet → kt: the kernel recursion, as derived.
void buildKtPipeline(mlir::OpPassManager &passes, const PipelineOptions &options);
/// kt → kt: planes, states, what belongs to one example, fusion groups.
void buildFusionPipeline(mlir::OpPassManager &passes);
/// kt → kt: planes and states, which is what the reference evaluator wants to be exact for nearly equal examples.
void buildReferencePipeline(mlir::OpPassManager &passes);
/// kt → kt: lanes and tiles for a target. Fails, having said why, where `tile` is not understood.
mlir::LogicalResult buildTilingPipeline(mlir::OpPassManager &passes, const PipelineOptions &options);
/// kt → func, scf, vector, memref, math.
void buildLoopPipeline(mlir::OpPassManager &passes, const PipelineOptions &options);
/// → the LLVM dialect.
void buildLlvmPipeline(mlir::OpPassManager &passes);

/// Every dialect that IR on the path may hold.
void registerDialects(mlir::DialectRegistry &registry);
/// Every pass of ours, and upstream's that tests use.
void registerPasses();

} // namespace inetc

#endif // INETC_PIPELINE_PIPELINE_H
