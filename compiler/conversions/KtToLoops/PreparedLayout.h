//===- PreparedLayout.h - where a prepared batch holds what ------------------===//
//
// A prepared batch of `capacity` examples is an array of numbers in two parts, for the two sides of a pair:
//
//   [capacity][compact rows]                 an example of X1, whose numbers are broadcast, or read by a matrix product
//   [capacity / lanes][lane rows][lanes]     examples of X2 side by side in a vector
//
// The rows are, of both parts: the inputs, scaled to unit size, [position][channel] (in lanes as the code of a pair
// reads them there: the same, none, or the parts of MatrixProducts.h); then tables of normalizers: numbers that the
// code of a pair reads, one for each position.
//
// Numbers of a table that are read together, of the same formula, lie side by side at each position.
//
// Where layers repeat, one loop over them reads a series of tables: those of one layer lie behind those of the layer
// before.
//
// Tables are registered while the code of a pair is emitted and get their rows at the end, when it is known which of
// them are still read; until then a row is a constant without a value.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_PREPAREDLAYOUT_H
#define INETC_CONVERSIONS_KTTOLOOPS_PREPAREDLAYOUT_H

#include "compiler/conversions/KtToLoops/LoopBuilder.h"
#include "compiler/formulas/Emitted.h"
#include <deque>
#include <functional>
#include <map>

namespace inetc {

class PreparedLayout {
public:
  using Value = mlir::Value;
  using Formula = std::function<llvm::SmallVector<formulas::Emitted>(llvm::ArrayRef<formulas::Emitted>)>;

  /// A table: number `index` of what `formula` makes of the values `of` (variances and scales) at each position.
  /// Without a formula it is made of the windows of `pool`: what its key says.
  struct Table {
    llvm::SmallVector<mlir::Value> of;
    std::string key;
    int64_t index = 0;
    Formula formula = {};
    mlir::Operation *pool = nullptr;
    llvm::SmallVector<int64_t> positions = {}; // none for a table of one row
    llvm::SmallVector<int64_t> borderLow = {},
                               borderHigh = {}; // rows of zeros around, for each dimension; may be empty
    bool overSpace = false;                     // one row, of the means over all positions
    int64_t row = -1;                           // the first, once it is known; −1 where nobody reads the table
    int64_t step = 1;                           // rows from one position to the next
    bool placed = false;

    int64_t getRows() const;
    bool isSame(const Table &other) const { return of == other.of && key == other.key && index == other.index; }
  };

  /// The key of the table of Q = g²q̄, the mean square of the inputs of unit size; of the scale.
  static constexpr llvm::StringLiteral unitVarianceKey = "unit variance";

  /// `inputLaneRows`: of the inputs in lanes. `alignment`: of the compact rows of an example, in elements.
  PreparedLayout(int64_t features, int64_t inputLaneRows, int64_t alignment)
      : features(features), inputLaneRows(inputLaneRows), alignment(alignment) {}

  /// The index of this table, registered if it is new.
  int64_t require(Table table);
  llvm::ArrayRef<Table> getTables() const { return tables; }

  /// From here on tables are only noted, in `noted`; what `require` returns is the index there.
  void startNoting(std::vector<Table> &noted) { noting = &noted; }
  void stopNoting() { noting = nullptr; }
  /// From here on the code of a loop over `layers` is emitted: of the first one. layerTables[l]: the tables that layer
  /// l reads, in the same order for each.
  void startSeries(llvm::ArrayRef<std::vector<Table>> layerTables, mlir::Value layer);
  void stopSeries() { current = nullptr; }
  /// In the code of such a loop: the first row of what the next layer has for a table, in each part. To fetch it, which
  /// does not count as reading.
  Value nextCompactRow(LoopBuilder &b, int64_t table) { return nextRowOf(b, Placeholder::compactRow, table); }
  Value nextLaneRow(LoopBuilder &b, int64_t table) { return nextRowOf(b, Placeholder::laneRow, table); }
  /// How many layers the loop has whose code is emitted; 0 outside of one.
  int64_t countLayers() const { return noting || !current ? 0 : static_cast<int64_t>(current->tables.size()); }

  int64_t getFeatures() const { return features; }
  int64_t getInputLaneRows() const { return inputLaneRows; }

  /// Where the numbers of an example of X1 begin.
  Value compactBase(LoopBuilder &b, Value example);
  /// Where those of the examples `first` … `first` + lanes − 1 of X2 begin; `first` is a multiple of lanes.
  Value laneBase(LoopBuilder &b, Value capacity, Value first);
  /// The first row of a table, in each part.
  Value compactRow(LoopBuilder &b, int64_t table) { return rowOf(b, Placeholder::compactRow, table); }
  Value laneRow(LoopBuilder &b, int64_t table) { return rowOf(b, Placeholder::laneRow, table); }
  /// The rows from one position of a table to the next.
  Value stepOf(LoopBuilder &b, int64_t table) { return placeholder(b, Placeholder::step, table); }
  /// The number of rows of an example in the compact part: the leading dimension of a matrix product.
  Value compactRows(LoopBuilder &b) { return placeholder(b, Placeholder::compactRows, 0); }

  /// Gives each table that is still read its rows. The functions that read them must be free of dead code.
  void finish();
  /// Gives the constants of rows their values.
  void fillIn();
  /// Before a function that will be erased.
  using Mark = size_t;
  Mark mark() const { return placeholders.size(); }
  void forgetSince(Mark mark) { placeholders.resize(mark); }
  /// Numbers of an example in both parts. After `finish`.
  int64_t getNumbersPerExample() const { return compactCount + laneCount; }
  int64_t getCompactRows() const { return compactCount; }
  int64_t getNormalizerRows() const { return normalizerRows; }

private:
  struct Placeholder {
    enum Kind { compactRow, laneRow, step, compactRows, laneRows, layerRows } kind;
    int64_t table; // or series
    mlir::Operation *constant;
    bool reads;
  };
  struct Series {
    std::vector<std::vector<int64_t>> tables; // [layer][slot]
    Value layer;
    int64_t rowsPerLayer = 0, index = 0;
  };
  bool holds(const Series &one, llvm::ArrayRef<std::vector<Table>> layerTables) const;
  Value placeholder(LoopBuilder &b, Placeholder::Kind kind, int64_t table, bool reads = false);
  Value rowOf(LoopBuilder &b, Placeholder::Kind kind, int64_t table, bool reads = true);
  Value nextRowOf(LoopBuilder &b, Placeholder::Kind kind, int64_t table);
  Value rowsPerLayer(LoopBuilder &b) { return placeholder(b, Placeholder::layerRows, current->index); }
  static std::tuple<void *, void *, std::string, int64_t> identify(Table &table);
  void place(llvm::ArrayRef<int64_t> indices);

  int64_t features, inputLaneRows, alignment;
  int64_t compactCount = 0, laneCount = 0, normalizerRows = 0;
  std::vector<Table> tables;
  std::vector<Table> *noting = nullptr;
  std::deque<Series> series;
  Series *current = nullptr;
  std::map<std::pair<int, int64_t>, Value> notedRows;
  std::vector<Placeholder> placeholders;
  std::map<std::tuple<void *, void *, std::string, int64_t>, int64_t> known;
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_PREPAREDLAYOUT_H
