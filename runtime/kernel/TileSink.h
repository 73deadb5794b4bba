// Where the tiles of a kernel matrix go.
#ifndef INET_RUNTIME_KERNEL_TILESINK_H
#define INET_RUNTIME_KERNEL_TILESINK_H

#include "runtime/kernel/Tiles.h"

#include <optional>

namespace inet {

/// The numbers of one tile, in the kernel's dtype: entry (i, j) of the tile, from 0, lies at i * leading + j. A result
/// that is not there is null.
struct TileNumbers {
  void *nngp = nullptr, *ntk = nullptr;
  int64_t leading = 0;
};

/// Called by whoever computes tiles, from several threads at once; each tile comes once and belongs to one block. What
/// is below the diagonal of K(X, X) comes never: a sink that wants it makes it from its mirror image.
class TileSink {
public:
  virtual ~TileSink() = default;

  /// Where the generated code shall write this tile, all results that were compiled in; or nothing: it is then computed
  /// elsewhere and handed to `put`. The same answer for every tile.
  virtual std::optional<TileNumbers> place(const Rectangle &tile) { return std::nullopt; }
  /// Takes what it wants of a tile; the numbers are gone afterwards.
  virtual void put(const Rectangle &tile, const TileNumbers &numbers) = 0;
  /// All tiles of the block were written or put.
  virtual void complete(const Rectangle &block) {}
};

} // namespace inet

#endif
