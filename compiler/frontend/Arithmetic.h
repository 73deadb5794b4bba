// Operators and functions of compile-time values: numbers, booleans, symbols, ranges.
#ifndef INETC_FRONTEND_ARITHMETIC_H
#define INETC_FRONTEND_ARITHMETIC_H

#include "compiler/frontend/Ast.h"
#include "compiler/frontend/Value.h"

#include <optional>
#include <string>
#include <vector>

namespace inetc {

/// left op right, for every operator but `and` and `or`. Nothing, and `error` filled, where it has no value: operands
/// of the wrong kind, division by zero, a result beyond the range of a double. Neither operand is a Signal or Poison.
std::optional<Value> applyBinary(ast::BinaryOperator op, const Value &left, const Value &right, std::string &error);

/// -operand, not operand.
std::optional<Value> applyUnary(ast::UnaryOperator op, const Value &operand, std::string &error);

/// Whether `name` is a function of numbers: abs cos erf exp max min sign sin sqrt.
bool isFunction(const std::string &name);
const std::vector<std::string> &functionNames();

/// name(arguments); Nothing, and `error` filled, where the arguments are not such that it has a value.
std::optional<Value> applyFunction(const std::string &name, const std::vector<Value> &arguments, std::string &error);

} // namespace inetc

#endif // INETC_FRONTEND_ARITHMETIC_H
