// A network file with everything it imports, as one set of definitions.
#ifndef INETC_FRONTEND_PROGRAM_H
#define INETC_FRONTEND_PROGRAM_H

#include "compiler/frontend/Ast.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inetc {

/// Takes each error as it is found.
using ReportError = std::function<void(const Problem &)>;

/// The text of the file at `path`; nothing, and `error` filled ("no such file or directory"), where it cannot be read.
/// The text must outlive the Program.
using ReadFile = std::function<std::optional<std::string_view>(const std::string &path, std::string &error)>;

/// Import chains longer than this are refused.
inline constexpr unsigned maximumImportDepth = 64;

class Program {
public:
  /// Reads and parses `path` and, through it, its imports: each file once, however often it is imported. Paths are
  /// relative to the importing file. Returns whether there was no error; definitions of the files that parsed are there
  /// in either case.
  bool load(const std::string &path, const ReadFile &readFile, const ReportError &report);

  /// The networks of the file that was named, in its order; those of its imports are not among them.
  const std::vector<const ast::Network *> &networks() const { return ownNetworks; }
  const std::map<std::string, const ast::Layer *> &layers() const { return layerTable; }
  const std::map<std::string, const ast::Activation *> &activations() const { return activationTable; }
  /// The file that was named; null where it could not be read.
  const SourceFile *mainFile() const { return sources.empty() ? nullptr : sources.front().get(); }

private:
  struct Loading;

  bool loadFile(const std::string &path, const SourceRange *importedAt, Loading &loading);
  bool define(const ast::File &file, bool isMain, Loading &loading);

  std::vector<std::unique_ptr<SourceFile>> sources; // stable addresses: every SourceRange points here
  std::vector<std::unique_ptr<ast::File>> files;
  std::vector<const ast::Network *> ownNetworks;
  std::map<std::string, const ast::Layer *> layerTable;
  std::map<std::string, const ast::Activation *> activationTable;
};

} // namespace inetc

#endif // INETC_FRONTEND_PROGRAM_H
