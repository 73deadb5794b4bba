//===- Jit.h - object code that runs in this process --------------------------===//

#ifndef INETC_TARGETS_JIT_H
#define INETC_TARGETS_JIT_H

#include "runtime/Abi.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <memory>
#include <string>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace inetc {

/// Links objects into memory, by LLVM's ORC: the same objects as in files, and so the same bits.
class Jit {
public:
  /// What generated code calls of the runtime: a name and an address each.
  using Functions = llvm::ArrayRef<std::pair<llvm::StringRef, void *>>;

  /// Null, and why, where this machine cannot.
  static std::unique_ptr<Jit> create(Functions functions, std::string &error);
  ~Jit();

  /// The program that an object defines as `symbol`, which lives as long as this; null, and why, where it cannot be
  /// linked. Objects do not see each other.
  const InetProgram *add(llvm::StringRef object, llvm::StringRef symbol, std::string &error);

private:
  explicit Jit(std::unique_ptr<llvm::orc::LLJIT> jit);

  std::unique_ptr<llvm::orc::LLJIT> jit;
  unsigned objects = 0;
};

} // namespace inetc

#endif // INETC_TARGETS_JIT_H
