//===- Emit.h - the functions that kt-to-loops emits --------------------------===//
//
// Functions for a network @net, on flat memory of the element type T (runtime/Abi.h says what they do; the
// wrappers that take the ABI's own structs are made by the target):
//
//   @net_block(prepared1, prepared2, nngp, ntk, scratch : memref<?xT>, capacity1, row_begin, row_end, capacity2,
//              column_begin, column_end, same, leading : index)
//   @net_prepare(x, prepared, scratch : memref<?xT>, begin, end, capacity : index) -> i64
//   @net_prepare_group  private: @net_prepare for the examples of one vector
//   @net_refine    private: distances of nearly equal, or opposite, examples, from differences, or sums, of the inputs
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_EMIT_H
#define INETC_CONVERSIONS_KTTOLOOPS_EMIT_H

#include "compiler/conversions/KtToLoops/ConstantTables.h"
#include "compiler/conversions/KtToLoops/LoopBuilder.h"
#include "compiler/conversions/KtToLoops/PlanePlan.h"
#include "compiler/conversions/KtToLoops/PreparedLayout.h"
#include "compiler/dialects/Kt/KtOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace inetc {

/// Where the inner products of the inputs of a tile come from (kt.fused says what each is).
enum class GramMethod { direct, registers, bf16x6, int8x28, blas };

/// What the emitters share about one network.
struct Emission {
  kt::NetworkOp network;
  kt::FusedOp group;
  mlir::FloatType element;
  int64_t lanes, rows, tileRows, tileColumns;
  GramMethod gram;
  int64_t gramRows, gramVectors; // of a block of products in vector or matrix registers
  bool avx512;
  int64_t cacheBytes; // of a core's L2
  ConstantTables constants;
  PlanePlan plan = {};     // without levels where nothing has positions
  bool rowsByLine = false; // whether rows in lockstep take turns at each line of a plane; else at each nest
  int64_t bandRows = 0, bandLayers = 0; // of kt.fused; 0: no bands
  int64_t prepareScratchVectors = 0;
  int64_t waitingVectors = 0; // scratch of a block beside that of its planes, for all rows in lockstep

  mlir::VectorType getVector() const { return mlir::VectorType::get({lanes}, element); }
  int64_t getVectorBytes() const { return lanes * mlir::FloatType(element).getWidth() / 8; }
  mlir::MemRefType getMemory() const { return mlir::MemRefType::get({mlir::ShapedType::kDynamic}, element); }
  kt::GramOp getGram() { return findGram(/*negated=*/false); }
  /// That of the distance to the second example negated, or null.
  kt::GramOp getNegatedGram() { return findGram(/*negated=*/true); }
  kt::GramOp findGram(bool negated) {
    for (auto gram : group.getBody().getOps<kt::GramOp>())
      if (gram.getType().getNegated() == negated)
        return gram;
    return {};
  }
  std::string getName(llvm::StringRef function) const {
    kt::NetworkOp op = network;
    return (op.getSymName() + "_" + function).str();
  }
};

struct EmittedFunctions {
  mlir::func::FuncOp function;
  double flops; // of one pair, the gram's included
};

/// Emits @net_block (and @net_refine where the gram asks for it) before `network`. Registers tables in `layout`.
EmittedFunctions emitBlock(Emission &emission, PreparedLayout &layout);

/// Emits the products of a block of gramRows examples of X1 with gramVectors vectors of X2, summed in vector registers:
/// scratch[row][vector].
void emitRegisterProducts(Emission &emission, PreparedLayout &layout, LoopBuilder &b, mlir::Value prepared1,
                          mlir::Value firstRow, mlir::Value prepared2, mlir::Value capacity2, mlir::Value firstColumn,
                          mlir::Value scratch);

/// Emits @net_refine and returns it.
mlir::func::FuncOp emitRefine(Emission &emission, PreparedLayout &layout);

/// Emits @net_prepare before `network`, and what it calls for `lanes` examples: the inputs scaled, and every table of
/// `layout`. Tables that an example's own kernels read are registered on the way: without `writesTables` nothing is
/// written, and they are known for the next time. Returns the functions, callers first.
mlir::FailureOr<llvm::SmallVector<mlir::func::FuncOp>> emitPrepare(Emission &emission, PreparedLayout &layout,
                                                                   bool writesTables);

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_EMIT_H
