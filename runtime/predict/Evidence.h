// How well a training set is explained without any other examples. Predictor finds the same from a Cholesky factor.
#ifndef INET_RUNTIME_PREDICT_EVIDENCE_H
#define INET_RUNTIME_PREDICT_EVIDENCE_H

#include "runtime/predict/Predict.h"

namespace inet {

/// ln p(y) of n x outputs targets, in nats, the sum over outputs, each a draw of a Gaussian process whose kernel the
/// spectrum is of, with noise of variance `noise` > 0 (Rasmussen and Williams 2006, eq. 2.30). `rotated`: V^T y. Minus
/// infinity where the kernel is singular without noise.
double logMarginalLikelihood(const Spectrum &spectrum, const Eigen::Ref<const Eigen::MatrixXd> &rotated, double noise);

/// With the kernel of the spectrum plus `noise` > 0 times 1 on its diagonal. The variance is that of a Gaussian
/// process; it takes no longer. n^2 operations for each output.
LeaveOneOut leaveOneOut(const Spectrum &spectrum, const Eigen::Ref<const RowMatrix> &y,
                        const Eigen::Ref<const Eigen::MatrixXd> &rotated, double noise);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_EVIDENCE_H
