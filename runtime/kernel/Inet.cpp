#include "runtime/Inet.h"

#include "runtime/Error.h"
#include "runtime/kernel/KernelMatrix.h"
#include "runtime/kernel/Variant.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace inet {
namespace {

PreparedExamples prepareArray(const InetProgram &program, const InetKernel &kernel, const char *name, const void *x,
                              int64_t rows, const Execution &execution) {
  if (!x || rows < 1)
    throw Error(fmt::format("{}: {} examples at address {} found; at least one expected", name, rows, x));
  Shape shape = inputShape(program);
  shape.insert(shape.begin(), rows);
  MemorySource source(name, dtypeOf(kernel), shape, x);
  return prepareExamples(kernel, source, nullptr, execution);
}

void computeIntoArrays(const InetProgram &program, const void *x1, int64_t n1, const void *x2, int64_t n2, void *nngp,
                       void *ntk, int threads) {
  const InetKernel &kernel = chooseVariant(program);
  if (threads < 0)
    throw Error(fmt::format("{} threads found; 0 (all cores) or more expected", threads));
  if (!nngp && !ntk)
    throw Error("no place for a result found; nngp, ntk or both expected");
  Execution execution{threads == 0 ? availableThreads() : threads, ProgressStyle::none()};
  PreparedExamples prepared1 = prepareArray(program, kernel, "x1", x1, n1, execution), prepared2;
  if (x2)
    prepared2 = prepareArray(program, kernel, "x2", x2, n2, execution);
  KernelPlaces places{{nngp, dtypeOf(kernel)}, {ntk, dtypeOf(kernel)}, x2 ? n2 : n1};
  fillKernel(kernel, prepared1, x2 ? &prepared2 : nullptr, places, execution);
}

void copyMessage(const char *message, char *error, size_t size) {
  if (!error || size == 0)
    return;
  size_t length = std::min(std::strlen(message), size - 1);
  std::memcpy(error, message, length);
  error[length] = '\0';
}

} // namespace
} // namespace inet

extern "C" int inet_compute_kernel(const InetProgram *program, const void *x1, int64_t n1, const void *x2, int64_t n2,
                                   void *nngp, void *ntk, int threads, char *error, size_t error_size) {
  try {
    inet::computeIntoArrays(*program, x1, n1, x2, n2, nngp, ntk, threads);
    return 0;
  } catch (const std::exception &exception) { // no exception may reach a caller in C
    inet::copyMessage(exception.what(), error, error_size);
    return 1;
  }
}
