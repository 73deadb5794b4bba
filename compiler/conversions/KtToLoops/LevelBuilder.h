//===- LevelBuilder.h - the plan of one level --------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_LEVELBUILDER_H
#define INETC_CONVERSIONS_KTTOLOOPS_LEVELBUILDER_H

#include "compiler/conversions/KtToLoops/PlanePlan.h"

namespace inetc {

/// Builds the plan of one level: grids, nests, forms, and where these lie.
class LevelBuilder {
public:
  LevelBuilder(Level &level, llvm::ArrayRef<PlaneSource> sources) : level(level), sources(sources) {}

  mlir::LogicalResult build() {
    assignGrids();
    if (mlir::failed(findModulus()))
      return mlir::failure();
    collectDisplacements();
    makeNests();
    collectForms();
    return mlir::success();
  }
  int64_t placeForms();

private:
  void assignGrids();
  mlir::LogicalResult findModulus();
  void collectDisplacements();
  void makeNests();
  void collectForms();
  int requireForm(mlir::Value value, Form form);
  const Form *findReplaced(const Form &form, int now) const;
  llvm::SmallVector<mlir::Value> kernelsOf(mlir::Operation *op) const {
    if (mlir::isa<kt::GramOp>(op) || isSource(op))
      return {};
    return llvm::map_to_vector(mlir::cast<kt::KernelOpInterface>(op).getKernels(), resolveGroups);
  }
  bool isSource(mlir::Operation *op) const {
    return llvm::any_of(level.sources, [&](int s) { return sources[s].operation == op; });
  }

  Level &level;
  llvm::ArrayRef<PlaneSource> sources;
  llvm::DenseMap<mlir::Value, int> nestOf; // that computes a value
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_LEVELBUILDER_H
