// What is known of a kernel and what came of computing one: plain figures, for whoever shows them.
#ifndef INET_RUNTIME_KERNEL_OUTCOME_H
#define INET_RUNTIME_KERNEL_OUTCOME_H

#include "runtime/data/Array.h"
#include "runtime/kernel/Calibrate.h"

#include <optional>

namespace inet {

/// What the kernel of n examples, or of n x n2, takes.
struct KernelCost {
  int64_t n = 0, n2 = 0;
  double results = 0, prepared = 0, scratch = 0; ///< bytes
  double entries = 0;                            ///< distinct ones
  double flops = 0;
  SecondsPerEntry perEntry{}; ///< in one thread
  double seconds = 0;         ///< in all threads, with nothing lost

  double bytes() const { return results + prepared + scratch; }
};

/// What the kernel of one precision is.
struct KernelInfo {
  std::string precision; ///< "f32"
  double flopsPerPair = 0;
  int64_t bytesPerExample = 0;
  std::string cpu;
  int64_t lanes = 0, tileRows = 0, tileColumns = 0;
  uint64_t specHash = 0;
  std::optional<KernelCost> cost;
};

/// What a compiled network is.
struct NetworkInfo {
  std::string network;
  std::vector<std::string> architecture; ///< a line a layer
  Shape inputShape;
  std::string results; ///< "nngp, ntk"
  int threads = 1;
  uint64_t specHash = 0; ///< of all kernels together; of one alone its own
  std::vector<KernelInfo> kernels;
};

/// `n2` = 0: the same n examples. Measures the speed in a fraction of a second. `dtype`: one of dtypesOf(program).
KernelCost estimateCost(const InetProgram &program, InetDtype dtype, int64_t n, int64_t n2, int threads);

/// Without the cost. Throws Error where no variant runs on this machine.
NetworkInfo describeNetwork(const InetProgram &program, int threads);

/// What `kernel` has written.
struct WrittenKernel {
  std::string network;
  int64_t rows = 0, columns = 0;
  std::string results, precision;
  std::string precisionReason;            ///< where the program has another
  std::vector<std::string> preprocessing; ///< of the features, step by step
  std::vector<FileFacts> files;           ///< what the inputs were taken for, of those where that was to be decided
  std::vector<std::string> paths;
  int threads = 1;
  double prepareSeconds = 0; ///< reading and preparing the inputs
  double kernelSeconds = 0;  ///< that and the tiles
  double writeSeconds = 0, totalSeconds = 0;

  double nanosecondsPerEntry() const { return 1e9 * kernelSeconds / (double(rows) * double(columns)); }
};

} // namespace inet

#endif
