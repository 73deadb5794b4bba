#include "compiler/formulas/Activations.h"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <sstream>

namespace inetc::formulas {

namespace {

template <class A> ActivationInfo describe() {
  ActivationInfo info{A::name, A::formula, A::parameters};
  if constexpr (requires { A::requiresUnitVariance; })
    info.requiresUnitVariance = A::requiresUnitVariance;
  return info;
}

std::string print(double value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

/// "an integer from 0 to 5", "a number >= 0", "finite".
std::string printRange(const ParameterInfo &parameter) {
  constexpr double most = std::numeric_limits<double>::max();
  std::string text = parameter.integer ? "an integer" : "a finite number";
  if (parameter.minimum > -most && parameter.maximum < most)
    return text + " from " + print(parameter.minimum) + " to " + print(parameter.maximum);
  if (parameter.minimum > -most)
    return text + " >= " + print(parameter.minimum);
  return text;
}

/// Empty where every value is in the range of its parameter.
std::string checkValues(const ActivationInfo &info, std::span<const double> values) {
  bool isList = info.parameters.size() == 1 && info.parameters[0].list;
  if (!isList && values.size() > info.parameters.size())
    return "'" + std::string(info.name) + "' takes " + std::to_string(info.parameters.size()) + " parameters, not " +
           std::to_string(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const ParameterInfo &parameter = info.parameters[isList ? 0 : i];
    double value = values[i];
    bool good = std::isfinite(value) && value >= parameter.minimum && value <= parameter.maximum &&
                (!parameter.integer || value == std::floor(value));
    if (!good)
      return "'" + std::string(parameter.name) + "' of '" + std::string(info.name) + "' must be " +
             printRange(parameter) + ", not " + print(value);
  }
  for (size_t i = values.size(); i < info.parameters.size(); ++i)
    if (info.parameters[i].required)
      return "'" + std::string(info.name) + "' needs '" + std::string(info.parameters[i].name) + "'";
  if (isList && values.size() > size_t(Polynomial::maximumDegree) + 1)
    return "'" + std::string(info.name) + "' takes at most " + std::to_string(Polynomial::maximumDegree + 1) +
           " coefficients, not " + std::to_string(values.size());
  return {};
}

Activation makeRectifiedMonomial(int degree) {
  if (degree == 0)
    return Step{};
  if (degree == 1)
    return Relu{};
  return RectifiedMonomial(degree);
}

/// From checked values, one for each parameter.
Activation build(std::string_view name, const std::vector<double> &v) {
  if (name == Identity::name)
    return Identity{};
  if (name == Relu::name)
    return Relu{};
  if (name == LeakyRelu::name)
    return LeakyRelu(v[0]);
  if (name == AbRelu::name)
    return AbRelu(v[0], v[1]);
  if (name == Abs::name)
    return Abs{};
  if (name == Sign::name)
    return Sign{};
  if (name == Erf::name)
    return Erf{v[0], v[1], v[2]};
  if (name == SigmoidLike::name)
    return SigmoidLike{};
  if (name == Gelu::name)
    return Gelu{};
  if (name == Sin::name)
    return Sin{v[0], v[1], v[2]};
  if (name == Cos::name)
    return Cos(v[0], v[1], v[2]);
  if (name == Rbf::name)
    return Rbf{v[0]};
  if (name == Gabor::name)
    return Gabor{};
  if (name == Exp::name)
    return Exp{v[0], v[1]};
  if (name == Gaussian::name)
    return Gaussian{v[0], v[1]};
  if (name == ExpNormalized::name)
    return ExpNormalized{v[0], v[1]};
  if (name == Polynomial::name)
    return Polynomial(v);
  if (name == Monomial::name)
    return Monomial(int(v[0]));
  if (name == Hermite::name)
    return Hermite{int(v[0])};
  assert(name == RectifiedMonomial::name && "listActivations names an activation that build does not know");
  return makeRectifiedMonomial(int(v[0]));
}

} // namespace

std::span<const ActivationInfo> listActivations() {
  static const std::vector<ActivationInfo> all = [] {
    std::vector<ActivationInfo> list = {
        describe<Identity>(),   describe<Relu>(),     describe<LeakyRelu>(), describe<AbRelu>(),
        describe<Abs>(),        describe<Sign>(),     describe<Erf>(),       describe<SigmoidLike>(),
        describe<Gelu>(),       describe<Sin>(),      describe<Cos>(),       describe<Rbf>(),
        describe<Gabor>(),      describe<Exp>(),      describe<Gaussian>(),  describe<ExpNormalized>(),
        describe<Polynomial>(), describe<Monomial>(), describe<Hermite>(),   describe<RectifiedMonomial>()};
    std::sort(list.begin(), list.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    return list;
  }();
  return all;
}

const ActivationInfo *findActivation(std::string_view name) {
  for (const ActivationInfo &info : listActivations())
    if (info.name == name)
      return &info;
  return nullptr;
}

std::optional<Activation> makeActivation(std::string_view name, std::span<const double> values, std::string &error) {
  const ActivationInfo *info = findActivation(name);
  if (!info) {
    error = "unknown activation '" + std::string(name) + "'";
    return std::nullopt;
  }
  error = checkValues(*info, values);
  if (!error.empty())
    return std::nullopt;
  std::vector<double> all(values.begin(), values.end());
  for (size_t i = all.size(); i < info->parameters.size(); ++i)
    all.push_back(info->parameters[i].defaultValue);
  return build(name, all);
}

namespace {

template <class A> bool isNonnegative(const A &a) {
  if constexpr (std::derived_from<A, RectifiedLinear>) {
    // φ(z) = (β - α)/2 |z| + (β + α)/2 z, and E |u| |u'| >= |K|: so Σ' >= 0 if (β - α)² >= (β + α)².
    return a.alpha * a.beta <= 0;
  } else if constexpr (std::derived_from<A, Polynomial>) {
    // Even powers only, and with one sign: then so is φ.
    const std::vector<double> &c = a.getCoefficients();
    bool up = true, down = true;
    for (size_t i = 0; i < c.size(); ++i) {
      up &= c[i] == 0 || (i % 2 == 0 && c[i] > 0);
      down &= c[i] == 0 || (i % 2 == 0 && c[i] < 0);
    }
    return up || down;
  } else if constexpr (std::is_same_v<A, Hermite>) {
    return a.degree % 2 == 0; // Σ' = k^degree
  } else if constexpr (std::is_same_v<A, Cos>) {
    return a.c == 0; // Σ' is a positive multiple of cosh(b² k)
  } else {
    // φ >= 0, or a kernel that is an exponential. Nothing is claimed of the others.
    return std::is_same_v<A, Step> || std::is_same_v<A, RectifiedMonomial> || std::is_same_v<A, Exp> ||
           std::is_same_v<A, Gaussian> || std::is_same_v<A, Rbf> || std::is_same_v<A, ExpNormalized>;
  }
}

template <class A> Parity parityOf(const A &a) {
  auto oddIf = [](bool odd) { return odd ? Parity::odd : Parity::none; };
  if constexpr (std::derived_from<A, RectifiedLinear>) {
    return a.alpha == -a.beta ? Parity::even : oddIf(a.alpha == a.beta);
  } else if constexpr (std::derived_from<A, Polynomial>) {
    bool odd = true, even = true;
    const std::vector<double> &c = a.getCoefficients();
    for (size_t i = 0; i < c.size(); ++i)
      (i % 2 ? even : odd) &= c[i] == 0;
    return even ? Parity::even : oddIf(odd);
  } else if constexpr (std::derived_from<A, Erf>) {
    return oddIf(a.c == 0);
  } else if constexpr (std::derived_from<A, Sin>) {
    return a.c != 0 ? Parity::none : a.cosine ? Parity::even : Parity::odd;
  } else if constexpr (std::is_same_v<A, Hermite>) {
    return a.degree % 2 ? Parity::odd : Parity::even;
  } else if constexpr (std::is_same_v<A, Gaussian>) {
    return Parity::even;
  } else {
    return oddIf(std::is_same_v<A, Identity> || std::is_same_v<A, Sign> || std::is_same_v<A, Gabor>);
  }
}

} // namespace

bool hasNonnegativeDual(const Activation &activation) {
  return std::visit([](const auto &a) { return isNonnegative(a); }, activation);
}

Parity getParity(const Activation &activation) {
  return std::visit([](const auto &a) { return parityOf(a); }, activation);
}

} // namespace inetc::formulas
