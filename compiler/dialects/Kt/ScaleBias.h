//===- ScaleBias.h - how large the values and biases of a network are --------===//

#ifndef INETC_DIALECTS_KT_SCALEBIAS_H
#define INETC_DIALECTS_KT_SCALEBIAS_H

#include "compiler/dialects/Kt/KtOps.h"

namespace inetc::kt {

/// What a signal of mean square 1 becomes at each value, without biases: Q. No entry where a value does not scale with
/// the input, or is 0.
llvm::DenseMap<mlir::Value, double> findGains(NetworkOp network);

/// The `bias` of kt.scale, the signal that outweighs no bias: the largest b²/Q over the linear layers, Q what a signal
/// of mean square 1 becomes before the bias is added. With g = 1/√(q̄ + this) no b²g² exceeds 1, however small the
/// example is. Where a value no longer scales with the input (behind smooth activations and norms) nothing has to be
/// known.
double findScaleBias(NetworkOp network);

} // namespace inetc::kt

#endif // INETC_DIALECTS_KT_SCALEBIAS_H
