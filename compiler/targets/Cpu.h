//===- Cpu.h - which processors code is generated for -----------------------===//

#ifndef INETC_TARGETS_CPU_H
#define INETC_TARGETS_CPU_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inetc {

/// One processor that a variant of the kernel is compiled for.
struct CpuTarget {
  std::string suffix;   // of the variant's symbols: "native", "v3", "v4", "amx"
  std::string cpu;      // as LLVM names it
  std::string features; // "+avx2,+fma,...": of the host for native, empty where `cpu` says it all
  uint32_t level;       // InetCpu of runtime/Abi.h: what the runtime asks the machine for
  int64_t vectorBits;   // of its vector registers
  int64_t cacheBytes; // of a core's L2: of the host for native, else as processors of this level have at least, mostly
  bool avx512;        // has AVX-512F
  bool amx = false;   // has AMX with bfloat16 and 8-bit integers
};

/// The targets of a `--cpu`: native, x86-64, x86-64-v3, x86-64-v4, x86-64-v4-amx, or multi (the last three, the most
/// demanding last); nothing where the name is unknown.
std::optional<std::vector<CpuTarget>> resolveCpu(llvm::StringRef name);

/// The names that resolveCpu knows, for messages.
inline constexpr const char *cpuNames = "native, x86-64, x86-64-v3, x86-64-v4, x86-64-v4-amx or multi";

} // namespace inetc

#endif // INETC_TARGETS_CPU_H
