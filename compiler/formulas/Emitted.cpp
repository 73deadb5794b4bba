#include "compiler/formulas/Emitted.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace inetc::formulas {

EmissionContext::EmissionContext(OpBuilder &builder, Location loc, FloatType element, int64_t lanes, bool avx512,
                                 OpBuilder::InsertPoint constants)
    : builder(builder), loc(loc), element(element), width(element.getWidth()), lanes(lanes), avx512(avx512),
      type(element), constants(constants) {
  assert((element.isF32() || element.isF64()) && "formulas have polynomials for f32 and f64 only");
  if (lanes > 0)
    type = VectorType::get({lanes}, element);
}

Type EmissionContext::getBitsType() const {
  Type integer = builder.getIntegerType(width);
  return lanes > 0 ? Type(VectorType::get({lanes}, integer)) : integer;
}

Value EmissionContext::buildConstant(Type constantType, TypedAttr splat) {
  TypedAttr attribute = splat;
  if (auto vector = dyn_cast<ShapedType>(constantType))
    attribute = DenseElementsAttr::get(vector, Attribute(splat));
  OpBuilder::InsertionGuard guard(builder);
  if (constants.isSet())
    builder.restoreInsertionPoint(constants);
  return builder.create<arith::ConstantOp>(loc, attribute);
}

Value EmissionContext::getConstant(double value) {
  auto attribute = FloatAttr::get(element, value);
  uint64_t key = attribute.getValue().bitcastToAPInt().getZExtValue();
  if (Value known = constants.isSet() ? numbers.lookup(key) : Value())
    return known;
  return numbers[key] = buildConstant(type, attribute);
}

Value EmissionContext::getBits(uint64_t bits) {
  if (Value known = constants.isSet() ? patterns.lookup(bits) : Value())
    return known;
  Type integer = builder.getIntegerType(width);
  return patterns[bits] = buildConstant(getBitsType(), IntegerAttr::get(integer, bits));
}

template <class Op> static Emitted build(Emitted first, ValueRange operands) {
  EmissionContext &context = first.getContext();
  return Emitted(context, context.builder.create<Op>(context.loc, context.getType(), operands));
}

static EmittedMask compare(arith::CmpFPredicate predicate, Emitted a, Emitted b) {
  EmissionContext &context = a.getContext();
  return {&context, context.builder.create<arith::CmpFOp>(context.loc, predicate, a.getValue(), b.getValue())};
}

Emitted operator+(Emitted a, Emitted b) { return build<arith::AddFOp>(a, {a.getValue(), b.getValue()}); }
Emitted operator-(Emitted a, Emitted b) { return build<arith::SubFOp>(a, {a.getValue(), b.getValue()}); }
Emitted operator*(Emitted a, Emitted b) { return build<arith::MulFOp>(a, {a.getValue(), b.getValue()}); }
Emitted operator/(Emitted a, Emitted b) { return build<arith::DivFOp>(a, {a.getValue(), b.getValue()}); }
Emitted operator-(Emitted a) { return build<arith::NegFOp>(a, a.getValue()); }

Emitted constant(Emitted like, long double value) {
  // As static_cast<float> does: once, from the long double. (A detour over double would round twice.)
  double rounded = isSingle(like) ? static_cast<float>(value) : static_cast<double>(value);
  return Emitted(like.getContext(), like.getContext().getConstant(rounded));
}

bool isSingle(Emitted x) { return x.getContext().isSingle(); }

Emitted smallestNormal(Emitted like) {
  return constant(like, isSingle(like) ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min());
}

Emitted fma(Emitted a, Emitted b, Emitted c) {
  return build<math::FmaOp>(a, {a.getValue(), b.getValue(), c.getValue()});
}

Emitted sqrt(Emitted x) { return build<math::SqrtOp>(x, x.getValue()); }
Emitted abs(Emitted x) { return build<math::AbsFOp>(x, x.getValue()); }

Emitted copySign(Emitted magnitude, Emitted sign) {
  return build<math::CopySignOp>(magnitude, {magnitude.getValue(), sign.getValue()});
}

EmittedMask lessEqual(Emitted a, Emitted b) { return compare(arith::CmpFPredicate::OLE, a, b); }
EmittedMask lessThan(Emitted a, Emitted b) { return compare(arith::CmpFPredicate::OLT, a, b); }

// A select of the operands of its own comparison becomes a single vminps or vmaxps.
Emitted select(EmittedMask mask, Emitted x, Emitted y) {
  return build<arith::SelectOp>(x, {mask.value, x.getValue(), y.getValue()});
}

Emitted addToExponent(Emitted x, Emitted shifted) {
  EmissionContext &context = x.getContext();
  OpBuilder &builder = context.builder;
  auto bitsOf = [&](Emitted number) -> Value {
    return builder.create<arith::BitcastOp>(context.loc, context.getBitsType(), number.getValue());
  };
  Value exponent = builder.create<arith::ShLIOp>(context.loc, bitsOf(shifted), context.getBits(isSingle(x) ? 23 : 52));
  Value sum = builder.create<arith::AddIOp>(context.loc, bitsOf(x), exponent);
  return Emitted(context, builder.create<arith::BitcastOp>(context.loc, context.getType(), sum));
}

/// 1 / sqrt(x) with a relative error of at most 2^-14, by AVX-512.
static Emitted estimateReciprocalSqrt(Emitted x) {
  EmissionContext &context = x.getContext();
  OpBuilder &builder = context.builder;
  StringRef name = isSingle(x) ? "llvm.x86.avx512.rsqrt14.ps.512" : "llvm.x86.avx512.rsqrt14.pd.512";
  int64_t lanes = isSingle(x) ? 16 : 8; // of a register
  auto registerType = VectorType::get({lanes}, context.getElementType());
  Type maskType = builder.getIntegerType(lanes);
  Value everyLane = builder.create<LLVM::ConstantOp>(context.loc, maskType, builder.getIntegerAttr(maskType, -1));
  Value estimates;
  for (int64_t first = 0; first < context.getLanes(); first += lanes) {
    auto sequence = [&](int64_t from, int64_t to) { return llvm::to_vector(llvm::seq<int64_t>(from, to)); };
    Value part = x.getValue();
    if (lanes < context.getLanes())
      part = builder.create<vector::ShuffleOp>(context.loc, part, part, sequence(first, first + lanes));
    auto call = builder.create<LLVM::CallIntrinsicOp>(context.loc, registerType, builder.getStringAttr(name),
                                                      ValueRange{part, part, everyLane});
    part = call->getResult(0);
    estimates =
        first == 0
            ? part
            : builder.create<vector::ShuffleOp>(context.loc, estimates, part, sequence(0, first + lanes)).getResult();
  }
  return Emitted(context, estimates);
}

/// (1 - e)^(-1/2) - 1, where e = 1 - x r² says how far the estimate r is off. One term of the series leaves 3/8 e²
/// = 1.4e-9 for f32; f64 needs three, which leave 35/128 e⁴ = 6e-17.
static Emitted correction(Emitted e) {
  Emitted half = constant(e, 0.5);
  if (isSingle(e))
    return half * e;
  Emitted series = fma(e, constant(e, 5.0L / 16), constant(e, 3.0L / 8));
  return fma(series, e, half) * e;
}

// A root and a division keep the divider busy for longer than all the rest of a dual takes: this is 1.2 to 1.6 times as
// fast for erf, gelu and gaussian. A square root alone is not replaced: it runs beside the multiplications, and the
// estimate's five instructions would make a rectifier 5% slower (both measured on Sapphire Rapids).
Emitted reciprocalSqrt(Emitted x) {
  if (!x.getContext().isFullAvx512())
    return constant(x, 1) / sqrt(x);
  Emitted estimate = estimateReciprocalSqrt(x);
  Emitted error = fma(-(x * estimate), estimate, constant(x, 1));
  return fma(estimate, correction(error), estimate);
}

} // namespace inetc::formulas
