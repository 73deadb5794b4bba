//===- Preconditions.h - what passes on a network ask of it ------------------===//

#ifndef INETC_TRANSFORMS_PRECONDITIONS_H
#define INETC_TRANSFORMS_PRECONDITIONS_H

#include "compiler/dialects/Kt/KtOps.h"

namespace inetc {

/// An error where kt-fuse has run, behind which `pass` would see none of the operations.
mlir::LogicalResult requireUnfused(kt::NetworkOp network, llvm::StringRef pass);

/// The same, and where kt-split-variance has: what `pass` changes stands in kt.prepare again.
mlir::LogicalResult requireUnsplit(kt::NetworkOp network, llvm::StringRef pass);

/// An error where a negated distance stands without the one that is not, whose variances and factors are its own.
mlir::LogicalResult requirePairs(kt::NetworkOp network);

/// Erases the transforms that nobody reads: no analysis says anything of them.
void eraseUnread(kt::NetworkOp network);

} // namespace inetc

#endif // INETC_TRANSFORMS_PRECONDITIONS_H
