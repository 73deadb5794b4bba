#include "compiler/dialects/Kt/KtOps.h"

using namespace inetc::kt;

#include "compiler/dialects/Kt/KtDialect.cpp.inc"

void KtDialect::initialize() {
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "compiler/dialects/Kt/KtOps.cpp.inc"
      >();
}
