//===- LayerParameter.h - how a layer's arguments are written --------------===//

#ifndef INETC_INET_LAYERPARAMETER_H
#define INETC_INET_LAYERPARAMETER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace inetc::inet {

/// What an argument may be, and the attribute that holds it.
enum class ParameterKind {
  number,    // FloatAttr f64
  integer,   // IntegerAttr i64, positive
  boolean,   // BoolAttr
  symbol,    // StringAttr, one of the choices
  symbols,   // ArrayAttr of StringAttr: one symbol or a list of them
  sizes,     // DenseI64ArrayAttr: one integer or a list with one for each dimension
  distances, // DenseI64ArrayAttr: the same from 0
};

/// One parameter of a layer, made from its ODS record. An argument that is left out leaves the attribute unset, and ODS
/// supplies the default; `required` ones cannot be left out.
struct LayerParameter {
  llvm::StringRef name;
  ParameterKind kind;
  bool required;
  llvm::StringRef defaultText; // as the language reference prints it; empty where there is none
  llvm::StringRef choices;     // of a symbol: "ntk|standard"
};

} // namespace inetc::inet

#endif // INETC_INET_LAYERPARAMETER_H
