//===- ScaleBias.h - how large the values and biases of a network are --------===//

#ifndef INETC_DIALECTS_KT_SCALEBIAS_H
#define INETC_DIALECTS_KT_SCALEBIAS_H

#include "compiler/dialects/Kt/KtOps.h"

namespace inetc::kt {

/// The variance of a value, about: Qq̄ⁿ + B for an input of mean square q̄. n is 1, that of a product the sum of its
/// factors' (whose products of signals and biases lie between the two, but for a factor of the number of layers), and 0
/// (Q too) where a value does not scale with the input; B is what does not, biases above all.
struct Size {
  double signal = 0, biases = 0; // Q, B
  unsigned degree = 1;           // n
};

/// Of every value of the network.
llvm::DenseMap<mlir::Value, Size> findSizes(NetworkOp network);

/// The `bias` of kt.scale, the signal that outweighs no bias: the largest b²/Q over the linear layers, Q what a signal
/// of mean square 1 becomes before the bias is added (behind products its n-th root). With g = 1/√(q̄ + this) no b²g²ⁿ
/// exceeds Q, however small the example is. Where a value no longer scales with the input (behind smooth activations
/// and norms) and is not in units of the scale nothing has to be known. At most 1e30, as g² must be a number of f32
/// (behind products its n-th root): distances then still outweigh b²(g − g')² as long as Q > 1e-60 b², and where it is
/// smaller they do not matter beside b².
double findScaleBias(NetworkOp network);

} // namespace inetc::kt

#endif // INETC_DIALECTS_KT_SCALEBIAS_H
