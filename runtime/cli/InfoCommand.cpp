#include "runtime/cli/Commands.h"

namespace inet {

Report runInfo(const InetProgram &program, const Arguments &arguments) {
  NetworkInfo info = describeNetwork(program, arguments.threads);
  if (arguments.n)
    info.cost = estimateCost(program, arguments.n, arguments.n2, arguments.threads);
  return Report(std::move(info));
}

} // namespace inet
