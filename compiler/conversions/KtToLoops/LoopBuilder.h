//===- LoopBuilder.h - small words for emitting loops -------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_LOOPBUILDER_H
#define INETC_CONVERSIONS_KTTOLOOPS_LOOPBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace inetc {

/// A builder of index arithmetic, flat memory accesses and counted loops.
class LoopBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;
  using Value = mlir::Value;

  /// Marks a place at the start of the current block that stays before everything built later: for constants.
  InsertPoint markStart() { return start = InsertPoint(getInsertionBlock(), index(0).getDefiningOp()->getIterator()); }
  /// What `build` makes, at the marked place.
  Value atStart(llvm::function_ref<Value()> build) {
    OpBuilder::InsertionGuard guard(*this);
    restoreInsertionPoint(start);
    return build();
  }

  Value index(int64_t value) { return create<mlir::arith::ConstantIndexOp>(value); }
  Value add(Value a, Value b) { return create<mlir::arith::AddIOp>(a, b); }
  Value sub(Value a, Value b) { return create<mlir::arith::SubIOp>(a, b); }
  Value mul(Value a, Value b) { return create<mlir::arith::MulIOp>(a, b); }
  Value max(Value a, Value b) { return create<mlir::arith::MaxSIOp>(a, b); }
  Value min(Value a, Value b) { return create<mlir::arith::MinSIOp>(a, b); }
  Value less(Value a, Value b) { return create<mlir::arith::CmpIOp>(mlir::arith::CmpIPredicate::slt, a, b); }

  Value load(Value memory, Value at) { return create<mlir::memref::LoadOp>(memory, at); }
  void store(Value value, Value memory, Value at) { create<mlir::memref::StoreOp>(value, memory, at); }
  Value loadVector(mlir::Type vector, Value memory, Value at) {
    return create<mlir::vector::LoadOp>(llvm::cast<mlir::VectorType>(vector), memory, at);
  }
  /// Of its first `count` elements; the others are zero.
  Value loadVector(mlir::VectorType vector, Value memory, Value at, int64_t count);
  void storeVector(Value vector, Value memory, Value at) { create<mlir::vector::StoreOp>(vector, memory, at); }
  /// The address of an element, for what takes pointers.
  Value pointer(Value memory, Value at);
  Value broadcast(mlir::Type vector, Value scalar) { return create<mlir::vector::BroadcastOp>(vector, scalar); }

  /// for (i = from; i < to; i += step) body(i)
  void loop(Value from, Value to, int64_t step, llvm::function_ref<void(Value)> body) {
    auto op = create<mlir::scf::ForOp>(from, to, index(step));
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(op.getBody());
    body(op.getInductionVar());
  }

  /// The same, carrying values: body(i, carried) returns the next ones.
  llvm::SmallVector<Value> loop(Value from, Value to, int64_t step, mlir::ValueRange initial,
                                llvm::function_ref<llvm::SmallVector<Value>(Value, mlir::ValueRange)> body) {
    auto op = create<mlir::scf::ForOp>(from, to, index(step), initial);
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(op.getBody());
    if (initial.empty()) { // it has its terminator
      body(op.getInductionVar(), {});
      return {};
    }
    create<mlir::scf::YieldOp>(body(op.getInductionVar(), op.getRegionIterArgs()));
    return llvm::SmallVector<Value>(op.getResults());
  }

  /// if (condition) body()
  void when(Value condition, llvm::function_ref<void()> body) {
    auto op = create<mlir::scf::IfOp>(condition);
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(op.thenBlock());
    body();
  }

private:
  InsertPoint start;
};

/// Floating-point operations on vectors, for one lane, of a body with loops of known length.
double countFlops(mlir::Block &body);

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_LOOPBUILDER_H
