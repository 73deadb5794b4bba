//===- Demand.h - which displacement planes are needed ----------------------===//
//
// Backwards from the result of a network: a plane of a value is needed where a plane that needs it is needed. The law
// of each operation is its `getInputDemand`:
//
//   operation                                        planes of its input for the planes d of its result
//   linear, dual, affine, normalize, dropout,        d
//   rescale, add, mul, concat
//   window of stride s, dilated or not               sd
//   pool of size w and stride s                      sd + [−(w − 1), w − 1]
//   window and pool that are circular                the same modulo the sizes n of their input: e, and n − e
//   trace                                            {0}
//   mean                                             all
//
// A demand is a set of |d| for each dimension, and the planes are their product; a value with several readers needs the
// union. Both may hold more than is read, never less. Planes beyond the sizes of a value are left out.
//
// Self kernels have a demand of their own, by `getSelfDemand`: {0}, the variances, wherever the arithmetic of a pair
// reads them (duals, norms, the halo of a distance); what a centered pool or mean reads of D₁₁; and backwards from
// there the same laws. None where nothing reads variances, as below the last activation.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_ANALYSIS_DEMAND_H
#define INETC_ANALYSIS_DEMAND_H

#include "compiler/dialects/Kt/KtOps.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace inetc {

class Demand {
public:
  explicit Demand(kt::NetworkOp network);

  /// The planes of `kernel` that the result of the network needs; none are needed of a value that nobody reads.
  std::optional<kt::PlaneSet> getPlanes(mlir::Value kernel) const;

  /// The planes of the self kernel of `kernel` that the result of the network needs. It depends on the states that
  /// values have: kt-choose-state comes before.
  std::optional<kt::PlaneSet> getSelfPlanes(mlir::Value kernel) const;

private:
  using Planes = llvm::DenseMap<mlir::Value, kt::PlaneSet>;
  static void require(Planes &planes, mlir::Value kernel, const kt::PlaneSet &demand);
  static std::optional<kt::PlaneSet> lookup(const Planes &planes, mlir::Value kernel);
  void requireSelf(kt::KernelOpInterface op);

  Planes planes, selfPlanes;
};

} // namespace inetc

#endif // INETC_ANALYSIS_DEMAND_H
