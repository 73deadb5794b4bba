#ifndef INET_RUNTIME_KERNEL_VARIANT_H
#define INET_RUNTIME_KERNEL_VARIANT_H

#include "runtime/Abi.h"
#include "runtime/data/Array.h"

namespace inet {

/// Whether this machine has the instruction set `cpu`, an InetCpu.
bool supportsCpu(uint32_t cpu);
std::string cpuName(uint32_t cpu); // "x86-64-v4"

/// The last variant that this machine can run. Throws Error where there is none, or where the program was compiled for
/// another version of the ABI.
const InetKernel &chooseVariant(const InetProgram &program);

Shape inputShape(const InetProgram &program);
Dtype dtypeOf(const InetKernel &kernel);
std::string precisionName(const InetKernel &kernel); // "f32"
/// "nngp, ntk"
std::string resultNames(uint32_t results);
/// Throws Error where the program was compiled without one of these bits of InetResult.
void requireCompiledIn(const InetKernel &kernel, uint32_t results);

} // namespace inet

#endif
