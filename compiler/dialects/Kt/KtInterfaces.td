#ifndef INETC_KT_INTERFACES_TD
#define INETC_KT_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Kt_KernelOpInterface : OpInterface<"KernelOpInterface"> {
  let cppNamespace = "::inetc::kt";
  let description = [{
    A transform of kernels. Its operands come in three groups: the kernels it transforms, the variances that its
    arithmetic needs (one for each input, or none; added by kt-split-variance), and the scale (likewise).

    (K1) All of them have the element type of the result. (K2) The kernels are self kernels, and carry Θ (but
    for negated distances), where the result does. (K3) There is a variance for each kernel, of a kt.dual for the first, or
    none: a self kernel of its positions and its state. (K4) What is not a
    change of state, an activation, a normalisation or a product keeps the state.
  }];
  let verify = [{ return ::inetc::kt::detail::verifyKernelOp($_op); }];
  let methods = [
    InterfaceMethod<"the kernels that are transformed", "::mlir::OperandRange", "getKernels", (ins), [{
      return $_op.getODSOperands(0);
    }]>,
    InterfaceMethod<"their variances, empty until kt-split-variance has run", "::mlir::OperandRange", "getVariances",
                    (ins), [{ return $_op.getODSOperands(1); }]>,
    InterfaceMethod<"the scale, or null", "::mlir::Value", "getScaleOrNull", (ins), [{
      auto range = $_op.getODSOperands(2);
      return range.empty() ? ::mlir::Value() : *range.begin();
    }]>,
    InterfaceMethod<"", "::mlir::MutableOperandRange", "getVariancesMutable", (ins)>,
    InterfaceMethod<"", "::mlir::MutableOperandRange", "getScaleMutable", (ins)>,
    InterfaceMethod<[{whether the pair arithmetic reads the variances of its inputs}], "bool", "needsVariance", (ins),
                    /*methodBody=*/"", /*defaultImplementation=*/"return false;">,
    InterfaceMethod<[{whether the arithmetic reads the scale of each example}], "bool", "needsScale", (ins),
                    /*methodBody=*/"", /*defaultImplementation=*/"return false;">,
    InterfaceMethod<[{whether planes of other displacements go into a plane of the result: a sum over pairs of positions}],
                    "bool", "mixesPlanes", (ins), /*methodBody=*/"", /*defaultImplementation=*/"return false;">,
    InterfaceMethod<[{whether the result has no positions, where the input has some}], "bool", "isReadout", (ins),
                    /*methodBody=*/"", /*defaultImplementation=*/"return false;">,
    InterfaceMethod<[{the planes of input `index` that the given planes of the result need}], "::inetc::kt::PlaneSet",
                    "getInputDemand", (ins "unsigned":$index, "const ::inetc::kt::PlaneSet &":$demand),
                    /*methodBody=*/"", /*defaultImplementation=*/"return demand;">,
    InterfaceMethod<[{the planes of the self kernel of input `index` that the given planes of the result's self kernel
      need; for the diagonal, these are also the planes that the arithmetic of a pair reads of it}],
                    "::inetc::kt::PlaneSet", "getSelfDemand",
                    (ins "unsigned":$index, "const ::inetc::kt::PlaneSet &":$demand), /*methodBody=*/"",
                    /*defaultImplementation=*/"return $_op.getInputDemand(index, demand);">,
  ];
}

#endif // INETC_KT_INTERFACES_TD
