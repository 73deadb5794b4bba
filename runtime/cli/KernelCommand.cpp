#include "runtime/Error.h"
#include "runtime/Stopwatch.h"
#include "runtime/cli/Commands.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/Preprocess.h"
#include "runtime/kernel/Variant.h"
#include "runtime/learn/Experiment.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <list>

namespace inet {
namespace {

/// --out, opened before the work begins: one .npz, one .npy for each result in a folder, or one .npy.
class KernelOutput {
public:
  KernelOutput(const std::string &out, uint32_t results) {
    bool folder = out.ends_with('/') || std::filesystem::is_directory(out);
    archive_ = !folder && out.ends_with(".npz");
    if (archive_) {
      files_.emplace_back(out);
      return;
    }
    if (!folder && !(out.ends_with(".npy") && (results == INET_NNGP || results == INET_NTK)))
      throw Error(fmt::format("--out: '{}' found; FILE.npz, DIR/ or, for one result alone, FILE.npy expected", out));
    if (folder)
      makeFolder(out);
    for (uint32_t result : {INET_NNGP, INET_NTK})
      if (results & result)
        files_.emplace_back(folder ? (std::filesystem::path(out) / (resultNames(result) + ".npy")).string() : out);
  }

  void write(const std::vector<NamedArray> &arrays) {
    if (archive_)
      writeNpz(files_.front(), arrays);
    auto array = arrays.begin();
    for (OutputFile &file : files_)
      if (!archive_)
        writeNpy(file, *array++);
    std::vector<OutputFile *> files;
    for (OutputFile &file : files_)
      files.push_back(&file);
    OutputFile::commitTogether(files); // only once all are whole
  }

  std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const OutputFile &file : files_)
      paths.push_back(file.path());
    return paths;
  }

private:
  static void makeFolder(const std::string &path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
      throw Error(fmt::format("{}: cannot make the folder: {}", path, error.message()));
  }

  bool archive_ = false;
  std::list<OutputFile> files_;
};

void requireKernelMemory(const InetKernel &kernel, const Arguments &arguments, int64_t n1, int64_t n2, bool same) {
  double results = resultBytes(kernel, n1, n2, {arguments.results, 0});
  double prepared = preparedBytes(kernel, n1) + (same ? 0 : preparedBytes(kernel, n2));
  double scratch = scratchBytes(kernel, arguments.threads);
  requireMemory(fmt::format("the kernel of {} x {} examples", n1, n2), results + prepared + scratch,
                fmt::format("{} results, {} prepared inputs", formatBytes(results), formatBytes(prepared)));
}

std::unique_ptr<RowSource> openInput(const InetProgram &program, const Arguments &arguments, const std::string &file) {
  auto rows = openRows(file, arguments.train.options, inputShape(program));
  checkInputShape(*rows, inputShape(program));
  return rows;
}

std::vector<NamedArray> arraysOf(const KernelMatrix &matrix) {
  std::vector<NamedArray> arrays;
  Shape shape = {matrix.rows, matrix.columns};
  if (matrix.nngp.data())
    arrays.push_back({"nngp", matrix.nngpDtype, shape, {matrix.nngp.data()}});
  if (matrix.ntk.data())
    arrays.push_back({"ntk", matrix.ntkDtype, shape, {matrix.ntk.data()}});
  return arrays;
}

/// Examples are finite, but their kernel may be too large for the numbers that it is computed in.
void requireFinite(const KernelMatrix &matrix, const InetKernel &kernel) {
  for (const auto &[name, view] : {std::pair("nngp", nngpOf(matrix)), std::pair("ntk", ntkOf(matrix))})
    if (std::string found = view.describeNonFinite(); !found.empty())
      throw Error(fmt::format("the {}: {} in {}: the numbers of these examples are too large (see --standardize)", name,
                              found, precisionName(kernel)));
}

} // namespace

Report runKernel(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  const auto [kernel, precisionReason] = chooseVariantToWrite(program, arguments.predict.precision);
  if (arguments.results & ~kernel.results)
    throw Error(fmt::format("--get: {} found; this program computes {} only (inetc --get)",
                            resultNames(arguments.results), resultNames(kernel.results)));
  auto x1 = openInput(program, arguments, arguments.x1);
  auto x2 = arguments.x2.empty() ? nullptr : openInput(program, arguments, arguments.x2);
  if (x2)
    checkSameColumns(*x1, *x2);
  int64_t n1 = x1->rows(), n2 = x2 ? x2->rows() : n1;
  requireKernelMemory(kernel, arguments, n1, n2, !x2);
  KernelOutput output(arguments.out, arguments.results);
  for (const std::string &path : output.paths())
    arguments.requireNoInput(path);

  const Preprocessing preprocessing = learnPreprocessing(*x1, inputShape(program), arguments.training.features);

  Stopwatch prepare;
  PreparedExamples prepared1 = prepareExamples(kernel, *x1, preprocessing, arguments.execution()), prepared2;
  if (x2)
    prepared2 = prepareExamples(kernel, *x2, preprocessing, arguments.execution());
  double prepareSeconds = prepare.seconds();
  KernelMatrix matrix =
      computeKernel(kernel, prepared1, x2 ? &prepared2 : nullptr, {arguments.results, 0}, arguments.execution());
  double kernelSeconds = prepare.seconds();
  Stopwatch write;
  requireFinite(matrix, kernel);
  output.write(arraysOf(matrix));

  WrittenKernel written;
  written.network = program.name;
  written.rows = n1;
  written.columns = n2;
  written.results = resultNames(arguments.results);
  written.precision = precisionName(kernel);
  written.precisionReason = precisionReason;
  for (const RowSource *x : {x1.get(), x2.get()})
    if (x)
      for (FileFacts &file : factsOf(*x, nullptr))
        written.files.push_back(std::move(file));
  written.preprocessing = preprocessing.steps;
  written.paths = output.paths();
  written.threads = arguments.threads;
  written.prepareSeconds = prepareSeconds;
  written.kernelSeconds = kernelSeconds;
  written.writeSeconds = write.seconds();
  written.totalSeconds = total.seconds();
  return Report(std::move(written));
}

} // namespace inet
