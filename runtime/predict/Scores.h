#ifndef INET_RUNTIME_PREDICT_SCORES_H
#define INET_RUNTIME_PREDICT_SCORES_H

#include "runtime/predict/Predict.h"

#include <Eigen/Core>
#include <optional>

namespace inet {

/// How well Gaussian predictions meet m x outputs targets. `mean` and `targets` are in the units in which the network
/// was trained; where targets were standardised, `targetScale` has the standard deviation by which each output was
/// divided, and the scores are in the units from before; empty means 1. All throw Error where shapes differ, and where
/// a score is not finite.

/// The share of examples whose largest output is the one of their largest target (the first, where several are
/// largest).
double accuracy(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &targets);

/// The root of the mean, over examples and outputs, of (mean - target)^2.
double rootMeanSquareError(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const RowMatrix> &targets,
                           const Eigen::VectorXd &targetScale = {});

/// The mean, over examples i and outputs c, of ln(2 pi s2_i) / 2 + (mean_ic - target_ic)^2 / (2 s2_i), in nats, with
/// s2_i = max(variance_i, 0) + noise; `variance`: m posterior variances, `noise`: Predictor::noise(). With a scale s_c,
/// ln s_c is added. Absent where some s2_i is 0: the density is then no function.
std::optional<double> negativeLogLikelihood(const Eigen::Ref<const RowMatrix> &mean,
                                            const Eigen::Ref<const Eigen::VectorXd> &variance, double noise,
                                            const Eigen::Ref<const RowMatrix> &targets,
                                            const Eigen::VectorXd &targetScale = {});

/// The share of examples and outputs whose target lies in the central 95% of the predicted Gaussian: within
/// 1.959963984540054 times its deviation of the mean, its variance being max(variance_i, 0) + noise.
double coverage95(const Eigen::Ref<const RowMatrix> &mean, const Eigen::Ref<const Eigen::VectorXd> &variance,
                  double noise, const Eigen::Ref<const RowMatrix> &targets);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_SCORES_H
