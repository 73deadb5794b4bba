#include "runtime/linalg/Blas.h"

#include "runtime/Error.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <set>
#include <string>

namespace inet {

int blasInt(int64_t size, const char *what) {
  if (size < 0 || size > std::numeric_limits<int>::max())
    throw Error(std::string(what) + " is " + std::to_string(size) +
                ", but LAPACK with 32-bit integers takes at most 2147483647");
  return static_cast<int>(size);
}

namespace {

struct Setting {
  std::mutex mutex;
  std::multiset<int> wanted; // by all who hold a BlasThreads
  int before = 1;            // when there was none
};

Setting &setting() {
  static Setting instance;
  return instance;
}

} // namespace

BlasThreads::BlasThreads(int threads) : threads(std::max(1, threads)) {
  Setting &shared = setting();
  std::scoped_lock lock(shared.mutex);
  if (shared.wanted.empty())
    shared.before = openblas_get_num_threads();
  shared.wanted.insert(this->threads);
  openblas_set_num_threads(*shared.wanted.begin());
}

BlasThreads::~BlasThreads() {
  Setting &shared = setting();
  std::scoped_lock lock(shared.mutex);
  shared.wanted.erase(shared.wanted.find(threads));
  openblas_set_num_threads(shared.wanted.empty() ? shared.before : *shared.wanted.begin());
}

} // namespace inet
