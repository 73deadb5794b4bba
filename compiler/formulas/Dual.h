/// What an activation's dual kernel takes and gives.
///
/// For u, u' Gaussian with variances q, q' and covariance k, and an activation φ:
///   nngp      Σ' = E φ(u) φ(u')
///   ntkFactor the factor of Θ: E φ'(u) φ'(u') = dΣ'/dk (Jacot, Gabriel, Hongler 2018; Daniely, Frostig, Singer 2016).
/// A kernel's state is carried as covariance or as squared distance of unit scale, D = Q + Q' - 2K (see State).
#ifndef INETC_COMPILER_FORMULAS_DUAL_H
#define INETC_COMPILER_FORMULAS_DUAL_H

#include <initializer_list>
#include <span>
#include <vector>

namespace inetc::formulas {

/// covariance: k itself. distance: D = Q + Q' - 2K, which keeps its digits where two examples nearly coincide; the NTK
/// factor of activations with a kink changes like sqrt(1 - k/√(qq')) there, and k has lost half of its digits.
enum class State { covariance, distance };

/// A dual in covariance.
template <class S> struct Dual {
  S nngp;      ///< Σ'
  S ntkFactor; ///< of Θ
};

/// A dual in squared distance.
template <class S> struct DistanceDual {
  S nngp;       ///< D' = Q(out) + Q'(out) - 2 Σ'
  S ntkFactor;  ///< of Θ
  S covariance; ///< K = (Q + Q' - D) / 2 of the input of the activation
};

/// What is known of the input of a dual in squared distance; each fact saves instructions.
struct DistanceFacts {
  /// Every covariance is >= 0, as after an activation with slopes of the same sign or one slope 0: no angle exceeds a
  /// right angle.
  bool nonnegative = false;
  /// No example has variance 0, or Θ is 0 wherever one has, so that the NTK factor there does not matter. True unless a
  /// linear layer upstream adds to Θ what it does not add to Σ (the constant of b_std = 0 in standard
  /// parameterization).
  bool zeroIsInert = false;
};

/// The values of an example that a dual needs besides k or D: functions of its variance, computed once per example and
/// stored. Which ones they are is the activation's own affair; their number is its normalizerCount().
template <class S> using Normalizers = std::vector<S>;
template <class S> using NormalizerView = std::span<const S>;

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_DUAL_H
