// From a network file to the inet dialect: reading, parsing, evaluation, one operation a layer.
#ifndef INETC_FRONTEND_IMPORTER_H
#define INETC_FRONTEND_IMPORTER_H

#include "compiler/frontend/Program.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <utility>
#include <vector>

namespace llvm {
class SourceMgr;
} // namespace llvm

namespace inetc {

struct ImportOptions {
  std::string path;    ///< of the network file
  std::string network; ///< its name; empty: the only one of the file
  std::vector<std::pair<std::string, std::string>>
      definitions;   ///< of `-D name=value`, in order; the last of a name holds
  ReadFile readFile; ///< empty: from disk
};

/// A module with one inet.network, verified. The context must have the inet dialect registered. Errors are emitted as
/// diagnostics of `context`; every file that was read becomes a buffer of `sources`, which a DiagnosticPrinter shows.
/// All independent errors are emitted, up to maximumErrors; null exactly if there was one.
mlir::OwningOpRef<mlir::ModuleOp> importNetwork(mlir::MLIRContext &context, llvm::SourceMgr &sources,
                                                const ImportOptions &options);

/// The syntax tree of one file (imports are not followed), as `--emit=ast` prints it; nothing if it has errors.
std::optional<std::string> printAstOfFile(mlir::MLIRContext &context, llvm::SourceMgr &sources,
                                          const std::string &path);

} // namespace inetc

#endif // INETC_FRONTEND_IMPORTER_H
