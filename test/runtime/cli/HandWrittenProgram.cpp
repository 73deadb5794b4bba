// Stands for the object that inetc emits: defines what runtime/cli/Main.cpp looks for.
#include "test/runtime/HandWrittenKernel.h"

extern "C" const InetProgram inet_program = inet::test::handWrittenProgram(HAND_WRITTEN_DTYPE);
