#ifndef INET_RUNTIME_KERNEL_WHITENING_H
#define INET_RUNTIME_KERNEL_WHITENING_H

#include "runtime/data/Preprocessing.h"

namespace inet {

/// Regularised ZCA whitening: x -> (x - mean) U (S + epsilon mean(S) I)^-1/2 U^T, where U S U^T is the covariance of
/// the examples (over n, not n - 1) and mean(S) = tr(S) / features: Lee et al. 2020, "Finite Versus Infinite Neural
/// Networks: an Empirical Study", the appendix on ZCA preprocessing. A small epsilon makes all variances 1, a large one
/// changes little but the size. Directions in which no example differs, as there are where examples are fewer than
/// features, are divided by sqrt(epsilon mean(S)) like all others; the code of Nguyen et al. 2021, "Dataset
/// Meta-Learning from Kernel Ridge-Regression", leaves these as they are.
///
/// `scaling` is applied before. Two passes over `source`; the eigenvectors are those of the features x features
/// covariance, or, where there are fewer examples than half as many, of their inner products. Throws Error where the
/// memory will not do, where no feature differs, where epsilon is so small that some directions would be divided by
/// rounding errors, and for values that are not finite.
Whitening findWhitening(RowSource &source, const Standardization *scaling, double epsilon, int threads);

} // namespace inet

#endif
