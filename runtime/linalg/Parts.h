// Loops over fixed parts of matrices, in parallel on the threads of the caller's TBB arena (see Workers.h).
#ifndef INET_RUNTIME_LINALG_PARTS_H
#define INET_RUNTIME_LINALG_PARTS_H

#include <algorithm>
#include <cstdint>
#include <oneapi/tbb/parallel_for.h>

namespace inet {

/// [begin, begin + count)
struct Part {
  int64_t begin, count;
};

/// Calls work(part) for the parts of [0, count) that multiples of `size` bound: they depend on nothing else.
template <class Work> void forEachPart(int64_t count, int64_t size, const Work &work) {
  const auto part = [&](int64_t index) { return Part{index * size, std::min(size, count - index * size)}; };
  if (count <= size) { // no tasks where there is nothing to share
    if (count > 0)
      work(part(0));
    return;
  }
  oneapi::tbb::parallel_for(int64_t(0), (count + size - 1) / size, [&](int64_t index) { work(part(index)); });
}

/// Calls work(rowPart, columnPart) for every pair of such parts.
template <class Work>
void forEachTile(int64_t rows, int64_t rowSize, int64_t columns, int64_t columnSize, const Work &work) {
  const int64_t down = (rows + rowSize - 1) / rowSize, across = (columns + columnSize - 1) / columnSize;
  forEachPart(down * across, 1, [&](Part tile) {
    const int64_t row = tile.begin % down * rowSize, column = tile.begin / down * columnSize;
    work(Part{row, std::min(rowSize, rows - row)}, Part{column, std::min(columnSize, columns - column)});
  });
}

} // namespace inet

#endif // INET_RUNTIME_LINALG_PARTS_H
