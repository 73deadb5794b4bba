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

int64_t PreparedLayout::require(Table table) {
  for (Value &value : table.of) // by its name inside of kt.prepare
    if (auto prepare = value.getDefiningOp<kt::PrepareOp>())
      value = prepare.getBody().front().getTerminator()->getOperand(mlir::cast<mlir::OpResult>(value).getResultNumber());
  assert(!table.of.empty() && table.of.size() <= 2 && "a normalizer is made of a variance, a scale, or both");
  void *second = table.of.size() > 1 ? table.of[1].getAsOpaquePointer() : nullptr;
  auto [entry, isNew] = known.try_emplace(
      std::tuple(table.of.front().getAsOpaquePointer(), second, table.key, table.index), tables.size());
  if (isNew)
    tables.push_back(std::move(table));
  return entry->second;
}

mlir::Value PreparedLayout::placeholder(LoopBuilder &b, Placeholder::Kind kind, int64_t table) {
  // One for each function: copies of code must refer to the same constant.
  Value value = b.atStart([&] { return b.index(0); });
  placeholders.push_back({kind, table, value.getDefiningOp()});
  return value;
}

mlir::Value PreparedLayout::compactBase(LoopBuilder &b, Value example) { return b.mul(example, compactRows(b)); }

mlir::Value PreparedLayout::laneBase(LoopBuilder &b, Value capacity, Value first) {
  return b.add(b.mul(capacity, compactRows(b)), b.mul(first, placeholder(b, Placeholder::laneRows, 0)));
}

void PreparedLayout::finish() {
  for (const Placeholder &use : placeholders)
    if (use.kind <= Placeholder::laneRow && !use.constant->use_empty())
      tables[use.table].row = 0;
  normalizerRows = 0;
  for (Table &table : tables)
    if (table.row == 0) {
      table.row = normalizerRows;
      normalizerRows += table.getRows();
    }
  compactCount = llvm::alignTo(features + normalizerRows, alignment);
  laneCount = (featuresInLanes ? features : 0) + normalizerRows;
}

void PreparedLayout::fillIn() {
  for (Placeholder &use : placeholders) {
    int64_t value = 0;
    switch (use.kind) {
    case Placeholder::compactRow: value = features + tables[use.table].row; break;
    case Placeholder::laneRow: value = (featuresInLanes ? features : 0) + tables[use.table].row; break;
    case Placeholder::compactRows: value = compactCount; break;
    case Placeholder::laneRows: value = laneCount; break;
    }
    auto constant = mlir::cast<mlir::arith::ConstantOp>(use.constant);
    constant.setValueAttr(mlir::IntegerAttr::get(constant.getType(), value));
  }
}
