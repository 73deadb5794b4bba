#include "runtime/linalg/SquareBuffer.h"

#include <new>
#include <sys/mman.h>

namespace inet {

SquareBuffer::SquareBuffer(int64_t n) : size(n) {
  constexpr size_t hugePage = size_t(1) << 21;
  size_t bytes = sizeof(double) * static_cast<size_t>(n) * static_cast<size_t>(n);
  bytes = (bytes + hugePage - 1) / hugePage * hugePage;
  owned.reset(static_cast<double *>(std::aligned_alloc(hugePage, bytes)));
  if (!owned)
    throw std::bad_alloc();
  data = owned.get();
  madvise(data, bytes, MADV_HUGEPAGE); // advice: where it is refused the pages are small, and nothing else changes
}

} // namespace inet
