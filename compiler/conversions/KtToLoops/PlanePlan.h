//===- PlanePlan.h - in which order planes are computed, and where they lie ----===//
//
// A network on positions is a chain of levels. A level begins with the gram of the inputs, or with what pools made of
// earlier levels, and ends where displacements mix: in pools, and in readouts. Within a level every displacement plane
// is independent of the others, and is run through all operations while it lies in cache:
//
//   level 0:  for each plane of the gram:  nest, nest, …  →  added into the planes of pools and readouts
//   level 1:  for each plane of those pools:  …
//
// A nest is one loop over the positions of a plane: the pointwise operations between two windows, in registers. What a
// window reads, or a later nest, is stored in a buffer of the plane: a form of the value.
//
// Pools are streamed by their first displacement: a slab of planes of level k + 1, all that have the same first
// displacement, runs as soon as the last plane of level k that adds to it is done, and its memory is used again.
//
// Where windows wrap around, the planes of d and d − n are one: two parts, which are computed in turn, each in a buffer
// of its own; the cells beyond the border of one are copies from the other.
//
// Every value is taken to have two spatial dimensions at least; sequences get a first one of size 1.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_PLANEPLAN_H
#define INETC_CONVERSIONS_KTTOLOOPS_PLANEPLAN_H

#include "compiler/dialects/Kt/KtOps.h"
#include "llvm/ADT/DenseMap.h"

namespace inetc {

using Sizes = llvm::SmallVector<int64_t, 3>;

using kt::countPositions;
using kt::typeOf;

/// The positions of some values of a level, and how their displacements follow from the level's: d = base / stride.
struct Grid {
  Sizes positions, stride;
  friend bool operator==(const Grid &, const Grid &) = default;
};

/// A value as it lies in a buffer: for each position, or summed over the taps of a window in the last dimension.
struct Form {
  mlir::Value value = {};
  int grid = -1;
  int64_t taps = 1, dilation = 1; // of the sum; 1 tap: the value itself
  Sizes low = {}, high = {};      // cells beyond each border, or, in the last dimension of a sum, those that it reaches
  mlir::Value haloVariance = {};  // of a distance: what they are made of
  bool circular = false;          // they are copies of those at the other end
  int nest = -1, lastReader = -1; // the nests that write it and that read it last
  int replaces = -1;              // the form whose buffers it takes over
  int64_t buffer = -1, ntkBuffer = -1; // offsets into scratch memory, in vectors

  bool isSummed() const { return taps > 1; }
  /// Cells before the first of a row, which a sum that is not yet complete may write.
  int64_t getPad() const { return isSummed() ? (taps - 1) * dilation - low.back() : 0; }
  /// Vectors of one part, of Σ or of Θ.
  int64_t getSize(const Grid &grid) const;
  /// From one row to the next, of a plane that is `extent` wide.
  int64_t getPitch(int64_t extent) const {
    return isSummed() ? extent + getPad() + low.back() + high.back() - (taps - 1) * dilation
                      : extent + low.back() + high.back();
  }
};

/// One loop over the positions of a plane.
struct Nest {
  int grid;
  llvm::SmallVector<mlir::Operation *> operations; // in order; a pool stands for the reading of what it made
  llvm::SmallVector<int> forms;                    // that it stores
  llvm::SmallVector<int> sinks;                    // readouts that it adds to
  bool skewed = false;                             // a row is written one row late, see EmitSkew.cpp
};

/// Where planes of a level go: a pool, a readout, or (no operation) a later level that reads them as they are.
struct Sink {
  mlir::Operation *operation;
  mlir::Value input;
  int form = -1;   // that a pool reads
  int source = -1; // of a pool: index into PlanePlan::sources
};

/// A plane of a level adds to planes of a pool: out[P] += in[stride · P + shift] for P in [begin, end). For one
/// dimension.
struct Contribution {
  int64_t plane; // index into the pool's displacements of this dimension
  int64_t begin, end, shift;
};

/// What a pool (or no operation: a copy) makes of a level, kept for a later one.
struct PlaneSource {
  mlir::Operation *operation;
  mlir::Value result;
  Sizes positions;
  llvm::SmallVector<std::vector<int64_t>> displacements; // signed and sorted, for each dimension
  Sizes stride;                                          // of the window
  /// [dimension][index of the producing level's displacement × parts + part]
  llvm::SmallVector<std::vector<std::vector<Contribution>>> contributions;
  int level = -1; // that reads it
  // A slab: all planes with the same first displacement. Vectors of Σ, or of Θ.
  std::vector<int64_t> slabBegins;   // where each lies; those that are not alive together may share memory
  int64_t vectors = 0;               // that all of them take
  int64_t rowVectors = 0;            // of a slab, for each of its positions in the first dimension
  std::vector<int64_t> planeOffsets; // likewise, to the plane with these indices of the displacements but the first
  int64_t buffer = -1, ntkBuffer = -1;

  /// The positions in the first dimension of the planes of a slab.
  int64_t countRows(int64_t slab) const { return positions[0] - std::abs(displacements[0][slab]); }
};

struct Level {
  llvm::SmallVector<mlir::Operation *> operations;
  llvm::SmallVector<int> sources;
  std::vector<Sink> sinks;
  std::vector<Grid> grids;
  std::vector<Form> forms;
  std::vector<Nest> nests;
  /// Of the planes that are run, for each dimension: signed, or, where windows wrap around, modulo `modulus`.
  llvm::SmallVector<std::vector<int64_t>> displacements;
  Sizes modulus; // 0 where nothing wraps around
  llvm::DenseMap<mlir::Value, int> gridOf;
  /// The slabs of this level as they become complete: order[runAfter[i]] to order[runAfter[i + 1] − 1] run after slab i
  /// of level 0.
  std::vector<int64_t> order, runAfter;

  int64_t countParts(size_t dimension) const { return modulus[dimension] ? 2 : 1; }
  int64_t countParts() const;
  /// The index of a displacement (in the level's units) among `displacements`; their number if it is not one of them.
  size_t findDisplacement(size_t dimension, int64_t displacement) const;
};

struct PlanePlan {
  std::vector<Level> levels;
  std::vector<PlaneSource> sources;
  /// Operations on values without positions, after all levels.
  llvm::SmallVector<mlir::Operation *> last;
  int64_t scratchVectors = 0;
};

using kt::resolveGroups;

/// Sizes of a value's type with two dimensions at least.
Sizes planeSizes(kt::KernelType type);
/// The window of an operation, for as many dimensions.
llvm::SmallVector<kt::WindowDimension> planeWindow(mlir::Operation *op);
/// The displacements of both signs that a value has, sorted.
llvm::SmallVector<std::vector<int64_t>> planeDisplacements(kt::KernelType type);

/// Whether the code of a window has a loop over the taps of this dimension, where others have one after the other.
inline bool isLong(const kt::WindowDimension &dimension) {
  constexpr int64_t mostUnrolled = 11;
  return dimension.size > mostUnrolled;
}
/// Whether a window's sum over its taps in the last dimension, of so many positions, is made where values are stored.
bool sumsColumns(const kt::WindowDimension &columns, int64_t size);
/// Plans the operations of `block`. `streamed`: slabs of pools are used again; else all of them are there in the end.
mlir::FailureOr<PlanePlan> planPlanes(mlir::Block &block, bool streamed);

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_PLANEPLAN_H
