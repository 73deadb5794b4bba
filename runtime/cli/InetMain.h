#ifndef INET_RUNTIME_CLI_INETMAIN_H
#define INET_RUNTIME_CLI_INETMAIN_H

#include "runtime/Abi.h"

namespace inet {

/// The whole executable of a compiled network: parses the command line, runs the command, prints figures to standard
/// output and progress to standard error. Returns the exit status: 0; 1 after an error, which is one line "error: ..."
/// on standard error; 2 where the command line is wrong.
int inetMain(const InetProgram &program, int argc, const char *const *argv);

} // namespace inet

#endif
