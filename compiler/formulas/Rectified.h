/// Activations that are linear or constant on each side of 0, whose duals are carried in squared distance.
///
/// With a = sqrt(Q) of each example and m = (D - (a - a')²) / 2 = a a' - K, the angle θ between the examples is that
/// with 1 - cos θ = u = m / (a a'), free of cancellation near θ = 0. All that is needed are T = θ/π and Z = (sin θ - θ
/// cos θ)/π; v = min(u, 2 - u) and t = sqrt(v) take them to [0, 1], where P(v) = θ/(πt) and G(v) = (sin θ - θ cos
/// θ)/(πtv) are smooth. Near θ = π the distance to the second example negated, D⁻ = Q + Q' + 2K, is small where D is a
/// difference of large numbers: with m⁻ = (D⁻ - (a - a')²) / 2, u⁻ = m⁻ / (a a') stands for 2 - u. The arc-cosine
/// kernels of degree 0 and 1: Cho, Saul 2009, "Kernel methods for deep learning", eqs. 4-6; for two slopes: Tsuchida,
/// Roosta-Khorasani, Gallagher 2018, "Invariance of weight distributions in rectified MLPs", 3.
#ifndef INETC_COMPILER_FORMULAS_RECTIFIED_H
#define INETC_COMPILER_FORMULAS_RECTIFIED_H

#include "compiler/formulas/Dual.h"
#include "compiler/formulas/Elementary.h"
#include "compiler/formulas/Parameter.h"

#include <array>

namespace inetc::formulas {

namespace detail {

/// What this family stores of an example: {a, 1 / (sqrt(2) a), whether a = 0 as 0 or 1, Q/2}. An example whose
/// variance is smaller than any normal number counts as zero: a = 0, and its 1/a is 0.
enum Stored { rootOf, inverseOf, zeroOf, halfOf, storedCount };

template <class S> Normalizers<S> normalizeRoot(const S &q) {
  auto nonzero = lessEqual(smallestNormal(q), q);
  S zero = constant(q, 0), one = constant(q, 1);
  S root = sqrt(select(nonzero, q, one));
  return {select(nonzero, root, zero), select(nonzero, constant(q, std::sqrt(0.5L)) / root, zero),
          select(nonzero, zero, one), constant(q, 0.5) * q};
}

/// The angle of a pair as the formulas above want it.
template <class S> struct Angle {
  S doubledGap;   ///< 2m
  S u;            ///< may leave [0, 2], far where a and a' differ by more than the precision of D; 1 where a a' = 0,
                  ///< unless that does not matter
  S right;        ///< u of a right angle: 1, or u⁻, which is equal to u there
  S v, t, square; ///< 0 < v <= 1, t = sqrt(v), square = v²
};

template <class S>
Angle<S> angleOf(const S &d, const S *negated, NormalizerView<S> row, NormalizerView<S> column, DistanceFacts facts) {
  S difference = row[rootOf] - column[rootOf];
  S doubledGap = fma(-difference, difference, d);
  S inverse = row[inverseOf] * column[inverseOf];
  auto divide = [&](const S &gap) {
    return facts.zeroIsInert ? gap * inverse : fma(gap, inverse, max(row[zeroOf], column[zeroOf]));
  };
  S u = divide(doubledGap), right = negated ? divide(fma(-difference, difference, *negated)) : constant(d, 1);
  S folded = min(u, facts.nonnegative || negated ? right : constant(d, 2) - u);
  if (negated) // both may be far above 1 where a and a' are far apart
    folded = min(folded, constant(d, 1));
  // Not 0 but the smallest normal number: t then is so small that it vanishes beside 1, and nothing divides by 0.
  S v = max(folded, smallestNormal(d));
  return {doubledGap, u, right, v, sqrt(v), v * v};
}

/// K, exactly 0 where one of the inputs is: (D⁻ - D)/4. Where only D is known and K may be negative it is (Q + Q' -
/// D)/2, whose errors cancel those of D where the two are added up; else a a' (1 - v), which reads nothing more.
template <class S>
S covarianceOf(const S &d, const S *negated, const Angle<S> &angle, NormalizerView<S> row, NormalizerView<S> column,
               DistanceFacts facts) {
  if (negated)
    return constant(d, 0.25) * (*negated - d);
  if (!facts.nonnegative)
    return fma(constant(d, -0.5), d, row[halfOf] + column[halfOf]);
  S product = row[rootOf] * column[rootOf];
  return fma(-product, angle.v, product);
}

/// scale * P(v), P fitted to serve itself or what stands beside 1.
enum class Use { itself, besideOne };
template <Use use, class S> S scaledArc(const Angle<S> &angle, long double scale) {
  if constexpr (isOracle<S>)
    return scale * 2 * std::asin(std::sqrt(angle.v / 2)) / (pi * angle.t);
  else if constexpr (use == Use::itself)
    return polynomial(coefficients::arcSingle, coefficients::arcDouble, angle.v, angle.square, scale);
  else
    return polynomial(coefficients::arcBesideOneSingle, coefficients::arcBesideOneDouble, angle.v, angle.square, scale);
}

/// scale * G(v).
template <class S> S scaledGap(const Angle<S> &angle, long double scale) {
  if constexpr (isOracle<S>) {
    S t = angle.t, ratio = 2 * std::asin(std::sqrt(angle.v / 2)) / t, theta = ratio * t;
    if (theta > S(0.5))
      return scale * (std::sin(theta) - theta * std::cos(theta)) / (pi * t * angle.v);
    // (sin θ - θ cos θ) / θ³ = 2/3! - 4/5! θ² + 6/7! θ⁴ - ...: no difference of nearly equal numbers
    S sum = 0, term = S(1) / 3;
    for (int k = 1; k <= 12; ++k) {
      sum += term;
      term *= -theta * theta * (k + 1) / (S(k) * (2 * k + 2) * (2 * k + 3));
    }
    return scale * ratio * ratio * ratio * sum / pi;
  } else {
    return polynomial(coefficients::gapBesideOneSingle, coefficients::gapBesideOneDouble, angle.v, angle.square, scale);
  }
}

} // namespace detail

/// φ(z) = α z for z < 0, β z for z > 0. With c = (α² + β²)/2 and F = (β - α)²:
///   D' = c (a - a')² + a a' (2 c u - F Z),   factor c - F T / 2,   Q' = c Q.
/// As c (a - a')² + 2 c a a' u = c D, identical inputs give D' = 0 and the factor c exactly, and zero inputs
/// D' = c D = Q'.
struct RectifiedLinear {
  static constexpr State state = State::distance;

  double alpha = 0, beta = 1; ///< the slopes left and right of 0
  double gain = 1;            ///< Σ', D' and the factor of Θ times this: a w² that follows costs nothing

  int normalizerCount() const { return detail::storedCount; }
  long double mean() const { return gain * ((long double)alpha * alpha + (long double)beta * beta) / 2; }
  long double bend() const { return gain * ((long double)beta - alpha) * ((long double)beta - alpha); }

  template <class S> S apply(S z) const { return z < 0 ? S(alpha) * z : S(beta) * z; }
  template <class S> S derivative(S z) const { return z < 0 ? S(alpha) : S(beta); }
  template <class S> Normalizers<S> normalize(const S &q) const { return detail::normalizeRoot(q); }
  template <class S> S variance(const S &q) const { return constant(q, mean()) * q; }

  template <class S>
  DistanceDual<S> dual(const S &d, NormalizerView<S> row, NormalizerView<S> column, DistanceFacts facts = {},
                       const S *negated = nullptr) const {
    using namespace detail;
    Angle<S> angle = angleOf(d, negated, row, column, facts);
    S covariance = covarianceOf(d, negated, angle, row, column, facts);
    S linear = constant(d, mean()) * d; // the new distance if there were no bend
    if (bend() == 0)
      return {linear, constant(d, mean()), covariance};
    S arc = scaledArc<Use::besideOne>(angle, bend() / 2);
    S factor = fma(-angle.t, arc, constant(d, mean()));
    if (facts.nonnegative && facts.zeroIsInert) { // u = v, so that a a' t v = t m
      S gap = scaledGap(angle, bend() / 2);
      return {fma(-(angle.t * angle.doubledGap), gap, linear), factor, covariance};
    }
    S gap = scaledGap(angle, bend());
    S volume = (row[rootOf] * column[rootOf]) * (angle.v * angle.t);
    if (facts.nonnegative)
      return {fma(-volume, gap, linear), factor, covariance};
    // Beyond the right angle T = 1 - t P and Z = u - 1 + t v G; a a' (u - 1) = -K, and c - F/2 = αβ. The sum c D + F K
    // is rounded once: it may be much smaller than its terms. With K = (D⁻ - Q - Q')/2 it is (α + β)² (Q + Q')/2 - αβ
    // D⁻, in which the rounding of D does not count.
    S beyond = fma(angle.t, arc, constant(d, (long double)gain * alpha * beta));
    auto isAcute = lessEqual(angle.u, angle.right);
    if (negated) {
      long double sum = (long double)alpha + beta, product = (long double)alpha * beta;
      S obtuse = constant(d, gain * sum * sum) * (row[halfOf] + column[halfOf]);
      if (product != 0)
        obtuse = fma(constant(d, -gain * product), *negated, obtuse);
      linear = select(isAcute, linear, obtuse);
    } else {
      linear = fma(constant(d, mean()), d, constant(d, bend()) * min(covariance, constant(d, 0)));
    }
    return {fma(-volume, gap, linear), select(isAcute, factor, beyond), covariance};
  }
};

struct Relu : RectifiedLinear {
  static constexpr const char *name = "relu", *formula = "max(z, 0)";
  static constexpr std::array<ParameterInfo, 0> parameters = {};
};

struct LeakyRelu : RectifiedLinear {
  static constexpr const char *name = "leaky_relu", *formula = "alpha min(z, 0) + max(z, 0)";
  static constexpr std::array<ParameterInfo, 1> parameters = {{{.name = "alpha", .required = true}}};
  explicit LeakyRelu(double alpha) : RectifiedLinear{alpha, 1} {}
};

struct AbRelu : RectifiedLinear {
  static constexpr const char *name = "abrelu", *formula = "a min(z, 0) + b max(z, 0)";
  static constexpr std::array<ParameterInfo, 2> parameters = {
      {{.name = "a", .required = true}, {.name = "b", .required = true}}};
  AbRelu(double a, double b) : RectifiedLinear{a, b} {}
};

struct Abs : RectifiedLinear {
  static constexpr const char *name = "abs", *formula = "|z|";
  static constexpr std::array<ParameterInfo, 0> parameters = {};
  Abs() : RectifiedLinear{-1, 1} {}
};

namespace detail {
/// T = θ/π. Exactly 0 where v is no normal number: it would be its root, and that of the root in the next layer.
template <class S> S arcFraction(const S &d, const Angle<S> &angle, DistanceFacts facts) {
  S folded = angle.t * scaledArc<Use::itself>(angle, 1);
  folded = select(lessEqual(angle.v, smallestNormal(d)), constant(d, 0), folded);
  if (facts.nonnegative)
    return folded;
  return select(lessEqual(angle.u, angle.right), folded, constant(d, 1) - folded);
}

} // namespace detail

/// φ(z) = sign(z), 0 at 0: D' = 4 T, Σ' = 1 - 2 T; its derivative is 0 almost everywhere, and so is the NTK factor.
/// Where an input is 0, D' = Q' + Q'' (one of them is 0).
struct Sign {
  static constexpr const char *name = "sign", *formula = "1 for z > 0, -1 for z < 0, 0 for z = 0";
  static constexpr std::array<ParameterInfo, 0> parameters = {};
  static constexpr State state = State::distance;

  int normalizerCount() const { return detail::storedCount; }

  template <class S> S apply(S z) const { return z > 0 ? S(1) : z < 0 ? S(-1) : S(0); }
  template <class S> S derivative(S z) const { return S(0); }
  template <class S> Normalizers<S> normalize(const S &q) const { return detail::normalizeRoot(q); }
  template <class S> S variance(const S &q) const {
    return select(lessEqual(smallestNormal(q), q), constant(q, 1), constant(q, 0));
  }
  template <class S>
  DistanceDual<S> dual(const S &d, NormalizerView<S> row, NormalizerView<S> column, DistanceFacts facts = {},
                       const S *negated = nullptr) const {
    using namespace detail;
    facts.zeroIsInert = true; // D' at zero is not taken from the angle
    Angle<S> angle = angleOf(d, negated, row, column, facts);
    S zeros = row[zeroOf] + column[zeroOf];
    S distance = constant(d, 4) * arcFraction(d, angle, facts);
    distance = select(lessThan(constant(d, 0), zeros), constant(d, 2) - zeros, distance);
    return {distance, constant(d, 0), covarianceOf(d, negated, angle, row, column, facts)};
  }
};

/// φ(z) = 1 for z >= 0, else 0: the rectified monomial of degree 0. D' = T, Σ' = (1 - T)/2, NTK factor 0. A zero input
/// has φ = 1 exactly: its variance is 1 and its covariance with any other input 1/2, that with another zero input 1.
/// (The peer has 1/2 and NaN there.)
struct Step {
  static constexpr const char *name = "step", *formula = "1 for z >= 0, else 0";
  static constexpr State state = State::distance;

  int normalizerCount() const { return detail::storedCount; }

  template <class S> S apply(S z) const { return z >= 0 ? S(1) : S(0); }
  template <class S> S derivative(S z) const { return S(0); }
  template <class S> Normalizers<S> normalize(const S &q) const { return detail::normalizeRoot(q); }
  template <class S> S variance(const S &q) const {
    return select(lessEqual(smallestNormal(q), q), constant(q, 0.5), constant(q, 1));
  }
  template <class S>
  DistanceDual<S> dual(const S &d, NormalizerView<S> row, NormalizerView<S> column, DistanceFacts facts = {},
                       const S *negated = nullptr) const {
    using namespace detail;
    facts.zeroIsInert = true;
    Angle<S> angle = angleOf(d, negated, row, column, facts);
    // One zero input: 1 + 1/2 - 2 * 1/2 = 1/2; two: 0.
    S zeros = row[zeroOf] + column[zeroOf];
    S distance = select(lessThan(constant(d, 0), zeros), constant(d, 1) - constant(d, 0.5) * zeros,
                        arcFraction(d, angle, facts));
    return {distance, constant(d, 0), covarianceOf(d, negated, angle, row, column, facts)};
  }
};

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_RECTIFIED_H
