#include "compiler/dialects/Inet/InetOps.h"

using namespace inetc::inet;

#include "compiler/dialects/Inet/InetDialect.cpp.inc"

void InetDialect::initialize() {
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "compiler/dialects/Inet/InetOps.cpp.inc"
      >();
}
