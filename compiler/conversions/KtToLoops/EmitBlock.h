//===- EmitBlock.h - the code of a tile of pairs ------------------------------===//
//
// Emits @net_block: the kernels of a tile of pairs, `lanes` examples of X2 in a vector, some of X1 in lockstep. The
// gram of the inputs comes from sums in lanes or from matrix products; the chain of layers follows it in registers, or,
// where values have positions, plane by plane (EmitPlanes.h).
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_EMITBLOCK_H
#define INETC_CONVERSIONS_KTTOLOOPS_EMITBLOCK_H

#include "compiler/conversions/KtToLoops/EmitPlanes.h"
#include <deque>

namespace inetc {

// What the body of the loop over pairs refers to.
struct PairLoop {
  formulas::EmissionContext &context;
  mlir::Value wanted = {};                  // whether anybody wants the results; none: yes
  llvm::SmallVector<mlir::Value> rows = {}; // index of the example of X1, for each row in lockstep
  mlir::Value column = {};                  // index of the first example of X2 in the lanes
  std::deque<PairSource> sources = {};      // for each row
  llvm::DenseMap<mlir::Value, std::vector<EmittedState>> states{};
};

class BlockEmitter {
public:
  using Value = mlir::Value;
  using Emitted = formulas::Emitted;

  BlockEmitter(Emission &emission, PreparedLayout &layout)
      : emission(emission), layout(layout), b(emission.network.getLoc(), emission.network) {}

  EmittedFunctions emit();

private:
  void createFunction();
  PairSource makeSource(formulas::EmissionContext &context, Value row, Value column);
  void startPairs(PairLoop &loop, Value firstRow, Value column);
  void runChain(PairLoop &loop);
  void finishPairs(PairLoop &loop);
  void emitPairs(formulas::EmissionContext &context, Value firstRow, Value column);
  class Chain;
  using EmitPairs = llvm::function_ref<void(Value row, Value column)>;
  void emitChains(Value row, Value column, EmitPairs pairs);
  void emitBlocks(formulas::EmissionContext &context, EmitPairs pairs);
  void emitMatrixBlocks(formulas::EmissionContext &context, EmitPairs pairs);
  void emitPlanes(formulas::EmissionContext &context);
  Value findStreaming();
  void storeResults(formulas::EmissionContext &context, llvm::ArrayRef<EmittedState> results,
                    llvm::ArrayRef<Value> rows, Value column, Value wanted = {});
  bool hasNtk() { return emission.network.getReturn().getKernel().getType().getNtk(); }

  // grams (EmitGrams.cpp)
  // Of the inputs of unit size, for one row in lockstep.
  struct UnitGram {
    Emitted distance, sum, limit, mean; // sum: Q + Q'
    std::optional<Emitted> negated;     // the distance to the second example negated, where it is asked for
    std::function<Emitted()> direct;    // Σ, where it need not be taken from a matrix product
    Emitted covariance() const;
  };
  void emitGrams(PairLoop &loop);
  void refineDistances(PairLoop &loop, llvm::MutableArrayRef<UnitGram> grams);
  llvm::SmallVector<UnitGram> productGrams(PairLoop &loop);
  llvm::SmallVector<UnitGram> directGrams(PairLoop &loop);
  kt::Sides<Emitted> unitVariances(PairSource &source);
  enum class Terms { products, squaredDifferences, squaredSums };
  Emitted directSum(PairLoop &loop, int lockstep, Terms terms);
  Value loadProduct(Value row, Value column);
  void emitGramProduct();

  Emission &emission;
  PreparedLayout &layout;
  LoopBuilder b;
  mlir::func::FuncOp function, refine;
  double flops = 0;
  Value prepared1, prepared2, nngp, ntk, scratch;
  Value capacity1, rowBegin, rowEnd, capacity2, columnBegin, columnEnd, same, leading;
  Value blockRow, blockColumn; // where the products in scratch begin
  Value streaming;             // whether results go past the caches; none: never
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_EMITBLOCK_H
