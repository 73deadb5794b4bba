//===- inetc.cpp - the compiler that users run ---------------------------------===//

#include "compiler/pipeline/Compiler.h"
#include "compiler/targets/Cpu.h"
#include "llvm/Support/Path.h"
#include <CLI/CLI.hpp>
#include <cstdio>

using namespace inetc;

// `depth=4` into its two halves.
static void addDefinition(CompilerOptions &options, const std::string &text) {
  size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw CLI::ValidationError("-D", "expected NAME=VALUE, found '" + text + "'");
  options.input.definitions.emplace_back(text.substr(0, equals), text.substr(equals + 1));
}

// What is not text needs a name: mlp.inet becomes mlp, mlp.o, libmlp.a.
static std::string defaultOutput(const CompilerOptions &options) {
  std::string stem = llvm::sys::path::stem(options.input.path).str();
  switch (options.emit) {
  case Stage::object:
    return stem + ".o";
  case Stage::library:
    return "lib" + stem + ".a";
  case Stage::executable:
    return stem;
  default:
    return "-";
  }
}

int main(int argc, char **argv) {
  CLI::App app("inetc: compiles infinitely wide neural networks to native code.\n"
               "\n"
               "  inetc mlp.inet -o mlp          an executable that computes kernels and predicts: ./mlp --help\n"
               "  inetc mlp.inet --emit=kt       the kernel recursion that was derived\n");
  app.option_defaults()->always_capture_default();
  CompilerOptions options;
  std::vector<std::string> definitions;
  std::string emit = "exe", target = "cpu";
  app.add_option("file", options.input.path, "The network file (.inet)")->required();
  app.add_option("-o,--output", options.output,
                 "Where the result goes: text to standard output (-), else a file named like the network unless this "
                 "says otherwise")
      ->always_capture_default(false);
  app.add_option("--emit", emit, std::string("Where to stop: ") + stageNames);
  app.add_option("--get", options.pipeline.get, "Which kernels to compute: nngp, ntk or both")
      ->check(CLI::IsMember({"nngp", "ntk", "both"}));
  app.add_option("--precision", options.pipeline.precision, "Of all arithmetic: f32 or f64")
      ->check(CLI::IsMember({"f32", "f64"}));
  app.add_option("--cpu", options.cpu, std::string("Processor to generate code for: ") + cpuNames);
  app.add_option("--target", target, "cpu, or reference: the slow evaluator that everything else is tested against")
      ->check(CLI::IsMember({"cpu", "reference"}));
  app.add_option("-D", definitions, "NAME=VALUE of a parameter of the network (may be repeated)")
      ->allow_extra_args(false);
  app.add_option("--network", options.input.network, "Which network of the file, where it has several")
      ->always_capture_default(false);
  app.add_option("--tile", options.pipeline.tile,
                 "Overrides what kt-tile chooses, as \"rows=2 gram=direct\" (compiler/transforms/Passes.td)")
      ->always_capture_default(false);
  app.add_flag("--time", options.printTimes, "Print what each stage took");
  try {
    app.parse(argc, argv);
    for (const std::string &definition : definitions)
      addDefinition(options, definition);
    std::optional<Stage> stage = stageOf(emit);
    if (!stage)
      throw CLI::ValidationError("--emit", "expected " + std::string(stageNames) + ", found '" + emit + "'");
    options.emit = *stage;
    options.reference = target == "reference";
    if (options.output == "-" && options.emit >= Stage::library)
      throw CLI::ValidationError("-o",
                                 "expected the name of a file, found '-'; only text and objects go to standard output");
  } catch (const CLI::CallForHelp &help) {
    return app.exit(help);
  } catch (const CLI::ParseError &error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  if (options.output.empty())
    options.output = defaultOutput(options);
  return compile(options);
}
