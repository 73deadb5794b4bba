//===- Passes.h - from one dialect to the next ------------------------------===//

#ifndef INETC_CONVERSIONS_PASSES_H
#define INETC_CONVERSIONS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace inetc {

#define GEN_PASS_DECL
#include "compiler/conversions/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/conversions/Passes.h.inc"

} // namespace inetc

#endif // INETC_CONVERSIONS_PASSES_H
