// How errors reach the user: MLIR's diagnostics, printed with the line of the network file they are about.
#ifndef INETC_FRONTEND_DIAGNOSTICS_H
#define INETC_FRONTEND_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

namespace llvm {
class SourceMgr;
} // namespace llvm

namespace inetc {

/// While it lives, prints every diagnostic of the context as
///
///     mlp.inet:3:16: error: unknown layer 'dens'
///       x = input -> dens(512)
///                    ^
///     mlp.inet:3:16: note: did you mean 'dense'?
///
/// with a note for each call of a layer that led there. MLIR's own handler leaves out the caret on lines that are not
/// ASCII. A diagnostic without a place in a file is printed without one.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(mlir::MLIRContext &context, const llvm::SourceMgr &sources, llvm::raw_ostream &os);

private:
  void print(mlir::Diagnostic &diagnostic);
  void printMessage(mlir::Location place, llvm::StringRef severity, llvm::StringRef message);
  /// The line of the file, and a caret below the place; nothing where the file is not among the sources.
  void printLine(mlir::FileLineColLoc place);

  const llvm::SourceMgr &sources;
  llvm::raw_ostream &os;
};

/// The place in a file that a location is about: the callee's of a call; null where there is none.
mlir::FileLineColLoc placeOf(mlir::Location location);

} // namespace inetc

#endif // INETC_FRONTEND_DIAGNOSTICS_H
