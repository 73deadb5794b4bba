//===- Compiler.h - a whole compilation, from a file to what was asked for -----===//

#ifndef INETC_PIPELINE_COMPILER_H
#define INETC_PIPELINE_COMPILER_H

#include "compiler/frontend/Importer.h"
#include "compiler/pipeline/Pipeline.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>

namespace inetc {

/// Where a compilation may stop, in the order of the path.
enum class Stage { ast, inet, kt, fused, tiled, loops, llvm, assembly, object, library, executable };

/// By the name that `--emit` takes: ast, inet, kt, fused, tiled, loops, llvm, asm, obj, lib, exe.
std::optional<Stage> stageOf(llvm::StringRef name);
inline constexpr const char *stageNames = "ast, inet, kt, fused, tiled, loops, llvm, asm, obj, lib or exe";

struct CompilerOptions {
  ImportOptions input;
  PipelineOptions pipeline; // get and precision; the rest is the target's
  std::string cpu = "native";
  bool reference = false; // the reference evaluator instead of generated code
  Stage emit = Stage::executable;
  std::string output; // a file; empty or "-": standard output, for what is text
  bool printTimes = false;
};

/// Compiles, printing diagnostics and times to stderr. Returns the exit status: 0, or 1 after an error.
int compile(const CompilerOptions &options);

/// The network after evaluation, a line a layer: InetProgram::architecture. Nothing after an error, printed to
/// `errors`.
std::optional<std::string> listNetwork(const ImportOptions &input, llvm::raw_ostream &errors);

/// What an executable holds of the network, as an object in memory.
struct CompiledObject {
  llvm::SmallVector<char, 0> code; ///< defines programSymbol
  std::string architecture;
};
inline constexpr const char *programSymbol = "inet_program";

/// Compiles into memory; `options.emit` and `options.output` do not matter. Nothing after an error, printed to
/// `errors`.
std::optional<CompiledObject> compileToMemory(CompilerOptions options, llvm::raw_ostream &errors);

} // namespace inetc

#endif // INETC_PIPELINE_COMPILER_H
