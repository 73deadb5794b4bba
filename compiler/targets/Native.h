//===- Native.h - from the LLVM dialect to an object file ---------------------===//

#ifndef INETC_TARGETS_NATIVE_H
#define INETC_TARGETS_NATIVE_H

#include "compiler/targets/Abi.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace inetc {

/// The dialects' translations to LLVM IR.
void registerTranslations(mlir::DialectRegistry &registry);

/// An empty module for this machine.
std::unique_ptr<llvm::Module> createNativeModule(llvm::StringRef name, llvm::LLVMContext &context);

/// LLVM IR of one variant's module in the LLVM dialect, with the functions of the ABI; null with a diagnostic if it cannot be
/// translated.
std::unique_ptr<llvm::Module> translateVariant(mlir::ModuleOp module, llvm::LLVMContext &context,
                                               const KernelVariant &variant);

/// Moves everything of `from` into `into`. Returns false if the two do not fit together.
bool linkModules(llvm::Module &into, std::unique_ptr<llvm::Module> from);

/// LLVM's optimisations at level 3, without the vectorisers and unrolling: loops are vectors and unrolled already.
void optimize(llvm::Module &module);

enum class NativeFormat { assembly, object };

/// Generates code into `os`. Returns an empty string or what went wrong.
std::string emitNative(llvm::Module &module, NativeFormat format, llvm::raw_pwrite_stream &os);

} // namespace inetc

#endif // INETC_TARGETS_NATIVE_H
