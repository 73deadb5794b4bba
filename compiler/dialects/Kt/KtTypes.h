//===- KtTypes.h - kernel and scale types ---------------------------------===//

#ifndef INETC_KT_KTTYPES_H
#define INETC_KT_KTTYPES_H

#include "compiler/dialects/Kt/PlaneSet.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include "compiler/dialects/Kt/KtEnums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "compiler/dialects/Kt/KtTypes.h.inc"

#endif // INETC_KT_KTTYPES_H
