/// Activations with smooth duals in closed form, carried in covariance. Definitions and parameters are those of Neural
/// Tangents 0.6.5 (stax); the forms here avoid what cancels near coincident inputs, and divisions and roots that depend
/// on one example only stand in `normalize`.
///
/// Most are functions of the determinant s = (1 + βq)(1 + βq') - β²k² = 1 + β (q + q') + β² (q q' - k²), β a constant
/// of the activation: for β > 0 a sum of terms >= 0.
#ifndef INETC_COMPILER_FORMULAS_SMOOTH_H
#define INETC_COMPILER_FORMULAS_SMOOTH_H

#include "compiler/formulas/Dual.h"
#include "compiler/formulas/Elementary.h"
#include "compiler/formulas/Parameter.h"

#include <array>
#include <utility>

namespace inetc::formulas {

namespace detail {
inline long double squared(long double x) { return x * x; }

/// (1 + βq)(1 + βq') - β²k². The determinant is of q and k as they come: after a multiplication by β their roundings
/// would no longer cancel.
template <class S> S onePlusDeterminant(const S &q, const S &qq, const S &k, long double beta) {
  S sum = fma(constant(k, beta), q + qq, constant(k, 1));
  return fma(constant(k, squared(beta)), determinant(q, qq, k), sum);
}
} // namespace detail

/// φ(z) = z: every state passes. In distance as in covariance; nothing is stored.
struct Identity {
  static constexpr const char *name = "identity", *formula = "z";
  static constexpr std::array<ParameterInfo, 0> parameters = {};
  static constexpr State state = State::covariance;

  int normalizerCount() const { return 0; }

  template <class S> S apply(S z) const { return z; }
  template <class S> S derivative(S z) const { return S(1); }
  template <class S> Normalizers<S> normalize(const S &q) const { return {}; }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    return {k, constant(k, 1)};
  }
};

/// φ(z) = a erf(b z) + c. With β = 2b² and sin ω = βk / sqrt((1 + βq)(1 + βq')):
///   Σ' = a² (2/π) ω + c²,   factor = a² b² (4/π) / sqrt(s)        (Williams 1997, "Computing with infinite networks",
///   eq. 11).
struct Erf {
  static constexpr const char *name = "erf", *formula = "a erf(b z) + c";
  static constexpr std::array<ParameterInfo, 3> parameters = {
      {{.name = "a", .defaultValue = 1}, {.name = "b", .defaultValue = 1}, {.name = "c", .defaultValue = 0}}};
  static constexpr State state = State::covariance;

  double a = 1, b = 1, c = 0;

  int normalizerCount() const { return 2; }
  long double beta() const { return 2 * detail::squared(b); }

  template <class S> S apply(S z) const { return S(a) * std::erf(S(b) * z) + S(c); }
  template <class S> S derivative(S z) const {
    return S(a) * S(b) * 2 * std::numbers::inv_sqrtpi_v<S> * std::exp(-S(b) * S(b) * z * z);
  }
  /// {q, 1 / sqrt(1 + βq)}
  template <class S> Normalizers<S> normalize(const S &q) const {
    S one = constant(q, 1);
    return {q, one / sqrt(fma(constant(q, beta()), q, one))};
  }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    S s = detail::onePlusDeterminant(row[0], column[0], k, beta());
    S inverse = reciprocalSqrt(s), product = row[1] * column[1];
    S angle = arcsine((constant(k, beta()) * k) * product, (s * inverse) * product);
    S nngp = constant(k, 2 / pi * detail::squared(a)) * angle;
    if (c != 0)
      nngp = nngp + constant(k, detail::squared(c));
    return {nngp, constant(k, 4 / pi * detail::squared((long double)a * b)) * inverse};
  }
};

/// φ(z) = erf(z / 2.4020563531719796) / 2 + 1/2: near the logistic function.
struct SigmoidLike : Erf {
  static constexpr const char *name = "sigmoid_like", *formula = "0.5 erf(z / 2.4020563531719796) + 0.5";
  static constexpr std::array<ParameterInfo, 0> parameters = {};
  SigmoidLike() : Erf{0.5, 1 / 2.4020563531719796, 0.5} {}
};

/// φ(z) = z (1 + erf(z/√2)) / 2. With s = (1 + q)(1 + q') - k², δ = sqrt(s) and tan ω = k / δ:
///   Σ' = k/4 + [k²/((1+q)(1+q') δ) + q q' δ/((1+q)(1+q')) + k ω] / 2π
///   factor = 1/4 + [ω + (k/δ) (1/s + 1/(1+q) + 1/(1+q'))] / 2π
/// (Tsuchida, Pearce, van der Heide, Roosta, Gallagher 2021, "Avoiding kernel fixed points"; as in Neural Tangents,
/// with (1 - q q')/((1+q)(1+q')) + 1 summed without cancellation.)
struct Gelu {
  static constexpr const char *name = "gelu", *formula = "z (1 + erf(z / sqrt(2))) / 2";
  static constexpr std::array<ParameterInfo, 0> parameters = {};
  static constexpr State state = State::covariance;

  int normalizerCount() const { return 4; }

  template <class S> S apply(S z) const { return z * std::erfc(-z * S(std::sqrt(0.5L))) / 2; }
  template <class S> S derivative(S z) const {
    return std::erfc(-z * S(std::sqrt(0.5L))) / 2 + z * std::exp(-z * z / 2) / S(std::sqrt(2 * pi));
  }
  /// {q, 1 / sqrt(1 + q), 1 / (1 + q), q / (1 + q)}
  template <class S> Normalizers<S> normalize(const S &q) const {
    S root = constant(q, 1) / sqrt(q + constant(q, 1)), inverse = constant(q, 1) / (q + constant(q, 1));
    return {q, root, inverse, q * inverse};
  }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    S s = detail::onePlusDeterminant(row[0], column[0], k, 1);
    S inverse = reciprocalSqrt(s), delta = s * inverse;
    S product = row[1] * column[1];
    S angle = arcsine(k * product, delta * product);
    S tangent = k * inverse;
    S sum = fma(row[3] * column[3], delta, (tangent * k) * (row[2] * column[2]));
    sum = fma(k, angle, sum);
    S slope = fma(tangent, fma(inverse, inverse, row[2] + column[2]), angle);
    S turn = constant(k, 0.5L / pi), quarter = constant(k, 0.25);
    return {fma(turn, sum, quarter * k), fma(turn, slope, quarter)};
  }
};

/// φ(z) = a sin(b z + c). With e± = exp(b² (±k - (q + q')/2)):
///   Σ' = a²/2 (e₊ - e₋ cos 2c),   factor = a² b²/2 (e₊ + e₋ cos 2c),
/// computed from the larger of the two and their difference relative to it, which keeps the digits of small k.
struct Sin {
  static constexpr const char *name = "sin", *formula = "a sin(b z + c)";
  static constexpr std::array<ParameterInfo, 3> parameters = {
      {{.name = "a", .defaultValue = 1}, {.name = "b", .defaultValue = 1}, {.name = "c", .defaultValue = 0}}};
  static constexpr State state = State::covariance;

  double a = 1, b = 1, c = 0;
  bool cosine = false; ///< a cos(b z + c) instead

  int normalizerCount() const { return 1; }

  template <class S> S apply(S z) const {
    S argument = S(b) * z + S(c);
    return S(a) * (cosine ? std::cos(argument) : std::sin(argument));
  }
  template <class S> S derivative(S z) const {
    S argument = S(b) * z + S(c);
    return S(a) * S(b) * (cosine ? -std::sin(argument) : std::cos(argument));
  }
  /// {q / 2}
  template <class S> Normalizers<S> normalize(const S &q) const { return {constant(q, 0.5) * q}; }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    long double square = detail::squared(b), amplitude = detail::squared(a);
    // (1 + cos 2c)/2 and (1 - cos 2c)/2: the share of the odd part, which the sine has at c = 0, and of the even part
    long double odd = detail::squared(std::cos((long double)c)), even = detail::squared(std::sin((long double)c));
    if (cosine)
      std::swap(odd, even);
    S magnitude = abs(k);
    // |k| <= (q + q')/2 but for its rounding, which is much where these are large; 1 exactly at k = q = q'
    S larger = exp(constant(k, -square) * max(constant(k, 0), (row[0] + column[0]) - magnitude));
    S relative = expMinusOne(constant(k, -2 * square) * magnitude); // (e₋ - e₊) / e₊, of |k|
    S difference = copySign(-(relative * larger), k);               // e₊ - e₋
    S sum = fma(relative, larger, larger + larger);                 // e₊ + e₋
    auto mix = [&](long double first, long double second) {
      if (first == 0 || second == 0)
        return constant(k, first == 0 ? second : first) * (first == 0 ? sum : difference);
      return fma(constant(k, first), difference, constant(k, second) * sum);
    };
    return {mix(amplitude / 2 * odd, amplitude / 2 * even),
            mix(amplitude * square / 2 * even, amplitude * square / 2 * odd)};
  }
};

/// φ(z) = a cos(b z + c).
struct Cos : Sin {
  static constexpr const char *name = "cos", *formula = "a cos(b z + c)";
  Cos(double a = 1, double b = 1, double c = 0) : Sin{a, b, c, true} {}
};

/// φ(z) = √2 sin(sqrt(2 gamma) z + π/4): Σ' = exp(-gamma (q + q' - 2k)), factor 2 gamma Σ'.
struct Rbf {
  static constexpr const char *name = "rbf", *formula = "sqrt(2) sin(sqrt(2 gamma) z + pi / 4)";
  static constexpr std::array<ParameterInfo, 1> parameters = {{{.name = "gamma", .defaultValue = 1, .minimum = 0}}};
  static constexpr State state = State::covariance;

  double gamma = 1;

  int normalizerCount() const { return 1; }

  template <class S> S apply(S z) const {
    return std::numbers::sqrt2_v<S> * std::sin(std::sqrt(2 * S(gamma)) * z + S(pi / 4));
  }
  template <class S> S derivative(S z) const {
    return 2 * std::sqrt(S(gamma)) * std::cos(std::sqrt(2 * S(gamma)) * z + S(pi / 4));
  }
  /// {q / 2}
  template <class S> Normalizers<S> normalize(const S &q) const { return {constant(q, 0.5) * q}; }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    S nngp = exp(constant(k, 2 * (long double)gamma) * min(constant(k, 0), k - (row[0] + column[0])));
    return {nngp, constant(k, 2 * (long double)gamma) * nngp};
  }
};

/// φ(z) = exp(-z²) sin z. With σ = q + q', p = q q', Δ = 4 (p - k²), w = 1 + 2σ + Δ, x = k / w (|x| < 1/4):
///   Σ' = exp(-(σ + Δ)/2w) sinh(x) / √w
///   factor = exp(-(σ + Δ)/2w) [(1 + 2σ + 4(k² + p)) cosh(x) + 4k (Δ + 3σ + 2) sinh(x)] / w^(5/2).
struct Gabor {
  static constexpr const char *name = "gabor", *formula = "exp(-z^2) sin(z)";
  static constexpr std::array<ParameterInfo, 0> parameters = {};
  static constexpr State state = State::covariance;

  int normalizerCount() const { return 1; }

  template <class S> S apply(S z) const { return std::exp(-z * z) * std::sin(z); }
  template <class S> S derivative(S z) const { return std::exp(-z * z) * (std::cos(z) - 2 * z * std::sin(z)); }
  /// {q}
  template <class S> Normalizers<S> normalize(const S &q) const { return {q}; }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    auto number = [&](long double value) { return constant(k, value); };
    S sum = row[0] + column[0], gap = number(4) * determinant(row[0], column[0], k);
    S w = fma(number(2), sum, number(1)) + gap;
    S inverseRoot = reciprocalSqrt(w), inverse = inverseRoot * inverseRoot;
    S x = k * inverse, square = x * x;
    S sinh = x, cosh = number(1);
    if constexpr (isOracle<S>) {
      sinh = std::sinh(x), cosh = std::cosh(x);
    } else { // |x| < 1/4: the last terms are below 1e-9 and 1e-17
      sinh = x * polynomial(sinhSingle, sinhDouble, square, square * square);
      cosh = polynomial(coshSingle, coshDouble, square, square * square);
    }
    S decay = exp(number(-0.5) * (sum + gap) * inverse) * inverseRoot;
    S shared = fma(number(2), sum, number(1)) + number(4) * fma(k, k, row[0] * column[0]);
    S odd = (number(4) * k) * (fma(number(3), sum, number(2)) + gap);
    // both w^-2 at once: neither shared * w^-1 nor w^-2 leaves the range of numbers where w itself does not
    S factor = (fma(odd * inverse, sinh, (shared * inverse) * cosh) * inverse) * decay;
    return {decay * sinh, factor};
  }

private:
  static constexpr std::array<double, 4> sinhSingle = {1, 1. / 6, 1. / 120, 1. / 5040};
  static constexpr std::array<double, 7> sinhDouble = {1,           1. / 6,        1. / 120,       1. / 5040,
                                                       1. / 362880, 1. / 39916800, 1. / 6227020800};
  static constexpr std::array<double, 4> coshSingle = {1, 1. / 2, 1. / 24, 1. / 720};
  static constexpr std::array<double, 8> coshDouble = {1,          1. / 2,       1. / 24,        1. / 720,
                                                       1. / 40320, 1. / 3628800, 1. / 479001600, 1. / 87178291200};
};

/// φ(z) = a exp(b z): Σ' = a² exp(b² ((q + q')/2 + k)), factor b² Σ'.
struct Exp {
  static constexpr const char *name = "exp", *formula = "a exp(b z)";
  static constexpr std::array<ParameterInfo, 2> parameters = {
      {{.name = "a", .defaultValue = 1}, {.name = "b", .defaultValue = 1}}};
  static constexpr State state = State::covariance;

  double a = 1, b = 1;

  int normalizerCount() const { return 1; }

  template <class S> S apply(S z) const { return S(a) * std::exp(S(b) * z); }
  template <class S> S derivative(S z) const { return S(a) * S(b) * std::exp(S(b) * z); }
  /// {q / 2}
  template <class S> Normalizers<S> normalize(const S &q) const { return {constant(q, 0.5) * q}; }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    long double square = detail::squared(b);
    S nngp = constant(k, detail::squared(a)) * exp(constant(k, square) * ((row[0] + column[0]) + k));
    return {nngp, constant(k, square) * nngp};
  }
};

/// φ(z) = a exp(b z²). With β = -2b: Σ' = a² / √s, factor = a² β² k / s^(3/2). For b > 0 the variance is infinite where
/// q >= 1/(4b).
struct Gaussian {
  static constexpr const char *name = "gaussian", *formula = "a exp(b z^2)";
  static constexpr std::array<ParameterInfo, 2> parameters = {
      {{.name = "a", .defaultValue = 1}, {.name = "b", .defaultValue = -1}}};
  static constexpr State state = State::covariance;

  double a = 1, b = -1;

  int normalizerCount() const { return 1; }
  long double beta() const { return -2 * (long double)b; }

  template <class S> S apply(S z) const { return S(a) * std::exp(S(b) * z * z); }
  template <class S> S derivative(S z) const { return 2 * S(a) * S(b) * z * std::exp(S(b) * z * z); }
  /// {q}
  template <class S> Normalizers<S> normalize(const S &q) const { return {q}; }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    S inverse = reciprocalSqrt(detail::onePlusDeterminant(row[0], column[0], k, beta()));
    long double amplitude = detail::squared(a);
    return {constant(k, amplitude) * inverse,
            (constant(k, amplitude * detail::squared(beta())) * k * inverse) * (inverse * inverse)};
  }
};

/// No finite-width counterpart: Σ' = √(qq') exp(gamma (k/√(qq') + shift)), factor = gamma exp(...), the "Gaussian
/// normalised kernel" of Shankar et al. 2020, "Neural kernels without tangents". Where q or q' is 0, Σ' = 0.
struct ExpNormalized {
  static constexpr const char *name = "exp_normalized", *formula = "none (a kernel map only)";
  static constexpr std::array<ParameterInfo, 2> parameters = {
      {{.name = "gamma", .defaultValue = 1}, {.name = "shift", .defaultValue = -1}}};
  static constexpr State state = State::covariance;

  double gamma = 1, shift = -1;

  int normalizerCount() const { return 2; }

  /// {√q, 1/√q or 0}
  template <class S> Normalizers<S> normalize(const S &q) const {
    auto nonzero = lessEqual(smallestNormal(q), q);
    S zero = constant(q, 0), one = constant(q, 1), root = sqrt(select(nonzero, q, one));
    return {select(nonzero, root, zero), select(nonzero, one / root, zero)};
  }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    S cosine = k * (row[1] * column[1]);
    S value = exp(fma(constant(k, gamma), cosine, constant(k, (long double)gamma * shift)));
    return {(row[0] * column[0]) * value, constant(k, gamma) * value};
  }
};

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_SMOOTH_H
