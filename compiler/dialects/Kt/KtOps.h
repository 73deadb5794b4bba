//===- KtOps.h - the kt dialect and its operations ------------------------===//

#ifndef INETC_KT_KTOPS_H
#define INETC_KT_KTOPS_H

#include "compiler/dialects/Kt/KtTypes.h"
#include "compiler/dialects/Kt/Window.h"
#include "compiler/formulas/Activations.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace inetc::kt::detail {
mlir::LogicalResult verifyKernelOp(mlir::Operation *op); // of a KernelOpInterface
mlir::LogicalResult verifyPositionsStay(mlir::Operation *op);
} // namespace inetc::kt::detail

#include "compiler/dialects/Kt/KtDialect.h.inc"
#include "compiler/dialects/Kt/KtInterfaces.h.inc"

namespace inetc::kt {

/// One pair of positions of the result needs the same pair of the inputs. Verifies that the result has their positions
/// and their element type, and that there is an input.
template <typename ConcreteOp> class KeepsPositions : public mlir::OpTrait::TraitBase<ConcreteOp, KeepsPositions> {
public:
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) { return detail::verifyPositionsStay(op); }
};

} // namespace inetc::kt

#define GET_OP_CLASSES
#include "compiler/dialects/Kt/KtOps.h.inc"

namespace inetc::kt {

inline KernelType typeOf(mlir::Value kernel) { return mlir::cast<KernelType>(kernel.getType()); }

/// The positions of an example of this value.
int64_t countPositions(mlir::Value kernel);

/// The methods of these names, false for what transforms no kernels.
inline bool mixesPlanes(mlir::Operation *op) {
  auto kernelOp = mlir::dyn_cast<KernelOpInterface>(op);
  return kernelOp && kernelOp.mixesPlanes();
}
inline bool isReadout(mlir::Operation *op) {
  auto kernelOp = mlir::dyn_cast<KernelOpInterface>(op);
  return kernelOp && kernelOp.isReadout();
}
/// Whether the operation takes planes of its inputs to other planes, or to none: pools and readouts.
inline bool leavesPlanes(mlir::Operation *op) { return mixesPlanes(op) || isReadout(op); }

/// What a kt.fused yields, for its result; any other value itself.
mlir::Value resolveGroups(mlir::Value value);

/// Replaces the kernels of an operation without variances and scale; only a kt.dual may get another number of them.
void setKernels(KernelOpInterface op, mlir::ValueRange kernels);

/// The kernels of which an operation reads a variance each, if it reads any: both of a kt.dual have the same.
inline mlir::OperandRange kernelsWithVariances(KernelOpInterface op) {
  mlir::OperandRange kernels = op.getKernels();
  return mlir::isa<DualOp>(op.getOperation()) ? kernels.take_front() : kernels;
}

/// Whether the input is the second of a kt.dual: the distance to the second example negated. No variance depends on it.
inline bool isNegatedOfDual(mlir::Operation *op, unsigned index) { return index == 1 && mlir::isa<DualOp>(op); }
/// Whether the self kernel on these planes is the variances alone.
inline bool holdsVariances(mlir::Value kernel, const PlaneSet &planes) {
  return typeOf(kernel).getRank() == 0 || planes.isDiagonal();
}

/// Of a negated distance the one that is not, made by the same operations; null where there is none, or it is the
/// result of a group. Any other value itself.
mlir::Value findPositive(mlir::Value kernel);

} // namespace inetc::kt

#endif // INETC_KT_KTOPS_H
