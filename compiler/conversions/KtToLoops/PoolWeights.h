//===- PoolWeights.h - the weights of a pool's windows -----------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_POOLWEIGHTS_H
#define INETC_CONVERSIONS_KTTOLOOPS_POOLWEIGHTS_H

#include "compiler/conversions/KtToLoops/ConstantTables.h"
#include "compiler/dialects/Kt/KtOps.h"
#include "compiler/formulas/Emitted.h"

namespace inetc {

/// ω of the window at an output position (an index among all): the same for each of its taps, and for every example.
formulas::Emitted poolWeight(kt::PoolOp pool, mlir::Value position, ConstantTables &constants, LoopBuilder &b,
                             formulas::EmissionContext &context);
/// Σω over the taps that lie inside.
formulas::Emitted poolTotal(kt::PoolOp pool, mlir::Value position, ConstantTables &constants, LoopBuilder &b,
                            formulas::EmissionContext &context);
/// What a pool, or a mean, does, apart from what to: equal where it is the same.
std::string describePool(mlir::Operation *op);

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_POOLWEIGHTS_H
