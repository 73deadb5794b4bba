#include "runtime/kernel/Calibrate.h"

#include "runtime/data/Array.h"
#include "runtime/kernel/Memory.h"
#include "runtime/linalg/Blas.h"

#include <algorithm>
#include <chrono>
#include <random>

namespace inet {
namespace {

template <class T> void fillNormal(Buffer &buffer, int64_t count) {
  std::mt19937 generator(0);
  std::normal_distribution<T> normal;
  std::generate_n(buffer.as<T>(), count, [&] { return normal(generator); });
}

} // namespace

SecondsPerEntry measureSecondsPerEntry(const InetKernel &kernel, int64_t features) {
  constexpr double enough = 0.1, most = 2; // seconds
  BlasThreads single(1);
  int64_t bytes = kernel.dtype == INET_F32 ? 4 : 8, lanes = kernel.lanes;
  int64_t rows = std::min(kernel.row_step, kernel.tile_rows), columns = lanes;
  // The least that can be measured may take minutes: then from what networks on images were seen to do, two operations
  // in a lane and nanosecond.
  double guess = kernel.flops_per_pair / (2e9 * static_cast<double>(lanes));
  if (guess * static_cast<double>(rows * columns) > most)
    return {guess, false};

  Buffer x(lanes * features * bytes), prepareScratch(kernel.prepare_scratch_bytes), scratch(kernel.block_scratch_bytes);
  if (kernel.dtype == INET_F32)
    fillNormal<float>(x, lanes * features);
  else
    fillNormal<double>(x, lanes * features);
  while (true) {
    int64_t capacity = (std::max(rows, columns) + lanes - 1) / lanes * lanes;
    Buffer prepared(capacity * kernel.prepared_bytes_per_example);
    Buffer nngp(rows * columns * bytes), ntk(rows * columns * bytes);
    for (int64_t begin = 0; begin < capacity; begin += lanes)
      kernel.prepare(x.data(), begin, begin + lanes, capacity, prepared.data(), prepareScratch.data());
    InetTile tile{prepared.data(), capacity, 0,           rows,       prepared.data(), capacity,      0,
                  columns,         0,        nngp.data(), ntk.data(), columns,         scratch.data()};
    auto measure = [&] {
      auto begin = std::chrono::steady_clock::now();
      kernel.block(&tile);
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    double seconds = measure();
    bool whole = rows == kernel.tile_rows && columns == kernel.tile_columns;
    if (seconds >= enough || whole) // the first run touches memory for the first time
      return {(seconds < most ? std::min(seconds, measure()) : seconds) / static_cast<double>(rows * columns), true};
    // a square soon: a matrix product is faster the larger it is
    if (rows < columns && rows < kernel.tile_rows)
      rows = std::min(rows * 4, kernel.tile_rows);
    else
      columns = std::min(columns * 4, kernel.tile_columns);
    if (columns == kernel.tile_columns && rows < columns)
      rows = std::min(rows * 4, kernel.tile_rows);
  }
}

} // namespace inet
