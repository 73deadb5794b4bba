// The generated kernels, nngp and ntk of n x n pairs of distinct sets: ns per entry (the time of the whole fill, all
// threads, over the entries), and the same for OpenBLAS's gram alone (counter `over_gram` is the ratio; both timed in
// turn in one run).
//
//   kernel_benchmark --benchmark_filter=relu_depth3_width784_f32
#include "runtime/Abi.h"
#include "runtime/data/Array.h"
#include "runtime/kernel/KernelMatrix.h"
#include "runtime/kernel/Variant.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cblas.h>
#include <chrono>
#include <random>
#include <string>
#include <vector>

struct NamedProgram {
  const char *name;
  const InetProgram &program;
};
#include "KernelPrograms.inc"

namespace inet {
namespace {

constexpr int64_t examples = 4000;

double secondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Unrelated examples, as `prepare` wants them: rows padded to whole lanes.
PreparedExamples prepareRandom(const InetKernel &kernel, int64_t features, unsigned seed) {
  PreparedExamples prepared;
  prepared.rows = examples;
  prepared.capacity = (examples + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
  prepared.data = Buffer(prepared.capacity * kernel.prepared_bytes_per_example);
  const bool single = kernel.dtype == INET_F32;
  Buffer x(prepared.capacity * features * (single ? 4 : 8));
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  for (int64_t i = 0; i < examples * features; ++i) {
    if (single)
      x.as<float>()[i] = static_cast<float>(normal(generator));
    else
      x.as<double>()[i] = normal(generator);
  }
  Buffer scratch(std::max<int64_t>(kernel.prepare_scratch_bytes, 64));
  kernel.prepare(x.data(), 0, prepared.capacity, prepared.capacity, prepared.data.data(), scratch.data());
  return prepared;
}

/// OpenBLAS's own product of two unit-size batches, n x n results, with all its threads.
class Gram {
public:
  Gram(int64_t features, bool single, int threads)
      : features(static_cast<int>(features)), single(single), threads(threads), a(bytes(features)), b(bytes(features)),
        c(bytes(examples)) {}

  double seconds() {
    openblas_set_num_threads(threads);
    const auto begin = std::chrono::steady_clock::now();
    const int n = examples;
    if (single)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, features, 1, a.as<float>(), features, b.as<float>(),
                  features, 0, c.as<float>(), n);
    else
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, features, 1, a.as<double>(), features, b.as<double>(),
                  features, 0, c.as<double>(), n);
    const double seconds = secondsSince(begin);
    openblas_set_num_threads(1);
    return seconds;
  }

private:
  int64_t bytes(int64_t columns) const { return examples * columns * (single ? 4 : 8); }
  int features;
  bool single;
  int threads;
  Buffer a, b, c;
};

void fill(benchmark::State &state, const InetProgram &program, int threads) {
  const InetKernel &kernel = chooseVariant(program);
  int64_t features = 1;
  for (int64_t i = 0; i < program.input_rank; ++i)
    features *= program.input_shape[i];
  const PreparedExamples x1 = prepareRandom(kernel, features, 1), x2 = prepareRandom(kernel, features, 2);
  const Dtype dtype = kernel.dtype == INET_F32 ? Dtype::f4 : Dtype::f8;
  Buffer nngp(examples * examples * (dtype == Dtype::f4 ? 4 : 8)), ntk(nngp.bytes());
  KernelPlaces places;
  places.nngp = {nngp.data(), dtype};
  places.ntk = {ntk.data(), dtype};
  places.leading = examples;
  Execution execution;
  execution.threads = threads;
  Gram gram(features, dtype == Dtype::f4, threads);
  gram.seconds();
  fillKernel(kernel, x1, &x2, places, execution); // touches the memory of the results
  double best = 1e300, bestGram = 1e300;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    fillKernel(kernel, x1, &x2, places, execution);
    const double seconds = secondsSince(begin);
    state.SetIterationTime(seconds);
    best = std::min(best, seconds);
    bestGram = std::min(bestGram, gram.seconds());
  }
  const double entries = static_cast<double>(examples) * examples;
  state.counters["ns_per_entry"] = best * 1e9 / entries;
  state.counters["gram_ns_per_entry"] = bestGram * 1e9 / entries;
  state.counters["over_gram"] = best / bestGram;
}

} // namespace
} // namespace inet

int main(int argc, char **argv) {
  const int cores = inet::availableThreads();
  for (const NamedProgram &named : programs)
    for (int threads : cores == 1 ? std::vector<int>{1} : std::vector<int>{1, cores}) {
      const std::string name = std::string(named.name) + "/threads:" + std::to_string(threads);
      benchmark::RegisterBenchmark(name.c_str(), inet::fill, named.program, threads)
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond)
          ->MinTime(1.0);
    }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
