//===- inetc.cpp - the compiler that users run ---------------------------------===//

#include "compiler/frontend/Nearest.h"
#include "compiler/pipeline/Compiler.h"
#include "compiler/targets/Cpu.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

using namespace inetc;

// `depth=4` into its two halves.
static void addDefinition(CompilerOptions &options, const std::string &text) {
  size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw CLI::ValidationError("-D", "expected NAME=VALUE, found '" + text + "'");
  options.input.definitions.emplace_back(text.substr(0, equals), text.substr(equals + 1));
}

// What the user wrote for what, with the nearest of what it may be.
[[noreturn]] static void refuse(const std::string &what, const std::string &found, std::vector<std::string> names) {
  std::optional<std::string> near = nearest(found, names);
  throw CLI::ValidationError(what + (near ? "\nnote: did you mean '" + *near + "'?" : ""),
                             CLI::ExitCodes::ValidationError);
}

// `names` in words: "f32 or f64".
static void requireOneOf(const std::string &option, const std::string &value, const std::string &names) {
  std::vector<std::string> words;
  std::string word;
  for (char c : names + ' ') {
    if (c != ' ' && c != ',') {
      word += c;
      continue;
    }
    if (!word.empty() && word != "or")
      words.push_back(word);
    word.clear();
  }
  if (std::find(words.begin(), words.end(), value) == words.end())
    refuse(option + ": expected " + names + ", found '" + value + "'", value, words);
}

// What is neither an option nor the one file.
static void refuseExtras(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::Option *option : app.get_options())
    for (const std::string &name : option->get_lnames())
      names.push_back("--" + name);
  std::string found = app.remaining().front();
  if (found.rfind("-", 0) != 0)
    refuse("expected one network file, found '" + found + "' too", found, {});
  found = found.substr(0, found.find('='));
  refuse("unknown option '" + found + "'", found, names);
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

// `inetc tune ...`: inetc-tune beside this program. Returns only where it cannot be started.
static int startTune(char **argv) {
  static int anchor;
  llvm::SmallString<256> program(llvm::sys::path::parent_path(llvm::sys::fs::getMainExecutable(argv[0], &anchor)));
  llvm::sys::path::append(program, "inetc-tune");
  ::execv(program.c_str(), argv + 1);
  std::fprintf(stderr, "error: cannot start '%s': %s\n", program.c_str(), std::strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  if (argc > 1 && llvm::StringRef(argv[1]) == "tune")
    return startTune(argv);
  CLI::App app("inetc: compiles infinitely wide neural networks to native code.\n"
               "\n"
               "  inetc mlp.inet -o mlp          an executable that computes kernels and predicts: ./mlp --help\n"
               "  inetc mlp.inet --emit=kt       the kernel recursion that was derived\n"
               "  inetc tune mlp.inet ...        the settings that suit some data best: inetc tune --help\n",
               "inetc");
  app.allow_extras(); // refused below, with the option that was meant
  app.option_defaults()->always_capture_default();
  CompilerOptions options;
  std::vector<std::string> definitions;
  std::string emit = "exe", target = "cpu";
  const std::string getNames = "nngp, ntk or both", precisionNames = "f32, f64 or both",
                    targetNames = "cpu or reference";
  app.add_option("file", options.input.path, "The network file (.inet)")->required();
  app.add_option("-o,--output", options.output,
                 "Where the result goes: text to standard output (-), else a file named like the network unless this "
                 "says otherwise")
      ->always_capture_default(false);
  app.add_option("--emit", emit, std::string("Where to stop: ") + stageNames);
  app.add_option("--get", options.pipeline.get, "Which kernels to compute: " + getNames);
  app.add_option("--precision", options.pipeline.precision,
                 "Of all arithmetic: " + precisionNames + " (in one program)");
  app.add_option("--cpu", options.cpu, std::string("Processor to generate code for: ") + cpuNames);
  app.add_option("--target", target, "cpu, or reference: the slow evaluator that everything else is tested against");
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
    if (!app.remaining().empty())
      refuseExtras(app);
    requireOneOf("--emit", emit, stageNames);
    requireOneOf("--get", options.pipeline.get, getNames);
    requireOneOf("--precision", options.pipeline.precision, precisionNames);
    requireOneOf("--cpu", options.cpu, cpuNames);
    requireOneOf("--target", target, targetNames);
    for (const std::string &definition : definitions)
      addDefinition(options, definition);
    options.emit = *stageOf(emit);
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
