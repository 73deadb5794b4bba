// Which tiles of a kernel matrix there are.
#ifndef INET_RUNTIME_KERNEL_TILES_H
#define INET_RUNTIME_KERNEL_TILES_H

#include "runtime/Abi.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace inet {

/// Rows [rowBegin, rowEnd) and columns [columnBegin, columnEnd) of a kernel matrix.
struct Rectangle {
  int64_t rowBegin, rowEnd, columnBegin, columnEnd;

  int64_t rows() const { return rowEnd - rowBegin; }
  int64_t columns() const { return columnEnd - columnBegin; }
};

/// How a kernel matrix is divided: into blocks, each some tiles that one thread computes one after the other. A tile is
/// one call of the generated code. The plan depends on the kernel and the numbers of examples only, never on who
/// computes it: so every result is bit-identical for every number of threads, and, one day, of machines.
class TilePlan {
public:
  enum class Shape {
    rectangle, ///< all of K(X1, X2)
    triangle,  ///< of K(X, X) the tiles that have an entry on or above the diagonal
    diagonal   ///< of K(X, X) tiles of `lanes` examples on the diagonal
  };

  /// K(X1, X2) of so many examples. Tiles are as large as the kernel allows, smaller where these would be few and long.
  static TilePlan rectangle(const InetKernel &kernel, int64_t rows, int64_t columns);
  /// The same for K(X, X); a block is a square, and complete where it lies on or above the diagonal.
  static TilePlan triangle(const InetKernel &kernel, int64_t rows);
  /// For the kernel of each example with itself.
  static TilePlan diagonal(const InetKernel &kernel, int64_t rows);

  Shape shape() const { return shape_; }
  /// Whether both sides are the same examples.
  bool isSame() const { return shape_ != Shape::rectangle; }
  /// The largest tile.
  int64_t tileRows() const { return tileRows_; }
  int64_t tileColumns() const { return tileColumns_; }

  const std::vector<Rectangle> &blocks() const { return blocks_; }
  /// work(tile) for each tile of a block, row by row.
  template <class Work> void forEachTile(const Rectangle &block, const Work &work) const;

  /// How many distinct entries there are, in a block and in all: those below the diagonal are not counted.
  double entriesOf(const Rectangle &block) const;
  double entries() const;

private:
  TilePlan(Shape shape, int64_t rows, int64_t columns) : shape_(shape), rows_(rows), columns_(columns) {}
  void chooseTiles(const InetKernel &kernel);
  void listBlocks(int64_t rowStep, int64_t columnStep);

  Shape shape_;
  int64_t rows_, columns_, tileRows_ = 0, tileColumns_ = 0;
  std::vector<Rectangle> blocks_;
};

template <class Work> void TilePlan::forEachTile(const Rectangle &block, const Work &work) const {
  for (int64_t r = block.rowBegin; r < block.rowEnd; r += tileRows_)
    for (int64_t c = block.columnBegin; c < block.columnEnd; c += tileColumns_) {
      Rectangle tile{r, std::min(r + tileRows_, block.rowEnd), c, std::min(c + tileColumns_, block.columnEnd)};
      if (shape_ == Shape::triangle && tile.columnEnd <= tile.rowBegin)
        continue; // wholly below the diagonal
      work(tile);
    }
}

} // namespace inet

#endif
