#include "compiler/conversions/KtToLoops/EmitPlanes.h"

#include <numeric>

using namespace mlir;
using namespace inetc;

//===----------------------------------------------------------------------===//
// What happens at a position
//===----------------------------------------------------------------------===//

Site PlaneEmitter::siteOf(int grid, ArrayRef<Value> rows, Value x) {
  const Plane::OnGrid &on = plane.grids[grid];
  const Sizes &sizes = getLevel().grids[grid].positions;
  Value p = b.index(0), offset = b.index(0);
  for (size_t i = 0; i < sizes.size(); ++i) {
    bool last = i + 1 == sizes.size();
    p = b.add(b.mul(p, b.index(sizes[i])), on.origin[i]);
    if (!last)
      p = b.add(p, rows[i]);
    offset = b.add(b.mul(offset, b.index(sizes[i])), on.displacement[i]);
  }
  Value q = b.add(p, offset);
  return {b.add(p, x), b.add(q, x)};
}

EmittedState PlaneEmitter::emitGram(kt::GramOp op, const Site &site) {
  int64_t channels = op.getChannels();
  bool distance = op.getType().isDistance(), negated = op.getType().getNegated();
  Value from1 = b.mul(site.p, b.index(channels)), from2 = b.mul(site.q, b.index(channels));
  auto term = [&](Value c, Emitted sum) {
    Emitted x1 = pair.loadFeature(pair.row, b.add(from1, c)), x2 = pair.loadFeature(pair.column, b.add(from2, c));
    Emitted left = negated ? x1 + x2 : distance ? x1 - x2 : x1, right = distance ? left : x2;
    return fma(left, right, sum);
  };
  Emitted sum = number(0.0);
  constexpr int64_t unrolled = 8;
  if (channels <= unrolled)
    for (int64_t c = 0; c < channels; ++c)
      sum = term(b.index(c), sum);
  else
    sum = Emitted(context, b.loop(b.index(0), b.index(channels), 1, sum.getValue(), [&](Value c, ValueRange carried) {
      return SmallVector<Value>{term(c, Emitted(context, carried[0])).getValue()};
    })[0]);
  sum = sum * number(1.0 / static_cast<double>(channels));
  if (distance)
    return {sum};
  Value scale = op.getScale();
  if (!scale) // of an example's own kernel
    scale = *op->getBlock()->getOps<kt::ScaleOp>().begin();
  PairSource source = pair.at(site);
  auto inverse = kt::Pointwise<Emitted, PairSource>(source).inverse(scale);
  return {sum * (inverse.row[0] * inverse.column[0])};
}

void inetc::addTo(std::optional<EmittedState> &sum, const EmittedState &term) {
  if (!sum) {
    sum = term;
    return;
  }
  sum->nngp = sum->nngp + term.nngp;
  if (sum->ntk)
    sum->ntk = *sum->ntk + *term.ntk;
}

EmittedState PlaneEmitter::emitWindow(kt::WindowOp op, ArrayRef<Value> rows, Value x) {
  Value input = resolveGroups(op.getInput());
  SmallVector<kt::WindowDimension> window = planeWindow(op);
  const kt::WindowDimension &columns = window.back();
  // the sum over columns is in the form, if there is one
  auto serves = [&](const Form &form, bool summed) {
    return form.value == input && form.isSummed() == summed &&
           form.circular == llvm::any_of(window, [](const auto &dimension) { return dimension.wraps(); }) &&
           (!summed ||
            (form.taps == columns.size && form.dilation == columns.dilation && form.low.back() == columns.padLow));
  };
  const auto &forms = getLevel().forms;
  auto form = llvm::find_if(forms, [&](const Form &f) { return serves(f, true); });
  if (form == forms.end() || columns.stride != 1)
    form = llvm::find_if(forms, [&](const Form &f) { return serves(f, false); });
  assert(form != forms.end() && "the plan stores what windows read");

  bool ntk = hasNtk.lookup({plane.level, static_cast<int>(&*form - forms.data())});
  auto pack = [&](const EmittedState &state) {
    SmallVector<Value> values{state.nngp.getValue()};
    if (ntk)
      values.push_back(state.ntk->getValue());
    return values;
  };
  auto unpack = [&](ValueRange values) {
    EmittedState state{Emitted(context, values[0])};
    if (ntk)
      state.ntk = Emitted(context, values[1]);
    return state;
  };
  // row by row, as windowVariance adds up what belongs to one example
  std::function<EmittedState(SmallVector<Value>)> overTaps = [&](SmallVector<Value> from) {
    size_t i = from.size();
    bool last = i + 1 == window.size();
    if (i == window.size())
      return loadForm(*form, ArrayRef(from).drop_back(), from.back());
    if (last && form->isSummed())
      return loadForm(*form, from, x);
    auto add = [&](std::optional<EmittedState> sum, Value tap) {
      SmallVector<Value> more = from;
      more.push_back(b.add(b.mul(last ? x : rows[i], b.index(window[i].stride)), tap));
      addTo(sum, overTaps(more));
      return sum;
    };
    int64_t first = -window[i].padLow, dilation = window[i].dilation;
    if (!isLong(window[i])) {
      std::optional<EmittedState> sum;
      for (int64_t tap = 0; tap < window[i].size; ++tap)
        sum = add(sum, b.index(first + tap * dilation));
      return *sum;
    }
    SmallVector<Value> zeros(ntk ? 2 : 1, context.getConstant(0.0));
    return unpack(b.loop(b.index(first), b.index(first + window[i].size * dilation), dilation, zeros,
                         [&](Value tap, ValueRange carried) { return pack(*add(unpack(carried), tap)); }));
  };
  EmittedState sum = overTaps({});
  if (double divisor = op.getDivisor(); divisor != 1) {
    sum.nngp = sum.nngp * number(1.0 / divisor);
    if (sum.ntk) {
      sum.ntk = *sum.ntk * number(1.0 / divisor);
      contractible.push_back(sum.ntk->getValue());
    }
  }
  return sum;
}

// What a level begins with, and windows.
EmittedState PlaneEmitter::emitSource(const Nest &nest, Operation *op, ArrayRef<Value> rows, Value x,
                                      const Site &site) {
  if (auto gram = dyn_cast<kt::GramOp>(op))
    return emitGram(gram, site);
  if (auto pool = dyn_cast<kt::PoolOp>(op))
    return emitPoolRead(pool, nest, rows, x, site);
  return emitWindow(cast<kt::WindowOp>(op), rows, x);
}

const Form *PlaneEmitter::findPlainForm(Value value) const {
  const auto &forms = getLevel().forms;
  auto form = llvm::find_if(forms, [&](const Form &f) { return f.value == value && !f.isSummed(); });
  assert(form != forms.end() && "the plan stores what later nests read");
  return &*form;
}

// The states of the values that the nest stores, then of those that it adds to readouts.
std::vector<EmittedState> PlaneEmitter::emitBody(const Nest &nest, ArrayRef<Value> rows, Value x) {
  llvm::DenseMap<Value, EmittedState> known;
  PairSource source = pair.at(siteOf(nest.grid, rows, x));
  kt::Pointwise<Emitted, PairSource> arithmetic(source);
  for (Operation *op : nest.operations) {
    if (isa<kt::GramOp, kt::PoolOp, kt::WindowOp>(op)) {
      known[op->getResult(0)] = emitSource(nest, op, rows, x, source.site);
      continue;
    }
    std::vector<EmittedState> inputs;
    for (Value kernel : cast<kt::KernelOpInterface>(op).getKernels()) {
      Value value = resolveGroups(kernel);
      auto found = known.find(value);
      inputs.push_back(found != known.end() ? found->second : loadForm(*findPlainForm(value), rows, x));
    }
    known[op->getResult(0)] = arithmetic.pair(op, inputs);
  }
  // Θ of a window times 1/W, and added to: one operation. (Nothing is promised about its last bit.)
  auto flags = arith::FastMathFlagsAttr::get(b.getContext(), arith::FastMathFlags::contract);
  for (Value product : contractible)
    for (Operation *user : product.getUsers())
      if (auto sum = dyn_cast<arith::AddFOp>(user)) {
        product.getDefiningOp<arith::MulFOp>().setFastmathAttr(flags);
        sum.setFastmathAttr(flags);
      }
  contractible.clear();
  std::vector<EmittedState> states;
  auto finish = [&](Value value) {
    EmittedState state = known.find(value)->second;
    states.push_back(EmittedState{state.nngp, state.completeNtk()});
  };
  for (int f : nest.forms)
    finish(getLevel().forms[f].value);
  for (int s : nest.sinks)
    finish(getLevel().sinks[s].input);
  return states;
}

//===----------------------------------------------------------------------===//
// Nests
//===----------------------------------------------------------------------===//

// The pairs of positions on all planes of a nest.
double PlaneEmitter::countPairs(const Nest &nest) const {
  double pairs = 1;
  const Grid &grid = getLevel().grids[nest.grid];
  auto displacements = planeDisplacements(kt::typeOf(nest.operations.front()->getResult(0)));
  for (auto [size, set] : llvm::zip_equal(grid.positions, displacements)) {
    int64_t sum = 0;
    for (int64_t d : set)
      sum += size - std::abs(d);
    pairs *= static_cast<double>(sum);
  }
  return pairs;
}

// How many examples of X1 go side by side at a position. They share what is loaded of X2 and the loop, which counts for
// less the more there is to do for each; and together they need more registers. (The numbers are measured: NNGP with a
// rectifier, of 23 operations, 12% faster with 4; f64, of 32, 3% with 2; NNGP and NTK, of 39, nothing; with erf 8%
// slower.)
int64_t PlaneEmitter::chooseAbreast(Block &body, ArrayRef<EmittedState> results) const {
  if (std::optional<int64_t> given = emission.group.getAbreast())
    return std::gcd(*given, rowCount);
  llvm::SmallPtrSet<Operation *, 32> live;
  auto use = [&](Value value) {
    if (Operation *op = value.getDefiningOp())
      live.insert(op);
  };
  for (const EmittedState &state : results) {
    use(state.nngp.getValue());
    if (state.ntk)
      use(state.ntk->getValue());
  }
  int64_t operations = 0;
  for (Operation &op : llvm::reverse(body)) {
    if (!live.contains(&op))
      continue;
    llvm::for_each(op.getOperands(), use);
    operations += isa<VectorType>(op.getResult(0).getType()) && !isa<vector::LoadOp, vector::BroadcastOp>(op);
  }
  return std::gcd(operations <= 28 ? 4 : operations <= 36 ? 2 : 1, rowCount);
}

// Finds out, by building the body of a nest once, whether Θ of what it makes is known to be 0, how much work it is, and
// how many examples of X1 go side by side.
void PlaneEmitter::tryBody(const Nest &nest) {
  Block trial;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&trial);
  SmallVector<Value> rows;
  for (int64_t i = 0; i + 1 < rank(); ++i)
    rows.push_back(trial.addArgument(b.getIndexType(), b.getLoc()));
  Value x = trial.addArgument(b.getIndexType(), b.getLoc());
  std::vector<EmittedState> states = emitBody(nest, rows, x);
  flops += countFlops(trial) * countPairs(nest);
  abreast = chooseAbreast(trial, states);
  auto state = states.begin();
  for (int f : nest.forms)
    hasNtk[{plane.level, f}] = (state++)->ntk.has_value();
  for (int s : nest.sinks)
    hasNtk[{plane.level, -1 - s}] = (state++)->ntk.has_value();
  trial.dropAllDefinedValueUses();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(trial)))
    op.erase();
}

void PlaneEmitter::emitRows(const Nest &nest, ArrayRef<Value> outer) {
  const Plane::OnGrid &on = plane.grids[nest.grid];
  SmallVector<Value> rows(outer);
  auto [begin, end] = clipToBand(b.index(0), on.extent[rows.size()]);
  b.loop(begin, end, 1, [&](Value y) {
    rows.push_back(y);
    forGroups([&] {
      SmallVector<Value> carried;
      forAbreast([&](int64_t) { carried.append(startRow(nest, rows)); });
      size_t each = carried.size() / (group ? abreast : 1);
      carried = b.loop(b.index(0), on.extent.back(), 1, carried, [&](Value x, ValueRange before) {
        SmallVector<std::vector<EmittedState>, 2> states;
        forAbreast([&](int64_t) { states.push_back(emitBody(nest, rows, x)); });
        SmallVector<Value> next;
        forAbreast(
            [&](int64_t i) { next.append(storePosition(nest, states[i], rows, x, before.slice(i * each, each))); });
        return next;
      });
      forAbreast([&](int64_t i) { finishRow(nest, rows, ArrayRef(carried).slice(i * each, each)); });
    });
  });
}

void PlaneEmitter::emitNest(const Nest &nest) {
  const Plane::OnGrid on = plane.grids[nest.grid];
  std::function<void(SmallVector<Value>)> visit = [&](SmallVector<Value> outer) {
    if (static_cast<int64_t>(outer.size()) + 2 == rank()) {
      if (nest.skewed)
        emitSkewedRows(nest, outer);
      else
        emitRows(nest, outer);
      return;
    }
    b.loop(b.index(0), on.extent[outer.size()], 1, [&](Value i) {
      SmallVector<Value> more = outer;
      more.push_back(i);
      visit(more);
    });
  };
  auto emit = [&] {
    visit({});
    forRows([&] { fillBorders(nest); });
  };
  if (plane.parts.empty())
    return emit();
  Value exists;
  for (Value extent : on.extent) {
    Value some = b.less(b.index(0), extent);
    exists = exists ? b.create<arith::AndIOp>(exists, some).getResult() : some;
  }
  b.when(exists, emit);
}
