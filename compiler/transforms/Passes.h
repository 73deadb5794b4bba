//===- Passes.h - transforms of kt, in the order of the pipeline -------------===//

#ifndef INETC_TRANSFORMS_PASSES_H
#define INETC_TRANSFORMS_PASSES_H

#include "compiler/dialects/Kt/KtOps.h"
#include "mlir/Pass/Pass.h"

namespace inetc {

#define GEN_PASS_DECL
#include "compiler/transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/transforms/Passes.h.inc"

} // namespace inetc

#endif // INETC_TRANSFORMS_PASSES_H
