#ifndef INETC_INET_INTERFACES_TD
#define INETC_INET_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Inet_LayerOpInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::inetc::inet";
  let description = [{
    A layer: how the language calls it, and what it does to the kernel. The importer finds an operation by the name of
    its layer and binds the arguments of a call by the table of its parameters; nothing else knows the layer.
  }];
  let methods = [
    StaticInterfaceMethod<"the layer's name in the language; empty where it is an operator there",
                          "::llvm::StringRef", "getLayerName", (ins)>,
    StaticInterfaceMethod<"its parameters, in positional order", "::llvm::ArrayRef<::inetc::inet::LayerParameter>",
                          "getLayerParameters", (ins)>,
    StaticInterfaceMethod<"whether it takes a list of values (`concat(a, b, ...)`) rather than one", "bool",
                          "takesSeveralValues", (ins), /*methodBody=*/"return ConcreteOp::severalValues;">,
    InterfaceMethod<[{Builds the kt operations of this layer on the kernels of its operands and returns the kernel of its
      result.}], "::mlir::Value", "buildKernel", (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$kernels)>,
  ];
}

#endif // INETC_INET_INTERFACES_TD
