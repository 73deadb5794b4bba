#include "compiler/conversions/KtToLoops/EmitPlanes.h"

using namespace mlir;
using namespace inetc;

// Forms: how values lie in the buffers of a plane, for each position or summed over the taps of a row, with the cells
// beyond the border at both ends of a row. (Rows beyond the border, and what wraps around: EmitBorders.cpp.)

//===----------------------------------------------------------------------===//
// Where they lie, and reading them
//===----------------------------------------------------------------------===//

// The index of a vector of a form: `rows` and x are positions of the plane, `shift` is added to the rows.
Value PlaneEmitter::formIndex(const Form &form, ArrayRef<Value> rows, ArrayRef<int64_t> shift, Value x) {
  const Plane::OnGrid &on = plane.grids[form.grid];
  Value line = b.index(0);
  for (auto [i, row] : llvm::enumerate(rows)) {
    if (i > 0)
      line = b.mul(line, b.add(on.extent[i], b.index(form.low[i] + form.high[i])));
    line = b.add(line, b.add(row, b.index(shift[i] + form.low[i])));
  }
  Value pitch = b.add(on.extent.back(), b.index(form.getPitch(0)));
  Value start = b.add(b.mul(line, pitch), b.index(form.isSummed() ? form.getPad() : form.low.back()));
  if (!plane.parts.empty())
    start = b.add(start, partOffset(form));
  return b.add(start, x);
}

EmittedState PlaneEmitter::loadForm(const Form &form, ArrayRef<Value> rows, Value x) {
  Value at = formIndex(form, rows, Sizes(rows.size(), 0), x);
  EmittedState state{Emitted(context, loadScratch(b.add(at, b.index(form.buffer))))};
  int index = &form - getLevel().forms.data();
  if (hasNtk.lookup({plane.level, index}))
    state.ntk = Emitted(context, loadScratch(b.add(at, b.index(form.ntkBuffer))));
  return state;
}

// Beyond the border k is 0, so D there is the variance of the one position that lies inside, 0 if none does: the tables
// have a border of zeros.
formulas::Emitted PlaneEmitter::halo(const Form &form, ArrayRef<Value> rows, Value x) {
  if (!typeOf(form.value).isDistance() || !form.haloVariance)
    return number(0.0);
  PreparedLayout::Table table{.of = {form.haloVariance}, .key = "halo"};
  table.formula = [](ArrayRef<Emitted> q) { return SmallVector<Emitted>{q[0]}; };
  const Grid &grid = getLevel().grids[form.grid];
  const Plane::OnGrid &on = plane.grids[form.grid];
  auto type = kt::typeOf(form.value);
  table.positions.assign(type.getPositions().begin(), type.getPositions().end());
  size_t skipped = grid.positions.size() - table.positions.size();
  table.borderLow.assign(form.low.begin() + skipped, form.low.end());
  table.borderHigh.assign(form.high.begin() + skipped, form.high.end());
  for (const Sizes &border : {form.low, form.high})
    for (int64_t cells : border)
      table.key += " " + std::to_string(cells);
  int64_t index = layout.require(table);
  Value p = b.index(0), offset = b.index(0);
  for (size_t i = 0; i < grid.positions.size(); ++i) {
    Value size = b.index(grid.positions[i] + form.low[i] + form.high[i]);
    Value position = i + 1 == grid.positions.size() ? x : rows[i];
    p = b.add(b.mul(p, size), b.add(b.add(position, on.origin[i]), b.index(form.low[i])));
    offset = b.add(b.mul(offset, size), on.displacement[i]);
  }
  return pair.loadTable(pair.row, index, p) + pair.loadTable(pair.column, index, b.add(p, offset));
}

//===----------------------------------------------------------------------===//
// Storing a row
//===----------------------------------------------------------------------===//

// Partial sums at the beginning of a row: the columns before the first, oldest first, for each sum; zeros for readouts.
SmallVector<Value> PlaneEmitter::startRow(const Nest &nest, ArrayRef<Value> rows) {
  SmallVector<Value> carried;
  for (int f : nest.forms) {
    const Form &form = getLevel().forms[f];
    int64_t count = (form.taps - 1) * form.dilation;
    for (int64_t i = count; i >= 1; --i)
      carried.push_back(i <= form.low.back() ? halo(form, rows, b.index(-i)).getValue() : context.getConstant(0.0));
    if (hasNtk.lookup({plane.level, f}))
      carried.append(count, context.getConstant(0.0));
  }
  for (int s : nest.sinks)
    carried.append(hasNtk.lookup({plane.level, -1 - s}) ? 2 : 1, context.getConstant(0.0));
  return carried;
}

formulas::Emitted inetc::sumTaps(const Form &form, MutableArrayRef<Value> carried, formulas::Emitted value) {
  formulas::Emitted sum = value;
  for (int64_t tap = form.taps - 2; tap >= 0; --tap)
    sum = sum + formulas::Emitted(value.getContext(), carried[tap * form.dilation]);
  std::rotate(carried.begin(), carried.begin() + 1, carried.end());
  carried.back() = value.getValue();
  return sum;
}

// Stores the forms of one position and adds to the readouts; returns the partial sums for the next position.
SmallVector<Value> PlaneEmitter::storePosition(const Nest &nest, ArrayRef<EmittedState> states, ArrayRef<Value> rows,
                                               Value x, ValueRange before) {
  SmallVector<Value> carried(before);
  MutableArrayRef<Value> rest(carried);
  const EmittedState *state = states.begin();
  for (int f : nest.forms) {
    const Form &form = getLevel().forms[f];
    int64_t count = (form.taps - 1) * form.dilation;
    // the sum is complete where `value` was its last tap
    Value at =
        formIndex(form, rows, Sizes(rows.size(), 0), form.isSummed() ? b.add(x, b.index(form.low.back() - count)) : x);
    auto store = [&](Emitted value, int64_t buffer) {
      storeScratch(form.isSummed() ? sumTaps(form, rest.take_front(count), value) : value, b.add(at, b.index(buffer)));
      rest = rest.drop_front(form.isSummed() ? count : 0);
    };
    store(state->nngp, form.buffer);
    if (hasNtk.lookup({plane.level, f}))
      store(*state->ntk, form.ntkBuffer);
    ++state;
  }
  auto accumulate = [&](Emitted value) {
    rest.front() = (Emitted(context, rest.front()) + value).getValue();
    rest = rest.drop_front();
  };
  for (int s : nest.sinks) {
    accumulate(state->nngp);
    if (hasNtk.lookup({plane.level, -1 - s}))
      accumulate(*state->ntk);
    ++state;
  }
  return carried;
}

// The columns after the last, of each sum and each border; the sums of readouts go to those of the plane.
void PlaneEmitter::finishRow(const Nest &nest, ArrayRef<Value> rows, ValueRange before) {
  SmallVector<Value> carried(before);
  MutableArrayRef<Value> rest(carried);
  Value extent = plane.grids[nest.grid].extent.back();
  for (int f : nest.forms) {
    const Form &form = getLevel().forms[f];
    int64_t count = (form.taps - 1) * form.dilation;
    bool ntk = hasNtk.lookup({plane.level, f});
    MutableArrayRef<Value> nngpTaps = rest.take_front(form.isSummed() ? count : 0);
    rest = rest.drop_front(nngpTaps.size());
    MutableArrayRef<Value> ntkTaps = rest.take_front(form.isSummed() && ntk ? count : 0);
    rest = rest.drop_front(ntkTaps.size());
    auto storeAt = [&](Value x, Value border) {
      Value at = formIndex(form, rows, Sizes(rows.size(), 0),
                           form.isSummed() ? b.add(x, b.index(form.low.back() - count)) : x);
      Emitted value = halo(form, rows, border), zero = number(0.0);
      storeScratch(form.isSummed() ? sumTaps(form, nngpTaps, value) : value, b.add(at, b.index(form.buffer)));
      if (ntk)
        storeScratch(form.isSummed() ? sumTaps(form, ntkTaps, zero) : zero, b.add(at, b.index(form.ntkBuffer)));
    };
    if (form.circular)
      continue;
    constexpr int64_t mostUnrolled = 8;
    auto storeCells = [&](Value from, int64_t count) {
      if (count > mostUnrolled && !form.isSummed())
        return b.loop(from, b.add(from, b.index(count)), 1, [&](Value x) { storeAt(x, x); });
      for (int64_t i = 0; i < count; ++i)
        storeAt(b.add(from, b.index(i)), b.add(from, b.index(i)));
    };
    if (!form.isSummed())
      storeCells(b.index(-form.low.back()), form.low.back());
    storeCells(extent, form.high.back());
  }
  for (int s : nest.sinks) {
    Value memory = readouts.lookup(getLevel().sinks[s].operation).first;
    for (int64_t part = 0; part < (hasNtk.lookup({plane.level, -1 - s}) ? 2 : 1); ++part) {
      Value at = readoutAt(part);
      Value sum = b.create<arith::AddFOp>(b.loadVector(vector, memory, at), rest.front());
      b.storeVector(sum, memory, at);
      rest = rest.drop_front();
    }
  }
}
