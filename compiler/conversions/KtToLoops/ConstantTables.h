//===- ConstantTables.h - numbers that are known when code is emitted ---------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_CONSTANTTABLES_H
#define INETC_CONVERSIONS_KTTOLOOPS_CONSTANTTABLES_H

#include "compiler/conversions/KtToLoops/LoopBuilder.h"
#include <map>

namespace inetc {

/// Constant arrays in the module of what is emitted.
class ConstantTables {
public:
  ConstantTables(mlir::ModuleOp module, llvm::StringRef prefix) : module(module), prefix(prefix.str()) {}

  /// values[at]; no memory is read where the values go up by the same step.
  mlir::Value load(LoopBuilder &b, llvm::ArrayRef<int64_t> values, mlir::Value at);
  /// The same for real numbers, in the element type.
  mlir::Value load(LoopBuilder &b, llvm::ArrayRef<double> values, mlir::FloatType element, mlir::Value at);

private:
  mlir::Value getGlobal(LoopBuilder &b, mlir::DenseElementsAttr values);

  mlir::ModuleOp module;
  std::string prefix;
  std::map<const void *, std::string> names; // by attribute
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_CONSTANTTABLES_H
