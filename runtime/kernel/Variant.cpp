#include "runtime/kernel/Variant.h"

#include "runtime/Error.h"

#include <algorithm>
#include <fmt/format.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace inet {
namespace {

#if defined(__x86_64__)
/// AMX with bfloat16 and 8-bit integers, which then all threads of the process may use.
bool supportsAmx() {
  constexpr unsigned amxBf16 = 1u << 22, amxTile = 1u << 24, amxInt8 = 1u << 25; // CPUID leaf 7, edx
  constexpr unsigned needed = amxBf16 | amxTile | amxInt8;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || (edx & needed) != needed)
    return false;
  return ::syscall(SYS_arch_prctl, INET_REQUEST_PERMISSION, INET_TILE_DATA) == 0;
}
#endif

ChosenVariant chooseAsked(const InetProgram &program, Precision precision) {
  const InetKernel &kernel = chooseVariant(program, precision == Precision::f32 ? INET_F32 : INET_F64);
  return {kernel, dtypesOf(program).size() < 2 ? "" : "as asked for"};
}

} // namespace

bool supportsCpu(uint32_t cpu) {
  switch (cpu) {
  case INET_CPU_BASELINE:
    return true;
#if defined(__x86_64__)
  case INET_CPU_X86_64_V3:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  case INET_CPU_X86_64_V4:
    return supportsCpu(INET_CPU_X86_64_V3) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  case INET_CPU_AMX:
    return supportsCpu(INET_CPU_X86_64_V4) && __builtin_cpu_supports("avx512bf16") && supportsAmx();
#endif
  default:
    return false;
  }
}

std::string cpuName(uint32_t cpu) {
  switch (cpu) {
  case INET_CPU_BASELINE:
    return "baseline";
  case INET_CPU_X86_64_V3:
    return "x86-64-v3";
  case INET_CPU_X86_64_V4:
    return "x86-64-v4";
  case INET_CPU_AMX:
    return "x86-64-v4-amx";
  default:
    return fmt::format("unknown ({})", cpu);
  }
}

std::vector<InetDtype> dtypesOf(const InetProgram &program) {
  if (program.abi_version != INET_ABI_VERSION)
    throw Error(fmt::format("the network was compiled for version {} of the runtime's interface, this is version {}",
                            program.abi_version, INET_ABI_VERSION));
  std::vector<InetDtype> dtypes;
  for (InetDtype dtype : {INET_F32, INET_F64})
    if (std::any_of(program.kernels, program.kernels + program.kernel_count,
                    [&](const InetKernel &kernel) { return kernel.dtype == uint32_t(dtype); }))
      dtypes.push_back(dtype);
  return dtypes;
}

const InetKernel &chooseVariant(const InetProgram &program, std::optional<InetDtype> dtype) {
  const std::vector<InetDtype> dtypes = dtypesOf(program);
  if (dtype && std::find(dtypes.begin(), dtypes.end(), *dtype) == dtypes.end())
    throw Error(fmt::format("{} found; this program computes in {} only (inetc --precision)", precisionName(*dtype),
                            dtypes.empty() ? "no precision" : precisionName(dtypes.front())));
  for (uint32_t i = program.kernel_count; i-- > 0;)
    if (program.kernels[i].dtype == uint32_t(dtype.value_or(dtypes.front())) && supportsCpu(program.kernels[i].cpu))
      return program.kernels[i];
  throw Error(fmt::format("this machine lacks the instruction set {} that the network was compiled for (inetc --cpu)",
                          program.kernel_count ? cpuName(program.kernels[0].cpu) : "of a kernel"));
}

std::pair<InetDtype, std::string> precisionToLearn(int64_t examples) {
  constexpr int64_t mostInF64 = 3000; // a training kernel of 72 MB, filled in a second or less where it is of vectors
  if (examples <= mostInF64)
    return {INET_F64, "3,000 examples or fewer"};
  return {INET_F32, "more than 3,000 examples"};
}

ChosenVariant chooseVariantToLearn(const InetProgram &program, Precision precision, int64_t examples) {
  if (precision != Precision::automatic)
    return chooseAsked(program, precision);
  if (dtypesOf(program).size() < 2)
    return {chooseVariant(program), ""};
  const auto [dtype, reason] = precisionToLearn(examples);
  return {chooseVariant(program, dtype), reason};
}

ChosenVariant chooseVariantToWrite(const InetProgram &program, Precision precision) {
  if (precision != Precision::automatic)
    return chooseAsked(program, precision);
  if (dtypesOf(program).size() < 2)
    return {chooseVariant(program), ""};
  return {chooseVariant(program, INET_F64), "as files are unless --precision says f32"};
}

Shape inputShape(const InetProgram &program) {
  return Shape(program.input_shape, program.input_shape + program.input_rank);
}

Dtype dtypeOf(const InetKernel &kernel) { return kernel.dtype == INET_F32 ? Dtype::f4 : Dtype::f8; }

std::string precisionName(InetDtype dtype) { return dtype == INET_F32 ? "f32" : "f64"; }
std::string precisionName(const InetKernel &kernel) { return precisionName(InetDtype(kernel.dtype)); }

std::string resultNames(uint32_t results) {
  if (results == (INET_NNGP | INET_NTK))
    return "nngp, ntk";
  return results & INET_NNGP ? "nngp" : "ntk";
}

void requireCompiledIn(const InetKernel &kernel, uint32_t results) {
  if (results & ~kernel.results)
    throw Error(fmt::format("this program computes {} only (inetc --get)", resultNames(kernel.results)));
}

} // namespace inet
