//===- PairSource.h - the numbers of the two examples of a pair ---------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_PAIRSOURCE_H
#define INETC_CONVERSIONS_KTTOLOOPS_PAIRSOURCE_H

#include "compiler/conversions/KtToLoops/Emit.h"
#include "compiler/dialects/Kt/Pointwise.h"
#include "llvm/ADT/SetVector.h"

namespace inetc {

using EmittedState = kt::PairState<formulas::Emitted>;

/// Where the prepared numbers of the example, or examples, on one side of a pair begin.
struct PairSide {
  bool inLanes; // else one example, whose numbers are broadcast
  mlir::Value memory, base;
};

/// A pair of positions: their indices among all positions of a value. None where it has no positions.
struct Site {
  mlir::Value p, q;
};

/// The Source of kt::Pointwise in emitted code: one example, or (of self kernels) `lanes` of them, against `lanes`.
struct PairSource {
  using Emitted = formulas::Emitted;

  Emission &emission;
  PreparedLayout &layout;
  LoopBuilder &b;
  formulas::EmissionContext &context;
  PairSide row, column;
  /// A mask of the lanes in which both examples are the same one. Empty: they never are; of self kernels: always.
  std::function<mlir::Value()> sameExamples;
  bool self = false;
  Site site = {};
  llvm::SmallSetVector<int64_t, 2> *read = nullptr; // the tables with positions that were read, one of each formula

  PairSource at(Site other) const {
    PairSource source = *this;
    source.site = other;
    return source;
  }

  Emitted constant(double value) { return Emitted(context, context.getConstant(value)); }
  kt::Sides<Emitted> perExample(mlir::ValueRange of, llvm::StringRef key, int count, PreparedLayout::Formula formula);
  Emitted whereSelf(Emitted same, Emitted other);

  /// A number of a table, for the example of one side; `at`: which of its rows, none for the first.
  Emitted loadTable(const PairSide &side, int64_t table, mlir::Value at);
  /// Number `index` of the inputs, of unit size.
  Emitted loadFeature(const PairSide &side, mlir::Value index);
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_PAIRSOURCE_H
