//===- KtTypes.h - kernel and scale types ---------------------------------===//

#ifndef INETC_KT_KTTYPES_H
#define INETC_KT_KTTYPES_H

#include "compiler/dialects/Kt/PlaneSet.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include "compiler/dialects/Kt/KtEnums.h.inc"

namespace inetc::kt {
/// Products of more factors would leave the range of f32.
inline constexpr unsigned maxScalePower = 8;
/// Of a value, and of numbers of an input; also what a window's numbers end at. So no product of two overflows.
inline constexpr int64_t maxPositions = 2147483647;
} // namespace inetc::kt

#define GET_TYPEDEF_CLASSES
#include "compiler/dialects/Kt/KtTypes.h.inc"

#endif // INETC_KT_KTTYPES_H
