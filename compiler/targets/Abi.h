//===- Abi.h - the structs and wrappers of runtime/Abi.h in LLVM IR ----------===//

#ifndef INETC_TARGETS_ABI_H
#define INETC_TARGETS_ABI_H

#include "compiler/targets/Cpu.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"

namespace inetc {

/// One compiled variant: what kt-to-loops wrote of it, and for whom it is.
struct KernelVariant {
  mlir::DictionaryAttr description; // the module attribute `inet.kernel`
  CpuTarget cpu;

  llvm::StringRef getNetworkName() const;
  bool usesAmx() const;
  std::string getSymbol(llvm::StringRef function) const; // mlp_block_v4: the wrapper that the descriptor names
};

/// Adds to a module with @net_prepare and @net_block (on flat memory, as kt-to-loops makes them) the two functions of
/// the ABI, sets the processor of every function, and makes everything else internal.
void addAbiFunctions(llvm::Module &module, const KernelVariant &variant);

/// Adds the constant InetProgram `symbol` with its variants (those in f32 before those in f64), whose functions are
/// declared where they are not defined. `architecture`: the listing of the network.
void addProgram(llvm::Module &module, llvm::ArrayRef<KernelVariant> variants, llvm::StringRef symbol,
                llvm::StringRef architecture);

} // namespace inetc

#endif // INETC_TARGETS_ABI_H
