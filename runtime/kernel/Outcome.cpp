#include "runtime/kernel/Outcome.h"

#include "runtime/kernel/KernelMatrix.h"
#include "runtime/kernel/Variant.h"

#include <sstream>

namespace inet {

namespace {

KernelInfo describeKernel(const InetKernel &kernel) {
  KernelInfo info;
  info.precision = precisionName(kernel);
  info.flopsPerPair = kernel.flops_per_pair;
  info.bytesPerExample = kernel.prepared_bytes_per_example;
  info.cpu = cpuName(kernel.cpu);
  info.lanes = kernel.lanes;
  info.tileRows = kernel.tile_rows;
  info.tileColumns = kernel.tile_columns;
  info.specHash = kernel.spec_hash;
  return info;
}

} // namespace

KernelCost estimateCost(const InetProgram &program, InetDtype dtype, int64_t n, int64_t n2, int threads) {
  const InetKernel &kernel = chooseVariant(program, dtype);
  KernelCost cost;
  cost.n = n;
  cost.n2 = n2 ? n2 : n;
  cost.results = resultBytes(kernel, cost.n, cost.n2, {kernel.results, 0});
  cost.prepared = preparedBytes(kernel, n) + (n2 ? preparedBytes(kernel, n2) : 0);
  cost.scratch = scratchBytes(kernel, threads);
  cost.entries = n2 ? double(n) * double(n2) : double(n) * double(n + 1) / 2;
  cost.flops = cost.entries * kernel.flops_per_pair;
  cost.perEntry = measureSecondsPerEntry(kernel, countOf(inputShape(program)));
  cost.seconds = cost.perEntry.seconds * cost.entries / threads;
  return cost;
}

NetworkInfo describeNetwork(const InetProgram &program, int threads) {
  NetworkInfo info;
  info.network = program.name;
  std::istringstream lines(program.architecture);
  for (std::string line; std::getline(lines, line);)
    info.architecture.push_back(line);
  info.inputShape = inputShape(program);
  info.results = resultNames(chooseVariant(program).results);
  info.threads = threads;
  info.specHash = program.spec_hash;
  for (InetDtype dtype : dtypesOf(program))
    info.kernels.push_back(describeKernel(chooseVariant(program, dtype)));
  return info;
}

} // namespace inet
