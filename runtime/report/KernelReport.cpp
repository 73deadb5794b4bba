// The views of info and kernel.
#include "runtime/kernel/Memory.h"
#include "runtime/report/Report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inet {
namespace {

// [8, 8, 3] -> ": 8x8 positions of 3 channels", which shows who put channels first.
std::string describePositions(const Shape &shape) {
  if (shape.size() < 2)
    return "";
  return fmt::format(": {} positions of {} channel{}", fmt::join(shape.begin(), shape.end() - 1, "x"), shape.back(),
                     shape.back() == 1 ? "" : "s");
}

std::string formatDuration(double seconds) {
  if (seconds < 120)
    return fmt::format("{:.2g} s", seconds);
  if (seconds < 7200)
    return fmt::format("{:.0f} minutes", seconds / 60);
  return seconds < 172800 ? fmt::format("{:.1f} hours", seconds / 3600) : fmt::format("{:.1f} days", seconds / 86400);
}

/// `in`: which precision it is, where there are several: " in f32".
void addCost(const KernelCost &cost, int threads, const std::string &in, TextTable &table) {
  table.add(fmt::format("kernel {} x {}{}", cost.n, cost.n2, in),
            fmt::format("{}: {} results, {} prepared inputs, {} in {} threads; {:.3g} operations",
                        formatBytes(cost.bytes()), formatBytes(cost.results), formatBytes(cost.prepared),
                        formatBytes(cost.scratch), threads, cost.flops));
  table.add("time" + in,
            fmt::format("about {}: {} entries of {:.3g} ns{} in {} threads", formatDuration(cost.seconds),
                        cost.entries < 1e15 ? fmt::format("{:.0f}", cost.entries) : fmt::format("{:.3g}", cost.entries),
                        cost.perEntry.seconds * 1e9,
                        cost.perEntry.measured ? "" : " (guessed, as a measurement would take long)", threads));
}

std::string formatHash(uint64_t hash) { return fmt::format("{:016x}", hash); }

std::string precisionsOf(const NetworkInfo &info, const char *between) {
  std::string precisions;
  for (const KernelInfo &kernel : info.kernels)
    precisions += (precisions.empty() ? "" : between) + kernel.precision;
  return precisions;
}

Json kernelJson(const KernelInfo &kernel) {
  return {{"flops_per_pair", kernel.flopsPerPair},
          {"bytes_per_example", kernel.bytesPerExample},
          {"cpu", kernel.cpu},
          {"lanes", kernel.lanes},
          {"tile", {kernel.tileRows, kernel.tileColumns}}};
}

void addCost(const KernelInfo &kernel, Json &json) {
  if (!kernel.cost)
    return;
  const KernelCost &cost = *kernel.cost;
  json["kernel_bytes"] = {{"n", cost.n},
                          {"n2", cost.n2},
                          {"results", cost.results},
                          {"prepared", cost.prepared},
                          {"scratch", cost.scratch},
                          {"total", cost.bytes()},
                          {"flops", cost.flops}};
  json["kernel_seconds"] = {
      {"per_entry", cost.perEntry.seconds}, {"total", cost.seconds}, {"measured", cost.perEntry.measured}};
}

/// "f64", and why, where there was a choice.
std::string precisionText(const WrittenKernel &kernel) {
  return kernel.precision + (kernel.precisionReason.empty() ? "" : fmt::format(" ({})", kernel.precisionReason));
}

std::vector<std::pair<const char *, double>> secondsOf(const WrittenKernel &kernel) {
  return {{"prepare", kernel.prepareSeconds},
          {"kernel", kernel.kernelSeconds},
          {"write", kernel.writeSeconds},
          {"total", kernel.totalSeconds}};
}

} // namespace

TextTable toText(const NetworkInfo &info) {
  TextTable table;
  table.add("network", info.network);
  for (size_t i = 0; i < info.architecture.size(); ++i)
    table.add(i == 0 ? "architecture" : "", info.architecture[i]);
  table.add("input", fmt::format("{}, {} features{}", toString(info.inputShape), countOf(info.inputShape),
                                 describePositions(info.inputShape)));
  const bool several = info.kernels.size() > 1;
  auto in = [&](const KernelInfo &kernel) { return several ? " in " + kernel.precision : ""; };
  table.add("results", fmt::format("{} in {}", info.results, precisionsOf(info, " and ")));
  for (const KernelInfo &kernel : info.kernels) {
    table.add("operations per pair" + in(kernel), fmt::format("{:.6g}", kernel.flopsPerPair));
    table.add("bytes per example" + in(kernel), std::to_string(kernel.bytesPerExample));
    table.add("processor" + in(kernel), fmt::format("{}, {} lanes, tiles up to {} x {}", kernel.cpu, kernel.lanes,
                                                    kernel.tileRows, kernel.tileColumns));
    if (several)
      table.add("hash" + in(kernel), formatHash(kernel.specHash));
  }
  table.add("threads", std::to_string(info.threads));
  table.add("hash", formatHash(info.specHash));
  for (const KernelInfo &kernel : info.kernels)
    if (kernel.cost)
      addCost(*kernel.cost, info.threads, in(kernel), table);
  return table;
}

Json toJson(const NetworkInfo &info) {
  Json json = {{"network", info.network},        {"architecture", info.architecture},
               {"input_shape", info.inputShape}, {"features", countOf(info.inputShape)},
               {"results", info.results},        {"precision", precisionsOf(info, ", ")}};
  const bool alone = info.kernels.size() == 1; // what is known of it is then known of the program
  if (alone)
    json.update(kernelJson(info.kernels.front()));
  json["threads"] = info.threads;
  json["spec_hash"] = formatHash(info.specHash);
  if (alone)
    addCost(info.kernels.front(), json);
  for (const KernelInfo &kernel : info.kernels) {
    if (alone)
      break;
    Json &object = json["kernels"][kernel.precision];
    object = kernelJson(kernel);
    object["spec_hash"] = formatHash(kernel.specHash);
    addCost(kernel, object);
  }
  return json;
}

TextTable toText(const WrittenKernel &kernel) {
  TextTable table;
  table.add("network", kernel.network);
  table.add("kernel",
            fmt::format("{} x {}, {} in {}", kernel.rows, kernel.columns, kernel.results, precisionText(kernel)));
  table.addFiles(kernel.files);
  table.addSteps("features", kernel.preprocessing);
  table.add("written", fmt::format("{}", fmt::join(kernel.paths, ", ")));
  table.add("threads", std::to_string(kernel.threads));
  table.add("speed", fmt::format("{:.3g} ns per entry", kernel.nanosecondsPerEntry()));
  table.addSeconds(secondsOf(kernel));
  return table;
}

Json toJson(const WrittenKernel &kernel) {
  Json json = {{"network", kernel.network},
               {"shape", {kernel.rows, kernel.columns}},
               {"results", kernel.results},
               {"precision", kernel.precision},
               {"out", kernel.paths},
               {"threads", kernel.threads},
               {"nanoseconds_per_entry", kernel.nanosecondsPerEntry()},
               {"seconds", secondsJson(secondsOf(kernel))}};
  if (!kernel.precisionReason.empty())
    json["precision_reason"] = kernel.precisionReason;
  if (!kernel.preprocessing.empty())
    json["preprocessing"] = kernel.preprocessing;
  if (!kernel.files.empty())
    json["files"] = filesJson(kernel.files);
  return json;
}

} // namespace inet
