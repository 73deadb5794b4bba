#include "runtime/linalg/Blas.h"

#include "runtime/Error.h"

#include <algorithm>
#include <limits>
#include <string>

namespace inet {

int blasInt(int64_t size, const char *what) {
  if (size < 0 || size > std::numeric_limits<int>::max())
    throw Error(std::string(what) + " is " + std::to_string(size) +
                ", but LAPACK with 32-bit integers takes at most 2147483647");
  return static_cast<int>(size);
}

BlasThreads::BlasThreads(int threads) : before(openblas_get_num_threads()) {
  openblas_set_num_threads(std::max(1, threads));
}

BlasThreads::~BlasThreads() { openblas_set_num_threads(before); }

} // namespace inet
