#ifndef INETC_KT_DIALECT_TD
#define INETC_KT_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Kt_Dialect : Dialect {
  let name = "kt";
  let cppNamespace = "::inetc::kt";
  let summary = "kernel transforms: the arithmetic of the covariance recursion of an infinitely wide network";
  let description = [{
    One SSA value is the state of one network value: the kernel of every pair of examples and, on images, of every pair
    of positions (p, p'). A pair (p, p + d) lies on the plane of displacement d. An operation says what a layer does to
    that state; Σ is the NNGP kernel, Θ the neural tangent kernel.

    Two states carry Σ (rationale: docs/rationale.md):
    - `covariance`: Σ itself, K[p, p'].
    - `distance`: D[p, p'] = Q[p] + Q'[p'] − 2 gg'K[p, p'] with Q = g²K[p, p] the variance of an example, and gg'Θ beside
      it. `scaled` says that g is the scale of the example that kt.scale gives, `scaled(n)` its n-th power, which a product of
      values in units of it has; without it g = 1.
      `negated` says that it is the distance to −x': D[p, p'] = Q[p] + Q'[p'] + 2 gg'K[p, p']. Nearly opposite examples are near
      there, where D loses half of the digits of π − θ.

    A `self` kernel pairs each example with itself. On the plane 0 it carries variances (Q = g²q in the state `distance`);
    on the others that its type names, which a pool in the middle of a network needs, Σ or D between its own positions.
  }];
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = "void registerTypes();";
}

def Kt_State : I32EnumAttr<"State", "which quantity carries Σ", [
    I32EnumAttrCase<"covariance", 0>, I32EnumAttrCase<"distance", 1>]> {
  let cppNamespace = "::inetc::kt";
}

def Kt_KernelType : TypeDef<Kt_Dialect, "Kernel"> {
  let mnemonic = "kernel";
  let summary = "the state of one network value";
  let description = [{
    `!kt.kernel<32x32, planes = all, state = distance scaled, nngp + ntk, f32>`

    - the spatial sizes, or `point` for a vector without spatial sizes
    - planes: `all`, `diagonal` (displacement 0 only), or for each spatial dimension the set of needed |d|: `[{0, 2},
      {0 to 6} ]`
    - state: `covariance`, `distance`, `distance scaled`, or `distance scaled(n)`; behind a distance `negated`
    - `self` where each example is paired with itself only
    - `nngp` or `nngp + ntk`
    - the scalar type, f32 or f64

    (C1) Sizes are positive, and there are at most 2³¹ − 1 positions. (C2) Planes are sets of |d| below the size, one set for
    each dimension, and 0 is in each. (C3) The power of the scale is at most 8: products of more factors leave the range of
    f32. A covariance has none. (C4) The scalar type is f32 or f64.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$positions, "PlaneSet":$planes, "State":$state, "unsigned":$scalePower,
                    "bool":$negated, "bool":$self, "bool":$ntk, "::mlir::FloatType":$elementType);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRank() const { return getPositions().size(); }
    bool isDistance() const { return getState() == State::distance; }
    bool isScaled() const { return getScalePower() > 0; }
    KernelType withPositions(llvm::ArrayRef<int64_t> positions) const;
    KernelType withPlanes(const PlaneSet &planes) const;
    KernelType withState(State state, unsigned scalePower) const;
    /// The distance to the second example negated, beside this one; it has no Θ of its own.
    KernelType asNegated() const;
    /// The variances of the same value: each example paired with itself, on the diagonal.
    KernelType asVariance() const;
  }];
}

def Kt_ScaleType : TypeDef<Kt_Dialect, "Scale"> {
  let mnemonic = "scale";
  let summary = "one number g > 0 for each example, which brings it to unit size";
  let parameters = (ins "::mlir::FloatType":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

#endif // INETC_KT_DIALECT_TD
