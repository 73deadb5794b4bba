//===- EmitPlanes.h - the code of planes, for a pair of examples --------------===//
//
// Emits what a PlanePlan says, for one example (or, of self kernels, `lanes` of them) against `lanes` examples. All
// numbers of a plane lie in scratch memory, vectors of the lanes side by side.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_EMITPLANES_H
#define INETC_CONVERSIONS_KTTOLOOPS_EMITPLANES_H

#include "compiler/conversions/KtToLoops/PairSource.h"
#include "compiler/conversions/KtToLoops/PlanePlan.h"

namespace inetc {

class PlaneEmitter {
public:
  using Value = mlir::Value;
  using Emitted = formulas::Emitted;

  PlaneEmitter(const PairSource &pair, const PlanePlan &plan, Value scratch);

  /// So many examples of X1 go through each nest, or each line of it, before the next: what is loaded of X2 then serves
  /// all of them. Where the work at a position is short, they go in groups, side by side at each position.
  /// chooseRow(pair, r) sets what belongs to example r of them. Scratch memory is there for each.
  void setRows(int64_t count, std::function<void(PairSource &, Value)> chooseRow);
  /// `body` for each of them, or each of the group.
  void forRows(llvm::function_ref<void()> body);
  Value getRow() const { return rowIndex; }

  /// Sets the sums of readouts to 0. Before the planes of a pair.
  void clearReadouts();
  /// Sets everything that pools add to to 0. Once: slabs that have been read are cleared.
  void clearPools();
  /// All planes of level 0, and the slabs of others as they become complete.
  void emitLevels();
  /// All planes of one level.
  void emitLevel(int level);
  /// The operations after the levels: `returned`, Θ complete.
  EmittedState emitLast(Value returned);
  /// The mean or sum that a readout has made.
  EmittedState readSum(mlir::Operation *readout);
  /// ΣωωK of the pair of positions P and P on plane 0, where `position` is P; of self kernels.
  Emitted readPoolDiagonal(kt::PoolOp op, mlir::ValueRange position);
  /// Floating-point operations of a pair, in all that was emitted.
  double getFlops() const { return flops; }
  /// The level that a value belongs to.
  int levelOf(Value value) const;

private:
  // Everything about the plane that is being emitted.
  struct Plane {
    int level;
    llvm::SmallVector<Value> indices; // into the level's displacements
    struct OnGrid {
      llvm::SmallVector<Value> displacement, extent, origin; // origin: p of the first position
    };
    std::vector<OnGrid> grids;
    Value isDiagonal;               // whether all displacements are 0
    llvm::SmallVector<Value> parts; // of a level that wraps around: which part of the plane
  };
  using RowIndices = llvm::SmallVector<Value, 3>; // of a position in the plane, all dimensions but the last

  int64_t rank() const { return plan.levels.front().grids.front().positions.size(); }
  void withRow(Value r, llvm::function_ref<void()> body);
  void forGroups(llvm::function_ref<void()> body);
  void inTurns(llvm::function_ref<void()> body);
  void forAbreast(llvm::function_ref<void(int64_t)> body);
  Value vectorAt(Value index); // element index of a vector
  Value loadScratch(Value vectorIndex);
  void storeScratch(Emitted value, Value vectorIndex);

  void emitPlanes(int level, Value slab);
  void emitPlane();
  Value isNeeded(const Nest &nest); // null: always
  struct NotedNest {
    std::unique_ptr<mlir::Region> code;
    std::vector<PreparedLayout::Table> tables;
    bool conditional;
  };
  std::vector<NotedNest> noteNests();
  static std::pair<size_t, size_t> findRepetition(llvm::ArrayRef<NotedNest> noted, size_t first);
  void emitWhole(const Nest &nest);
  void emitLayers(size_t first, size_t length, size_t layers, llvm::ArrayRef<NotedNest> noted);

  // bands of rows (EmitBands.cpp)
  struct Band {
    Value begin, end;    // steps of the nest that is being emitted
    int64_t waiting;     // where the vectors lie that wait from one band to the next, behind those of all examples
    Value layer;         // of those whose vectors wait; none where it is one
    int64_t vectors = 0; // that wait for each layer
  };
  std::optional<llvm::SmallVector<int64_t>> findLags(size_t first, size_t last);
  void emitBand(llvm::ArrayRef<Nest> nests, llvm::ArrayRef<int64_t> lags, Value start, Value layer, int64_t layers);
  void emitNestsInBands(size_t first, llvm::ArrayRef<int64_t> lags);
  void emitLayersInBands(size_t first, size_t length, size_t layers, llvm::ArrayRef<int64_t> lags,
                         llvm::ArrayRef<std::vector<PreparedLayout::Table>> tables);
  size_t tryBands(llvm::ArrayRef<NotedNest> noted, size_t first);
  void whenInBand(Value step, llvm::function_ref<void()> body);
  std::pair<Value, Value> clipToBand(Value begin, Value end);
  Value placeWaiting(int64_t vectors);

  void allocateReadouts();
  void locateGrids();
  void forParts(llvm::function_ref<void()> body);
  Value indexWithPart(size_t dimension);
  Value partOffset(const Form &form);

  // nests (EmitNest.cpp, with row skew EmitSkew.cpp)
  void emitNest(const Nest &nest);
  void tryBody(const Nest &nest);
  int64_t chooseAbreast(mlir::Block &body, llvm::ArrayRef<EmittedState> results) const;
  double countPairs(const Nest &nest) const;
  void emitRows(const Nest &nest, llvm::ArrayRef<Value> outer);
  void emitSkewedRows(const Nest &nest, llvm::ArrayRef<Value> outer);
  bool isFetched(int64_t table) const;
  void fetchNextLayer(int64_t table, const Site &site);
  std::vector<EmittedState> emitBody(const Nest &nest, llvm::ArrayRef<Value> rows, Value x);
  EmittedState emitSource(const Nest &nest, mlir::Operation *op, llvm::ArrayRef<Value> rows, Value x, const Site &site);
  EmittedState emitGram(kt::GramOp op, const Site &site);
  EmittedState emitWindow(kt::WindowOp op, llvm::ArrayRef<Value> rows, Value x);
  const Form *findPlainForm(Value value) const;
  Site siteOf(int grid, llvm::ArrayRef<Value> rows, Value x);

  // forms (EmitForms.cpp)
  Value formIndex(const Form &form, llvm::ArrayRef<Value> rows, llvm::ArrayRef<int64_t> shift, Value x);
  EmittedState loadForm(const Form &form, llvm::ArrayRef<Value> rows, Value x);
  Emitted halo(const Form &form, llvm::ArrayRef<Value> rows, Value x);
  llvm::SmallVector<Value> startRow(const Nest &nest, llvm::ArrayRef<Value> rows);
  llvm::SmallVector<Value> storePosition(const Nest &nest, llvm::ArrayRef<EmittedState> states,
                                         llvm::ArrayRef<Value> rows, Value x, mlir::ValueRange before);
  void finishRow(const Nest &nest, llvm::ArrayRef<Value> rows, mlir::ValueRange before);

  // borders of zeros, and circles (EmitBorders.cpp)
  void fillBorders(const Nest &nest);
  void fillRow(const Form &form, int index, llvm::ArrayRef<Value> rows);
  void fillCircular(const Nest &nest);
  void copyAround(const Form &form, int index, llvm::ArrayRef<Value> rows, Value x);

  // pools and readouts (EmitPools.cpp)
  EmittedState emitPoolRead(kt::PoolOp op, const Nest &nest, llvm::ArrayRef<Value> rows, Value x, const Site &site);
  void addToPool(const Sink &sink);
  void finishReadouts(const Nest &nest);
  void clearSlab(const PlaneSource &source, Value slab);
  Value countRows(const PlaneSource &source, Value slab);
  Value poolIndex(const PlaneSource &source, llvm::ArrayRef<Value> planes, llvm::ArrayRef<Value> positions);
  int64_t poolTable(mlir::Operation *pool, mlir::Value variance, llvm::StringRef what);

  const Level &getLevel() const { return plan.levels[plane.level]; }

  Emitted number(double value) { return Emitted(context, context.getConstant(value)); }

  Value readoutAt(int64_t part); // element index in the memory of a readout

  PairSource pair;
  int64_t rowCount = 1;
  int64_t abreast = 1; // of them, side by side at a position of the nest that is being emitted
  std::function<void(PairSource &, Value)> chooseRow;
  Value rowIndex;           // none where there is one
  Value group;              // the first of those side by side, where they are
  std::optional<Band> band; // of the nest that is being emitted; none: all of its rows
  Emission &emission;
  PreparedLayout &layout;
  LoopBuilder &b;
  formulas::EmissionContext &context;
  ConstantTables &constants;
  const PlanePlan &plan;
  Value scratch;
  mlir::VectorType vector, wide;                                       // wide: the sums of readouts, in f64
  llvm::DenseMap<mlir::Operation *, std::pair<Value, Value>> readouts; // memory: of one plane, and of all
  // whether Θ may be other than 0: of a form of a level, or (−1 − its index) of what a readout reads
  llvm::DenseMap<std::pair<int, int>, bool> hasNtk;
  llvm::SmallVector<Value> contractible;     // products of the body that is being built
  llvm::DenseMap<int64_t, Value> rowBuffers; // of skewed nests, by their size
  Plane plane;
  double flops = 0;
};

/// Σ and Θ of `term` to those of `sum`, which is none before the first. All have Θ, or none.
void addTo(std::optional<EmittedState> &sum, const EmittedState &term);

/// A sum over the taps of a row, the newest of them `value`; `carried` are the columns before it, and move on.
formulas::Emitted sumTaps(const Form &form, llvm::MutableArrayRef<mlir::Value> carried, formulas::Emitted value);

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_EMITPLANES_H
