/// Polynomial activations and rectified monomials of degree 2 and more, carried in covariance. Definitions are those of
/// Neural Tangents 0.6.5 (stax).
#ifndef INETC_COMPILER_FORMULAS_POLYNOMIALS_H
#define INETC_COMPILER_FORMULAS_POLYNOMIALS_H

#include "compiler/formulas/Dual.h"
#include "compiler/formulas/Elementary.h"
#include "compiler/formulas/Parameter.h"

#include <array>
#include <cassert>
#include <cstdlib>
#include <utility>
#include <vector>

namespace inetc::formulas {

namespace detail {

/// x^n.
template <class S> S power(const S &x, int n) {
  if (n == 0)
    return constant(x, 1);
  S half = power(x, n / 2);
  if (n == 1)
    return x;
  return n % 2 ? half * half * x : half * half;
}

/// Σ coefficient x^exponent over the terms, which are in descending order of exponents: Horner's rule with the gaps
/// skipped.
template <class S> S sparsePolynomial(const S &x, const std::vector<std::pair<int, S>> &terms) {
  if (terms.empty())
    return constant(x, 0);
  S sum = terms.front().second;
  for (size_t i = 1; i < terms.size(); ++i)
    sum = fma(sum, power(x, terms[i - 1].first - terms[i].first), terms[i].second);
  int last = terms.back().first;
  return last == 0 ? sum : sum * power(x, last);
}

/// The same for number coefficients c[i] of x^i, zeros left out.
template <class S> S sparsePolynomial(const S &x, const std::vector<long double> &c, long double scale = 1) {
  std::vector<std::pair<int, S>> terms;
  for (size_t i = c.size(); i-- > 0;)
    if (c[i] != 0)
      terms.emplace_back(int(i), constant(x, scale * c[i]));
  return sparsePolynomial(x, terms);
}

inline long double factorial(int n) {
  long double product = 1;
  for (int i = 2; i <= n; ++i)
    product *= i;
  return product;
}

} // namespace detail

/// φ(z) = c₀ + c₁ z + c₂ z² + ...: with its expansion in normalised Hermite polynomials of z / √q, whose coefficients
/// are √q^l C_l(q),
///   Σ' = Σ_l C_l(q) C_l(q') k^l,   factor = Σ_l l C_l(q) C_l(q') k^(l-1),
///   C_l(q) = Σ_i c_(2i+l) (2i+l)! / (2^i i! √l!) q^i.
/// No division and no root; nothing special happens at q = 0.
class Polynomial {
public:
  static constexpr const char *name = "polynomial", *formula = "c[0] + c[1] z + c[2] z^2 + ...";
  static constexpr int maximumDegree = 32;
  static constexpr std::array<ParameterInfo, 1> parameters = {
      {{.name = "coefficients", .required = true, .list = true}}};
  static constexpr State state = State::covariance;

  explicit Polynomial(std::vector<double> coefficients) : coefficients(std::move(coefficients)) {
    int count = int(this->coefficients.size());
    assert(count <= maximumDegree + 1);
    for (int l = count - 1; l >= 0; --l) {
      Term term{l, {}};
      for (int i = 0; 2 * i + l < count; ++i) {
        long double weight = detail::factorial(2 * i + l) /
                             (std::ldexp(1.0L, i) * detail::factorial(i) * std::sqrt(detail::factorial(l)));
        term.inVariance.push_back(this->coefficients[2 * i + l] * weight);
      }
      while (!term.inVariance.empty() && term.inVariance.back() == 0)
        term.inVariance.pop_back();
      if (!term.inVariance.empty())
        terms.push_back(std::move(term));
    }
  }

  const std::vector<double> &getCoefficients() const { return coefficients; }

  int normalizerCount() const {
    int count = 0;
    for (const Term &term : terms)
      count += !term.isConstant();
    return count;
  }

  template <class S> S apply(S z) const {
    S sum = 0;
    for (size_t i = coefficients.size(); i-- > 0;)
      sum = sum * z + S(coefficients[i]);
    return sum;
  }
  template <class S> S derivative(S z) const {
    S sum = 0;
    for (size_t i = coefficients.size(); i-- > 1;)
      sum = sum * z + S(coefficients[i]) * S(i);
    return sum;
  }
  /// {C_l(q) where it is not constant, by descending l}
  template <class S> Normalizers<S> normalize(const S &q) const {
    Normalizers<S> values;
    for (const Term &term : terms)
      if (!term.isConstant())
        values.push_back(detail::sparsePolynomial(q, term.inVariance));
    return values;
  }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    std::vector<std::pair<int, S>> value, slope;
    size_t next = 0;
    for (const Term &term : terms) {
      int l = term.exponent;
      if (term.isConstant()) {
        long double product = term.inVariance[0] * term.inVariance[0];
        value.emplace_back(l, constant(k, product));
        if (l > 0)
          slope.emplace_back(l - 1, constant(k, product * l));
        continue;
      }
      S product = row[next] * column[next];
      ++next;
      value.emplace_back(l, product);
      if (l > 0)
        slope.emplace_back(l - 1, l == 1 ? product : constant(k, l) * product);
    }
    return {detail::sparsePolynomial(k, value), detail::sparsePolynomial(k, slope)};
  }

private:
  /// C_l: coefficients of q^i; never empty.
  struct Term {
    int exponent;
    std::vector<long double> inVariance;
    bool isConstant() const { return inVariance.size() == 1; }
  };

  std::vector<double> coefficients;
  std::vector<Term> terms; // by descending exponent
};

/// φ(z) = z^degree.
class Monomial : public Polynomial {
public:
  static constexpr const char *name = "monomial", *formula = "z^degree";
  static constexpr std::array<ParameterInfo, 1> parameters = {
      {{.name = "degree", .required = true, .integer = true, .minimum = 0, .maximum = 5}}};

  explicit Monomial(int degree) : Polynomial(powers(degree)) {}

private:
  static std::vector<double> powers(int degree) {
    std::vector<double> coefficients(degree + 1, 0.0);
    coefficients.back() = 1;
    return coefficients;
  }
};

/// φ(z) = He_n(z) / √n!, for inputs of variance 1: Σ' = k^n, factor n k^(n-1). The peer applies these to any variance,
/// and so do we; they are the duals of φ only where the variance is 1 (a layer norm before it sees to that).
struct Hermite {
  static constexpr const char *name = "hermite", *formula = "He_degree(z) / sqrt(degree!)";
  static constexpr std::array<ParameterInfo, 1> parameters = {
      {{.name = "degree", .required = true, .integer = true, .minimum = 0, .maximum = 100}}};
  static constexpr State state = State::covariance;
  static constexpr bool requiresUnitVariance = true;

  int degree;

  int normalizerCount() const { return 0; }

  template <class S> S apply(S z) const { return normalized(degree, z); }
  template <class S> S derivative(S z) const {
    return degree == 0 ? S(0) : std::sqrt(S(degree)) * normalized(degree - 1, z);
  }
  template <class S> Normalizers<S> normalize(const S &q) const { return {}; }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    if (degree == 0)
      return {constant(k, 1), constant(k, 0)};
    S lower = detail::power(k, degree - 1);
    return {lower * k, constant(k, degree) * lower};
  }

private:
  /// √(n+1) h_(n+1) = z h_n - √n h_(n-1)
  template <class S> static S normalized(int n, S z) {
    S previous = 0, value = 1;
    for (int i = 0; i < n; ++i) {
      S following = (z * value - std::sqrt(S(i)) * previous) / std::sqrt(S(i + 1));
      previous = value;
      value = following;
    }
    return value;
  }
};

/// φ(z) = z^n for z >= 0, else 0, n >= 2 (degree 0 is Step, degree 1 is Relu). With cos θ = k/√(qq'):
///   Σ' = (qq')^(n/2) J_n(θ) / 2π,   factor = n² (qq')^((n-1)/2) J_(n-1)(θ) / 2π,   J_n = (π - θ) A_n(cos θ) + sin θ
///   B_n(cos θ)
/// (Cho, Saul 2009, "Kernel methods for deep learning", eqs. 3-4). Their recursion, applied to the two polynomials:
///   A_(n+1) = (1 - c²) A_n' + (2n + 1) c A_n,   B_(n+1) = (1 - c²) B_n' + 2n c B_n + A_n,   A_0 = 1, B_0 = 0.
/// Both are differentiable at θ = 0, so that covariance keeps their digits.
class RectifiedMonomial {
public:
  static constexpr const char *name = "rectified_monomial", *formula = "z^degree for z >= 0, else 0";
  static constexpr std::array<ParameterInfo, 1> parameters = {
      {{.name = "degree", .required = true, .integer = true, .minimum = 0, .maximum = 8}}};
  static constexpr State state = State::covariance;

  explicit RectifiedMonomial(int degree) : degree(degree), value{{1}, {0}} {
    assert(degree >= 2 && "degrees 0 and 1 are Step and Relu");
    for (int n = 0; n < degree; ++n) {
      slope = value;
      Arc next{std::vector<long double>(n + 2, 0.0L), std::vector<long double>(n + 2, 0.0L)};
      auto advance = [](const std::vector<long double> &from, long double factor, std::vector<long double> &to) {
        for (int i = 0; i < int(from.size()); ++i) { // (1 - c²) i c^(i-1) + factor c^(i+1)
          if (i > 0)
            to[i - 1] += i * from[i];
          if (i + 1 < int(to.size()))
            to[i + 1] += (factor - i) * from[i];
        }
      };
      advance(value.angle, 2 * n + 1, next.angle);
      advance(value.sine, 2 * n, next.sine);
      for (size_t i = 0; i < value.angle.size(); ++i)
        next.sine[i] += value.angle[i];
      value = std::move(next);
    }
  }

  int getDegree() const { return degree; }
  int normalizerCount() const { return 2; }

  template <class S> S apply(S z) const { return z >= 0 ? detail::power(z, degree) : S(0); }
  template <class S> S derivative(S z) const { return z >= 0 ? S(degree) * detail::power(z, degree - 1) : S(0); }
  /// {√q, 1/√q or 0}
  template <class S> Normalizers<S> normalize(const S &q) const {
    auto nonzero = lessEqual(smallestNormal(q), q);
    S zero = constant(q, 0), one = constant(q, 1), root = sqrt(select(nonzero, q, one));
    return {select(nonzero, root, zero), select(nonzero, one / root, zero)};
  }
  template <class S> Dual<S> dual(const S &k, NormalizerView<S> row, NormalizerView<S> column) const {
    S one = constant(k, 1);
    S cosine = min(max(k * (row[1] * column[1]), -one), one);
    S sine = sqrt((one - cosine) * (one + cosine));
    S rest = constant(k, pi / 2) + arcsine(cosine, sine); // π - θ
    S product = row[0] * column[0], lower = detail::power(product, degree - 1);
    auto evaluate = [&](const Arc &arc, long double scale) {
      return fma(rest, detail::sparsePolynomial(cosine, arc.angle, scale),
                 sine * detail::sparsePolynomial(cosine, arc.sine, scale));
    };
    return {(lower * product) * evaluate(value, 0.5L / pi), lower * evaluate(slope, 0.5L / pi * degree * degree)};
  }

private:
  /// J = (π - θ) angle(cos θ) + sin θ sine(cos θ): coefficients of both, lowest power first.
  struct Arc {
    std::vector<long double> angle, sine;
  };

  int degree;
  Arc value, slope; // J_n and J_(n-1)
};

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_POLYNOMIALS_H
