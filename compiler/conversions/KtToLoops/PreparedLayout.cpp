#include "compiler/conversions/KtToLoops/PreparedLayout.h"

#include "compiler/dialects/Kt/KtOps.h"
#include "llvm/Support/MathExtras.h"

using namespace inetc;

int64_t PreparedLayout::Table::getRows() const {
  int64_t rows = 1;
  for (size_t i = 0; i < positions.size(); ++i)
    rows *= positions[i] + (borderLow.empty() ? 0 : borderLow[i] + borderHigh[i]);
  return rows;
}

std::tuple<void *, void *, std::string, int64_t> PreparedLayout::identify(Table &table) {
  assert(!table.of.empty() && table.of.size() <= 2 && "a normalizer is made of a variance, a scale, or both");
  for (Value &value : table.of) // by its name inside of kt.prepare
    if (auto prepare = value.getDefiningOp<kt::PrepareOp>())
      value =
          prepare.getBody().front().getTerminator()->getOperand(mlir::cast<mlir::OpResult>(value).getResultNumber());
  void *second = table.of.size() > 1 ? table.of[1].getAsOpaquePointer() : nullptr;
  return {table.of.front().getAsOpaquePointer(), second, table.key, table.index};
}

int64_t PreparedLayout::require(Table table) {
  auto identity = identify(table);
  if (noting) {
    auto found = llvm::find_if(*noting, [&](const Table &other) { return other.isSame(table); });
    int64_t index = found - noting->begin();
    if (found == noting->end())
      noting->push_back(std::move(table));
    return index;
  }
  if (current)
    for (int64_t index : current->tables.front())
      if (tables[index].isSame(table))
        return index;
  assert(!current && "a loop over layers reads what its first layer was seen to read");
  auto [entry, isNew] = known.try_emplace(identity, tables.size());
  if (isNew)
    tables.push_back(std::move(table));
  return entry->second;
}

// Whether all of these tables lie in the series, in each layer in the same place.
bool PreparedLayout::holds(const Series &one, llvm::ArrayRef<std::vector<Table>> layerTables) const {
  if (one.tables.size() != layerTables.size())
    return false;
  return llvm::all_of(llvm::seq<size_t>(0, layerTables.front().size()), [&](size_t wanted) {
    return llvm::any_of(llvm::seq<size_t>(0, one.tables.front().size()), [&](size_t slot) {
      return llvm::all_of(llvm::seq<size_t>(0, layerTables.size()), [&](size_t layer) {
        return tables[one.tables[layer][slot]].isSame(layerTables[layer][wanted]);
      });
    });
  });
}

void PreparedLayout::startSeries(llvm::ArrayRef<std::vector<Table>> layerTables, mlir::Value layer) {
  auto found = llvm::find_if(series, [&](const Series &one) { return holds(one, layerTables); });
  if (found != series.end()) {
    current = &*found;
    current->layer = layer;
    return;
  }
  current = &series.emplace_back();
  current->index = series.size() - 1;
  current->layer = layer;
  for (const std::vector<Table> &layerOf : layerTables) {
    std::vector<int64_t> &indices = current->tables.emplace_back();
    for (Table table : layerOf) {
      known.try_emplace(identify(table), tables.size());
      indices.push_back(tables.size());
      tables.push_back(std::move(table));
    }
  }
}

mlir::Value PreparedLayout::rowOf(LoopBuilder &b, Placeholder::Kind kind, int64_t table, bool reads) {
  Value row = placeholder(b, kind, table, reads);
  if (noting || !current)
    return row;
  return b.add(row, b.mul(current->layer, rowsPerLayer(b)));
}

mlir::Value PreparedLayout::nextRowOf(LoopBuilder &b, Placeholder::Kind kind, int64_t table) {
  return b.add(rowOf(b, kind, table, /*reads=*/false), rowsPerLayer(b));
}

mlir::Value PreparedLayout::placeholder(LoopBuilder &b, Placeholder::Kind kind, int64_t table, bool reads) {
  // what is only noted must look the same each time
  if (noting) {
    Value &value = notedRows[{kind, table}];
    return value ? value : value = b.atStart([&] { return b.index(0); });
  }
  // One for each function: copies of code must refer to the same constant.
  Value value = b.atStart([&] { return b.index(0); });
  placeholders.push_back({kind, table, value.getDefiningOp(), reads});
  return value;
}

mlir::Value PreparedLayout::compactBase(LoopBuilder &b, Value example) { return b.mul(example, compactRows(b)); }

mlir::Value PreparedLayout::laneBase(LoopBuilder &b, Value capacity, Value first) {
  return b.add(b.mul(capacity, compactRows(b)), b.mul(first, placeholder(b, Placeholder::laneRows, 0)));
}

// Gives these tables rows, those of one formula side by side.
void PreparedLayout::place(llvm::ArrayRef<int64_t> indices) {
  for (int64_t first : indices) {
    if (tables[first].placed)
      continue;
    llvm::SmallVector<int64_t> together;
    for (int64_t other : indices)
      if (!tables[other].placed && tables[other].of == tables[first].of && tables[other].key == tables[first].key)
        together.push_back(other);
    for (auto [i, index] : llvm::enumerate(together)) {
      tables[index].row = normalizerRows + i;
      tables[index].step = together.size();
      tables[index].placed = true;
    }
    normalizerRows += together.size() * tables[first].getRows();
  }
}

void PreparedLayout::finish() {
  notedRows.clear(); // constants of functions of which one was a trial
  std::vector<bool> isRead(tables.size());
  for (const Placeholder &use : placeholders)
    if (use.reads && !use.constant->use_empty())
      isRead[use.table] = true;
  normalizerRows = 0;
  // in a series all layers have the tables that are read in the first one, one layer behind the other
  for (Series &one : series) {
    int64_t begin = normalizerRows;
    for (const std::vector<int64_t> &layer : one.tables) {
      llvm::SmallVector<int64_t> indices;
      for (auto [first, index] : llvm::zip_equal(one.tables.front(), layer))
        if (isRead[first])
          indices.push_back(index);
      place(indices);
    }
    one.rowsPerLayer = (normalizerRows - begin) / static_cast<int64_t>(one.tables.size());
  }
  llvm::SmallVector<int64_t> others;
  for (size_t index = 0; index < tables.size(); ++index)
    if (isRead[index] && !tables[index].placed)
      others.push_back(index);
  place(others);
  compactCount = llvm::alignTo(features + normalizerRows, alignment);
  laneCount = inputLaneRows + normalizerRows;
}

void PreparedLayout::fillIn() {
  for (Placeholder &use : placeholders) {
    int64_t value = 0;
    switch (use.kind) {
    case Placeholder::compactRow:
      value = features + tables[use.table].row;
      break;
    case Placeholder::laneRow:
      value = inputLaneRows + tables[use.table].row;
      break;
    case Placeholder::step:
      value = tables[use.table].step;
      break;
    case Placeholder::layerRows:
      value = series[use.table].rowsPerLayer;
      break;
    case Placeholder::compactRows:
      value = compactCount;
      break;
    case Placeholder::laneRows:
      value = laneCount;
      break;
    }
    auto constant = mlir::cast<mlir::arith::ConstantOp>(use.constant);
    constant.setValueAttr(mlir::IntegerAttr::get(constant.getType(), value));
  }
}
