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

def Inet_DenseOp : Inet_Layer<"dense", [
    Inet_OptionalInteger<"width">, Inet_NumberOr<"w_std", "1.0">, Inet_OptionalNumber<"b_std">,
    Inet_SymbolOr<"parameterization", "ntk", ["ntk", "standard"]>, Inet_FlagOr<"train", "true">]> {
  let summary = "a fully connected layer; on images, over the channels of each position";
  let description = [{
    W ~ N(0, w_std²/fan_in), b ~ N(0, b_std²). (C1) w_std and b_std are finite and not negative. (C2) In the standard
    parameterization the number of channels that come in must be known.
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

def Inet_FlattenOp : Inet_Layer<"flatten"> {
  let summary = "all positions side by side as one vector";
}
def Inet_IdentityOp : Inet_Layer<"identity"> {
  let summary = "nothing";
}

#endif // INETC_INET_OPS_TD
