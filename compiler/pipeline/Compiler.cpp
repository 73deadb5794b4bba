#include "compiler/pipeline/Compiler.h"

#include "compiler/dialects/Kt/KtOps.h"
#include "compiler/frontend/Diagnostics.h"
#include "compiler/targets/Cpu.h"
#include "compiler/targets/Link.h"
#include "compiler/targets/Native.h"
#include "compiler/targets/Reference.h"
#include "compiler/targets/ScratchFile.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"
#include <chrono>

using namespace mlir;
using namespace inetc;

std::optional<Stage> inetc::stageOf(StringRef name) {
  return llvm::StringSwitch<std::optional<Stage>>(name)
      .Case("ast", Stage::ast)
      .Case("inet", Stage::inet)
      .Case("kt", Stage::kt)
      .Case("fused", Stage::fused)
      .Case("tiled", Stage::tiled)
      .Case("loops", Stage::loops)
      .Case("llvm", Stage::llvm)
      .Case("asm", Stage::assembly)
      .Case("obj", Stage::object)
      .Case("lib", Stage::library)
      .Case("exe", Stage::executable)
      .Default(std::nullopt);
}

namespace {

// What each stage took, in seconds.
class Stopwatch {
public:
  void lap(const char *stage) {
    auto now = std::chrono::steady_clock::now();
    laps.emplace_back(stage, std::chrono::duration<double>(now - last).count());
    last = now;
  }
  void print(llvm::raw_ostream &os) const {
    double total = 0;
    for (auto &[stage, seconds] : laps) {
      os << llvm::formatv("{0,-12} {1,8:F1} ms\n", stage, 1e3 * seconds);
      total += seconds;
    }
    os << llvm::formatv("{0,-12} {1,8:F1} ms\n", "total", 1e3 * total);
  }

private:
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
  SmallVector<std::pair<const char *, double>> laps;
};

class Compilation {
public:
  Compilation(const CompilerOptions &options, llvm::raw_ostream &errors)
      : options(options), errors(errors), context(createRegistry()), diagnostics(context, sources, errors) {
    context.printOpOnDiagnostic(false); // a user's error shows the user's text
  }

  int run() {
    bool succeeded = compile();
    if (options.printTimes)
      stopwatch.print(llvm::errs());
    return succeeded ? 0 : 1;
  }

  std::optional<CompiledObject> runInMemory() {
    inMemory.emplace();
    if (!compile())
      return std::nullopt;
    inMemory->architecture = architecture;
    return std::move(inMemory);
  }

private:
  static DialectRegistry createRegistry() {
    DialectRegistry registry;
    registerDialects(registry);
    registerTranslations(registry);
    return registry;
  }

  bool fail(const Twine &message) {
    errors << "error: " << message << "\n";
    return false;
  }

  // Runs what `build` adds to a pass manager.
  bool runPasses(ModuleOp module, const char *stage, llvm::function_ref<void(OpPassManager &)> build) {
    PassManager passes(&context);
    build(passes);
    bool succeeded = mlir::succeeded(passes.run(module));
    stopwatch.lap(stage);
    return succeeded;
  }

  bool write(llvm::function_ref<void(llvm::raw_pwrite_stream &)> print, bool text) {
    StringRef path = options.output.empty() ? "-" : StringRef(options.output);
    std::error_code error;
    llvm::ToolOutputFile file(path, error, text ? llvm::sys::fs::OF_Text : llvm::sys::fs::OF_None);
    if (error)
      return fail("cannot write '" + path + "': " + error.message());
    llvm::SmallVector<char, 0> buffer;
    llvm::raw_svector_ostream os(buffer);
    print(os);
    file.os() << StringRef(buffer.data(), buffer.size());
    file.os().flush();
    if (file.os().has_error()) {
      error = file.os().error();
      file.os().clear_error();
      return fail("cannot write '" + path + "': " + error.message());
    }
    file.keep();
    return true;
  }

  bool writeModule(Operation *module) {
    return write(
        [&](llvm::raw_ostream &os) {
          module->print(os);
          os << "\n";
        },
        /*text=*/true);
  }

  enum class Outcome { compiled, stopped, superfluous, failed };
  bool hasBothPrecisions() const { return options.pipeline.precision == "both"; }
  bool compile();
  Outcome compileInPrecision(ModuleOp network, StringRef precision, ArrayRef<CpuTarget> cpus);
  Outcome compileForCpus(ModuleOp fused, const PipelineOptions &pipeline, ArrayRef<CpuTarget> cpus);
  Outcome compileVariant(ModuleOp fused, PipelineOptions pipeline, CpuTarget cpu, bool isFirst,
                         std::unique_ptr<llvm::Module> &result);
  bool compileReference(ModuleOp kt);
  bool finish(llvm::Module &module);
  bool linkObject(llvm::Module &module);

  const CompilerOptions &options;
  llvm::raw_ostream &errors;
  MLIRContext context;
  llvm::SourceMgr sources;
  DiagnosticPrinter diagnostics;
  llvm::LLVMContext llvmContext;
  Stopwatch stopwatch;
  std::string architecture; // a line a layer
  SmallVector<KernelVariant> variants;
  std::unique_ptr<llvm::Module> all; // of them
  std::optional<CompiledObject> inMemory;
};

// The network without the frame around it, an operation a line.
static std::string listLayers(ModuleOp module) {
  std::string text, lines;
  llvm::raw_string_ostream(text) << module;
  SmallVector<StringRef> all;
  StringRef(text).split(all, '\n');
  for (StringRef line : all) {
    line = line.trim();
    if (line.consume_front("inet.network ")) // its name and input
      line = line.drop_back(line.ends_with(" {") ? 2 : 0);
    if (line != "module {" && line != "}" && !line.empty())
      lines += line.str() + "\n";
  }
  return lines;
}

bool Compilation::compile() {
  std::optional<std::vector<CpuTarget>> cpus = resolveCpu(options.cpu);
  if (!cpus)
    return fail("unknown processor '" + options.cpu + "': expected " + cpuNames);
  if (cpus->size() > 1 && options.emit >= Stage::tiled && options.emit <= Stage::llvm)
    return fail("--emit of IR shows the code of one processor: name it with --cpu");
  if (options.reference && options.emit > Stage::kt && options.emit != Stage::executable)
    return fail("--target=reference generates no code: its --emit is ast, inet, kt or exe");
  if (hasBothPrecisions() && options.emit >= Stage::kt && options.emit <= Stage::llvm)
    return fail(
        "--emit of IR shows the code of one precision: name it with --precision; both is for objects, libraries "
        "and executables");
  if (hasBothPrecisions() && options.reference)
    return fail("--target=reference computes in one precision, f64: --precision=both is for generated code");
  bool overwrites = false;
  if (!llvm::sys::fs::equivalent(options.output, options.input.path, overwrites) && overwrites)
    return fail("'" + options.output + "' is the network itself, and would be lost: name another file with -o");
  if (options.emit == Stage::ast) {
    std::optional<std::string> ast = printAstOfFile(context, sources, options.input.path);
    return ast && write([&](llvm::raw_ostream &os) { os << *ast; }, /*text=*/true);
  }
  OwningOpRef<ModuleOp> module = importNetwork(context, sources, options.input);
  stopwatch.lap("import");
  if (!module)
    return false;
  architecture = listLayers(*module);
  if (options.emit == Stage::inet)
    return writeModule(*module);
  SmallVector<StringRef> precisions{options.reference ? StringRef("f64") : StringRef(options.pipeline.precision)};
  if (hasBothPrecisions())
    precisions = {"f32", "f64"};
  for (StringRef precision : precisions)
    if (Outcome outcome = compileInPrecision(*module, precision, *cpus); outcome != Outcome::compiled)
      return outcome == Outcome::stopped;
  std::string symbol =
      options.emit == Stage::executable ? programSymbol : (variants[0].getNetworkName() + "_program").str();
  addProgram(*all, variants, symbol, architecture);
  optimize(*all);
  stopwatch.lap("optimize");
  return finish(*all);
}

// Adds the variants of one precision, unless the compilation stops on the way.
Compilation::Outcome Compilation::compileInPrecision(ModuleOp network, StringRef precision, ArrayRef<CpuTarget> cpus) {
  PipelineOptions pipeline = options.pipeline;
  pipeline.precision = precision;
  OwningOpRef<ModuleOp> module = network.clone();
  auto end = [](bool succeeded) { return succeeded ? Outcome::stopped : Outcome::failed; };
  if (!runPasses(*module, "kt", [&](OpPassManager &passes) { buildKtPipeline(passes, pipeline); }))
    return Outcome::failed;
  if (options.emit == Stage::kt)
    return end(writeModule(*module));
  if (options.reference)
    return end(compileReference(*module));
  if (!runPasses(*module, "fused", [&](OpPassManager &passes) { buildFusionPipeline(passes); }))
    return Outcome::failed;
  if (options.emit == Stage::fused)
    return end(writeModule(*module));
  return compileForCpus(*module, pipeline, cpus);
}

// One variant's LLVM IR, unless the compilation stops on the way, or the variant before does the same. `isFirst`: of
// its precision.
Compilation::Outcome Compilation::compileVariant(ModuleOp fused, PipelineOptions pipeline, CpuTarget cpu, bool isFirst,
                                                 std::unique_ptr<llvm::Module> &result) {
  if (hasBothPrecisions())
    cpu.suffix += "_" + pipeline.precision;
  pipeline.vectorBits = cpu.vectorBits;
  pipeline.cacheBytes = cpu.cacheBytes;
  pipeline.avx512 = cpu.avx512;
  pipeline.amx = cpu.amx;
  OwningOpRef<ModuleOp> module = fused.clone();
  auto end = [&] { return writeModule(*module) ? Outcome::stopped : Outcome::failed; };
  bool understood = true;
  auto tile = [&](OpPassManager &passes) { understood = mlir::succeeded(buildTilingPipeline(passes, pipeline)); };
  if (!runPasses(*module, "tiled", tile) || !understood)
    return Outcome::failed;
  if (options.emit == Stage::tiled)
    return end();
  if (!runPasses(*module, "loops", [&](OpPassManager &passes) { buildLoopPipeline(passes, pipeline); }))
    return Outcome::failed;
  if (options.emit == Stage::loops)
    return end();
  KernelVariant variant{(*module)->getAttrOfType<DictionaryAttr>("inet.kernel"), cpu};
  (*module)->removeAttr("inet.kernel");
  if (cpu.amx && !variant.usesAmx() && !isFirst)
    return Outcome::superfluous;
  variants.push_back(variant);
  if (!runPasses(*module, "llvm", buildLlvmPipeline))
    return Outcome::failed;
  result = translateVariant(*module, llvmContext, variant);
  return result ? Outcome::compiled : Outcome::failed;
}

Compilation::Outcome Compilation::compileForCpus(ModuleOp fused, const PipelineOptions &pipeline,
                                                 ArrayRef<CpuTarget> cpus) {
  const size_t before = variants.size();
  for (const CpuTarget &cpu : cpus) {
    std::unique_ptr<llvm::Module> variant;
    Outcome outcome = compileVariant(fused, pipeline, cpu, variants.size() == before, variant);
    if (outcome == Outcome::superfluous)
      continue;
    if (outcome != Outcome::compiled)
      return outcome;
    if (!all) {
      all = std::move(variant);
    } else if (!linkModules(*all, std::move(variant))) {
      fail("the variants for several processors or precisions cannot be joined");
      return Outcome::failed;
    }
  }
  return Outcome::compiled;
}

bool Compilation::compileReference(ModuleOp kt) {
  if (!runPasses(kt, "states", buildReferencePipeline))
    return false;
  return linkObject(*createReferenceProgram(kt, llvmContext, architecture));
}

bool Compilation::finish(llvm::Module &module) {
  if (options.emit == Stage::llvm)
    return write([&](llvm::raw_ostream &os) { module.print(os, nullptr); }, /*text=*/true);
  if (inMemory) {
    llvm::raw_svector_ostream os(inMemory->code);
    std::string error = emitNative(module, NativeFormat::object, os);
    return error.empty() || fail(error);
  }
  if (options.emit >= Stage::library)
    return linkObject(module);
  auto format = options.emit == Stage::assembly ? NativeFormat::assembly : NativeFormat::object;
  std::string error;
  bool written = write([&](llvm::raw_pwrite_stream &os) { error = emitNative(module, format, os); },
                       format == NativeFormat::assembly);
  stopwatch.lap("code");
  return error.empty() ? written : fail(error);
}

bool Compilation::linkObject(llvm::Module &module) {
  std::error_code noFile;
  ScratchFile object("o", noFile);
  if (noFile)
    return fail("no temporary file could be made: " + noFile.message());
  {
    llvm::raw_fd_ostream os(object.getPath(), noFile);
    if (std::string error = emitNative(module, NativeFormat::object, os); !error.empty())
      return fail(error);
    os.close();
    if (os.has_error()) {
      std::string why = os.error().message();
      os.clear_error();
      return fail("cannot write '" + object.getPath() + "': " + why);
    }
  }
  stopwatch.lap("code");
  std::string error;
  if (options.emit == Stage::executable) {
    error = linkExecutable(object.getPath(), options.output, options.reference);
  } else {
    DictionaryAttr description = variants[0].description;
    int64_t features = 1;
    for (int64_t size : description.getAs<DenseI64ArrayAttr>("input_shape").asArrayRef())
      features *= size;
    const std::string &precision = options.pipeline.precision;
    error = writeLibrary(object.getPath(), options.output, variants[0].getNetworkName(), precision, features);
  }
  stopwatch.lap("link");
  return error.empty() || fail(error);
}

} // namespace

int inetc::compile(const CompilerOptions &options) { return Compilation(options, llvm::errs()).run(); }

std::optional<CompiledObject> inetc::compileToMemory(CompilerOptions options, llvm::raw_ostream &errors) {
  options.emit = Stage::executable;
  options.output.clear();
  return Compilation(options, errors).runInMemory();
}

std::optional<std::string> inetc::listNetwork(const ImportOptions &input, llvm::raw_ostream &errors) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sources;
  DiagnosticPrinter diagnostics(context, sources, errors);
  OwningOpRef<ModuleOp> module = importNetwork(context, sources, input);
  return module ? std::optional(listLayers(*module)) : std::nullopt;
}
