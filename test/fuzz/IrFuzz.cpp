// Whatever the text of IR, reading it and running passes on it ends with IR or with errors: it does not crash, hang or
// take gigabytes.
//
//   ir_fuzz [--seed N] [--mutants N] [--seconds N] [--found DIR] FILE-OR-DIRECTORY...
//
// Mutates IR files (.mlir) and what the compiler makes of network files (.inet) at each stage. Each mutant is read in a
// process of its own, and goes through every pass alone, through all of them in their order, and through some in
// random order. What fails is written to DIR, with the passes in its first line; the exit status is 1 then.
#include "compiler/frontend/Importer.h"
#include "compiler/pipeline/Pipeline.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassRegistry.h"
#include "test/fuzz/MutateIr.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <map>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace inetc;
namespace cl = llvm::cl;

static cl::list<std::string> paths(cl::Positional, cl::OneOrMore, cl::desc("FILE-OR-DIRECTORY..."));
static cl::opt<uint64_t> seed("seed", cl::desc("Of the random numbers"), cl::init(1));
static cl::opt<uint64_t> mutants("mutants", cl::desc("How many are made at most"), cl::init(UINT64_MAX));
static cl::opt<uint64_t> seconds("seconds", cl::desc("For how long, at most"), cl::init(uint64_t{1} << 30));
static cl::opt<std::string> found("found", cl::desc("Where failures are written"), cl::init("."));

namespace {

using Random = std::mt19937_64;

// What one mutant may take: of a few kilobytes, which the compiler needs milliseconds for.
constexpr uint64_t mostBytes = 3ULL << 30;
constexpr size_t longestText = 12000; // longer ones are slow, and show nothing that shorter ones do not
#if defined(__SANITIZE_ADDRESS__)
constexpr bool limitsMemory = false; // the sanitizer maps terabytes
constexpr uint64_t mostSeconds = 60;
#else
constexpr bool limitsMemory = true;
constexpr uint64_t mostSeconds = 10;
#endif

// Passes on a module, as `inet-opt --pass-pipeline=builtin.module(...)` takes them.
std::string onNetwork(const std::string &pass) { return "kt.network(" + pass + ")"; }

const std::vector<std::string> order = {"inet-to-kt",
                                        "canonicalize",
                                        "cse",
                                        onNetwork("kt-infer-demand"),
                                        onNetwork("kt-choose-state"),
                                        onNetwork("kt-defer-factors"),
                                        onNetwork("kt-split-variance"),
                                        "cse",
                                        onNetwork("kt-fuse"),
                                        onNetwork("kt-tile"),
                                        "kt-to-loops"};
const std::vector<std::string> optionsOfTile = {"",
                                                "vector-bits=128",
                                                "vector-bits=256",
                                                "amx=true",
                                                "lanes=1",
                                                "lanes=7",
                                                "rows=1",
                                                "rows=3",
                                                "rows=64",
                                                "gram=direct",
                                                "gram=blas",
                                                "gram=registers",
                                                "amx=true gram=bf16x6",
                                                "amx=true gram=int8x28",
                                                "turns=line",
                                                "band-rows=2",
                                                "band-layers=3",
                                                "abreast=2",
                                                "tile-rows=1 tile-columns=1",
                                                "cache-bytes=0",
                                                "cache-bytes=1",
                                                "column-bytes=0",
                                                "gram-bytes=0",
                                                "vector-bits=0",
                                                "vector-bits=8"};

std::string join(const std::vector<std::string> &passes) {
  std::string text;
  for (const std::string &pass : passes)
    text += (text.empty() ? "" : ",") + pass;
  return text;
}

// What a mutant goes through: every pass alone, all in their order, and random ones.
std::vector<std::string> choosePipelines(Random &random) {
  std::vector<std::string> pipelines;
  std::string tile = onNetwork("kt-tile{" + optionsOfTile[random() % optionsOfTile.size()] + "}");
  for (size_t i = 0; i < order.size(); ++i)
    if (std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i), order[i]) ==
        order.begin() + static_cast<std::ptrdiff_t>(i))
      pipelines.push_back(order[i]);
  pipelines.push_back(join(order));
  std::vector<std::string> tiled = order, others;
  tiled[tiled.size() - 2] = tile;
  pipelines.push_back(join(tiled));
  std::vector<std::string> fused(order.end() - 3, order.end());
  fused[1] = tile;
  pipelines.push_back(join(fused));
  for (size_t count = 2 + random() % 6; count > 0; --count)
    others.push_back(order[random() % order.size()]);
  pipelines.push_back(join(others));
  others.insert(others.end(), {tile, "kt-to-loops"});
  pipelines.push_back(join(others));
  return pipelines;
}

// What a process says of itself while it runs a mutant, in memory that it shares with its parent.
struct Progress {
  size_t pipeline; // which one it is at
  bool verified;   // whether the mutant is IR
};
enum Outcome { fine = 0, silent = 3 };

class Fuzzer {
public:
  Fuzzer() : context(createRegistry(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
    void *memory = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(memory != MAP_FAILED && "no memory to share");
    progress = static_cast<Progress *>(memory);
  }

  // Everything that mutants are made of.
  std::vector<std::string> readCorpus() {
    ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) { return success(); });
    for (const std::string &path : findFiles())
      if (StringRef(path).ends_with(".inet"))
        addNetwork(path);
      else
        addIr(path);
    return std::move(corpus);
  }

  int run() {
    IrMutator mutator(readCorpus());
    Random random(seed);
    auto start = std::chrono::steady_clock::now();
    uint64_t made = 0, verified = 0;
    for (; made < mutants; ++made) {
      if (std::chrono::steady_clock::now() - start > std::chrono::seconds(seconds.getValue()))
        break;
      std::string text = mutator.mutate(random);
      std::vector<std::string> pipelines = choosePipelines(random);
      *progress = {};
      std::string failure = runApart([&] { return tryMutant(text, pipelines); });
      verified += progress->verified;
      if (!failure.empty())
        report(text, pipelines[std::min(progress->pipeline, pipelines.size() - 1)], failure);
    }
    llvm::outs() << "seed " << seed << ": " << made << " mutants, of which verifiers take " << verified << "; "
                 << failures << " failures\n";
    for (const auto &[what, count] : kinds)
      llvm::outs() << count << " of: " << what << "\n";
    return failures > 0;
  }

private:
  static DialectRegistry createRegistry() {
    DialectRegistry registry;
    registerDialects(registry);
    return registry;
  }

  static std::vector<std::string> findFiles() {
    std::vector<std::string> files;
    for (const std::string &path : paths) {
      if (!llvm::sys::fs::is_directory(path)) {
        files.push_back(path);
        continue;
      }
      std::error_code error;
      for (llvm::sys::fs::recursive_directory_iterator at(path, error), end; at != end && !error; at.increment(error))
        if (StringRef(at->path()).ends_with(".mlir") || StringRef(at->path()).ends_with(".inet"))
          files.push_back(at->path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  void add(std::string text) {
    if (text.size() <= longestText)
      corpus.push_back(std::move(text));
  }
  void add(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream(text) << module;
    add(text);
  }

  // The modules of a file of tests, without comments.
  void addIr(const std::string &path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer)
      return;
    llvm::SmallVector<StringRef> modules, lines;
    (*buffer)->getBuffer().split(modules, "// -----");
    for (StringRef module : modules) {
      std::string text;
      lines.clear();
      module.split(lines, '\n');
      for (StringRef line : lines)
        if (!line.trim().empty() && !line.trim().starts_with("//"))
          text += line.str() + "\n";
      if (OwningOpRef<ModuleOp> parsed = parseSourceString<ModuleOp>(text, &context))
        add(*parsed);
      add(text);
    }
  }

  // A network after each pass.
  void addNetwork(const std::string &path) {
    llvm::SourceMgr sources;
    ImportOptions options;
    options.path = path;
    OwningOpRef<ModuleOp> module = importNetwork(context, sources, options);
    if (!module)
      return;
    bool other = corpus.size() % 2 > 0;
    add(*module);
    for (StringRef pass : order) {
      PassManager passes(&context, ModuleOp::getOperationName());
      std::string options = pass == "inet-to-kt" && other ? "{get=nngp precision=f64}" : "";
      if (failed(parsePassPipeline(pass.str() + options, passes)) || failed(passes.run(*module)))
        return;
      if (pass != order.back())
        add(*module);
    }
  }

  // In the process of a mutant. Whatever fails has said why.
  int tryMutant(const std::string &text, const std::vector<std::string> &pipelines) {
    bool anyError = false;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      anyError |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
      return success();
    });
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return anyError ? fine : silent;
    progress->verified = true;
    for (const std::string &pipeline : pipelines) {
      anyError = false;
      PassManager passes(&context, ModuleOp::getOperationName());
      bool understood = succeeded(parsePassPipeline(pipeline, passes));
      assert(understood && "not the name of a pass");
      OwningOpRef<ModuleOp> copy = module->clone();
      if (understood && failed(passes.run(*copy)) && !anyError)
        return silent;
      ++progress->pipeline;
    }
    return fine;
  }

  // Runs something in a process of its own; returns what was wrong with it, in a line, or nothing.
  static std::string runApart(llvm::function_ref<int()> action) {
    std::FILE *messages = std::tmpfile();
    pid_t child = ::fork();
    if (child == 0) {
      ::dup2(::fileno(messages), STDERR_FILENO);
      struct rlimit time {
        mostSeconds, mostSeconds + 1
      }, memory{mostBytes, mostBytes}, none{0, 0};
      ::setrlimit(RLIMIT_CPU, &time);
      ::setrlimit(RLIMIT_CORE, &none);
      if (limitsMemory)
        ::setrlimit(RLIMIT_AS, &memory);
      ::_exit(action());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    std::string said = lastLine(messages);
    std::fclose(messages);
    if (WIFEXITED(status) && WEXITSTATUS(status) == fine)
      return "";
    if (WIFEXITED(status) && WEXITSTATUS(status) == silent)
      return "failed, and did not say why";
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
      return "took more than " + std::to_string(mostSeconds) + " seconds";
    return (WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                : "exit status " + std::to_string(WEXITSTATUS(status))) +
           " " + said;
  }

  // Of an assertion or a sanitizer.
  static std::string lastLine(std::FILE *messages) {
    std::rewind(messages);
    std::string text(4096, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), messages));
    return text.substr(0, text.find('\n'));
  }

  void report(const std::string &text, const std::string &pipeline, const std::string &failure) {
    ++failures;
    if (++kinds[failure] > 20) // enough of a kind
      return;
    std::string path = found + "/" + std::to_string(seed) + "-" + std::to_string(failures) + ".mlir";
    std::error_code error;
    llvm::raw_fd_ostream file(path, error);
    file << "// inet-opt --pass-pipeline='builtin.module(" << pipeline << ")'\n// " << failure << "\n" << text;
    llvm::outs() << path << ": " << failure << "\n";
    llvm::outs().flush();
  }

  MLIRContext context;
  std::vector<std::string> corpus;
  Progress *progress;
  uint64_t failures = 0;
  std::map<std::string, uint64_t> kinds;
};

} // namespace

int main(int argc, char **argv) {
  registerPasses();
  cl::ParseCommandLineOptions(argc, argv, "Mutates IR, and sees whether passes survive it\n");
  return Fuzzer().run();
}
