#ifndef INETC_INET_OPS_TD
#define INETC_INET_OPS_TD

include "compiler/dialects/Inet/InetDialect.td"
include "compiler/dialects/Inet/InetInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Parameters of layers: each stands once, here; the importer reads the table that is made from it
//===----------------------------------------------------------------------===//

class Inet_Param<string name_, string kind_, Attr attr_, bit required_ = 0, string default_ = "", string choices_ = ""> {
  string name = name_;
  Attr attr = attr_;
  string entry = "{\"" # name_ # "\", ::inetc::inet::ParameterKind::" # kind_ # ", " # !if(required_, "true", "false")
      # ", \"" # default_ # "\", \"" # choices_ # "\"}";
}

class Inet_Number<string name> : Inet_Param<name, "number", F64Attr, 1>;
class Inet_NumberOr<string name, string default>
    : Inet_Param<name, "number", DefaultValuedAttr<F64Attr, default>, 0, default>;
class Inet_OptionalNumber<string name> : Inet_Param<name, "number", OptionalAttr<F64Attr>>;
class Inet_OptionalInteger<string name> : Inet_Param<name, "integer", OptionalAttr<I64Attr>>;
class Inet_FlagOr<string name, string default>
    : Inet_Param<name, "boolean", DefaultValuedAttr<BoolAttr, default>, 0, default>;
class Inet_SymbolOr<string name, string default, list<string> choices>
    : Inet_Param<name, "symbol",
                 DefaultValuedAttr<ConfinedAttr<StrAttr, [AttrConstraint<
                     CPred<"::llvm::is_contained({\"" # !interleave(choices, "\", \"")
                           # "\"}, ::llvm::cast<::mlir::StringAttr>($_self).getValue())">,
                     "one of " # !interleave(choices, ", ")>]>, "\"" # default # "\"">,
                 0, default, !interleave(choices, "|")>;
class Inet_SymbolsOr<string name, string default, list<string> choices>
    : Inet_Param<name, "symbols", OptionalAttr<StrArrayAttr>, 0, default, !interleave(choices, "|")>;

// One integer for all spatial dimensions, or a list with one for each.
class Inet_Sizes<string name> : Inet_Param<name, "sizes", DenseI64ArrayAttr, 1>;
// The same from 0.
class Inet_Distances<string name> : Inet_Param<name, "distances", DenseI64ArrayAttr, 1>;
class Inet_SizesOr<string name, string default>
    : Inet_Param<name, "sizes", OptionalAttr<DenseI64ArrayAttr>, 0, default>;

defvar Inet_Weights = [Inet_NumberOr<"w_std", "1.0">, Inet_OptionalNumber<"b_std">,
                       Inet_SymbolOr<"parameterization", "ntk", ["ntk", "standard"]>, Inet_FlagOr<"train", "true">];
defvar Inet_Paddings = ["valid", "same", "circular"];

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

class Inet_Op<string mnemonic, list<Trait> traits = []> : Op<Inet_Dialect, mnemonic, traits>;

// A layer with one input, or with several; `layer` is its name in the language, empty for an operator.
class Inet_AnyLayer<string mnemonic, string layer, bit several, list<Inet_Param> params>
    : Inet_Op<mnemonic, [Pure, InferTypeOpInterface, DeclareOpInterfaceMethods<InferTypeOpInterface>,
                         DeclareOpInterfaceMethods<Inet_LayerOpInterface, ["buildKernel"]>]> {
  dag inputs = !if(several, (ins Variadic<Inet_SignalType>:$inputs), (ins Inet_SignalType:$input));
  let arguments = !con(inputs, !dag(ins, !foreach(p, params, p.attr), !foreach(p, params, p.name)));
  let results = (outs Inet_SignalType:$result);
  let assemblyFormat = !if(several, "$inputs", "$input") # " attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = "static constexpr bool severalValues = " # !if(several, "true", "false") # ";";
  let extraClassDefinition = "::llvm::StringRef $cppClass::getLayerName() { return \"" # layer # "\"; }\n"
      # "::llvm::ArrayRef<::inetc::inet::LayerParameter> $cppClass::getLayerParameters() {\n"
      # !if(!empty(params), "  return {};\n}\n",
            "  static const ::inetc::inet::LayerParameter table[] = {"
            # !interleave(!foreach(p, params, p.entry), ", ") # "};\n  return table;\n}\n");
}
class Inet_Layer<string name, list<Inet_Param> params = []> : Inet_AnyLayer<name, name, 0, params>;

def Inet_NetworkOp : Inet_Op<"network", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "a network";
  let description = [{
    ```mlir
    inet.network @mlp {
      %0 = inet.input [784] : !inet.signal<784>
      %1 = inet.dense %0 {w_std = 1.5} : (!inet.signal<784>) -> !inet.signal<?, gaussian>
      inet.return %1 : !inet.signal<?, gaussian>
    }
    ```
    (C1) There is one input. (C2) It ends in inet.return. (C3) The body takes no arguments.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let extraClassDeclaration = [{
    ::mlir::Block &getBlock() { return getBody().front(); }
    ::inetc::inet::InputOp getInput();
  }];
  let hasRegionVerifier = 1;
}

def Inet_ReturnOp : Inet_Op<"return", [Pure, Terminator, HasParent<"NetworkOp">]> {
  let summary = "the value of the network";
  let description = [{(C1) No spatial sizes are left: a readout comes before.}];
  let arguments = (ins Inet_SignalType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
  let hasVerifier = 1;
}

def Inet_InputOp : Inet_Op<"input", [Pure]> {
  let summary = "the input: spatial sizes, then channels";
  let arguments = (ins DenseI64ArrayAttr:$shape);
  let results = (outs Inet_SignalType:$result);
  let assemblyFormat = "$shape attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Inet_DenseOp : Inet_Layer<"dense", !listconcat([Inet_OptionalInteger<"width">], Inet_Weights)> {
  let summary = "a fully connected layer; on images, over the channels of each position";
  let description = [{
    W ~ N(0, w_std²/fan_in), b ~ N(0, b_std²). (C1) w_std and b_std are finite and not negative. (C2) In the standard
    parameterization the number of channels that come in must be known.
  }];
}

def Inet_ConvOp : Inet_Layer<"conv", !listconcat([
    Inet_Sizes<"window">, Inet_OptionalInteger<"channels">, Inet_SizesOr<"stride", "1">, Inet_SizesOr<"dilation", "1">,
    Inet_SymbolOr<"pad", "valid", Inet_Paddings>], Inet_Weights)> {
  let summary = "a convolution over the positions";
  let description = [{
    W ~ N(0, w_std²/fan_in) with fan_in the number of taps times that of channels, b ~ N(0, b_std²), one for each channel.
    (C1) There are spatial sizes, and a list of sizes has one for each. (C2) The window fits into the padded input. (C3) The
    weights as those of dense.
  }];
}

def Inet_ActivationOp : Inet_AnyLayer<"activation", "", 0, []> {
  let summary = "an activation, elementwise";
  let description = [{(C1) Its input is Gaussian. (C2) The function is one of compiler/formulas/Activations.h.}];
  let arguments = (ins Inet_SignalType:$input, StrAttr:$function, DefaultValuedAttr<DenseF64ArrayAttr, "{}">:$parameters);
}

def Inet_AddOp : Inet_AnyLayer<"add", "", 1, []> {
  let summary = "a sum of branches";
  let description = [{(C1) Same shape. (C2) Every operand is Gaussian. (C3) No two share their last linear layer.}];
}
def Inet_MulOp : Inet_AnyLayer<"mul", "", 1, []> {
  let summary = "a product of two branches, elementwise";
  let description = [{(C1) Same shape. (C2) The two do not share their last linear layer.}];
}
def Inet_ScaleOp : Inet_AnyLayer<"scale", "", 0, [Inet_Number<"factor">]> {
  let summary = "multiplication by a number";
}

def Inet_ConcatOp : Inet_AnyLayer<"concat", "concat", 1, [Inet_SymbolOr<"over", "channels", ["channels"]>]> {
  let summary = "concatenation of channels";
  let description = [{(C1) Same spatial sizes. (C2) Every number of channels is known. (C3) as for a sum.}];
}

def Inet_LayerNormOp : Inet_Layer<"layer_norm", [
    Inet_SymbolsOr<"over", "channels", ["channels", "space"]>, Inet_NumberOr<"eps", "1e-12">]> {
  let summary = "layer normalisation over the channels, or over channels and space";
  let description = [{(C1) Its input is Gaussian. (C2) eps ≥ 0. (C3) `over` holds channels.}];
}

def Inet_DropoutOp : Inet_Layer<"dropout", [
    Inet_Number<"keep">, Inet_SymbolOr<"mode", "test", ["test", "train"]>]> {
  let summary = "dropout that keeps a number with probability `keep`; in test mode it does nothing";
  let description = [{(C1) 0 < keep ≤ 1.}];
}

class Inet_PoolLayer<string name, list<Inet_Param> params = []> : Inet_Layer<name, !listconcat([
    Inet_Sizes<"window">, Inet_Sizes<"stride">, Inet_SymbolOr<"pad", "valid", Inet_Paddings>], params)> {
  let description = [{(C1) and (C2) as for a convolution.}];
}
def Inet_AvgPoolOp : Inet_PoolLayer<"avg_pool", [Inet_FlagOr<"normalize_edges", "false">]> {
  let summary = "the mean over a window; at an edge of zeros over all of it, or, if edges are normalized, what lies inside";
}
def Inet_SumPoolOp : Inet_PoolLayer<"sum_pool"> {
  let summary = "the sum over a window";
}

class Inet_GlobalPoolLayer<string name> : Inet_Layer<name> {
  let description = [{(C1) There are spatial sizes.}];
}
def Inet_GlobalAvgPoolOp : Inet_GlobalPoolLayer<"global_avg_pool"> {
  let summary = "the mean over all positions";
}
def Inet_GlobalSumPoolOp : Inet_GlobalPoolLayer<"global_sum_pool"> {
  let summary = "the sum over all positions";
}

def Inet_LocalAvgPoolOp : Inet_Layer<"local_avg_pool", [
    Inet_Distances<"half_width">, Inet_SymbolOr<"pad", "same", Inet_Paddings>]> {
  let summary = "avg_pool(2 half_width + 1, stride = 1), then flatten (Li et al. 2019, arXiv:1911.00809)";
  let description = [{(C1) and (C2) as for a convolution.}];
}

def Inet_FlattenOp : Inet_Layer<"flatten"> {
  let summary = "all positions side by side as one vector";
}
def Inet_IdentityOp : Inet_Layer<"identity"> {
  let summary = "nothing";
}

#endif // INETC_INET_OPS_TD
