/// The activations and the pairs of examples on which the formulas are tested.
#ifndef INETC_TEST_FORMULAS_CASES_H
#define INETC_TEST_FORMULAS_CASES_H

#include "compiler/formulas/Activations.h"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

namespace inetc::formulas::test {

struct Case {
  std::string label, name;
  std::vector<double> parameters;
  double largestVariance = 1e6; ///< of the grid below, where the kernel is defined and finite in float

  Activation make() const {
    std::string error;
    return makeActivation(name, parameters, error).value();
  }
  friend std::ostream &operator<<(std::ostream &stream, const Case &test) { return stream << test.label; }
};

/// Every activation of the language, with its parameters at values where every term of the formula counts.
inline std::vector<Case> allCases() {
  return {
      {"identity", "identity", {}},
      {"relu", "relu", {}},
      {"leaky_relu", "leaky_relu", {0.1}},
      {"abrelu", "abrelu", {-0.3, 1.2}},
      {"abrelu_linear", "abrelu", {0.7, 0.7}},
      {"abs", "abs", {}},
      {"sign", "sign", {}},
      {"step", "rectified_monomial", {0}},
      {"erf", "erf", {}},
      {"erf_affine", "erf", {1.3, 0.7, 0.4}},
      {"sigmoid_like", "sigmoid_like", {}},
      {"gelu", "gelu", {}},
      {"sin", "sin", {}},
      {"sin_affine", "sin", {0.8, 1.4, 0.3}},
      {"cos", "cos", {}},
      {"cos_affine", "cos", {0.8, 0.6, 0.3}},
      {"rbf", "rbf", {0.6}},
      {"gabor", "gabor", {}},
      {"exp", "exp", {0.9, 0.3}, 20},
      {"gaussian", "gaussian", {}},
      {"gaussian_affine", "gaussian", {0.8, -0.3}},
      {"gaussian_growing", "gaussian", {0.8, 0.02}, 5},
      {"polynomial", "polynomial", {1.3, 0, -1.2, -0.5}, 100},
      {"monomial0", "monomial", {0}},
      {"monomial1", "monomial", {1}},
      {"monomial2", "monomial", {2}},
      {"monomial3", "monomial", {3}},
      {"monomial4", "monomial", {4}, 100},
      {"monomial5", "monomial", {5}, 100},
      {"rectified_monomial1", "rectified_monomial", {1}},
      {"rectified_monomial2", "rectified_monomial", {2}},
      {"rectified_monomial3", "rectified_monomial", {3}, 100},
      {"rectified_monomial5", "rectified_monomial", {5}, 20},
      {"hermite0", "hermite", {0}, 1},
      {"hermite1", "hermite", {1}, 1},
      {"hermite3", "hermite", {3}, 1},
      {"hermite4", "hermite", {4}, 1},
      {"exp_normalized", "exp_normalized", {1.5, -0.8}},
  };
}

/// A correlation, and 1 - |it| to full precision.
struct Correlation {
  double sign;
  long double distance; ///< 1 - |ρ|

  template <class S> S rho() const { return S(sign * (1 - distance)); }
  long double oneMinusRho() const { return sign > 0 ? distance : 2 - distance; }
};

inline std::vector<Correlation> correlations() {
  std::vector<Correlation> list = {{1, 1}};
  for (long double distance : {0.0L, 1e-12L, 1e-8L, 1e-4L, 0.01L, 0.2L, 0.5L, 0.9L, 0.999L})
    for (double sign : {1.0, -1.0})
      list.push_back({sign, distance});
  return list;
}

/// How far T = θ/π may be off when Q, Q' and D are: 1 - cos θ = u = (D - (a - a')²)/(2aa') is then off by a few
/// epsilon (Q + Q')/(aa') at most, and θ is about sqrt(2u) near both ends. No formula in D can do better; it is small
/// because the state in distance is one of unit scale, Q near Q'.
inline long double angleError(long double epsilon, long double q, long double qq, Correlation correlation) {
  long double u = correlation.distance, off = 3 * epsilon * (q + qq) / std::sqrt(q * qq);
  return (std::sqrt(u + off) - std::sqrt(std::max(u - off, 0.0L))) / 2 + 2 * epsilon;
}

} // namespace inetc::formulas::test

#endif // INETC_TEST_FORMULAS_CASES_H
