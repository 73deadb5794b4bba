#include "runtime/cli/Commands.h"

#include "runtime/kernel/Calibrate.h"
#include "runtime/kernel/KernelMatrix.h"
#include "runtime/kernel/Variant.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sstream>

namespace inet {
namespace {

void addArchitecture(const InetProgram &program, Report &report) {
  std::istringstream lines(program.architecture);
  std::string line;
  Report::Json all = Report::Json::array();
  while (std::getline(lines, line))
    all.push_back(line);
  report.addFigure("architecture", all);
  for (size_t i = 0; i < all.size(); ++i)
    report.addText(i == 0 ? "architecture" : "", all[i].get<std::string>());
}

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

// From a run of a fraction of a second, on made-up examples, where that is possible.
void addTime(const InetKernel &kernel, int64_t features, const Arguments &arguments, Report &report) {
  int64_t n1 = arguments.n, n2 = arguments.n2 ? arguments.n2 : arguments.n;
  double entries = arguments.n2 ? double(n1) * double(n2) : double(n1) * double(n1 + 1) / 2;
  auto [each, measured] = measureSecondsPerEntry(kernel, features);
  double all = each * entries / arguments.threads;
  report.add("kernel_seconds", {{"per_entry", each}, {"total", all}, {"measured", measured}}, "time",
             fmt::format("about {}: {} entries of {:.3g} ns{} in {} threads", formatDuration(all),
                         entries < 1e15 ? fmt::format("{:.0f}", entries) : fmt::format("{:.3g}", entries), each * 1e9,
                         measured ? "" : " (guessed, as a measurement would take long)", arguments.threads));
}

void addMemory(const InetKernel &kernel, const Arguments &arguments, Report &report) {
  int64_t n1 = arguments.n, n2 = arguments.n2 ? arguments.n2 : arguments.n;
  double results = resultBytes(kernel, n1, n2, {kernel.results, 0});
  double prepared = preparedBytes(kernel, n1) + (arguments.n2 ? preparedBytes(kernel, n2) : 0);
  double scratch = scratchBytes(kernel, arguments.threads);
  double entries = arguments.n2 ? double(n1) * double(n2) : double(n1) * double(n1 + 1) / 2;
  Report::Json json = {{"n", n1},
                       {"n2", n2},
                       {"results", results},
                       {"prepared", prepared},
                       {"scratch", scratch},
                       {"total", results + prepared + scratch},
                       {"flops", entries * kernel.flops_per_pair}};
  report.add("kernel_bytes", json, fmt::format("kernel {} x {}", n1, n2),
             fmt::format("{}: {} results, {} prepared inputs, {} in {} threads; {:.3g} operations",
                         formatBytes(results + prepared + scratch), formatBytes(results), formatBytes(prepared),
                         formatBytes(scratch), arguments.threads, entries * kernel.flops_per_pair));
}

} // namespace

Report runInfo(const InetProgram &program, const Arguments &arguments) {
  const InetKernel &kernel = chooseVariant(program);
  Report report;
  Shape shape = inputShape(program);
  report.add("network", program.name, "network", program.name);
  addArchitecture(program, report);
  report.add("input_shape", shape, "input",
             fmt::format("{}, {} features{}", toString(shape), countOf(shape), describePositions(shape)));
  report.addFigure("features", countOf(shape));
  report.add("results", resultNames(kernel.results), "results",
             fmt::format("{} in {}", resultNames(kernel.results), precisionName(kernel)));
  report.addFigure("precision", precisionName(kernel));
  report.add("flops_per_pair", kernel.flops_per_pair, "operations per pair",
             fmt::format("{:.6g}", kernel.flops_per_pair));
  report.add("bytes_per_example", kernel.prepared_bytes_per_example, "bytes per example",
             std::to_string(kernel.prepared_bytes_per_example));
  report.add("cpu", cpuName(kernel.cpu), "processor",
             fmt::format("{}, {} lanes, tiles up to {} x {}", cpuName(kernel.cpu), kernel.lanes, kernel.tile_rows,
                         kernel.tile_columns));
  report.addFigure("lanes", kernel.lanes);
  report.addFigure("tile", {kernel.tile_rows, kernel.tile_columns});
  report.add("threads", arguments.threads, "threads", std::to_string(arguments.threads));
  std::string hash = fmt::format("{:016x}", program.spec_hash);
  report.add("spec_hash", hash, "hash", hash);
  if (arguments.n) {
    addMemory(kernel, arguments, report);
    addTime(kernel, countOf(shape), arguments, report);
  }
  return report;
}

} // namespace inet
