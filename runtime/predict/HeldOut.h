// Predictions of examples that were not learnt, for many regularisations from one eigendecomposition: what validation
// chooses by. Leaving one example out, and the evidence, are in Evidence.h.
#ifndef INET_RUNTIME_PREDICT_HELDOUT_H
#define INET_RUNTIME_PREDICT_HELDOUT_H

#include "runtime/predict/Predict.h"

#include <span>

namespace inet {

/// m examples: m x outputs means, and m variances without noise.
struct HeldOut {
  RowMatrix mean;
  Eigen::VectorXd variance;
};

/// For each noise, above 0, the Gaussian process whose kernel the spectrum is of (Rasmussen and Williams 2006,
/// eqs. 2.25 and 2.26), at m examples. `rotated`: V^T y of the n training examples; `cross`: their kernel with the m, n
/// x m numbers, column i of example i; `diagonal`: of each of the m with itself. m n^2 operations, and m n for each
/// noise. Called inside runTiled.
std::vector<HeldOut> predictHeldOut(const Spectrum &spectrum, const Eigen::Ref<const Eigen::MatrixXd> &rotated,
                                    const Eigen::Ref<const Eigen::MatrixXd> &cross,
                                    const Eigen::Ref<const Eigen::VectorXd> &diagonal, std::span<const double> noises);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_HELDOUT_H
