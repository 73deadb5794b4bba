#include "runtime/kernel/MemorySink.h"

#include "runtime/kernel/Variant.h"

#include <algorithm>
#include <cstddef>

namespace inet {
namespace {

void *at(const ResultPlace &place, int64_t leading, int64_t row, int64_t column) {
  if (!place.data)
    return nullptr;
  return static_cast<std::byte *>(place.data) + (row * leading + column) * sizeOf(place.dtype);
}

template <class From, class To>
void copyAs(const void *from, int64_t fromLeading, const ResultPlace &place, int64_t leading, const Rectangle &tile) {
  for (int64_t r = tile.rowBegin; r < tile.rowEnd; ++r) {
    const From *source = static_cast<const From *>(from) + (r - tile.rowBegin) * fromLeading;
    std::copy(source, source + tile.columns(), static_cast<To *>(at(place, leading, r, tile.columnBegin)));
  }
}

template <class T> void mirrorAs(T *data, int64_t leading, const Rectangle &block) {
  constexpr int64_t edge = 16; // squares whose rows, read and written, share few cache lines
  for (int64_t c = block.columnBegin; c < block.columnEnd; c += edge)
    for (int64_t r = block.rowBegin; r < std::min(block.rowEnd, c + edge); r += edge)
      for (int64_t j = c; j < std::min(c + edge, block.columnEnd); ++j)
        for (int64_t i = r; i < std::min({r + edge, block.rowEnd, j}); ++i)
          data[j * leading + i] = data[i * leading + j];
}

} // namespace

MemorySink::MemorySink(const InetKernel &kernel, const KernelPlaces &places, bool mirrored)
    : places_(places), dtype_(dtypeOf(kernel)), mirrored_(mirrored) {
  requireCompiledIn(kernel, (places.nngp.data ? uint32_t(INET_NNGP) : 0) | (places.ntk.data ? uint32_t(INET_NTK) : 0));
  auto isDirect = [&](uint32_t result, const ResultPlace &place) {
    return !(kernel.results & result) || (place.data && place.dtype == dtype_);
  };
  direct_ = isDirect(INET_NNGP, places.nngp) && isDirect(INET_NTK, places.ntk);
}

std::optional<TileNumbers> MemorySink::place(const Rectangle &tile) {
  if (!direct_)
    return std::nullopt;
  return TileNumbers{at(places_.nngp, places_.leading, tile.rowBegin, tile.columnBegin),
                     at(places_.ntk, places_.leading, tile.rowBegin, tile.columnBegin), places_.leading};
}

void MemorySink::put(const Rectangle &tile, const TileNumbers &numbers) {
  auto copy = [&](const void *from, const ResultPlace &place) {
    if (!place.data)
      return;
    if (dtype_ == Dtype::f8)
      return copyAs<double, double>(from, numbers.leading, place, places_.leading, tile);
    if (place.dtype == Dtype::f8)
      return copyAs<float, double>(from, numbers.leading, place, places_.leading, tile);
    copyAs<float, float>(from, numbers.leading, place, places_.leading, tile);
  };
  copy(numbers.nngp, places_.nngp);
  copy(numbers.ntk, places_.ntk);
}

void MemorySink::complete(const Rectangle &block) {
  if (!mirrored_)
    return;
  for (const ResultPlace &place : {places_.nngp, places_.ntk}) {
    if (place.data && place.dtype == Dtype::f4)
      mirrorAs(static_cast<float *>(place.data), places_.leading, block);
    if (place.data && place.dtype == Dtype::f8)
      mirrorAs(static_cast<double *>(place.data), places_.leading, block);
  }
}

} // namespace inet
