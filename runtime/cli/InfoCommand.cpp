#include "runtime/cli/Commands.h"
#include "runtime/kernel/Variant.h"

namespace inet {

Report runInfo(const InetProgram &program, const Arguments &arguments) {
  NetworkInfo info = describeNetwork(program, arguments.threads);
  const std::vector<InetDtype> dtypes = dtypesOf(program);
  for (size_t i = 0; arguments.n && i < dtypes.size(); ++i)
    info.kernels[i].cost = estimateCost(program, dtypes[i], arguments.n, arguments.n2, arguments.threads);
  return Report(std::move(info));
}

} // namespace inet
