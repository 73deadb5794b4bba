//===- Bf16Products.h - products of f32 inputs in matrix registers ------------===//
//
// Matrix registers (AMX) multiply bfloat16 and add up in f32. An f32 number is the sum of three bfloat16 of 8 bits each,
// x = h + m + l, and of the nine products of two such sums six are larger than the rounding of the result:
//
//   x x' = h h' + (h m' + m h') + (m m' + h l' + l h') + what is below 2^-26 |x x'|
//
// (Henry, Tang, Heinecke: Leveraging the bfloat16 artificial intelligence datatype for higher-precision computations,
// 2019; "bf16x6" in other compilers.) A tile register holds 16 rows of 64 bytes. In a prepared batch 16 examples side by
// side have two series of tiles, [32 features][part]: for their columns [pair of features][example][2], then for their
// rows [example][32].
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_BF16PRODUCTS_H
#define INETC_CONVERSIONS_KTTOLOOPS_BF16PRODUCTS_H

#include "compiler/conversions/KtToLoops/Emit.h"

namespace inetc {

/// Emits the products of 32 x 32 examples. Four tile registers hold them, the other four what is multiplied.
class Bf16Products {
public:
  /// Examples of X1, and vectors of 16 examples of X2, of a block; its products lie in scratch, [row][column].
  static constexpr int64_t blockRows = 32, blockVectors = 2, lanes = 16;

  Bf16Products(Emission &emission, PreparedLayout &layout, LoopBuilder &b)
      : emission(emission), layout(layout), b(b) {}

  /// The rows of the parts of the inputs in lanes.
  static int64_t countLaneRows(int64_t features) { return 2 * countChunks(features) * parts * lanes; }

  /// Writes the parts of the examples `group` … `group` + 15, whose compact rows have been written.
  void prepare(mlir::Value prepared, mlir::Value group, mlir::Value laneBase);

  /// Before the first product in a function, and after the last.
  void start(mlir::Value scratch);
  void finish();
  /// Examples of one side of a block, from `first` on, a multiple of 16; past the batch its last 16 again.
  struct Side {
    mlir::Value prepared, capacity, first;
  };
  /// The products of the rows and columns of a block, into scratch. `block`: how many blocks of columns of these rows came
  /// before.
  void multiply(Side rows, Side columns, mlir::Value block);

private:
  using Value = mlir::Value;
  static constexpr int64_t parts = 3, chunk = 32; // features of a tile register
  static constexpr int64_t tileSize = 16 * 16;    // in f32
  static constexpr int64_t halves = blockRows / lanes;

  static int64_t countChunks(int64_t features) { return (features + chunk - 1) / chunk; }
  int64_t getRowTiles() const { return countChunks(layout.getFeatures()) * parts * tileSize; }
  llvm::SmallVector<Value> split(Value memory, Value at, int64_t count);
  llvm::SmallVector<Value> findGroups(Value capacity, Value first, int64_t count, int64_t offset);
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
