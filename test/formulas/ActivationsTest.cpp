#include "compiler/formulas/Activations.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace inetc::formulas {
namespace {

std::string errorOf(std::string_view name, std::vector<double> values) {
  std::string error;
  EXPECT_FALSE(makeActivation(name, values, error).has_value()) << name;
  return error;
}

template <class A> A make(std::vector<double> values) {
  std::string error;
  return std::get<A>(makeActivation(A::name, values, error).value());
}

TEST(ActivationsTest, ListsEveryNameOfTheLanguageInOrder) {
  std::vector<std::string> names;
  for (const ActivationInfo &info : listActivations())
    names.emplace_back(info.name);
  EXPECT_EQ(names, (std::vector<std::string>{"abrelu",   "abs",
                                             "cos",      "erf",
                                             "exp",      "exp_normalized",
                                             "gabor",    "gaussian",
                                             "gelu",     "hermite",
                                             "identity", "leaky_relu",
                                             "monomial", "polynomial",
                                             "rbf",      "rectified_monomial",
                                             "relu",     "sigmoid_like",
                                             "sign",     "sin"}));
}

TEST(ActivationsTest, EveryOneIsMadeFromItsRequiredParameters) {
  for (const ActivationInfo &info : listActivations()) {
    std::vector<double> values;
    for (const ParameterInfo &parameter : info.parameters)
      if (parameter.required)
        values.push_back(2);
    std::string error;
    EXPECT_TRUE(makeActivation(info.name, values, error).has_value()) << error;
    EXPECT_EQ(findActivation(info.name), &info);
  }
  EXPECT_EQ(findActivation("rel"), nullptr);
}

TEST(ActivationsTest, DefaultsAreThoseOfThePeer) {
  EXPECT_EQ(make<Erf>({}).a, 1);
  EXPECT_EQ(make<Erf>({}).c, 0);
  EXPECT_EQ(make<Erf>({2}).a, 2);
  EXPECT_EQ(make<Erf>({2, 3}).b, 3);
  EXPECT_EQ(make<Cos>({}).b, 1);
  EXPECT_EQ(make<Rbf>({}).gamma, 1);
  EXPECT_EQ(make<Exp>({}).b, 1);
  EXPECT_EQ(make<Gaussian>({}).b, -1);
  EXPECT_EQ(make<ExpNormalized>({}).shift, -1);
  EXPECT_EQ(make<LeakyRelu>({0.2}).alpha, 0.2);
  EXPECT_EQ(make<LeakyRelu>({0.2}).beta, 1);
  EXPECT_EQ(make<AbRelu>({-0.3, 1.2}).alpha, -0.3);
  EXPECT_TRUE(findActivation("hermite")->requiresUnitVariance);
  EXPECT_FALSE(findActivation("relu")->requiresUnitVariance);
}

TEST(ActivationsTest, RectifiedMonomialsOfLowDegreeAreCarriedInDistance) {
  std::string error;
  auto ofDegree = [&](double degree) {
    return makeActivation("rectified_monomial", std::vector<double>{degree}, error).value();
  };
  EXPECT_TRUE(std::holds_alternative<Step>(ofDegree(0)));
  EXPECT_TRUE(std::holds_alternative<Relu>(ofDegree(1)));
  EXPECT_EQ(std::get<RectifiedMonomial>(ofDegree(2)).getDegree(), 2);
  EXPECT_EQ(getState(ofDegree(1)), State::distance);
  EXPECT_EQ(getState(ofDegree(2)), State::covariance);
}

TEST(ActivationsTest, WrongParametersAreRefusedInWords) {
  EXPECT_EQ(errorOf("rel", {}), "unknown activation 'rel'");
  EXPECT_EQ(errorOf("leaky_relu", {}), "'leaky_relu' needs 'alpha'");
  EXPECT_EQ(errorOf("abrelu", {1}), "'abrelu' needs 'b'");
  EXPECT_EQ(errorOf("relu", {1}), "'relu' takes 0 parameters, not 1");
  EXPECT_EQ(errorOf("monomial", {6}), "'degree' of 'monomial' must be an integer from 0 to 5, not 6");
  EXPECT_EQ(errorOf("monomial", {2.5}), "'degree' of 'monomial' must be an integer from 0 to 5, not 2.5");
  EXPECT_EQ(errorOf("rbf", {-1}), "'gamma' of 'rbf' must be a finite number >= 0, not -1");
  EXPECT_EQ(errorOf("erf", {std::numeric_limits<double>::infinity()}), "'a' of 'erf' must be a finite number, not inf");
  EXPECT_EQ(errorOf("sin", {0, 0, std::numeric_limits<double>::quiet_NaN()}),
            "'c' of 'sin' must be a finite number, not nan");
  EXPECT_EQ(errorOf("polynomial", {}), "'polynomial' needs 'coefficients'");
  EXPECT_EQ(errorOf("polynomial", std::vector<double>(34, 1.0)), "'polynomial' takes at most 33 coefficients, not 34");
}

TEST(ActivationsTest, StoresOnlyWhatADualNeeds) {
  // C_l of z² is constant for l = 2 and q for l = 0
  EXPECT_EQ(Monomial(2).normalizerCount(), 1);
  EXPECT_EQ(Monomial(1).normalizerCount(), 0);
  EXPECT_EQ(Polynomial({0, 0, 0}).normalizerCount(), 0);
  for (const Activation &activation :
       {Activation(Relu{}), Activation(Gelu{}), Activation(Sin{}), Activation(Monomial(5)),
        Activation(RectifiedMonomial(3)), Activation(Hermite{2})})
    EXPECT_EQ(normalize(activation, 0.7).size(), size_t(getNormalizerCount(activation)));
}

} // namespace
} // namespace inetc::formulas
