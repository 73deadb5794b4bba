//===- Demand.h - which displacement planes are needed ----------------------===//
//
// Backwards from the result of a network: a plane of a value is needed where a plane that needs it is needed. The law of
// each operation is its `getInputDemand`:
//
//   operation                                        planes of its input for the planes d of its result
//   linear, dual, affine, normalize, dropout,        d
//   rescale, add, mul, concat
//   trace                                            {0}
//
// A demand is a set of |d| for each dimension; a value with several readers needs the union.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_ANALYSIS_DEMAND_H
#define INETC_ANALYSIS_DEMAND_H

#include "compiler/dialects/Kt/KtOps.h"
#include "llvm/ADT/DenseMap.h"

namespace inetc {

class Demand {
public:
  explicit Demand(kt::NetworkOp network);

  /// The planes of `kernel` that the result of the network needs; none are needed of a value that nobody reads.
  std::optional<kt::PlaneSet> getPlanes(mlir::Value kernel) const;

private:
  llvm::DenseMap<mlir::Value, kt::PlaneSet> planes;
};

} // namespace inetc

#endif // INETC_ANALYSIS_DEMAND_H
