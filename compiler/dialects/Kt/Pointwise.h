//===- Pointwise.h - the arithmetic of pointwise transforms, once ----------===//
//
// What each pointwise kt operation does at one pair of examples and positions, as a template over the scalar: real
// numbers in the reference evaluator, emitted vector operations in kt-to-loops. The formulas are those of the table in
// KtOps.td; the activations' stand in compiler/formulas/Activations.h.
//
// A `Source` supplies what belongs to one example rather than to the pair:
//   S constant(double)
//   Sides<S> perExample(ValueRange of, StringRef key, int count, fn)   fn: ArrayRef<S> -> SmallVector<S> of `count`
//       fn of the values (variances, scales) `of`, for the row's example and for the column's; computed once for each
//       example by whoever can. Equal `of` and `key` mean equal values. Where the key ends in overSpaceKey, each
//       variance is its mean over all positions. `fn` may be kept and called later: it holds nothing of the Source or
//       of this class.
//   S whereSelf(S self, S other)   `self` where the pair is an example with itself at equal positions
//
// Operations are written out (fma is explicit) so that a pair of equal examples gives, bit for bit, its variance.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_KT_POINTWISE_H
#define INETC_KT_POINTWISE_H

#include "compiler/dialects/Kt/KtOps.h"
#include "compiler/formulas/Activations.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <functional>
#include <optional>

namespace inetc::kt {

// The functions of real scalars; those of Emitted are found where it stands. (std's own would round long double to
// double.)
using formulas::fma;
using formulas::lessEqual;
using formulas::select;
using formulas::sqrt;

inline constexpr llvm::StringLiteral overSpaceKey = " over space";

/// The values of the row's example and of the column's.
template <class S> struct Sides { llvm::SmallVector<S, 4> row, column; };

/// Σ (or D) and Θ at one pair. Θ may be known to be 0 (no value), and may lack Σ (NTK parameterization adds Σ after
/// every linear layer; what follows often has Σ at hand and adds it there). Beside D, Σ may be known with less rounding
/// than (Q + Q' − D)/2 has.
template <class S> struct PairState {
  S nngp;
  std::optional<S> ntk = std::nullopt;
  std::function<S()> missingCovariance = {}; // empty where nothing is missing
  std::function<S()> covariance = {};        // empty where it follows from D

  /// Θ, complete.
  std::optional<S> completeNtk() const {
    if (!missingCovariance)
      return ntk;
    S covariance = missingCovariance();
    return ntk ? *ntk + covariance : covariance;
  }
};

template <class S, class Source> class Pointwise {
public:
  explicit Pointwise(Source &source) : source(source) {}

  /// The result of `op` at one pair, from its inputs there.
  PairState<S> pair(mlir::Operation *op, llvm::ArrayRef<PairState<S>> inputs);

  /// The variance of the result, from those of the inputs and the scale of the example, where the operation reads one.
  /// Layer norm over space takes a second input: the mean of the variance over all positions.
  S variance(mlir::Operation *op, llvm::ArrayRef<S> inputs, std::optional<S> scale);

  /// 1 over a number of each example, or over a power of it.
  Sides<S> inverse(mlir::Value value, unsigned exponent = 1) {
    std::string key = exponent == 1 ? "inverse" : "inverse " + std::to_string(exponent);
    return source.perExample(value, key, 1, [exponent](llvm::ArrayRef<S> v) {
      return llvm::SmallVector<S>{formulas::constant(v[0], 1.0) / power(v[0], exponent)};
    });
  }

private:
  using State_ = PairState<S>;
  static S power(S value, unsigned exponent) {
    S result = value;
    for (unsigned i = 1; i < exponent; ++i)
      result = result * value;
    return result;
  }
  S number(double value) { return source.constant(value); }
  S times(double factor, S value) { return factor == 1.0 ? value : number(factor) * value; }
  // w²Σ + b², of a pair and of a variance alike: where two examples are equal, Σ must be, bit for bit, the variance.
  S scaleAndBias(double w2, double b2, S value) {
    return b2 == 0 ? times(w2, value) : fma(number(w2), value, number(b2));
  }
  S addTimes(double factor, S value, S sum) { return factor == 1.0 ? sum + value : fma(number(factor), value, sum); }

  Sides<S> plain(mlir::Value value) {
    return source.perExample(value, "", 1, [](llvm::ArrayRef<S> v) { return llvm::SmallVector<S>{v[0]}; });
  }
  // A bias b² in units of a power of the scale, b²gⁿg'ⁿ, as factor · u · u' with a number u of each example. On
  // positions that is b gⁿ, which has the factor 1, so that layers with different biases have the same code.
  struct Bias {
    double factor, b; // u = b gⁿ
    unsigned exponent;
    Bias(double b2, KernelType type) : factor(b2), b(1), exponent(type.getScalePower()) {
      if (type.getRank() > 0)
        factor = 1, b = std::sqrt(b2);
    }
    S of(S scale) const {
      S unit = power(scale, exponent);
      return b == 1 ? unit : formulas::constant(scale, b) * unit;
    }
    // Of a pair and of a variance alike, as scaleAndBias.
    S addTo(S sum, S unit, S otherUnit) const {
      return fma(factor == 1 ? unit : formulas::constant(unit, factor) * unit, otherUnit, sum);
    }
    Sides<S> of(Source &source, mlir::Value scale) const {
      std::string key = std::to_string(llvm::bit_cast<uint64_t>(b)) + " to " + std::to_string(exponent);
      return source.perExample(scale, b == 1 && exponent == 1 ? "" : key, 1,
                               [bias = *this](llvm::ArrayRef<S> v) { return llvm::SmallVector<S>{bias.of(v[0])}; });
    }
  };
  // Σ beside D: (Q + Q' − D)/2, if nothing better is known. `orZero`: where one of the variances is 0, of which D may
  // be the other but for its rounding.
  S covarianceOf(const State_ &in, const Sides<S> &q, bool orZero) {
    if (in.covariance)
      return in.covariance();
    S zero = number(0.0), covariance = number(0.5) * ((q.row[0] + q.column[0]) - in.nngp);
    if (!orZero)
      return covariance;
    return select(lessEqual(q.row[0], zero), zero, select(lessEqual(q.column[0], zero), zero, covariance));
  }

  State_ linear(LinearOp op, const State_ &in);
  State_ dual(DualOp op, const State_ &in, const S *negated);
  State_ normalize(NormalizeOp op, const State_ &in);
  State_ dropout(DropoutOp op, const State_ &in);
  State_ rescale(RescaleOp op, const State_ &in);
  State_ product(MulOp op, const State_ &a, const State_ &b);
  State_ weightedSum(llvm::ArrayRef<State_> inputs, llvm::ArrayRef<double> weights);

  Source &source;
};

/// What layer norm divides by: h = 1/√(Q + g²eps), 0 where that is 0.
template <class S> S inverseDeviation(S variance, S epsilon, S zero, S one) {
  S v = variance + epsilon;
  return select(lessEqual(v, zero), zero, one / sqrt(select(lessEqual(v, zero), one, v)));
}

template <class S, class Source> PairState<S> Pointwise<S, Source>::linear(LinearOp op, const State_ &in) {
  double w2 = op.getW2().convertToDouble(), b2 = op.getB2().convertToDouble();
  double alpha = op.getAlpha().convertToDouble(), beta = op.getBeta().convertToDouble();
  bool distance = op.getInput().getType().isDistance();
  State_ out{times(w2, in.nngp)};
  // b²: as it is on Σ, b²(g − g')² on D
  if (!distance)
    out.nngp = scaleAndBias(w2, b2, in.nngp);
  bool negated = op.getType().getNegated();
  if (b2 != 0 && distance && op.getScale()) {
    Bias bias(b2, op.getType());
    Sides<S> units = bias.of(source, op.getScale());
    S gap = negated ? units.row[0] + units.column[0] : units.row[0] - units.column[0];
    out.nngp = fma(times(bias.factor, gap), gap, out.nngp);
  } else if (negated) {
    out.nngp = scaleAndBias(w2, 4 * b2, in.nngp);
  }
  auto transformed = [this, type = op.getType(), scale = op.getScale()](double factor, double variance, S value) -> S {
    if (variance == 0 || !scale)
      return scaleAndBias(factor, variance, value);
    Bias bias(variance, type);
    Sides<S> units = bias.of(source, scale);
    return bias.addTo(times(factor, value), units.row[0], units.column[0]);
  };
  if (in.covariance && !negated)
    out.covariance = [=, covariance = in.covariance] { return transformed(w2, b2, covariance()); };
  if (!op.getType().getNtk())
    return out;
  if (std::optional<S> ntk = in.completeNtk())
    out.ntk = times(w2, *ntk);
  if (alpha == 0 && beta == 0)
    return out;

  auto inputCovariance = [this, variance = op.getVariance(), in, distance]() -> S {
    return distance ? covarianceOf(in, plain(variance), /*orZero=*/true) : in.nngp;
  };
  // NTK parameterization: what is added to Θ is the new Σ, which the next operation may have at hand
  if (alpha == w2 && beta == b2) {
    out.missingCovariance = [=, nngp = out.nngp]() -> S {
      return distance ? transformed(w2, b2, inputCovariance()) : nngp;
    };
    return out;
  }
  S added = transformed(alpha, beta, inputCovariance());
  out.ntk = out.ntk ? *out.ntk + added : added;
  return out;
}

template <class S, class Source>
PairState<S> Pointwise<S, Source>::dual(DualOp op, const State_ &in, const S *negated) {
  formulas::Activation activation = op.getFormula();
  std::string key = op.getActivation().str();
  for (double parameter : op.getParameters())
    key += " " + std::to_string(llvm::bit_cast<uint64_t>(parameter));
  Sides<S> sides = source.perExample(op.getVariance(), key, formulas::getNormalizerCount(activation),
                                     [activation](llvm::ArrayRef<S> q) {
                                       formulas::Normalizers<S> values = formulas::normalize(activation, q[0]);
                                       return llvm::SmallVector<S>(values.begin(), values.end());
                                     });
  formulas::NormalizerView<S> row(sides.row.data(), sides.row.size()), column(sides.column.data(), sides.column.size());
  if (formulas::getState(activation) == formulas::State::covariance) {
    formulas::Dual<S> result = formulas::evaluateDual(activation, in.nngp, row, column);
    State_ out{result.nngp, in.completeNtk()};
    if (out.ntk)
      out.ntk = *out.ntk * result.ntkFactor;
    return out;
  }
  formulas::DistanceDual<S> result = formulas::evaluateDistanceDual(
      activation, in.nngp, row, column,
      formulas::DistanceFacts{.nonnegative = op.getNonnegative(), .zeroIsInert = op.getZeroInert()}, negated);
  State_ out{result.nngp, in.ntk};
  if (in.missingCovariance)
    out.ntk = out.ntk ? *out.ntk + result.covariance : result.covariance;
  if (out.ntk)
    out.ntk = *out.ntk * result.ntkFactor;
  return out;
}

template <class S, class Source> PairState<S> Pointwise<S, Source>::normalize(NormalizeOp op, const State_ &in) {
  llvm::SmallVector<mlir::Value, 2> of{op.getVariance()};
  if (op.getScale())
    of.push_back(op.getScale());
  double eps = op.getEps().convertToDouble();
  std::string key = "normalize " + std::to_string(llvm::bit_cast<uint64_t>(eps));
  if (op.getOverSpace())
    key += overSpaceKey.str();
  unsigned exponent = op.getInput().getType().getScalePower();
  Sides<S> h = source.perExample(of, key, 1, [eps, exponent](llvm::ArrayRef<S> v) {
    S epsilon = formulas::constant(v[0], eps);
    if (v.size() > 1) {
      S unit = power(v[1], exponent);
      epsilon = epsilon * unit * unit;
    }
    return llvm::SmallVector<S>{
        inverseDeviation(v[0], epsilon, formulas::constant(v[0], 0.0), formulas::constant(v[0], 1.0))};
  });
  S both = h.row[0] * h.column[0];
  State_ out{in.nngp * both};
  std::optional<S> ntk = in.ntk;
  if (op.getInput().getType().isDistance()) {
    // D' lies between (ha − h'a')² and (ha + h'a')², a = √Q, and what Σ adds to Θ between −aa' and aa': where a is
    // nearly 0 and h large, the rounding of D says nothing
    Sides<S> q = plain(op.getVariance()), a = source.perExample(op.getVariance(), "deviation", 1, [](auto v) {
      return llvm::SmallVector<S>{sqrt(v[0])};
    });
    auto clamp = [](S value, S least, S most) {
      return select(lessEqual(value, least), least, select(lessEqual(most, value), most, value));
    };
    S gap = fma(h.row[0], q.row[0], -(h.column[0] * q.column[0]));
    S row = h.row[0] * a.row[0], column = h.column[0] * a.column[0], least = row - column, most = row + column;
    out.nngp = clamp(fma(h.row[0] - h.column[0], gap, out.nngp), least * least, most * most);
    // where one variance is 0, bit for bit the other
    S zero = number(0.0), newRow = q.row[0] * (h.row[0] * h.row[0]),
      newColumn = q.column[0] * (h.column[0] * h.column[0]);
    out.nngp = select(lessEqual(q.row[0], zero), newColumn, select(lessEqual(q.column[0], zero), newRow, out.nngp));
    if (in.missingCovariance) { // a little more: equal examples have, bit for bit, their variance
      S largest = number(1 + 1e-6) * a.row[0] * a.column[0];
      S covariance = clamp(in.missingCovariance(), -largest, largest);
      ntk = ntk ? *ntk + covariance : covariance;
    }
  } else {
    ntk = in.completeNtk();
  }
  if (ntk)
    out.ntk = *ntk * both;
  return out;
}

template <class S, class Source> PairState<S> Pointwise<S, Source>::dropout(DropoutOp op, const State_ &in) {
  S inverseKeep = number(1.0 / op.getKeep().convertToDouble());
  State_ out;
  if (op.getInput().getType().isDistance()) {
    Sides<S> q = plain(op.getVariance());
    S apart = fma(inverseKeep - number(1.0), q.row[0] + q.column[0], in.nngp);
    out.nngp = source.whereSelf(op.getType().getNegated() ? in.nngp * inverseKeep : number(0.0), apart);
  } else {
    out.nngp = source.whereSelf(in.nngp * inverseKeep, in.nngp);
  }
  if (std::optional<S> ntk = in.completeNtk())
    out.ntk = source.whereSelf(*ntk * inverseKeep, *ntk);
  return out;
}

template <class S, class Source> PairState<S> Pointwise<S, Source>::rescale(RescaleOp op, const State_ &in) {
  Sides<S> q = plain(op.getVariance());
  State_ out;
  std::optional<S> ntk = in.ntk;
  if (!op.getInput().getType().isDistance()) {
    bool negated = op.getType().getNegated();
    out.nngp = fma(number(negated ? 2.0 : -2.0), in.nngp, q.row[0] + q.column[0]);
    if (op.getType().getNtk())
      out.ntk = in.completeNtk();
    if (!negated)
      out.covariance = [covariance = in.nngp] { return covariance; };
    return out;
  }
  // at every position it would take time; without pools in the middle D of an image of zeros is the other's variance
  S covariance = covarianceOf(in, q, /*orZero=*/op.getType().getRank() == 0);
  if (in.missingCovariance)
    ntk = ntk ? *ntk + covariance : covariance;
  if (!op.getScale()) {
    out.nngp = covariance;
    out.ntk = ntk;
    return out;
  }
  Sides<S> r = inverse(op.getScale(), op.getInput().getType().getScalePower());
  double factor = op.getFactor().convertToDouble();
  S both = times(factor, r.row[0] * r.column[0]);
  if (ntk)
    out.ntk = *ntk * both;
  if (!op.getType().isDistance()) {
    out.nngp = covariance * both;
    return out;
  }
  S gap = fma(r.row[0], q.row[0], -(r.column[0] * q.column[0]));
  out.nngp = fma(times(factor, r.row[0] - r.column[0]), gap, both * in.nngp);
  return out;
}

template <class S, class Source>
PairState<S> Pointwise<S, Source>::product(MulOp op, const State_ &a, const State_ &b) {
  std::optional<S> ntkA = a.completeNtk(), ntkB = b.completeNtk();
  S covarianceA = a.nngp, covarianceB = b.nngp;
  State_ out;
  if (op.getType().isDistance()) {
    Sides<S> qa = plain(op.getVariances()[0]), qb = plain(op.getVariances()[1]);
    covarianceA = covarianceOf(a, qa, /*orZero=*/true);
    covarianceB = covarianceOf(b, qb, /*orZero=*/true);
    // ½(Q₁ − Q₁')(Q₂ − Q₂') + ½[D₁(s₂ + K₂) + D₂(s₁ + K₁)], s = (Q + Q')/2
    S half = number(0.5);
    S sumA = fma(half, qa.row[0] + qa.column[0], covarianceA), sumB = fma(half, qb.row[0] + qb.column[0], covarianceB);
    S gap = (qa.row[0] - qa.column[0]) * (qb.row[0] - qb.column[0]);
    out.nngp = half * fma(a.nngp, sumB, fma(b.nngp, sumA, gap));
  } else {
    out.nngp = covarianceA * covarianceB;
  }
  if (ntkA)
    out.ntk = *ntkA * covarianceB;
  if (ntkB)
    out.ntk = out.ntk ? fma(*ntkB, covarianceA, *out.ntk) : *ntkB * covarianceA;
  return out;
}

template <class S, class Source>
PairState<S> Pointwise<S, Source>::weightedSum(llvm::ArrayRef<State_> inputs, llvm::ArrayRef<double> weights) {
  bool allMissing = llvm::all_of(inputs, [](const State_ &in) { return static_cast<bool>(in.missingCovariance); });
  bool allKnown = llvm::all_of(inputs, [](const State_ &in) { return static_cast<bool>(in.covariance); });
  State_ out;
  for (size_t i = 0; i < inputs.size(); ++i) {
    out.nngp = i == 0 ? times(weights[i], inputs[i].nngp) : addTimes(weights[i], inputs[i].nngp, out.nngp);
    if (std::optional<S> ntk = allMissing ? inputs[i].ntk : inputs[i].completeNtk())
      out.ntk = out.ntk ? addTimes(weights[i], *ntk, *out.ntk) : times(weights[i], *ntk);
  }
  auto sumOf = [&](std::function<S()> State_::*term) -> std::function<S()> {
    return
        [this, term, terms = llvm::SmallVector<State_>(inputs), factors = llvm::SmallVector<double>(weights)]() -> S {
          S sum = times(factors[0], (terms[0].*term)());
          for (size_t i = 1; i < terms.size(); ++i)
            sum = addTimes(factors[i], (terms[i].*term)(), sum);
          return sum;
        };
  };
  if (allMissing)
    out.missingCovariance = sumOf(&State_::missingCovariance);
  if (allKnown)
    out.covariance = sumOf(&State_::covariance);
  return out;
}

template <class S, class Source>
PairState<S> Pointwise<S, Source>::pair(mlir::Operation *operation, llvm::ArrayRef<PairState<S>> inputs) {
  return llvm::TypeSwitch<mlir::Operation *, State_>(operation)
      .Case([&](LinearOp op) { return linear(op, inputs[0]); })
      .Case([&](DualOp op) { return dual(op, inputs[0], op.getNegated() ? &inputs[1].nngp : nullptr); })
      .Case([&](NormalizeOp op) { return normalize(op, inputs[0]); })
      .Case([&](DropoutOp op) { return dropout(op, inputs[0]); })
      .Case([&](RescaleOp op) { return rescale(op, inputs[0]); })
      .Case([&](MulOp op) { return product(op, inputs[0], inputs[1]); })
      .Case([&](AffineOp op) { return weightedSum(inputs, {op.getA2().convertToDouble()}); })
      .Case([&](AddOp) { return weightedSum(inputs, llvm::SmallVector<double>(inputs.size(), 1.0)); })
      .Case([&](ConcatOp op) { return weightedSum(inputs, op.getWeights()); });
}

template <class S, class Source>
S Pointwise<S, Source>::variance(mlir::Operation *operation, llvm::ArrayRef<S> inputs, std::optional<S> scale) {
  auto sum = [&](llvm::ArrayRef<double> weights) {
    S total = times(weights[0], inputs[0]);
    for (size_t i = 1; i < inputs.size(); ++i)
      total = addTimes(weights[i], inputs[i], total);
    return total;
  };
  std::optional<S> unit; // of the input
  if (scale)
    unit = power(*scale, typeOf(operation->getOperand(0)).getScalePower());
  return llvm::TypeSwitch<mlir::Operation *, S>(operation)
      .Case([&](LinearOp op) {
        double w2 = op.getW2().convertToDouble(), b2 = op.getB2().convertToDouble();
        if (b2 == 0 || !scale)
          return scaleAndBias(w2, b2, inputs[0]);
        Bias bias(b2, op.getType());
        S own = bias.of(*scale);
        return bias.addTo(times(w2, inputs[0]), own, own);
      })
      .Case([&](DualOp op) { return formulas::evaluateVariance(op.getFormula(), inputs[0]); })
      .Case([&](NormalizeOp op) {
        double eps = op.getEps().convertToDouble();
        S epsilon = unit ? number(eps) * *unit * *unit : number(eps);
        S h = inverseDeviation(inputs.back(), epsilon, number(0.0), number(1.0));
        return inputs[0] * (h * h);
      })
      .Case([&](DropoutOp op) { return inputs[0] * number(1.0 / op.getKeep().convertToDouble()); })
      .Case([&](RescaleOp op) {
        if (!unit)
          return inputs[0];
        S r = number(1.0) / *unit;
        return inputs[0] * times(op.getFactor().convertToDouble(), r * r);
      })
      .Case([&](MulOp) { return inputs[0] * inputs[1]; })
      .Case([&](AffineOp op) { return sum({op.getA2().convertToDouble()}); })
      .Case([&](AddOp) { return sum(llvm::SmallVector<double>(inputs.size(), 1.0)); })
      .Case([&](ConcatOp op) { return sum(op.getWeights()); });
}

} // namespace inetc::kt

#endif // INETC_KT_POINTWISE_H
