//===- Preconditions.h - which tiled networks can be emitted ------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_PRECONDITIONS_H
#define INETC_CONVERSIONS_KTTOLOOPS_PRECONDITIONS_H

#include "compiler/dialects/Kt/KtOps.h"

namespace inetc {

/// What holds where all passes before have run, on a network whose first group is `group`: the conditions from (C11) on
/// of kt-to-loops (compiler/conversions/Passes.td). Fails, having said why.
mlir::LogicalResult checkNetwork(kt::NetworkOp network, kt::FusedOp group);

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_PRECONDITIONS_H
