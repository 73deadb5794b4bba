#include "compiler/targets/Cpu.h"

#include "runtime/Abi.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include <algorithm>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

using namespace inetc;

static CpuTarget baseline() { return {"v1", "x86-64", "", INET_CPU_BASELINE, 128, 256 << 10, false}; }
static CpuTarget v3() { return {"v3", "x86-64-v3", "", INET_CPU_X86_64_V3, 256, 512 << 10, false}; }
static CpuTarget v4() { return {"v4", "x86-64-v4", "", INET_CPU_X86_64_V4, 512, 1 << 20, true}; }

static CpuTarget amx() {
  return {"amx", "x86-64-v4", "+avx512bf16,+amx-tile,+amx-bf16,+amx-int8", INET_CPU_AMX, 512, 2 << 20, true, true};
}

// A container may forbid what the processor can do.
static bool isAmxPermitted() {
#if defined(__linux__) && defined(__x86_64__)
  return ::syscall(SYS_arch_prctl, INET_REQUEST_PERMISSION, INET_TILE_DATA) == 0;
#else
  return false;
#endif
}

// 0 where the system does not say.
static int64_t findCacheBytes() {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  return ::sysconf(_SC_LEVEL2_CACHE_SIZE);
#else
  return 0;
#endif
}

static CpuTarget native() {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  auto has = [&](std::initializer_list<const char *> names) {
    return std::all_of(names.begin(), names.end(), [&](const char *name) { return host.lookup(name); });
  };
  CpuTarget target = has({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}) ? v4()
                     : has({"avx2", "fma", "bmi2"})                                   ? v3()
                                                                                      : baseline();
  target.amx = target.avx512 && has({"avx512bf16", "amx-tile", "amx-bf16", "amx-int8"}) && isAmxPermitted();
  if (int64_t bytes = findCacheBytes(); bytes > 0)
    target.cacheBytes = bytes;
  target.suffix = "native";
  target.cpu = llvm::sys::getHostCPUName();
  std::vector<std::string> features;
  for (const auto &feature : host)
    features.push_back((feature.second ? "+" : "-") + feature.first().str());
  std::sort(features.begin(), features.end()); // a StringMap has no order of its own
  for (const std::string &feature : features)
    target.features += (target.features.empty() ? "" : ",") + feature;
  return target;
}

std::optional<std::vector<CpuTarget>> inetc::resolveCpu(llvm::StringRef name) {
  if (name == "native")
    return std::vector{native()};
  if (name == "x86-64")
    return std::vector{baseline()};
  if (name == "x86-64-v3")
    return std::vector{v3()};
  if (name == "x86-64-v4")
    return std::vector{v4()};
  if (name == "x86-64-v4-amx")
    return std::vector{amx()};
  if (name == "multi")
    return std::vector{v3(), v4(), amx()};
  return std::nullopt;
}
