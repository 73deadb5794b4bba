//===- Reference.h - the program of --target=reference -------------------------===//

#ifndef INETC_TARGETS_REFERENCE_H
#define INETC_TARGETS_REFERENCE_H

#include "compiler/targets/Abi.h"
#include <memory>

namespace inetc {

/// A module with the constant InetProgram `inet_program` for a module with one kt.network in f64: no code but the network as
/// text, `inet_reference_network`, and one kernel whose functions stand in compiler/reference/Program.cpp. `architecture`: the
/// listing of the network.
std::unique_ptr<llvm::Module> createReferenceProgram(mlir::ModuleOp module, llvm::LLVMContext &context,
                                                     llvm::StringRef architecture);

} // namespace inetc

#endif // INETC_TARGETS_REFERENCE_H
