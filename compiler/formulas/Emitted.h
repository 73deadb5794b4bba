/// A scalar type whose arithmetic becomes MLIR ops: the formulas' templates, evaluated on it, write the code that
/// computes them. The counterpart of Elementary.h's primitives on real scalars, operation for operation.
///
/// What is emitted are `arith` and `math.fma`, `math.sqrt`, `math.absf`, `math.copysign` ops without fast-math flags;
/// for AVX-512 also `llvm.call_intrinsic` of the reciprocal square root (rsqrt14), with `vector.shuffle` where numbers
/// are several registers. The dialects arith, math, llvm and vector must be loaded.
#ifndef INETC_COMPILER_FORMULAS_EMITTED_H
#define INETC_COMPILER_FORMULAS_EMITTED_H

#include "compiler/formulas/Elementary.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

namespace inetc::formulas {

/// Where and for what machine ops are emitted. One context serves one function: each constant is built once in it.
class EmissionContext {
public:
  /// Ops go to the builder's insertion point, constants to `constants`, which must dominate it (the entry block of the
  /// function, say); without `constants` each use builds its own constant. `element` is f32 or f64; a vector has
  /// `lanes` of them, and with lanes = 0 values are scalars. `avx512`: the target has AVX-512F.
  EmissionContext(mlir::OpBuilder &builder, mlir::Location loc, mlir::FloatType element, int64_t lanes, bool avx512,
                  mlir::OpBuilder::InsertPoint constants = {});

  mlir::OpBuilder &builder;
  mlir::Location loc;

  /// vector<lanes x element>, or element where lanes = 0: the type of every number here.
  mlir::Type getType() const { return type; }
  /// The integers with as many bits, as scalar or vector.
  mlir::Type getBitsType() const;
  mlir::FloatType getElementType() const { return element; }
  bool isSingle() const { return width == 32; }
  /// Whether numbers are one or more full 512-bit vectors for a machine that has them.
  bool isFullAvx512() const { return avx512 && lanes > 0 && lanes * width % 512 == 0; }
  int64_t getLanes() const { return lanes; }

  mlir::Value getConstant(double value);
  /// Every lane with this pattern of bits.
  mlir::Value getBits(uint64_t bits);

private:
  mlir::Value buildConstant(mlir::Type constantType, mlir::TypedAttr splat);

  mlir::FloatType element;
  int64_t width; // of an element, in bits
  int64_t lanes;
  bool avx512;
  mlir::Type type;
  mlir::OpBuilder::InsertPoint constants;
  llvm::DenseMap<uint64_t, mlir::Value> numbers, patterns; // by bits in the element type; looked up only
};

/// A number that will be computed when the emitted code runs.
class Emitted {
public:
  Emitted() = default;
  Emitted(EmissionContext &context, mlir::Value value) : context(&context), value(value) {}

  EmissionContext &getContext() const { return *context; }
  mlir::Value getValue() const { return value; }

private:
  EmissionContext *context = nullptr;
  mlir::Value value;
};

/// A truth value a lane.
struct EmittedMask {
  EmissionContext *context = nullptr;
  mlir::Value value;
};

Emitted operator+(Emitted a, Emitted b);
Emitted operator-(Emitted a, Emitted b);
Emitted operator*(Emitted a, Emitted b);
Emitted operator/(Emitted a, Emitted b);
Emitted operator-(Emitted a);

/// `value`, rounded to the element type.
Emitted constant(Emitted like, long double value);
bool isSingle(Emitted x);
Emitted smallestNormal(Emitted like);
Emitted fma(Emitted a, Emitted b, Emitted c);
Emitted sqrt(Emitted x);
Emitted reciprocalSqrt(Emitted x);
Emitted abs(Emitted x);
Emitted copySign(Emitted magnitude, Emitted sign);
EmittedMask lessEqual(Emitted a, Emitted b);
EmittedMask lessThan(Emitted a, Emitted b);
Emitted select(EmittedMask mask, Emitted x, Emitted y);
Emitted addToExponent(Emitted x, Emitted shifted);

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_EMITTED_H
