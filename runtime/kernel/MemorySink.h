// Tiles into matrices in memory.
#ifndef INET_RUNTIME_KERNEL_MEMORYSINK_H
#define INET_RUNTIME_KERNEL_MEMORYSINK_H

#include "runtime/data/Array.h"
#include "runtime/kernel/TileSink.h"

namespace inet {

/// Where one result goes: n1 x n2 numbers of type f4 or f8, `leading` apart from row to row. Null: not wanted.
struct ResultPlace {
  void *data = nullptr;
  Dtype dtype = Dtype::f4;
};

struct KernelPlaces {
  ResultPlace nngp, ntk;
  int64_t leading = 0;
};

/// Tiles are written where they belong by the generated code itself, if every result that was compiled in is wanted in
/// the kernel's own dtype; else they are copied and converted. The numbers below the diagonal of K(X, X) are copies of
/// those above, made block by block while these are still in the cache.
class MemorySink : public TileSink {
public:
  /// `mirrored`: the tiles are those of a triangle. Throws Error where a result is wanted that was not compiled in.
  MemorySink(const InetKernel &kernel, const KernelPlaces &places, bool mirrored);

  std::optional<TileNumbers> place(const Rectangle &tile) override;
  void put(const Rectangle &tile, const TileNumbers &numbers) override;
  void complete(const Rectangle &block) override;

private:
  KernelPlaces places_;
  Dtype dtype_; // of the kernel
  bool mirrored_, direct_;
};

} // namespace inet

#endif
