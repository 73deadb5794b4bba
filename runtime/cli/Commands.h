// What a compiled network does: one function a command. All throw Error.
#ifndef INET_RUNTIME_CLI_COMMANDS_H
#define INET_RUNTIME_CLI_COMMANDS_H

#include "runtime/cli/Arguments.h"
#include "runtime/report/Report.h"

namespace inet {

Report runInfo(const InetProgram &program, const Arguments &arguments);
Report runKernel(const InetProgram &program, const Arguments &arguments);
Report runPredict(const InetProgram &program, const Arguments &arguments);
Report runCurve(const InetProgram &program, const Arguments &arguments);
Report runEvaluate(const InetProgram &program, const Arguments &arguments);
Report runReport(const InetProgram &program, const Arguments &arguments);

} // namespace inet

#endif
