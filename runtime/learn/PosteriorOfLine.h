// A regression of one feature through training.
#ifndef INET_RUNTIME_LEARN_POSTERIOROFLINE_H
#define INET_RUNTIME_LEARN_POSTERIOROFLINE_H

#include "runtime/learn/Study.h"

namespace inet {

/// Draws of a Gaussian with m means and an m x m covariance: mean + covariance^(1/2) z, with the symmetric root, so
/// that draws of similar Gaussians by the same random numbers are similar.
std::vector<std::vector<double>> drawsOf(const Eigen::VectorXd &mean, const Eigen::MatrixXd &covariance, int count);

/// Learns `training`, whose examples have one feature, once more: at time 0, at the finite times of the options or else
/// at three that its kernel suggests, and at infinite time, with the full covariance where the program computes it.
/// Reads `test`.
PosteriorOfLine posteriorOfLine(const InetProgram &program, const TrainingSet &training, RowSource &test,
                                const RowMatrix &testTargets, const PredictOptions &options, double meanDiagonal,
                                const Execution &execution);

} // namespace inet

#endif
