// The `main` of the executables that inetc makes; `inet_program` is in the object that it emits.
#include "runtime/cli/InetMain.h"

extern "C" const InetProgram inet_program;

int main(int argc, char **argv) { return inet::inetMain(inet_program, argc, argv); }
