/// The list of activations: everything the compiler knows of them. To add one, write its struct in one of the three
/// families and name it in `Activation` and `makeActivation`.
///
/// A struct has a name, a formula and parameters (for the language), φ and φ' on real scalars (`apply`, `derivative`),
/// and its dual on every scalar type S of Elementary.h and Emitted.h:
///   static constexpr State state;                            what its dual is carried in
///   int normalizerCount() const;
///   Normalizers<S> normalize(q) const;                       per example, of its variance q (Q in the distance state)
///   Dual<S> dual(k, row, column) const;                      State::covariance
///   DistanceDual<S> dual(d, row, column, facts, negated) const;   State::distance; `negated` as below
///   S variance(q) const;                                     State::distance; otherwise the dual at k = q = q'
/// The functions below do the same on any Activation.
#ifndef INETC_COMPILER_FORMULAS_ACTIVATIONS_H
#define INETC_COMPILER_FORMULAS_ACTIVATIONS_H

#include "compiler/formulas/Polynomials.h"
#include "compiler/formulas/Rectified.h"
#include "compiler/formulas/Smooth.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inetc::formulas {

using Activation =
    std::variant<Identity, Relu, LeakyRelu, AbRelu, Abs, Sign, Step, Erf, SigmoidLike, Gelu, Sin, Cos, Rbf, Gabor, Exp,
                 Gaussian, ExpNormalized, Polynomial, Monomial, Hermite, RectifiedMonomial>;

/// An activation as the language names it.
struct ActivationInfo {
  std::string_view name;
  std::string_view formula; ///< φ, in plain text
  std::span<const ParameterInfo> parameters;
  bool requiresUnitVariance = false; ///< its dual holds for inputs of variance 1
};

/// Every activation, by name in alphabetical order.
std::span<const ActivationInfo> listActivations();

/// nullptr where there is none of that name.
const ActivationInfo *findActivation(std::string_view name);

/// The activation of that name with parameter values in the declared order; missing ones at the end take their
/// defaults; all values are the list where the parameter is one. On failure nothing, and in `error` what is wrong, as
/// the user should read it
/// ("'degree' of 'monomial' must be an integer from 0 to 5, not 7").
std::optional<Activation> makeActivation(std::string_view name, std::span<const double> values, std::string &error);

inline State getState(const Activation &activation) {
  return std::visit([](const auto &a) { return a.state; }, activation);
}

inline int getNormalizerCount(const Activation &activation) {
  return std::visit([](const auto &a) { return a.normalizerCount(); }, activation);
}

/// Multiplies what the activation's dual gives, Σ' and the factor of Θ, by `gain`: a w² that follows then costs
/// nothing. Returns whether this activation can.
inline bool multiplyGain(Activation &activation, double gain) {
  return std::visit(
      [&](auto &a) {
        if constexpr (std::is_base_of_v<RectifiedLinear, std::decay_t<decltype(a)>>) {
          a.gain *= gain;
          return true;
        }
        return false;
      },
      activation);
}

/// Whether φ(cz) = cφ(z) for c > 0.
inline bool isHomogeneous(const Activation &activation) {
  return std::visit([](const auto &a) { return std::is_base_of_v<RectifiedLinear, std::decay_t<decltype(a)>>; },
                    activation);
}

/// Whether φ(-z) is -φ(z), φ(z), or neither for all z.
enum class Parity { none, odd, even };
Parity getParity(const Activation &activation);

inline bool isIdentity(const Activation &activation) { return std::holds_alternative<Identity>(activation); }

/// Whether every output covariance is >= 0 whatever the input, as the state in distance of later layers wants to know
/// (DistanceFacts::nonnegative): E φ(u) φ(u') >= 0.
bool hasNonnegativeDual(const Activation &activation);

template <class S> Normalizers<S> normalize(const Activation &activation, const S &q) {
  return std::visit([&](const auto &a) { return a.normalize(q); }, activation);
}

/// For State::covariance.
template <class S>
Dual<S> evaluateDual(const Activation &activation, const S &k, NormalizerView<S> row, NormalizerView<S> column) {
  return std::visit(
      [&](const auto &a) -> Dual<S> {
        if constexpr (std::decay_t<decltype(a)>::state == State::covariance)
          return a.dual(k, row, column);
        assert(false && "the dual of this activation is carried in distance");
        std::abort();
      },
      activation);
}

/// For State::distance. `negated`: Q + Q' + 2K, the distance to the second example negated, where it is known; angles
/// near π are then as exact as those near 0.
template <class S>
DistanceDual<S> evaluateDistanceDual(const Activation &activation, const S &d, NormalizerView<S> row,
                                     NormalizerView<S> column, DistanceFacts facts = {}, const S *negated = nullptr) {
  return std::visit(
      [&](const auto &a) -> DistanceDual<S> {
        if constexpr (std::decay_t<decltype(a)>::state == State::distance)
          return a.dual(d, row, column, facts, negated);
        assert(false && "the dual of this activation is carried in covariance");
        std::abort();
      },
      activation);
}

/// The variance after the activation, bit for bit what the dual gives for an example with itself: Σ' at k = q = q' for
/// State::covariance; and for State::distance, where D' is 0 there, the Q' that goes with it.
template <class S> S evaluateVariance(const Activation &activation, const S &q) {
  return std::visit(
      [&](const auto &a) -> S {
        if constexpr (std::decay_t<decltype(a)>::state == State::distance) {
          return a.variance(q);
        } else {
          Normalizers<S> values = a.normalize(q);
          return a.dual(q, NormalizerView<S>(values), NormalizerView<S>(values)).nngp;
        }
      },
      activation);
}

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_ACTIVATIONS_H
