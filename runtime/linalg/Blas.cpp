#include "runtime/linalg/Blas.h"

#include "runtime/Error.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <mutex>
#include <set>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <thread>
#include <vector>

namespace inet {

int blasInt(int64_t size, const char *what) {
  if (size < 0 || size > std::numeric_limits<int>::max())
    throw Error(std::string(what) + " is " + std::to_string(size) +
                ", but LAPACK with 32-bit integers takes at most 2147483647");
  return static_cast<int>(size);
}

namespace {

constexpr size_t kBlasBuffer = size_t(128) << 20; // of OpenBLAS for x86-64, BUFFER_SIZE

bool isThereSpaceFor(int buffers) {
  const size_t bytes = kBlasBuffer * static_cast<size_t>(buffers);
  void *space = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED)
    return false;
  ::munmap(space, bytes);
  return true;
}

} // namespace

void reserveBlasMemory(int threads) {
  rlimit limit;
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return;
  const int calls = std::clamp(threads, 1, maximumBlasCalls);
  // OpenBLAS started threads of its own when it was loaded, which may still be about to take their buffers.
  if (!isThereSpaceFor(calls + openblas_get_num_procs() - 1)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (!isThereSpaceFor(calls))
      throw Error("OpenBLAS needs 128 MiB of address space for each of " + std::to_string(calls) +
                  " threads, which its limit of " + std::to_string(limit.rlim_cur >> 20) +
                  " MiB does not leave (see ulimit -v, --threads)");
  }
  std::vector<void *> buffers;
  for (int call = 0; call < calls; ++call)
    buffers.push_back(blas_memory_alloc(0));
  for (void *buffer : buffers)
    blas_memory_free(buffer);
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
