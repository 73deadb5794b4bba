//===- EmitPrepare.h - the code that prepares examples ------------------------===//
//
// Emits @net_prepare, for `lanes` examples at a time: the inputs scaled to unit size, the variances of every value
// (and, where pools need them, the planes of an example's own kernel), and the tables that the code of a pair reads.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_EMITPREPARE_H
#define INETC_CONVERSIONS_KTTOLOOPS_EMITPREPARE_H

#include "compiler/conversions/KtToLoops/EmitPlanes.h"
#include "compiler/conversions/KtToLoops/FirstFit.h"

namespace inetc {

class PrepareEmitter {
public:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using Emitted = formulas::Emitted;

  PrepareEmitter(Emission &emission, PreparedLayout &layout, bool writesTables)
      : emission(emission), layout(layout), writesTables(writesTables), b(emission.network.getLoc(), emission.network) {
  }

  mlir::LogicalResult emit();
  mlir::func::FuncOp function, groupFunction;

private:
  // The variances of a value: one vector, or one for each position in scratch memory.
  struct Variances {
    Emitted point;
    int64_t buffer = -1; // in vectors
  };

  mlir::LogicalResult planOwnPlanes();
  llvm::SmallVector<mlir::Operation *> orderOperations();
  void emitGroup();
  void computeVariances();
  double getScaleBias();
  Value sumOfSquares(Value example);
  void scaleExample(Value lane);
  void writeInputsInLanes();
  void writeTables(mlir::Operation *pool);
  void writeTable(const PreparedLayout::Table &table, int64_t index);
  mlir::Operation *findOwnPool(const PreparedLayout::Table &table);
  void copyTables();
  void doubt(Emitted value);
  Value findBadLane(Value vector, Value bad);

  // variances (EmitVariances.cpp)
  void computeVariance(kt::KernelOpInterface op, int now);
  void findLastUses(llvm::ArrayRef<mlir::Operation *> operations);
  Emitted gramVariance(kt::GramOp op, Value p);
  Value wrapAround(Value position, const kt::WindowDimension &window, int64_t size);
  Emitted windowVariance(kt::WindowOp op, ValueRange position);
  Emitted poolVariance(mlir::Operation *op, ValueRange position);
  Emitted poolMean(mlir::Operation *op, Value input, ValueRange position);
  Emitted ownSum(mlir::Operation *op, ValueRange position);
  Emitted meanOver(Value kernel);
  Emitted load(Value kernel, Value position);
  Value linear(llvm::ArrayRef<int64_t> sizes, ValueRange position);
  void forPositions(llvm::ArrayRef<int64_t> sizes, llvm::function_ref<void(ValueRange)> body);

  Emitted number(double value) { return Emitted(*context, context->getConstant(value)); }

  Emission &emission;
  PreparedLayout &layout;
  bool writesTables;
  LoopBuilder b;
  std::optional<formulas::EmissionContext> context;
  std::optional<PlaneEmitter> planes; // of self kernels
  PlanePlan plan;
  int64_t scratchVectors = 0;          // in all
  llvm::DenseMap<Value, int> lastUses; // of variances, by operations and tables: indices of operations
  FirstFit places;                     // in scratch memory, in vectors: behind the planes of an example's own kernel
  Value x, prepared, scratch, begin, capacity, group, laneBase; // in the function of a group
  // [lanes]: g, the variance g²q̄ of the scaled inputs, NaN where all is not finite
  Value scales, unitVariances, doubtful;
  Emitted scale;
  llvm::DenseMap<Value, Variances> variances; // also of the scale
  llvm::DenseSet<int64_t> written;
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_EMITPREPARE_H
