#ifndef INETC_KT_OPS_TD
#define INETC_KT_OPS_TD

include "compiler/dialects/Kt/KtDialect.td"
include "compiler/dialects/Kt/KtInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kt_PositiveF64Attr : ConfinedAttr<F64Attr, [
    AttrConstraint<CPred<"::llvm::cast<::mlir::FloatAttr>($_self).getValueAsDouble() > 0">, "positive">]>;
def Kt_NonNegativeF64Attr : ConfinedAttr<F64Attr, [
    AttrConstraint<CPred<"::llvm::cast<::mlir::FloatAttr>($_self).getValueAsDouble() >= 0">, "not negative">]>;

class Kt_CountAttr<int most> : ConfinedAttr<I64Attr, [IntPositive, IntMaxValue<most>]>;
class Kt_WordAttr<list<string> words> : ConfinedAttr<StrAttr, [AttrConstraint<CPred<
    "::llvm::is_contained(::llvm::ArrayRef<::llvm::StringRef>{\"" # !interleave(words, "\", \"") # "\"}, "
    "::llvm::cast<::mlir::StringAttr>($_self).getValue())">, "one of " # !interleave(words, ", ")>]>;

class Kt_Op<string mnemonic, list<Trait> traits = []> : Op<Kt_Dialect, mnemonic, traits>;

// There is an input at least, and the result has its positions and its element type.
def Kt_KeepsPositions : NativeOpTrait<"KeepsPositions"> { let cppNamespace = "::inetc::kt"; }

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

def Kt_NetworkOp : Kt_Op<"network", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "the kernel recursion of one network";
  let description = [{
    The body computes the kernel of a pair of examples from their inputs and ends in `kt.return`.

    ```mlir
    kt.network @mlp input [784] {
      %0 = kt.gram {channels = 784 : i64} : () -> !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
      %1 = kt.linear %0 {w2 = 2.0, b2 = 0.0, alpha = 2.0, beta = 0.0} : ...
      kt.return %1 : ...
    }
    ```
    (C1) It ends in kt.return. (C2) The sizes of the input are positive, and there are at most 2³¹ − 1 numbers. (C3) The body
    takes no arguments, and holds transforms of pairs of examples, groups of them, and one kt.prepare at most.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DenseI64ArrayAttr:$input_shape, DefaultValuedAttr<StrAttr, "\"\"">:$architecture,
                   DefaultValuedAttr<BoolAttr, "true">:$nngp);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let assemblyFormat = "$sym_name `input` $input_shape attr-dict-with-keyword $body";
  let extraClassDeclaration = [{
    ::inetc::kt::ReturnOp getReturn();
    /// The numbers of an example.
    int64_t countFeatures();
    ::mlir::Block &getBlock() { return getBody().front(); }
  }];
}

def Kt_ReturnOp : Kt_Op<"return", [Terminator, HasParent<"NetworkOp">]> {
  let summary = "the kernel of the network";
  let description = [{(C1) The value is of pairs of examples, has no spatial sizes, and carries Σ as a covariance.}];
  let arguments = (ins Kt_KernelType:$kernel);
  let assemblyFormat = "$kernel attr-dict `:` type($kernel)";
  let hasVerifier = 1;
}

def Kt_PrepareOp : Kt_Op<"prepare", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "what is computed once for each example";
  let description = [{
    The body computes self kernels (variances) and scales; its results are what the code of a pair reads. O(n) work, where
    everything outside is O(n²). Made by kt-split-variance.

    (C1) The body takes no arguments, and holds transforms of self kernels, and scales. (C2) The results are such.
  }];
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Variadic<AnyTypeOf<[Kt_KernelType, Kt_ScaleType]>>:$results);
  let hasRegionVerifier = 1;
  let assemblyFormat = "attr-dict-with-keyword $body `:` type($results)";
}

def Kt_FusedOp : Kt_Op<"fused", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "a fusion group: run plane by plane, all of it while a plane lies in L1";
  let description = [{
    The operations of the body keep the displacement of a plane, so one plane of the result needs one plane of every
    value inside. Made by kt-fuse; kt-tile adds how it is laid out.

    (C1) The body takes no arguments, and holds transforms of pairs that keep the displacement. (C2) There is a result. (C3)
    A tile is whole vectors: tile_rows and tile_columns are multiples of lanes. (C4) The products of a block fit into
    registers: gram_rows times gram_vectors is at most 64.

    - `lanes`: examples of x' side by side in a vector
    - `rows`: examples of x that go through the group in lockstep
    - `turns`: on positions, what they take turns at: each `nest` (a layer of a plane) or each `line` of it
    - `band_rows`, `band_layers`: where planes outgrow L2: so many layers go through a band of so many rows of a plane
      before the next band, each a few rows behind the layer before
    - `abreast`: on positions, how many of them are side by side in the loop over the positions of a row. kt-to-loops
      chooses for each nest where nothing is said, as it knows how much work there is at a position
    - `tile_rows`, `tile_columns`: the tile of pairs of one call of `block`
    - `gram`: `direct` where it is summed inside the group, channel by channel; `registers` where products accumulate in
      registers, those of `gram_rows` examples of x with `gram_vectors` vectors of x', and the group then takes them;
      `bf16x6` the same in matrix registers, each f32 as the sum of three bfloat16 and of their products the six that
      count, of 32 examples with 32; `int8x28` each f64 as seven digits of 8 bits, of 16 examples with 16; `blas` where the gram of a tile is one matrix product before the group
  }];
  let arguments = (ins OptionalAttr<Kt_CountAttr<256>>:$lanes, OptionalAttr<Kt_CountAttr<32>>:$rows,
                   OptionalAttr<Kt_CountAttr<1048576>>:$tile_rows, OptionalAttr<Kt_CountAttr<1048576>>:$tile_columns,
                   OptionalAttr<Kt_WordAttr<["direct", "registers", "bf16x6", "int8x28", "blas"]>>:$gram,
                   OptionalAttr<Kt_CountAttr<64>>:$gram_rows, OptionalAttr<Kt_CountAttr<64>>:$gram_vectors,
                   OptionalAttr<Kt_WordAttr<["nest", "line"]>>:$turns, OptionalAttr<Kt_CountAttr<32>>:$abreast,
                   OptionalAttr<Kt_CountAttr<1048576>>:$band_rows, OptionalAttr<Kt_CountAttr<1048576>>:$band_layers);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Variadic<Kt_KernelType>:$results);
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let assemblyFormat = "attr-dict-with-keyword $body `:` type($results)";
}

def Kt_YieldOp : Kt_Op<"yield", [Pure, Terminator, ParentOneOf<["FusedOp", "PrepareOp"]>]> {
  let summary = "the results of a region: (C1) of the types that the operation around it has";
  let arguments = (ins Variadic<AnyType>:$values);
  let hasVerifier = 1;
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

//===----------------------------------------------------------------------===//
// Sources
//===----------------------------------------------------------------------===//

def Kt_ScaleOp : Kt_Op<"scale", [Pure, HasParent<"PrepareOp">]> {
  let summary = "g = 1/√(q̄ + bias), which brings an example to unit size";
  let description = [{
    q̄ is the mean square of all numbers of the example; g = 1 where q̄ + bias = 0. `bias` = b²/w² of the linear layers that
    read the input (the largest): then b²g² ≤ w², and no bias outgrows the signal of a tiny example.
  }];
  let arguments = (ins DefaultValuedAttr<Kt_NonNegativeF64Attr, "0.0">:$bias);
  let results = (outs Kt_ScaleType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

class Kt_UnaryOp<string mnemonic, list<string> methods = [], list<Trait> traits = []> :
    Kt_Op<mnemonic, !listconcat([Pure, AttrSizedOperandSegments,
                                 DeclareOpInterfaceMethods<Kt_KernelOpInterface, methods>], traits)> {
  dag operands = (ins Kt_KernelType:$input, Variadic<Kt_KernelType>:$variances, Optional<Kt_ScaleType>:$scale);
  let arguments = operands;
  let results = (outs Kt_KernelType:$result);
  let assemblyFormat = [{
    $input (`variance` $variances^)? (`scale` $scale^)? attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::mlir::Value getVariance() { return getVariances().empty() ? ::mlir::Value() : getVariances().front(); }
  }];
}

class Kt_NaryOp<string mnemonic, list<string> methods = []> : Kt_Op<mnemonic, [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Kt_KernelOpInterface, methods>, Kt_KeepsPositions]> {
  dag operands = (ins Variadic<Kt_KernelType>:$inputs, Variadic<Kt_KernelType>:$variances, Optional<Kt_ScaleType>:$scale);
  let arguments = operands;
  let results = (outs Kt_KernelType:$result);
  let assemblyFormat = [{
    $inputs (`variance` $variances^)? (`scale` $scale^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Kt_GramOp : Kt_Op<"gram", [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Kt_KernelOpInterface, ["needsScale"]>]> {
  let summary = "the kernel of the inputs";
  let description = [{
    Σ[p, p'] = (1/C) Σ_c x[p, c]·x'[p', c], Θ = 0. In the state `distance scaled`: D = (1/C) Σ_c (g x − g' x')²;
    `negated`: of g x + g' x'.
    `refine` asks that pairs of nearly equal examples are taken from differences of the inputs even where the gram comes
    from a matrix product, which loses small distances (and with them Σ = Q exactly for equal inputs). The scale brings the
    inputs to unit size.

    (C1) There are no inputs but those of the network. (C2) There is a channel at least. (C3) Positions and channels make up
    the inputs of the network. (C4) A distance is in units of the scale.
  }];
  let arguments = (ins Variadic<Kt_KernelType>:$inputs, Variadic<Kt_KernelType>:$variances, Optional<Kt_ScaleType>:$scale,
                   I64Attr:$channels, UnitAttr:$refine);
  let results = (outs Kt_KernelType:$result);
  let assemblyFormat = [{
    ($inputs^)? (`variance` $variances^)? (`scale` $scale^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Pointwise: one pair of positions of the result needs the same pair of the inputs
//===----------------------------------------------------------------------===//

def Kt_LinearOp : Kt_UnaryOp<"linear", ["needsVariance", "needsScale"], [Kt_KeepsPositions]> {
  let summary = "a dense layer, or the weights of a convolution: Σ' = w2·Σ + b2, Θ' = w2·Θ + alpha·Σ + beta";
  let description = [{
    NTK parameterization: alpha = w2, beta = b2; standard parameterization: alpha = fan_in, beta = 1 with a bias; frozen:
    0, 0. (Jacot et al. 2018, arXiv:1806.07572; Sohl-Dickstein et al. 2020, arXiv:2001.07301 for the standard one.)
    On D: D' = w2·D + b2(g − g')² (negated: g + g'), gg'Θ' = w2·gg'Θ + alpha·gg'Σ + beta·gg', g the scale, or its power.
  }];
  let arguments = !con(operands, (ins F64Attr:$w2, F64Attr:$b2, F64Attr:$alpha, F64Attr:$beta));
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Kt_AffineOp : Kt_UnaryOp<"affine", [], [Kt_KeepsPositions]> {
  let summary = "multiplication by a number a: Σ' = a²Σ, Θ' = a²Θ";
  let arguments = !con(operands, (ins F64Attr:$a2));
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Kt_DualOp : Kt_NaryOp<"dual", ["needsVariance"]> {
  let summary = "an activation φ: Σ' = E φ(u)φ(v), Θ' = Θ · E φ'(u)φ'(v) for (u, v) ~ N(0, (q, Σ; Σ, q'))";
  let description = [{
    The formulas stand in compiler/formulas/Activations.h (Cho & Saul 2009; Daniely et al. 2016, arXiv:1602.05897).
    Facts that kt-choose-state proves: `nonnegative`: every Σ that comes in is ≥ 0, so the half θ > π/2 needs no code;
    `zero_inert`: Θ is 0 wherever a variance is, so the factor there does not matter. `gain`: both results are multiplied
    by it (the w² of a linear layer that follows).

    Beside a distance there may be the one to the second example negated, from which angles near π are taken.

    (C1) The activation is one of these. (C2) One with a gain takes it. (C3) What reads Σ reads a covariance; the state
    stays, and the power of the scale where the activation is homogeneous: else the result has scale 1. (C4) There
    is one kernel, or a distance and then the one that is negated of the two. (C5) The result is negated as the first is.
  }];
  let arguments = !con(operands, (ins StrAttr:$activation, DenseF64ArrayAttr:$parameters,
                                  DefaultValuedAttr<Kt_PositiveF64Attr, "1.0">:$gain, UnitAttr:$nonnegative,
                                  UnitAttr:$zero_inert));
  let extraClassDeclaration = [{
    ::mlir::TypedValue<::inetc::kt::KernelType> getInput() {
      return ::llvm::cast<::mlir::TypedValue<::inetc::kt::KernelType>>(getInputs().front());
    }
    /// The distance to the second example negated (of a negated input: the one that is not), or null.
    ::mlir::Value getNegated() { return getInputs().size() > 1 ? getInputs().back() : ::mlir::Value(); }
    ::mlir::Value getVariance() { return getVariances().empty() ? ::mlir::Value() : getVariances().front(); }
    /// The activation with its gain, which the verifier has found to be one.
    ::inetc::formulas::Activation getFormula();
  }];
  let hasVerifier = 1;
}

def Kt_NormalizeOp : Kt_UnaryOp<"normalize", ["needsVariance", "needsScale"], [Kt_KeepsPositions]> {
  let summary = "layer norm: Σ' = Σ/√(v v'), Θ' = Θ/√(v v'), v the mean of the variance over the normalised positions, plus eps";
  let description = [{
    On D, h = 1/√v, a = √Q: D' = hh'D + (h − h')(hQ − h'Q'), between (ha − h'a')² and (ha + h'a')².

    (C1) The state stays, and the result has scale 1.
  }];
  let arguments = !con(operands, (ins F64Attr:$eps, UnitAttr:$over_space));
  let hasVerifier = 1;
}

def Kt_DropoutOp : Kt_UnaryOp<"dropout", ["needsVariance"], [Kt_KeepsPositions]> {
  let summary = "dropout in training: variances × 1/keep, and the entries of an example with itself at equal positions";
  let arguments = !con(operands, (ins Kt_PositiveF64Attr:$keep));
}

def Kt_RescaleOp : Kt_UnaryOp<"rescale", ["needsVariance", "needsScale"], [Kt_KeepsPositions]> {
  let summary = "change of state: covariance ↔ distance, and from a power n of the scale to g = 1";
  let description = [{
    K = (Q + Q' − D)/(2gg'), Θ/(gg'); D = Q + Q' − 2K, negated Q + Q' + 2K; D₂ = rr'D + (r − r')(rQ − r'Q') with r = 1/gⁿ. All of these times
    `factor`, which is 1 where there is no scale (C3).
  }];
  let arguments = !con(operands, (ins DefaultValuedAttr<Kt_PositiveF64Attr, "1.0">:$factor));
  let hasVerifier = 1;
}

def Kt_AddOp : Kt_NaryOp<"add"> {
  let summary = "a sum of independent branches: Σ' = Σ₁ + Σ₂ + …, Θ' = Θ₁ + Θ₂ + …";
}

def Kt_MulOp : Kt_NaryOp<"mul", ["needsVariance"]> {
  let summary = "a product of two independent branches: Σ' = Σ₁Σ₂, Θ' = Θ₁Σ₂ + Σ₁Θ₂";
  let description = [{
    On D, with s = (Q + Q')/2: D' = ½(Q₁ − Q₁')(Q₂ − Q₂') + ½[D₁(s₂ + K₂) + D₂(s₁ + K₁)].

    (C1) There are two kernels. (C2) The result has the power of the scale that theirs add up to. (C3) All three have the
    same state.
  }];
  let hasVerifier = 1;
}

def Kt_ConcatOp : Kt_NaryOp<"concat"> {
  let summary = "a weighted sum of independent branches; concatenation of channels: weighted by their widths";
  let arguments = !con(operands, (ins DenseF64ArrayAttr:$weights));
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Spatial: windows over positions (geometry: compiler/dialects/Kt/Window.h), one entry of each list for each dimension
//===----------------------------------------------------------------------===//

def Kt_WindowOp : Kt_UnaryOp<"window", ["needsVariance", "getInputDemand"]> {
  let summary = "the taps of a convolution: the mean (or sum) over the same tap on both sides, on Σ and Θ alike";
  let description = [{
    Σ'[p, p'] = (1/W) Σ_t Σ[sp − l + δt, sp' − l + δt], W the number of taps, s, δ, l the stride, dilation and low padding
    (Novak et al. 2019, arXiv:1810.05148; Arora et al. 2019, arXiv:1904.11955). Beyond a zero-padded border Σ = Θ = 0, and W
    stays; with `sum` it is 1. On D: linear likewise; beyond the border D is the variance of the one position that lies inside, 0 if none does.
    Displacements stay apart: d of the result comes from sd, and modulo the sizes where it is circular.

    ```mlir
    %1 = kt.window %0 {size = array<i64: 3, 3>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>,
                       pad_low = array<i64: 0, 0>, pad_high = array<i64: 1, 1>}
           : (!kt.kernel<8x8, ...>) -> !kt.kernel<4x4, ...>
    ```
    (C1) Each list has an entry for each spatial dimension, of which there is one at least. (C2) Sizes, strides and dilations
    are positive, paddings not negative, all of them below 2³¹, and around a circle a window goes 16 times at most. (C3) The
    result has as many positions as windows fit. (C4) The state stays.
  }];
  let arguments = !con(operands, (ins DenseI64ArrayAttr:$size, DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation,
                                  DenseI64ArrayAttr:$pad_low, DenseI64ArrayAttr:$pad_high, UnitAttr:$circular,
                                  UnitAttr:$sum));
  let extraClassDeclaration = [{
    ::mlir::Value getVariance() { return getVariances().empty() ? ::mlir::Value() : getVariances().front(); }
    ::llvm::SmallVector<::inetc::kt::WindowDimension> getWindow();
    /// The number of taps.
    double countTaps();
    /// What the sum over the taps is divided by: their number, or 1.
    double getDivisor() { return getSum() ? 1.0 : countTaps(); }
    /// Whether some window reaches into zeros.
    bool hasZeroBorder();
  }];
  let hasVerifier = 1;
}

def Kt_PoolOp : Kt_UnaryOp<"pool", ["needsVariance", "getInputDemand", "mixesPlanes"]> {
  let summary = "pooling: the mean (or sum) over independent taps of p and p', on Σ and Θ alike";
  let description = [{
    Σ'[p, p'] = Σ_{a, b} ω_a ω'_b Σ[a, b] over the positions a under the window of p and b under that of p' (Novak et al.
    2019, arXiv:1810.05148). ω = 1/W, W the number of taps; with `normalize_edges` 1/(those inside); with `sum` 1.
    On D, with A = Σω Q and D₁₁, D₂₂ the self kernels:

        D' = Σωω'D − ½ Σωω D₁₁ − ½ Σω'ω'D₂₂ + (Σω − Σω')(A − A'),   Q' = (Σω) A − ½ Σωω D₁₁

    Displacements mix: d of the result comes from sd + [−(w − 1), w − 1].

    (C1) to (C4) as for kt.window. (C5) not both `sum` and `normalize_edges`.
  }];
  let arguments = !con(operands, (ins DenseI64ArrayAttr:$size, DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$pad_low,
                                  DenseI64ArrayAttr:$pad_high, UnitAttr:$circular, UnitAttr:$sum, UnitAttr:$normalize_edges));
  let extraClassDeclaration = [{
    ::mlir::Value getVariance() { return getVariances().empty() ? ::mlir::Value() : getVariances().front(); }
    ::llvm::SmallVector<::inetc::kt::WindowDimension> getWindow();
    /// The number of taps.
    double countTaps();
    /// Whether Σω differs from position to position.
    bool hasUnequalWeights();
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Readouts
//===----------------------------------------------------------------------===//

def Kt_TraceOp : Kt_UnaryOp<"trace", ["getInputDemand", "isReadout"]> {
  let summary = "flatten: the mean over equal positions, Σ' = (1/P) Σ_p Σ[p, p]";
  let description = [{(C1) The result has no spatial sizes.}];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

def Kt_MeanOp : Kt_UnaryOp<"mean", ["needsVariance", "getInputDemand", "mixesPlanes", "isReadout"]> {
  let summary = "global pooling: the mean (or sum) over all pairs of positions, Σ' = (1/P²) Σ_{p, p'} Σ[p, p']";
  let description = [{
    A kt.pool whose one window is everything: without `sum` ω = 1/P, with it 1, and so on D.

    (C1) The input has spatial sizes and the result none. (C2) The state stays.
  }];
  let arguments = !con(operands, (ins UnitAttr:$sum));
  let hasVerifier = 1;
}

#endif // INETC_KT_OPS_TD
