#include "compiler/frontend/Arithmetic.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

using inetc::ast::BinaryOperator;
using inetc::ast::UnaryOperator;

namespace inetc {

static std::optional<Value> finite(double result, std::string &error) {
  if (std::isfinite(result))
    return Value{result};
  error = "the result is larger than the largest number, about 1.8e308";
  return std::nullopt;
}

static std::optional<Value> applyToNumbers(BinaryOperator op, double left, double right, std::string &error) {
  switch (op) {
  case BinaryOperator::Less:
    return Value{left < right};
  case BinaryOperator::LessEqual:
    return Value{left <= right};
  case BinaryOperator::Greater:
    return Value{left > right};
  case BinaryOperator::GreaterEqual:
    return Value{left >= right};
  case BinaryOperator::Add:
    return finite(left + right, error);
  case BinaryOperator::Subtract:
    return finite(left - right, error);
  case BinaryOperator::Multiply:
    return finite(left * right, error);
  case BinaryOperator::Divide:
    if (right == 0) {
      error = "division by zero";
      return std::nullopt;
    }
    return finite(left / right, error);
  case BinaryOperator::Remainder: {
    if (right == 0) {
      error = "remainder of a division by zero";
      return std::nullopt;
    }
    // The sign of the divisor: -1 % 4 is 3. fmod is exact, which left - right * floor(left / right) is not.
    double remainder = std::fmod(left, right);
    return Value{remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder};
  }
  case BinaryOperator::Range:
    if (!isIntegral(left) || !isIntegral(right)) {
      error = "the ends of a range are integers, found " + formatNumber(isIntegral(left) ? right : left);
      return std::nullopt;
    }
    return Value{Range{static_cast<int64_t>(left), static_cast<int64_t>(right)}};
  default:
    break;
  }
  error = "no such operator"; // `and`, `or` are the evaluator's, == and != are applied to any kind
  return std::nullopt;
}

static std::optional<Value> applyEquality(BinaryOperator op, const Value &left, const Value &right,
                                          std::string &error) {
  bool comparable = left.is.index() == right.is.index() && !left.list() && !left.range();
  if (!comparable) {
    error = std::string("'") + ast::spelling(op) + "' compares two numbers, booleans or symbols, found " +
            kindOf(left) + " and " + kindOf(right);
    return std::nullopt;
  }
  bool equal = left.number()    ? *left.number() == *right.number()
               : left.boolean() ? *left.boolean() == *right.boolean()
                                : left.symbol()->name == right.symbol()->name;
  return Value{equal == (op == BinaryOperator::Equal)};
}

std::optional<Value> applyBinary(BinaryOperator op, const Value &left, const Value &right, std::string &error) {
  if (op == BinaryOperator::Equal || op == BinaryOperator::NotEqual)
    return applyEquality(op, left, right, error);
  if (!left.number() || !right.number()) {
    error = std::string("'") + ast::spelling(op) + "' takes numbers, found " + kindOf(left.number() ? right : left);
    return std::nullopt;
  }
  return applyToNumbers(op, *left.number(), *right.number(), error);
}

std::optional<Value> applyUnary(UnaryOperator op, const Value &operand, std::string &error) {
  if (op == UnaryOperator::Negate && operand.number())
    return Value{-*operand.number()};
  if (op == UnaryOperator::Not && operand.boolean())
    return Value{!*operand.boolean()};
  error = std::string("'") + ast::spelling(op) + "' takes " + (op == UnaryOperator::Negate ? "a number" : "a boolean") +
          ", found " + kindOf(operand);
  return std::nullopt;
}

//===-- Functions -------------------------------------------------------------------------------------------------===//

static const std::map<std::string, double (*)(double)> &unaryFunctions() {
  static const std::map<std::string, double (*)(double)> functions = {
      {"abs", [](double x) { return std::abs(x); }},
      {"cos", [](double x) { return std::cos(x); }},
      {"erf", [](double x) { return std::erf(x); }},
      {"exp", [](double x) { return std::exp(x); }},
      {"sign", [](double x) { return x > 0   ? 1.0
                                     : x < 0 ? -1.0
                                             : 0.0; }},
      {"sin", [](double x) { return std::sin(x); }},
      {"sqrt", [](double x) { return std::sqrt(x); }},
  };
  return functions;
}

const std::vector<std::string> &functionNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = {"max", "min"};
    for (const auto &[name, function] : unaryFunctions())
      all.push_back(name);
    std::sort(all.begin(), all.end());
    return all;
  }();
  return names;
}

bool isFunction(const std::string &name) {
  return std::binary_search(functionNames().begin(), functionNames().end(), name);
}

std::optional<Value> applyFunction(const std::string &name, const std::vector<Value> &arguments, std::string &error) {
  for (const Value &argument : arguments)
    if (!argument.number()) {
      error = "'" + name + "' takes numbers, found " + kindOf(argument);
      return std::nullopt;
    }
  auto unary = unaryFunctions().find(name);
  if (unary == unaryFunctions().end()) {
    if (arguments.empty()) {
      error = "'" + name + "' takes one or more numbers, found none";
      return std::nullopt;
    }
    double result = *arguments[0].number();
    for (const Value &argument : arguments)
      result = name == "min" ? std::min(result, *argument.number()) : std::max(result, *argument.number());
    return Value{result};
  }
  if (arguments.size() != 1) {
    error = "'" + name + "' takes one number, found " + std::to_string(arguments.size()) + " arguments";
    return std::nullopt;
  }
  double argument = *arguments[0].number();
  if (name == "sqrt" && argument < 0) {
    error = "'sqrt' of a negative number, " + formatNumber(argument);
    return std::nullopt;
  }
  return finite(unary->second(argument), error);
}

} // namespace inetc
