//===- CompleteNetwork.h - what an early stage leaves open --------------------===//

#ifndef INETC_REFERENCE_COMPLETENETWORK_H
#define INETC_REFERENCE_COMPLETENETWORK_H

#include "compiler/dialects/Kt/KtOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace inetc::reference {

/// A copy of a network of any stage in which every operation has what its arithmetic reads:
/// - where kt-split-variance has not given it variances, the kernels themselves, each for its own variance;
/// - where it has not given it a scale, one of the network;
/// - where kt-choose-state has not run, a change of state around the duals whose formulas read distances.
mlir::OwningOpRef<kt::NetworkOp> completeNetwork(kt::NetworkOp network);

} // namespace inetc::reference

#endif // INETC_REFERENCE_COMPLETENETWORK_H
