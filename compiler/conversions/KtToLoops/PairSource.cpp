#include "compiler/conversions/KtToLoops/PairSource.h"

using namespace mlir;
using namespace inetc;
using formulas::Emitted;

Emitted PairSource::loadFeature(const PairSide &side, Value index) {
  if (side.inLanes) {
    Value at = b.add(side.base, b.mul(index, b.index(emission.lanes)));
    return Emitted(context, b.loadVector(emission.getVector(), side.memory, at));
  }
  return Emitted(context, b.broadcast(emission.getVector(), b.load(side.memory, b.add(side.base, index))));
}

Emitted PairSource::loadTable(const PairSide &side, int64_t table, Value at) {
  Value row = side.inLanes ? layout.laneRow(b, table) : layout.compactRow(b, table);
  if (!at)
    return loadFeature(side, row);
  // what does not change in a loop first
  PairSide from = side;
  from.base = b.add(side.base, side.inLanes ? b.mul(row, b.index(emission.lanes)) : row);
  return loadFeature(from, b.mul(at, layout.stepOf(b, table)));
}

kt::Sides<Emitted> PairSource::perExample(ValueRange of, StringRef key, int count, PreparedLayout::Formula formula) {
  auto kernel = dyn_cast<kt::KernelType>(of.front().getType());
  bool overSpace = key.ends_with(kt::overSpaceKey);
  bool positions = kernel && kernel.getRank() > 0 && !overSpace;
  kt::Sides<Emitted> sides;
  for (int i = 0; i < count; ++i) {
    PreparedLayout::Table table{.of = SmallVector<Value>(of), .key = key.str(), .index = i, .formula = formula};
    table.overSpace = overSpace;
    if (positions)
      table.positions.assign(kernel.getPositions().begin(), kernel.getPositions().end());
    int64_t index = layout.require(std::move(table));
    if (read && positions && i == 0)
      read->insert(index);
    sides.row.push_back(loadTable(row, index, positions ? site.p : Value()));
    sides.column.push_back(loadTable(column, index, positions ? site.q : Value()));
  }
  return sides;
}

Emitted PairSource::whereSelf(Emitted same, Emitted other) {
  if (self && !site.p)
    return same;
  if (!self && !sameExamples)
    return other;
  Value mask = sameExamples ? sameExamples() : Value();
  if (site.p) {
    Value equal = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, site.p, site.q);
    Value lanes = b.broadcast(VectorType::get({emission.lanes}, b.getI1Type()), equal);
    mask = mask ? b.create<arith::AndIOp>(mask, lanes).getResult() : lanes;
  }
  return Emitted(context, b.create<arith::SelectOp>(mask, same.getValue(), other.getValue()));
}
