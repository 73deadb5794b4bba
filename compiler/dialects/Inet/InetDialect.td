#ifndef INETC_INET_DIALECT_TD
#define INETC_INET_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"

def Inet_Dialect : Dialect {
  let name = "inet";
  let cppNamespace = "::inetc::inet";
  let summary = "the network, one operation a layer, one-to-one with the text";
  let description = [{
    What a user wrote, after evaluation: loops are unrolled, conditions decided, parameters are numbers. Errors of
    meaning (shapes, widths, Gaussian values, independence of branches) are found here, at the place in the text.
  }];
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = "void registerTypes();";
}

def Inet_SignalType : TypeDef<Inet_Dialect, "Signal"> {
  let mnemonic = "signal";
  let summary = "the value of a layer: spatial sizes, then channels";
  let description = [{
    `!inet.signal<32x32x3>`, `!inet.signal<?, gaussian>`: the number of channels may be unknown (`?`), for the limit does
    not depend on it. `gaussian` says that in the infinite limit the values are a Gaussian process, which an
    activation's dual kernel needs.

    (C1) There is a number of channels. (C2) Sizes are positive, of positions there are at most 2³¹ − 1, and at most 2⁵³
    channels.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "bool":$gaussian);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    llvm::ArrayRef<int64_t> getPositions() const { return getShape().drop_back(); }
    int64_t getChannels() const { return getShape().back(); }
    bool hasChannels() const { return getChannels() >= 0; }
    SignalType withChannels(int64_t channels) const;
    SignalType withGaussian(bool gaussian) const { return get(getContext(), getShape(), gaussian); }
    /// `8x7x3`, as an error message says it.
    std::string describeShape() const;
  }];
}

#endif // INETC_INET_DIALECT_TD
