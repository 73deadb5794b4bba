/// E f(u) f(u') for Gaussian u, u' by quadrature: what every dual kernel is tested against.
///
/// In polar coordinates u = √q r cos ψ and u' = √q' r cos(ψ - θ), cos θ = k/√(qq'), the lines u = 0 and u' = 0, where
/// rectified functions have their kinks, are ψ = ±π/2 and ψ = θ ± π/2. On the four arcs between them, and along r, the
/// integrand is as smooth as f is on each side of 0, so that Gauss-Legendre rules converge geometrically for functions
/// with a kink or a step at 0 too.
#ifndef INETC_COMPILER_FORMULAS_QUADRATURE_H
#define INETC_COMPILER_FORMULAS_QUADRATURE_H

#include <cmath>
#include <numbers>
#include <vector>

namespace inetc::formulas {

/// Nodes and weights of the Gauss-Legendre rule of `count` points on [0, 1].
template <class S> struct GaussLegendre {
  std::vector<S> nodes, weights;

  explicit GaussLegendre(int count) : nodes(count), weights(count) {
    for (int i = 0; i < count; ++i) {
      S x = std::cos(std::numbers::pi_v<S> * (i + S(0.75)) / (count + S(0.5))), slope = 1; // close to the i-th root
      for (int iteration = 0; iteration < 8; ++iteration) {                                // Newton: doubles the digits
        S previous = 1, value = x;
        for (int n = 1; n < count; ++n) {
          S next = ((2 * n + 1) * x * value - n * previous) / (n + 1);
          previous = value;
          value = next;
        }
        slope = count * (x * value - previous) / (x * x - 1);
        x -= value / slope;
      }
      nodes[i] = (1 + x) / 2;
      weights[i] = 1 / ((1 - x * x) * slope * slope);
    }
  }
};

template <class S> class GaussianExpectation {
public:
  /// Points on each arc and along the radius, up to radius 16: beyond lie 1e-56 of the Gaussian.
  explicit GaussianExpectation(int arcPoints = 40, int radialPoints = 90) : arc(arcPoints), radius(radialPoints) {}

  /// E f(u) f(u'), for variances q, q' > 0 and the correlation ρ = k/√(qq'), given by its sign and 1 - |ρ| (which may
  /// be smaller than ρ itself can tell).
  template <class F> S operator()(F f, S q, S qq, S sign, S oneMinusMagnitude) const {
    const S pi = std::numbers::pi_v<S>;
    S acute = 2 * std::asin(std::sqrt(oneMinusMagnitude / 2));
    S theta = sign > 0 ? acute : pi - acute;
    // Alternately u and u' change sign. At θ = 0 or π two arcs are empty.
    const S ends[5] = {theta - pi / 2, pi / 2, theta + pi / 2, 3 * pi / 2, theta + 3 * pi / 2};
    S total = 0;
    for (int piece = 0; piece < 4; ++piece) {
      S length = ends[piece + 1] - ends[piece];
      for (size_t i = 0; i < arc.nodes.size(); ++i) {
        S psi = ends[piece] + length * arc.nodes[i];
        S along = std::sqrt(q) * std::cos(psi), other = std::sqrt(qq) * std::cos(psi - theta);
        total += length * arc.weights[i] * radial(f, along, other);
      }
    }
    return total / (2 * pi);
  }

private:
  template <class F> S radial(F f, S along, S other) const {
    const S end = 16;
    S sum = 0;
    for (size_t i = 0; i < radius.nodes.size(); ++i) {
      S r = end * radius.nodes[i];
      sum += end * radius.weights[i] * r * std::exp(-r * r / 2) * f(r * along) * f(r * other);
    }
    return sum;
  }

  GaussLegendre<S> arc, radius;
};

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_QUADRATURE_H
