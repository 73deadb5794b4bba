//===- Bf16Products.h - products of f32 inputs in matrix registers ------------===//
//
// Matrix registers (AMX) multiply bfloat16 and add up in f32. An f32 number is the sum of three bfloat16 of 8 bits
// each, x = h + m + l, and of the nine products of two such sums six are larger than the rounding of the result:
//
//   x x' = h h' + (h m' + m h') + (m m' + h l' + l h') + what is below 2^-26 |x x'|
//
// (Henry, Tang, Heinecke: Leveraging the bfloat16 artificial intelligence datatype for higher-precision computations,
// 2019; "bf16x6" in other compilers.) A tile register holds 16 rows of 64 bytes. In a prepared batch 16 examples side
// by side have a series of tiles, [32 features][part], each [example][32]. The right side of a product wants them as
// [pair of features][example][2]: those are packed into scratch for the columns of a tile of pairs, and stay in L2.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_BF16PRODUCTS_H
#define INETC_CONVERSIONS_KTTOLOOPS_BF16PRODUCTS_H

#include "compiler/conversions/KtToLoops/Emit.h"

namespace inetc {

/// Emits the products of 32 x 32 examples. Four tile registers hold them, the other four what is multiplied.
class Bf16Products {
public:
  /// Examples of X1, and vectors of 16 examples of X2, of a block; its products lie at the start of scratch,
  /// [row][column].
  static constexpr int64_t blockRows = 32, blockVectors = 2, lanes = 16;

  Bf16Products(Emission &emission, PreparedLayout &layout, LoopBuilder &b) : emission(emission), layout(layout), b(b) {}

  /// The rows of the parts of the inputs in lanes.
  static int64_t countLaneRows(int64_t features) { return countChunks(features) * parts * lanes; }
  /// What a tile of pairs takes in scratch, in f32.
  static int64_t countScratch(int64_t features, int64_t columns);

  /// Writes the parts of the examples `group` … `group` + 15, whose compact rows have been written.
  void prepare(mlir::Value prepared, mlir::Value group, mlir::Value laneBase);

  /// Before the first product in a function, and after the last.
  void start(mlir::Value scratch);
  void finish();
  /// Packs the columns from `begin`, a multiple of 16, to `end`.
  void packColumns(mlir::Value prepared2, mlir::Value capacity2, mlir::Value begin, mlir::Value end);
  /// The products of the rows from `firstRow` on, a multiple of 16 (past the batch its last 16 again), with those
  /// columns that were packed as number `block`, into scratch.
  void multiply(mlir::Value prepared1, mlir::Value capacity1, mlir::Value firstRow, mlir::Value block);

private:
  using Value = mlir::Value;
  static constexpr int64_t parts = 3, chunk = 32; // features of a tile register
  static constexpr int64_t tileSize = 16 * 16;    // in f32
  static constexpr int64_t halves = blockRows / lanes;
  static constexpr int64_t products = blockRows * blockVectors * lanes;

  static int64_t countChunks(int64_t features) { return (features + chunk - 1) / chunk; }
  int64_t getGroupSize() const { return countChunks(layout.getFeatures()) * parts * tileSize; }
  llvm::SmallVector<Value> split(Value memory, Value at, int64_t count);
  llvm::SmallVector<Value> findRows(Value capacity, Value first);
  llvm::SmallVector<Value> transpose(llvm::SmallVector<Value> rows);
  void call(llvm::StringRef intrinsic, mlir::ValueRange arguments);
  Value tile(int64_t index);
  Value bytes(int64_t count);

  Emission &emission;
  PreparedLayout &layout;
  LoopBuilder &b;
  Value scratch;
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_BF16PRODUCTS_H
