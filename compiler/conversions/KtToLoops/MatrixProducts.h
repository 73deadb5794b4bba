//===- MatrixProducts.h - products of inputs in matrix registers --------------===//
//
// A tile register of AMX holds 16 rows of 64 bytes; one instruction adds the products of two such tiles to a third, of
// 16 x 16 sums. The numbers are small: bfloat16, added up in f32, or 8-bit integers, added up in 32 bits. So each input
// is a sum of parts, and of the products of the parts those count that are larger than the rounding of the result
// (Bf16Products.cpp, Int8Products.cpp).
//
// In a prepared batch 16 examples side by side have a series of tiles, [chunk of features][part], each [example][64
// bytes]. The right side of a product wants them as [4 bytes][example][4]: those are packed into scratch for the
// columns of a tile of pairs, and stay in L2.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_MATRIXPRODUCTS_H
#define INETC_CONVERSIONS_KTTOLOOPS_MATRIXPRODUCTS_H

#include "compiler/conversions/KtToLoops/Emit.h"
#include <memory>

namespace inetc {

/// What a way to multiply in matrix registers takes. Memory is counted in elements of the kernel's type.
struct MatrixFormat {
  static constexpr int64_t lanes = 16; ///< examples side by side
  static constexpr int64_t tileBytes = 1024;

  int64_t elementBits;             ///< of the inputs
  int64_t parts, partBits;         ///< of an input
  int64_t blockRows, blockVectors; ///< examples of X1, and vectors of those of X2, of a block of products
  int64_t laneRowsBehind;          ///< numbers of an example beside its parts
  int64_t scratchTiles;            ///< beside the products of a block
  int64_t maxFeatures;

  int64_t tileSize() const { return tileBytes * 8 / elementBits; }
  int64_t featuresOfTile() const { return 512 / partBits; }
  int64_t countChunks(int64_t features) const { return (features + featuresOfTile() - 1) / featuresOfTile(); }
  /// The parts of 16 examples.
  int64_t groupSize(int64_t features) const { return countChunks(features) * parts * tileSize(); }
  /// The rows of the inputs in lanes.
  int64_t countLaneRows(int64_t features) const { return groupSize(features) / lanes + laneRowsBehind; }
  /// What a tile of pairs takes in scratch.
  int64_t countScratch(int64_t features, int64_t columns) const;
  int64_t countProducts() const { return blockRows * blockVectors * lanes; }
};

/// Of bf16x6 and int8x28; of others null.
const MatrixFormat *findMatrixFormat(GramMethod gram);

/// Emits the products of a block of examples; they lie at the start of scratch, [row][column].
class MatrixProducts {
public:
  /// Of a gram that has a format.
  static std::unique_ptr<MatrixProducts> create(Emission &emission, PreparedLayout &layout, LoopBuilder &b);
  MatrixProducts(Emission &emission, PreparedLayout &layout, LoopBuilder &b);
  virtual ~MatrixProducts() = default;

  /// Writes the parts of the examples `group` … `group` + 15, whose compact rows have been written.
  virtual void prepare(mlir::Value prepared, mlir::Value group, mlir::Value laneBase) = 0;

  /// Before the first product in a function, and after the last.
  void start(mlir::Value prepared1, mlir::Value capacity1, mlir::Value prepared2, mlir::Value capacity2,
             mlir::Value scratch);
  void finish();
  /// Packs the columns from `begin`, a multiple of 16, to `end`: those that products are then made with.
  void packColumns(mlir::Value begin, mlir::Value end);

  /// Work on vectors that goes on beside the products, in units, a few at once: each is started, run and finished.
  /// `start` and `finish` may branch, what `run` emits is straight-line code. All units are done before the products in
  /// scratch are replaced.
  class Meanwhile {
  public:
    explicit Meanwhile(int64_t units) : units(units) {}
    virtual ~Meanwhile() = default;
    virtual void start(int64_t which, mlir::Value unit) = 0;
    virtual void run(int64_t which) = 0;
    virtual void finish(int64_t which) = 0;
    const int64_t units;
  };
  /// The products of the rows from `firstRow` on, a multiple of 16 (past the batch its last 16 again), with the block
  /// of packed columns from `firstColumn` on.
  virtual void multiply(mlir::Value firstRow, mlir::Value firstColumn, Meanwhile &work) = 0;

protected:
  using Value = mlir::Value;
  static constexpr int64_t lanes = MatrixFormat::lanes;

  int64_t getGroupSize() const { return format.groupSize(layout.getFeatures()); }
  int64_t countChunks() const { return format.countChunks(layout.getFeatures()); }
  /// Where the sixteens of a block's rows lie, and those of its packed columns.
  llvm::SmallVector<Value> findRows(Value first);
  llvm::SmallVector<Value> findColumns(Value first);
  /// for each chunk c: body(c), and beside them the units of the work from `firstUnit` to `endUnit`. Returns the first
  /// that is left.
  int64_t forChunks(Meanwhile &work, int64_t firstUnit, int64_t endUnit, llvm::function_ref<void(Value c)> body);
  /// What is left of the work, from `firstUnit` on.
  void finishWork(Meanwhile &work, int64_t firstUnit);
  /// With each chunk of each block of columns a part of the rows behind these comes into L2.
  void prefetchRowsBehind(Value firstRow, Value firstColumn, Value c);
  void load(int64_t tile, Value memory, Value place, Value c, int64_t part);
  void call(llvm::StringRef intrinsic, mlir::ValueRange arguments);
  Value tile(int64_t index);
  Value bytes(int64_t count);

  Emission &emission;
  PreparedLayout &layout;
  LoopBuilder &b;
  const MatrixFormat &format;
  Value prepared1, capacity1, prepared2, capacity2, scratch, packedBegin;

private:
  Value loadWords(Value memory, Value at);
  void storeWords(Value words, Value memory, Value at);
  llvm::SmallVector<Value> transpose(llvm::SmallVector<Value> rows);
};

std::unique_ptr<MatrixProducts> makeBf16Products(Emission &emission, PreparedLayout &layout, LoopBuilder &b);
std::unique_ptr<MatrixProducts> makeInt8Products(Emission &emission, PreparedLayout &layout, LoopBuilder &b);

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_MATRIXPRODUCTS_H
