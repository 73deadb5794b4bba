#include "compiler/conversions/KtToLoops/EmitPlanes.h"

using namespace mlir;
using namespace inetc;

//===----------------------------------------------------------------------===//
// Borders of zeros
//===----------------------------------------------------------------------===//

// A row beyond the border, where every position is.
void PlaneEmitter::fillRow(const Form &form, int index, ArrayRef<Value> rows) {
  const Plane::OnGrid &on = plane.grids[form.grid];
  bool ntk = hasNtk.lookup({plane.level, index});
  int64_t reach = form.low.back() + form.high.back(), count = (form.taps - 1) * form.dilation;
  Value from = b.index(form.isSummed() ? 0 : -form.low.back());
  Value to = b.add(on.extent.back(), b.index(form.isSummed() ? reach - count : form.high.back()));
  // a sum over taps moves along; what it begins with
  SmallVector<Value> before;
  for (int64_t i = 0; i < count; ++i)
    before.push_back(halo(form, rows, b.index(i - form.low.back())).getValue());
  // zeros stay where they were written when the buffer was that of an earlier form
  bool zeros = ntk && !(form.replaces >= 0 && hasNtk.lookup({plane.level, form.replaces}));
  b.loop(from, to, 1, before, [&](Value x, ValueRange carried) {
    Value at = formIndex(form, rows, Sizes(rows.size(), 0), x);
    SmallVector<Value> taps(carried);
    Emitted value = halo(form, rows, form.isSummed() ? b.add(x, b.index(count - form.low.back())) : x);
    storeScratch(form.isSummed() ? sumTaps(form, taps, value) : value, b.add(at, b.index(form.buffer)));
    if (zeros)
      storeScratch(number(0.0), b.add(at, b.index(form.ntkBuffer)));
    return taps;
  });
}

void PlaneEmitter::fillBorders(const Nest &nest) {
  for (int f : nest.forms) {
    const Form &form = getLevel().forms[f];
    const Plane::OnGrid &on = plane.grids[form.grid];
    size_t outer = form.low.size() - 1;
    if (form.circular)
      continue;
    // for each dimension: the rows beyond its border, of all rows of the dimensions before it and after it
    for (size_t beyond = 0; beyond < outer; ++beyond) {
      auto fill = [&](Value from, Value to) {
        std::function<void(SmallVector<Value>)> visit = [&](SmallVector<Value> rows) {
          size_t i = rows.size();
          if (i == outer) {
            fillRow(form, f, rows);
            return;
          }
          Value begin = i == beyond ? from : i < beyond ? b.index(0) : b.index(-form.low[i]);
          Value end = i == beyond ? to : i < beyond ? on.extent[i] : b.add(on.extent[i], b.index(form.high[i]));
          b.loop(begin, end, 1, [&](Value row) {
            SmallVector<Value> more = rows;
            more.push_back(row);
            visit(more);
          });
        };
        visit({});
      };
      // in bands: when the rows that they are beyond are there
      Value last = nest.skewed ? on.extent[beyond] : b.sub(on.extent[beyond], b.index(1));
      if (form.low[beyond] > 0)
        whenInBand(b.index(0), [&] { fill(b.index(-form.low[beyond]), b.index(0)); });
      if (form.high[beyond] > 0)
        whenInBand(last, [&] { fill(on.extent[beyond], b.add(on.extent[beyond], b.index(form.high[beyond]))); });
    }
  }
}

//===----------------------------------------------------------------------===//
// Circles
//===----------------------------------------------------------------------===//

// A cell beyond the border of a part: the value at the other end, from whichever part it lies in.
void PlaneEmitter::copyAround(const Form &form, int index, ArrayRef<Value> rows, Value x) {
  const Grid &grid = getLevel().grids[form.grid];
  const Plane::OnGrid on = plane.grids[form.grid];
  SmallVector<Value> position(rows);
  position.push_back(x);
  Plane target = plane;
  SmallVector<Value> from;
  for (size_t i = 0; i < position.size(); ++i) {
    int64_t modulus = getLevel().modulus[i];
    if (!modulus) {
      from.push_back(position[i]);
      continue;
    }
    Value n = b.index(grid.positions[i]);
    auto wrap = [&](Value value) { return b.create<arith::RemSIOp>(b.add(value, b.index(2 * grid.positions[i])), n); };
    Value unwrapped = b.add(position[i], on.origin[i]);
    Value p = wrap(unwrapped), q = wrap(b.add(unwrapped, on.displacement[i])), d = b.sub(q, p);
    from.push_back(b.sub(p, b.max(b.index(0), b.sub(b.index(0), d))));
    // base displacements are those of part 0
    Value base = constants.load(b, getLevel().displacements[i], plane.indices[i]);
    Value turned = b.sub(base, b.mul(d, b.index(grid.stride[i])));
    target.parts[i] = b.create<arith::DivSIOp>(turned, b.index(modulus));
  }
  Plane here = plane;
  Value to = formIndex(form, rows, Sizes(rows.size(), 0), x);
  plane = target;
  locateGrids();
  EmittedState state = loadForm(form, ArrayRef(from).drop_back(), from.back());
  plane = here;
  storeScratch(state.nngp, b.add(to, b.index(form.buffer)));
  if (hasNtk.lookup({plane.level, index}))
    storeScratch(*state.ntk, b.add(to, b.index(form.ntkBuffer)));
}

// When all parts are there: the cells beyond their borders.
void PlaneEmitter::fillCircular(const Nest &nest) {
  for (int f : nest.forms) {
    const Form &form = getLevel().forms[f];
    if (!form.circular)
      continue;
    forParts([&] {
      const Plane::OnGrid on = plane.grids[form.grid];
      size_t rank = form.low.size();
      // each dimension in turn: the cells beyond its border, of all cells of the dimensions before it that are inside,
      // and all of those after it
      Value empty;
      for (Value extent : on.extent) {
        Value none = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, extent, b.index(0));
        empty = empty ? b.create<arith::OrIOp>(empty, none).getResult() : none;
      }
      Value exists = b.create<arith::XOrIOp>(empty, b.create<arith::ConstantOp>(b.getBoolAttr(true)));
      b.when(exists, [&] {
        for (size_t beyond = 0; beyond < rank; ++beyond)
          for (bool after : {false, true}) {
            std::function<void(SmallVector<Value>)> visit = [&](SmallVector<Value> cell) {
              size_t i = cell.size();
              if (i == rank)
                return copyAround(form, f, ArrayRef(cell).drop_back(), cell.back());
              Value begin = b.index(i < beyond ? 0 : -form.low[i]);
              Value end = i < beyond ? on.extent[i] : b.add(on.extent[i], b.index(form.high[i]));
              if (i == beyond)
                (after ? begin : end) = after ? on.extent[i] : b.index(0);
              b.loop(begin, end, 1, [&](Value c) {
                SmallVector<Value> more = cell;
                more.push_back(c);
                visit(more);
              });
            };
            visit({});
          }
      });
    });
  }
}
