#ifndef INET_RUNTIME_PREDICT_LEARNINGRATE_H
#define INET_RUNTIME_PREDICT_LEARNINGRATE_H

#include "runtime/predict/KernelView.h"

namespace inet {

/// The largest eigenvalue of an n x n symmetric kernel. Takes n^2 numbers of memory and, for the tridiagonal form, 4/3
/// n^3 operations: Lanczos' method as Spectra 1.0.1 has it returned 1e53 for a kernel of 50 equal examples. Throws
/// Error where an entry is not finite. Bit-identical for every number of threads.
double largestEigenvalue(const KernelView &kernel, int threads);

/// The learning rate above which discrete full-batch gradient descent on half the mean square error over `count`
/// numbers, examples x outputs, diverges: 2 (1 + momentum) count / eigenvalue, with the largest eigenvalue of the
/// training kernel; infinite where that is not above 0 (Goh 2017, Why Momentum Really Works,
/// doi:10.23915/distill.00006; max_learning_rate of Neural Tangents 0.6.5). Gradient flow has no such limit.
double maximumLearningRate(double eigenvalue, int64_t count, double momentum);

} // namespace inet

#endif // INET_RUNTIME_PREDICT_LEARNINGRATE_H
