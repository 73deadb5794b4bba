// Stands for the object that inetc emits: defines what runtime/cli/Main.cpp looks for.
#include "test/runtime/HandWrittenKernel.h"

static const InetProgram &hand_written_F32 = inet::test::handWrittenProgram(INET_F32),
                         &hand_written_F64 = inet::test::handWrittenProgram(INET_F64),
                         &hand_written_BOTH = inet::test::handWrittenInBoth();
extern "C" const InetProgram inet_program = HAND_WRITTEN_PROGRAM;
