/// The operations that every scalar type S of a formula offers: `float`, `double`, `long double` and, in Emitted.h,
/// `Emitted`, whose operations become MLIR ops.
///
/// `long double` takes the closed forms of the C++ library: it is the oracle. `float` and `double` take the polynomials
/// of Coefficients.h, and `Emitted` builds exactly the same sequence of operations as they perform, so that a test on
/// `float` and `double` tests what the compiler emits, bit for bit (but for the reciprocal square root of AVX-512).
/// Nothing relies on contraction or on fast-math: a fused multiply-add is always an explicit `fma`.
#ifndef INETC_COMPILER_FORMULAS_ELEMENTARY_H
#define INETC_COMPILER_FORMULAS_ELEMENTARY_H

#include "compiler/formulas/Coefficients.h"

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

namespace inetc::formulas {

inline constexpr long double pi = std::numbers::pi_v<long double>;

/// The scalar type on which formulas are closed forms instead of polynomials.
template <class S> inline constexpr bool isOracle = std::is_same_v<S, long double>;

//===----------------------------------------------------------------------------------------------------------------===//
// Primitives on real scalars. Emitted.h has the same list for `Emitted`.
//===----------------------------------------------------------------------------------------------------------------===//

/// `value` as a scalar like `like`, rounded to its precision.
template <std::floating_point S> S constant(S like, long double value) { return static_cast<S>(value); }

/// Whether x has single precision: decides which polynomials serve it.
template <std::floating_point S> constexpr bool isSingle(S x) { return std::is_same_v<S, float>; }

/// The smallest positive number with full precision.
template <std::floating_point S> constexpr S smallestNormal(S like) { return std::numeric_limits<S>::min(); }

/// a * b + c, rounded once.
template <std::floating_point S> S fma(S a, S b, S c) { return std::fma(a, b, c); }

template <std::floating_point S> S sqrt(S x) { return std::sqrt(x); }

/// 1 / sqrt(x) for a normal x > 0; within 2 ulp. Emitted for AVX-512 it avoids the divider.
template <std::floating_point S> S reciprocalSqrt(S x) { return S(1) / std::sqrt(x); }

template <std::floating_point S> S abs(S x) { return std::fabs(x); }

/// `magnitude` with the sign of `sign`.
template <std::floating_point S> S copySign(S magnitude, S sign) { return std::copysign(magnitude, sign); }

template <std::floating_point S> bool lessEqual(S a, S b) { return a <= b; }

template <std::floating_point S> bool lessThan(S a, S b) { return a < b; }

template <std::floating_point S> S select(bool mask, S x, S y) { return mask ? x : y; }

/// x * 2^n, where `shifted` is the integer n plus `roundingShift`; the result must be a normal number. Adds to the
/// exponent's bits, so that neither a conversion to integers nor a table is needed.
inline float addToExponent(float x, float shifted) {
  return std::bit_cast<float>(std::bit_cast<uint32_t>(x) + (std::bit_cast<uint32_t>(shifted) << 23));
}
inline double addToExponent(double x, double shifted) {
  return std::bit_cast<double>(std::bit_cast<uint64_t>(x) + (std::bit_cast<uint64_t>(shifted) << 52));
}

//===----------------------------------------------------------------------------------------------------------------===//
// What is built of the primitives, for every scalar type.
//===----------------------------------------------------------------------------------------------------------------===//

template <class S> S min(S a, S b) { return select(lessThan(a, b), a, b); }

template <class S> S max(S a, S b) { return select(lessThan(b, a), a, b); }

/// scale * (c0 + c1 x + c2 x² + ...), `square` being x²: even and odd powers apart, which halves the chain of dependent
/// operations. The scale goes into the coefficients before they are rounded.
template <class S, size_t N> S polynomial(const std::array<double, N> &c, S x, S square, long double scale = 1) {
  static_assert(N >= 3);
  auto half = [&](size_t last) { // c[last] + square * (c[last - 2] + ...), downwards to c[0] or c[1]
    S sum = constant(x, scale * c[last]);
    while (last >= 2) {
      last -= 2;
      sum = fma(sum, square, constant(x, scale * c[last]));
    }
    return sum;
  };
  constexpr size_t lastEven = (N - 1) / 2 * 2, lastOdd = (N - 2) / 2 * 2 + 1;
  S even = half(lastEven), odd = half(lastOdd);
  return fma(odd, x, even);
}

/// The polynomial for the precision of x.
template <class S, size_t N, size_t M>
S polynomial(const std::array<double, N> &single, const std::array<double, M> &twice, S x, S square,
             long double scale = 1) {
  return isSingle(x) ? polynomial(single, x, square, scale) : polynomial(twice, x, square, scale);
}

/// q q' - k², exactly 0 where k = q = q' and otherwise within 2 ulp of the result: the rounding error of k² is computed
/// and taken off (Jeannerod, Louvet, Muller 2013, "Further analysis of Kahan's algorithm for 2x2 determinants"). Not
/// negative, as covariances are: where k has been rounded beyond √(qq'), 0.
template <class S> S determinant(S q, S qq, S k) {
  S square = k * k;
  S error = fma(k, k, -square);
  return max(constant(k, 0), fma(q, qq, -square) - error); // in this order what is not a number stays so
}

/// The angle in [-pi/2, pi/2] with this sine and this cosine >= 0. Both are asked for, as either alone would lose half
/// of the digits near one end.
template <class S> S arcsine(S sine, S cosine) {
  if constexpr (isOracle<S>) {
    return std::atan2(sine, cosine);
  } else {
    S magnitude = abs(sine);
    S smaller = min(magnitude, cosine);
    S z = smaller * smaller;
    S angle = smaller * polynomial(coefficients::arcsineSingle, coefficients::arcsineDouble, z, z * z);
    angle = select(lessEqual(magnitude, cosine), angle, constant(sine, pi / 2) - angle);
    return copySign(angle, sine);
  }
}

namespace detail {
/// x = n ln 2 + r with integral n and |r| <= ln(2)/2; `shifted` is n plus a constant that puts n into the lowest bits.
template <class S> struct Reduced {
  S n, shifted, r;
};

template <class S> Reduced<S> reduce(S x) {
  // 1.5 * 2^23 or 2^52: adding it leaves no bits for a fraction, so that the addition rounds to an integer.
  S shift = constant(x, isSingle(x) ? 0x1.8p23L : 0x1.8p52L);
  S shifted = fma(x, constant(x, std::numbers::log2e_v<long double>), shift);
  S n = shifted - shift;
  // ln 2 = high + low, high with the full precision of S: the fused multiply-add makes the first step exact.
  long double high = isSingle(x) ? (long double)(float)std::numbers::ln2 : (long double)std::numbers::ln2;
  S r = fma(n, constant(x, -high), x);
  r = fma(n, constant(x, -(std::numbers::ln2_v<long double> - high)), r);
  return {n, shifted, r};
}

/// exp(r) - 1 for a reduced r.
template <class S> S exponentialMinusOne(S r) {
  S square = r * r;
  return fma(square, polynomial(coefficients::exponentialSingle, coefficients::exponentialDouble, r, square), r);
}
} // namespace detail

/// exp(x) within 2 ulp; 0 where it would not be a normal number, infinity where it would be too large.
template <class S> S exp(S x) {
  if constexpr (isOracle<S>) {
    return std::exp(x);
  } else {
    // Just inside the ends of the range of normal numbers, so that no rounding of the result crosses them.
    S low = constant(x, isSingle(x) ? -87.3365L : -708.3964L), high = constant(x, isSingle(x) ? 88.7228L : 709.7827L);
    auto reduced = detail::reduce(min(max(x, low), high));
    S value = addToExponent(detail::exponentialMinusOne(reduced.r) + constant(x, 1), reduced.shifted);
    value = select(lessThan(x, low), constant(x, 0), value);
    return select(lessThan(high, x), constant(x, std::numeric_limits<long double>::infinity()), value);
  }
}

/// exp(x) - 1 for x <= 0, with its relative accuracy kept for small x.
template <class S> S expMinusOne(S x) {
  if constexpr (isOracle<S>) {
    return std::expm1(x);
  } else {
    auto reduced = detail::reduce(max(x, constant(x, isSingle(x) ? -30 : -60))); // below, the result rounds to -1
    S power = addToExponent(constant(x, 1), reduced.shifted);
    return fma(power, detail::exponentialMinusOne(reduced.r), power - constant(x, 1));
  }
}

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_ELEMENTARY_H
