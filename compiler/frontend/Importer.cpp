#include "compiler/frontend/Importer.h"

#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/frontend/AstPrinter.h"
#include "compiler/frontend/Diagnostics.h"
#include "compiler/frontend/Evaluator.h"
#include "compiler/frontend/InetLayerBuilder.h"
#include "compiler/frontend/Nearest.h"
#include "compiler/frontend/Parser.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace inetc {
namespace {

/// Lets each error through once, and maximumErrors of them: a layer that is called again is wrong again.
class DuplicateFilter : public ScopedDiagnosticHandler {
public:
  explicit DuplicateFilter(MLIRContext &context) : ScopedDiagnosticHandler(&context) {
    setHandler([this](Diagnostic &diagnostic) {
      FileLineColLoc place = placeOf(diagnostic.getLocation());
      bool isNew = seen.insert({place ? place.getAsOpaquePointer() : nullptr, diagnostic.str()}).second;
      // "Handled" ends it here; otherwise the handler that was there before gets it.
      return success(!isNew || seen.size() > maximumErrors);
    });
  }

private:
  std::set<std::pair<const void *, std::string>> seen;
};

/// Reads from disk into the buffers of a SourceMgr.
std::optional<std::string_view> readFromDisk(llvm::SourceMgr &sources, const std::string &path, std::string &error) {
  auto explain = [&](std::error_code code) {
    error = code.message();
    if (!error.empty())
      error[0] = llvm::toLower(error[0]);
    return std::nullopt;
  };
  llvm::sys::fs::file_status status;
  if (std::error_code code = llvm::sys::fs::status(path, status))
    return explain(code);
  if (llvm::sys::fs::is_directory(status))
    return explain(std::make_error_code(std::errc::is_a_directory));
  // A device may never end.
  if (status.type() == llvm::sys::fs::file_type::character_file ||
      status.type() == llvm::sys::fs::file_type::block_file) {
    error = "it is a device";
    return std::nullopt;
  }
  if (status.getSize() > maximumFileSize) {
    error = "it has " + std::to_string(status.getSize()) + " bytes, more than the " + std::to_string(maximumFileSize) +
            " that a network file may have";
    return std::nullopt;
  }
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return explain(buffer.getError());
  unsigned id = sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  llvm::StringRef text = sources.getMemoryBuffer(id)->getBuffer();
  return std::string_view(text.data(), text.size());
}

class Importer {
public:
  Importer(MLIRContext &context, llvm::SourceMgr &sources, const ImportOptions &options)
      : context(context), sources(sources), options(options) {}

  OwningOpRef<ModuleOp> run() {
    DuplicateFilter filter(context);
    ReadFile readFile = options.readFile;
    if (!readFile)
      readFile = [this](const std::string &path, std::string &error) { return readFromDisk(sources, path, error); };
    bool good = program.load(options.path, readFile, [this](const Problem &problem) { report(problem); });
    good &= parseDefinitions();
    const ast::Network *network = good ? chooseNetwork() : nullptr;
    return network ? build(*network) : nullptr;
  }

private:
  void report(const Problem &problem) { report({problem.range, {}}, problem.message, problem.notes); }
  void report(const Place &place, const std::string &message, const std::vector<Note> &notes) {
    InFlightDiagnostic diagnostic = emitError(locationOf(context, place)) << message;
    for (const Note &note : notes)
      diagnostic.attachNote(locationOf(context, note.range)) << note.message;
  }

  bool parseDefinitions();
  const ast::Network *chooseNetwork();
  OwningOpRef<ModuleOp> build(const ast::Network &network);

  MLIRContext &context;
  llvm::SourceMgr &sources;
  const ImportOptions &options;
  Program program;
  std::vector<std::unique_ptr<SourceFile>> definitionSources;
  std::vector<ast::ExpressionPtr> definitionValues;
  std::vector<Override> overrides;
};

bool Importer::parseDefinitions() {
  bool good = true;
  for (const auto &[name, text] : options.definitions) {
    // A buffer of its own, so that an error shows the value with a caret.
    unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "-D " + name), llvm::SMLoc());
    llvm::StringRef copy = sources.getMemoryBuffer(id)->getBuffer();
    definitionSources.push_back(
        std::make_unique<SourceFile>(SourceFile{"-D " + name, std::string_view(copy.data(), copy.size())}));
    std::vector<Problem> problems;
    ast::ExpressionPtr value = parseExpression(*definitionSources.back(), problems);
    for (const Problem &problem : problems)
      report(problem);
    good &= value != nullptr;
    if (!value)
      continue;
    definitionValues.push_back(std::move(value));
    overrides.push_back({name, definitionValues.back().get()});
  }
  return good;
}

const ast::Network *Importer::chooseNetwork() {
  const std::vector<const ast::Network *> &networks = program.networks();
  SourceRange start{program.mainFile(), {}, {}};
  if (networks.empty()) {
    report({start, {}}, "the file has no network", {});
    return nullptr;
  }
  std::vector<std::string> names;
  for (const ast::Network *network : networks)
    names.push_back(network->name.text);
  if (options.network.empty()) {
    if (networks.size() == 1)
      return networks.front();
    report({networks[1]->name.range, {}},
           "the file has " + std::to_string(names.size()) + " networks; choose one with --network NAME",
           {{networks[1]->name.range, "they are " + llvm::join(names, ", ")}});
    return nullptr;
  }
  for (const ast::Network *network : networks)
    if (network->name.text == options.network)
      return network;
  std::optional<std::string> near = nearest(options.network, names);
  report({start, {}}, "the file has no network '" + options.network + "'",
         {{start, near ? "did you mean '" + *near + "'?" : "it has " + llvm::join(names, ", ")}});
  return nullptr;
}

OwningOpRef<ModuleOp> Importer::build(const ast::Network &network) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(locationOf(context, SourceRange{program.mainFile(), {}, {}}));
  OpBuilder builder(&context);
  builder.setInsertionPointToEnd(module->getBody());
  auto op = builder.create<inet::NetworkOp>(locationOf(context, network.name.range), network.name.text);
  builder.setInsertionPointToStart(&op.getBody().emplaceBlock());

  InetLayerBuilder layers(builder);
  Evaluator evaluator(program, layers,
                      [this](const Place &place, const std::string &message, const std::vector<Note> &notes) {
                        report(place, message, notes);
                      });
  if (!evaluator.run(network, overrides) || layers.foundErrors() || failed(verify(*module)))
    return nullptr;
  return module;
}

} // namespace

OwningOpRef<ModuleOp> importNetwork(MLIRContext &context, llvm::SourceMgr &sources, const ImportOptions &options) {
  context.loadDialect<inet::InetDialect>();
  return Importer(context, sources, options).run();
}

std::optional<std::string> printAstOfFile(MLIRContext &context, llvm::SourceMgr &sources, const std::string &path) {
  std::string error;
  std::optional<std::string_view> text = readFromDisk(sources, path, error);
  if (!text) {
    emitError(UnknownLoc::get(&context)) << "cannot read '" << path << "': " << error;
    return std::nullopt;
  }
  SourceFile source{path, *text};
  std::vector<Problem> problems;
  std::optional<ast::File> file = parseFile(source, problems);
  for (const Problem &problem : problems) {
    InFlightDiagnostic diagnostic = emitError(locationOf(context, problem.range)) << problem.message;
    for (const Note &note : problem.notes)
      diagnostic.attachNote(locationOf(context, note.range)) << note.message;
  }
  if (!file)
    return std::nullopt;
  return printAst(*file);
}

} // namespace inetc
