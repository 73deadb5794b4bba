// The `main` of the executables that inetc makes; `inet_program` is in the object that it emits.
#include "runtime/cli/InetMain.h"

#include <cstdio>
#include <cstdlib>

extern "C" const InetProgram inet_program;

// Ends without the handlers of libraries: OpenBLAS waits there for its threads, forever where they found no memory.
int main(int argc, char **argv) {
  int status = inet::inetMain(inet_program, argc, argv);
  std::fflush(nullptr);
  std::_Exit(status);
}
