//===- Evaluate.h - the recursion of kt on numbers: the oracle ---------------===//
//
// Naive and 4-D: a kernel holds all pairs of positions, one pair of examples after the other; those on planes that its
// type leaves out are NaN. In `long double` the activations are closed forms; passes and back ends are tested against
// it.
//
// A network may come from any stage of the pipeline: as inet-to-kt derives it, with states chosen, with kt.prepare,
// fused, tiled. What later passes would have added stands for itself: see CompleteNetwork.h.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_REFERENCE_EVALUATE_H
#define INETC_REFERENCE_EVALUATE_H

#include "compiler/dialects/Kt/KtOps.h"
#include <type_traits>
#include <vector>

namespace inetc::reference {

/// Some examples of a set: count x features numbers, C order, channels last.
template <class S> struct Inputs {
  llvm::ArrayRef<S> values;
  int64_t count;
  int64_t first = 0; // index in its set of the first one
};

/// Kernels of n1 examples with n2 others, row-major.
template <class S> struct KernelMatrices {
  int64_t n1 = 0, n2 = 0;
  std::vector<S> nngp;
  std::vector<S> ntk; // empty where the network does not carry it
};

/// The kernels of x1 with x2, or of x1 with itself where x2 is null (then entry (i, i) pairs an example with itself). S
/// is float, double or long double. Fails, with a diagnostic, where an input has the wrong size or the evaluator does
/// not know an operation.
template <class S>
mlir::FailureOr<KernelMatrices<S>> evaluate(kt::NetworkOp network, const Inputs<S> &x1,
                                            const std::type_identity_t<Inputs<S>> *x2);

/// The same for a tile of a larger matrix, of a network from completeNetwork. `same`: rows and columns are of one set,
/// and those of equal index are the same example. Changes nothing in the network: threads may share it.
template <class S>
mlir::FailureOr<KernelMatrices<S>> evaluateTile(kt::NetworkOp complete, const Inputs<S> &rows, const Inputs<S> &columns,
                                                bool same);

} // namespace inetc::reference

#endif // INETC_REFERENCE_EVALUATE_H
