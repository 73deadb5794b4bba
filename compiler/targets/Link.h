//===- Link.h - from an object file to an executable or a library -------------===//

#ifndef INETC_TARGETS_LINK_H
#define INETC_TARGETS_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace inetc {

/// Links an object file (with the constant `inet_program`) and the runtime into an executable. `reference`: also the
/// reference evaluator, whose functions the program names. The file appears whole or not at all. Returns what went
/// wrong, or nothing.
std::string linkExecutable(llvm::StringRef object, llvm::StringRef output, bool reference);

/// Puts an object file and the runtime into one static library, and beside it (mlp.h for libmlp.a or mlp.a) a C header
/// for the network `name` in this precision (f32, f64 or both) with inputs of `features` numbers. Returns what went
/// wrong, or nothing.
std::string writeLibrary(llvm::StringRef object, llvm::StringRef output, llvm::StringRef name,
                         llvm::StringRef precision, int64_t features);

} // namespace inetc

#endif // INETC_TARGETS_LINK_H
