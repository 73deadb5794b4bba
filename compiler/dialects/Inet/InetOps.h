//===- InetOps.h - the inet dialect, its type and its operations -----------===//

#ifndef INETC_INET_INETOPS_H
#define INETC_INET_INETOPS_H

#include "compiler/dialects/Inet/LayerParameter.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "compiler/dialects/Inet/InetDialect.h.inc"

namespace inetc::inet {
/// Of a value: numbers that f64 holds.
inline constexpr int64_t maxChannels = int64_t{1} << 53;
} // namespace inetc::inet

#define GET_TYPEDEF_CLASSES
#include "compiler/dialects/Inet/InetTypes.h.inc"

#include "compiler/dialects/Inet/InetInterfaces.h.inc"

namespace inetc::inet {
class InputOp;
} // namespace inetc::inet

#define GET_OP_CLASSES
#include "compiler/dialects/Inet/InetOps.h.inc"

#endif // INETC_INET_INETOPS_H
