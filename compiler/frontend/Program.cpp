#include "compiler/frontend/Program.h"

#include "compiler/frontend/Parser.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <set>

namespace inetc {

struct Program::Loading {
  const ReadFile &readFile;
  const ReportError &report;
  std::vector<std::string> open; ///< the files being loaded, the main one first
  std::set<std::string> done;
  std::map<std::string, SourceRange> defined; ///< where each name of a network, layer or activation was defined
};

/// Without `.` and `..`, so that one file has one name. For comparison only: behind a symbolic link `..` leads
/// elsewhere.
static std::string normalise(llvm::StringRef path) {
  llvm::SmallString<128> normal(path);
  llvm::sys::path::remove_dots(normal, /*remove_dot_dot=*/true);
  return std::string(normal);
}

static std::string relativeTo(const std::string &importer, const std::string &path) {
  if (llvm::sys::path::is_absolute(path))
    return path;
  llvm::SmallString<128> joined = llvm::sys::path::parent_path(importer);
  llvm::sys::path::append(joined, path);
  llvm::sys::path::remove_dots(joined, /*remove_dot_dot=*/false);
  return std::string(joined);
}

bool Program::load(const std::string &path, const ReadFile &readFile, const ReportError &report) {
  Loading loading{readFile, report, {}, {}, {}};
  return loadFile(path, nullptr, loading);
}

bool Program::loadFile(const std::string &path, const SourceRange *importedAt, Loading &loading) {
  std::string name = normalise(path);
  SourceRange place = importedAt ? *importedAt : SourceRange{};
  if (auto cycle = std::find(loading.open.begin(), loading.open.end(), name); cycle != loading.open.end()) {
    std::string chain;
    for (; cycle != loading.open.end(); ++cycle)
      chain += *cycle + " -> ";
    loading.report({place, "imports form a cycle: " + chain + name, {}});
    return false;
  }
  if (loading.open.size() >= maximumImportDepth) {
    loading.report({place, "imports nest deeper than " + std::to_string(maximumImportDepth) + " files", {}});
    return false;
  }
  if (!loading.done.insert(name).second)
    return true;

  std::string error;
  std::optional<std::string_view> text = loading.readFile(path, error);
  if (!text) {
    loading.report({place, "cannot read '" + path + "': " + error, {}});
    return false;
  }
  bool isMain = sources.empty();
  sources.push_back(std::make_unique<SourceFile>(SourceFile{path, *text}));
  std::vector<Problem> problems;
  std::optional<ast::File> file = parseFile(*sources.back(), problems);
  for (const Problem &problem : problems)
    loading.report(problem);
  if (!file)
    return false;
  files.push_back(std::make_unique<ast::File>(std::move(*file)));

  loading.open.push_back(name);
  bool good = define(*files.back(), isMain, loading);
  loading.open.pop_back();
  return good;
}

bool Program::define(const ast::File &file, bool isMain, Loading &loading) {
  bool good = true;
  auto claim = [&](const ast::Identifier &name) {
    auto [previous, isFirst] = loading.defined.emplace(name.text, name.range);
    if (isFirst)
      return true;
    loading.report({name.range, "'" + name.text + "' is defined twice", {{previous->second, "it was defined here"}}});
    return good = false;
  };
  for (const ast::Definition &definition : file.definitions) {
    if (auto *import = std::get_if<ast::Import>(&definition.node)) {
      bool empty = import->path.empty();
      if (empty)
        loading.report({import->range, "expected the name of a file, found an empty string", {}});
      good &= !empty && loadFile(relativeTo(file.source->name, import->path), &import->range, loading);
    } else if (auto *network = std::get_if<ast::Network>(&definition.node)) {
      // The networks of an imported file are not this file's: their names are free.
      if (isMain && claim(network->name))
        ownNetworks.push_back(network);
    } else if (auto *layer = std::get_if<ast::Layer>(&definition.node)) {
      if (claim(layer->name))
        layerTable[layer->name.text] = layer;
    } else if (auto *activation = std::get_if<ast::Activation>(&definition.node)) {
      if (claim(activation->name))
        activationTable[activation->name.text] = activation;
    }
  }
  return good;
}

} // namespace inetc
