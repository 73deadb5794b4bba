#include "compiler/conversions/KtToLoops/Emit.h"
#include "compiler/dialects/Kt/Pointwise.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <limits>

using namespace mlir;
using namespace inetc;
using formulas::EmissionContext;
using formulas::Emitted;

namespace {

// kt::Pointwise asks for constants only where it computes variances.
struct ConstantSource {
  EmissionContext &context;
  Emitted constant(double value) { return Emitted(context, context.getConstant(value)); }
  kt::Sides<Emitted> perExample(ValueRange, StringRef, int, PreparedLayout::Formula) {
    llvm_unreachable("variances depend on one example only");
  }
  Emitted whereSelf(Emitted self, Emitted) { return self; }
};

class PrepareEmitter {
public:
  PrepareEmitter(Emission &emission, const PreparedLayout &layout)
      : emission(emission), layout(layout), b(emission.network.getLoc(), emission.network) {}

  void emit();

private:
  double getScaleBias();
  Value sumOfSquares(Value example);
  void scaleExample(Value lane, Value group);
  void computeNormalizers(EmissionContext &context, Value group);
  Value findBadLane(Value doubtful, Value group, Value bad);

  Emission &emission;
  const PreparedLayout &layout;
  LoopBuilder b;
  Value x, prepared, begin, end, capacity;
  Value scales, variances; // [lanes]: g, and the variance g²q̄ of the scaled inputs
  Value doubtful;          // vector: 0 in each lane where everything is finite, else NaN
};

double PrepareEmitter::getScaleBias() {
  double bias = 0;
  emission.network.walk([&](kt::ScaleOp op) { bias = op.getBias().convertToDouble(); });
  return bias;
}

// Σ_c x[c]² of one example, in f64; `example` is relative to `begin`
Value PrepareEmitter::sumOfSquares(Value example) {
  int64_t features = layout.getFeatures(), lanes = emission.lanes, whole = features / lanes * lanes;
  Type f64 = b.getF64Type();
  auto wide = VectorType::get({lanes}, f64);
  Value base = b.mul(example, b.index(features)), zero = b.create<arith::ConstantOp>(b.getF64FloatAttr(0.0));
  auto widen = [&](Type type, Value value) -> Value {
    return emission.element.isF64() ? value : b.create<arith::ExtFOp>(type, value).getResult();
  };
  Value sums = b.loop(b.index(0), b.index(whole), lanes, b.broadcast(wide, zero), [&](Value c, ValueRange carried) {
    Value v = widen(wide, b.loadVector(emission.getVector(), x, b.add(base, c)));
    return SmallVector<Value>{b.create<math::FmaOp>(v, v, carried[0])};
  })[0];
  Value sum = b.create<vector::ReductionOp>(vector::CombiningKind::ADD, sums);
  return b.loop(b.index(whole), b.index(features), 1, sum, [&](Value c, ValueRange carried) {
    Value v = widen(f64, b.load(x, b.add(base, c)));
    return SmallVector<Value>{b.create<math::FmaOp>(v, v, carried[0])};
  })[0];
}

// g = 1/√(q̄ + bias), 1 where that is 0; the inputs times g. In f64, rounded once.
void PrepareEmitter::scaleExample(Value lane, Value group) {
  int64_t features = layout.getFeatures();
  Type f64 = b.getF64Type();
  auto number = [&](double value) -> Value { return b.create<arith::ConstantOp>(b.getF64FloatAttr(value)); };
  Value example = b.add(group, lane), local = b.sub(example, begin);
  Value mean = b.create<arith::MulFOp>(sumOfSquares(local), number(1.0 / static_cast<double>(features)));
  Value square = b.create<arith::AddFOp>(mean, number(getScaleBias()));
  Value empty = b.create<arith::CmpFOp>(arith::CmpFPredicate::OLE, square, number(0.0));
  Value root = b.create<math::SqrtOp>(b.create<arith::SelectOp>(empty, number(1.0), square));
  Value scale = b.create<arith::DivFOp>(number(1.0), root);
  Value variance = b.create<arith::MulFOp>(b.create<arith::MulFOp>(mean, scale), scale);
  auto narrow = [&](Value value) -> Value {
    return emission.element.isF64() ? value : b.create<arith::TruncFOp>(emission.element, value).getResult();
  };
  b.store(narrow(scale), scales, lane);
  b.store(narrow(variance), variances, lane);
  Value from = b.mul(local, b.index(features));
  b.loop(b.index(0), b.index(features), 1, [&](Value c) {
    Value v = b.load(x, b.add(from, c));
    if (!emission.element.isF64())
      v = b.create<arith::ExtFOp>(f64, v);
    Value to = layout.areFeaturesInLanes() ? b.add(b.mul(c, capacity), example) : b.add(b.mul(example, b.index(features)), c);
    b.store(narrow(b.create<arith::MulFOp>(v, scale)), prepared, to);
  });
}

// The body of kt.prepare on a vector of examples, and the normalizers that pairs read.
void PrepareEmitter::computeNormalizers(EmissionContext &context, Value group) {
  llvm::DenseMap<Value, Emitted> values;
  Value zero = b.index(0);
  Emitted scale(context, b.loadVector(emission.getVector(), scales, zero));
  Emitted unit(context, b.loadVector(emission.getVector(), variances, zero));
  ConstantSource source{context};
  kt::Pointwise<Emitted, ConstantSource> arithmetic(source);
  auto prepares = emission.network.getOps<kt::PrepareOp>();
  kt::PrepareOp prepare = prepares.empty() ? kt::PrepareOp() : *prepares.begin();
  if (prepare) {
    for (Operation &op : prepare.getBody().front().without_terminator()) {
      Value result = op.getResult(0);
      if (isa<kt::ScaleOp>(op)) {
        values[result] = scale;
        continue;
      }
      if (auto gram = dyn_cast<kt::GramOp>(op)) {
        // in units of the scale where it is asked for so, else of the inputs
        Emitted inverse = formulas::constant(scale, 1.0) / scale;
        values[result] = gram.getType().getScaled() ? unit : unit * (inverse * inverse);
        continue;
      }
      auto kernelOp = cast<kt::KernelOpInterface>(op);
      auto inputs = llvm::map_to_vector(kernelOp.getKernels(), [&](Value kernel) { return values.lookup(kernel); });
      Value g = kernelOp.getScaleOrNull();
      values[result] = arithmetic.variance(&op, inputs, g ? std::optional(values.lookup(g)) : std::nullopt);
    }
    for (auto [inside, outside] :
         llvm::zip_equal(prepare.getBody().front().getTerminator()->getOperands(), prepare.getResults()))
      values[outside] = values.lookup(inside);
  }
  Emitted nothing = formulas::constant(scale, 0.0), doubt = scale * nothing + unit * nothing;
  for (const PreparedLayout::Normalizer &normalizer : layout.getNormalizers()) {
    auto of = llvm::map_to_vector(normalizer.of, [&](Value value) { return values.lookup(value); });
    for (auto [i, value] : llvm::enumerate(normalizer.formula(of))) {
      b.storeVector(value.getValue(), prepared, b.add(b.mul(b.index(normalizer.row + i), capacity), group));
      doubt = fma(value, nothing, doubt);
    }
  }
  doubtful = doubt.getValue();
}

// The first lane with something that is not finite, unless an earlier example was bad.
Value PrepareEmitter::findBadLane(Value vector, Value group, Value bad) {
  return b.loop(b.index(0), b.index(emission.lanes), 1, bad, [&](Value lane, ValueRange carried) {
    Value value = b.create<vector::ExtractElementOp>(vector, lane);
    Value unordered = b.create<arith::CmpFOp>(arith::CmpFPredicate::UNO, value, value);
    Value none = b.create<arith::CmpIOp>(arith::CmpIPredicate::slt, carried[0], b.index(0));
    Value first = b.create<arith::AndIOp>(unordered, none);
    return SmallVector<Value>{b.create<arith::SelectOp>(first, b.add(group, lane), carried[0])};
  })[0];
}

void PrepareEmitter::emit() {
  Type memory = emission.getMemory(), index = b.getIndexType();
  auto function = b.create<func::FuncOp>(
      emission.getName("prepare"), b.getFunctionType({memory, memory, index, index, index}, b.getI64Type()));
  b.setInsertionPointToStart(function.addEntryBlock());
  x = function.getArgument(0), prepared = function.getArgument(1);
  begin = function.getArgument(2), end = function.getArgument(3), capacity = function.getArgument(4);
  auto small = MemRefType::get({emission.lanes}, emission.element);
  scales = b.create<memref::AllocaOp>(small, b.getI64IntegerAttr(64));
  variances = b.create<memref::AllocaOp>(small, b.getI64IntegerAttr(64));
  EmissionContext context(b, b.getLoc(), emission.element, emission.lanes, emission.avx512, b.markStart());
  // for each vector of examples: for each: scale the inputs; then the variances and normalizers of all of them
  Value bad = b.loop(begin, end, emission.lanes, b.index(-1), [&](Value group, ValueRange carried) {
    b.loop(b.index(0), b.index(emission.lanes), 1, [&](Value lane) { scaleExample(lane, group); });
    computeNormalizers(context, group);
    return SmallVector<Value>{findBadLane(doubtful, group, carried[0])};
  })[0];
  b.create<func::ReturnOp>(ValueRange{b.create<arith::IndexCastOp>(b.getI64Type(), bad)});
}

} // namespace

void inetc::emitPrepare(Emission &emission, const PreparedLayout &layout) { PrepareEmitter(emission, layout).emit(); }
