#ifndef INET_RUNTIME_KERNEL_VARIANT_H
#define INET_RUNTIME_KERNEL_VARIANT_H

#include "runtime/Abi.h"
#include "runtime/data/Array.h"
#include "runtime/kernel/Precision.h"

#include <optional>

namespace inet {

/// Whether this machine has the instruction set `cpu`, an InetCpu.
bool supportsCpu(uint32_t cpu);
std::string cpuName(uint32_t cpu); // "x86-64-v4"

/// The precisions that a program was compiled in, f32 before f64. Throws Error where it was compiled for another
/// version of the ABI.
std::vector<InetDtype> dtypesOf(const InetProgram &program);

/// The last variant of a dtype, of the program's first one unless it is said, that this machine can run. Throws Error
/// where there is none, or where the program was compiled for another version of the ABI.
const InetKernel &chooseVariant(const InetProgram &program, std::optional<InetDtype> dtype = std::nullopt);

struct ChosenVariant {
  const InetKernel &kernel;
  std::string reason; ///< why in its precision: "3,000 examples or fewer"; empty where the program has no other
};

/// The precision to learn so many examples in, where nobody has said one, and why: f64 for up to 3,000, which it costs
/// little and which may be so close to each other that their kernel can be solved in f64 only; f32 for more.
std::pair<InetDtype, std::string> precisionToLearn(int64_t examples);

/// To learn so many examples: `automatic` is precisionToLearn.
ChosenVariant chooseVariantToLearn(const InetProgram &program, Precision precision, int64_t examples);
/// To write a kernel into a file: `automatic` is f64, so that the file's numbers have one type however many there are,
/// and whoever reads them has all digits.
ChosenVariant chooseVariantToWrite(const InetProgram &program, Precision precision);

Shape inputShape(const InetProgram &program);
Dtype dtypeOf(const InetKernel &kernel);
std::string precisionName(InetDtype dtype); // "f32"
std::string precisionName(const InetKernel &kernel);
/// "nngp, ntk"
std::string resultNames(uint32_t results);
/// Throws Error where the program was compiled without one of these bits of InetResult.
void requireCompiledIn(const InetKernel &kernel, uint32_t results);

} // namespace inet

#endif
