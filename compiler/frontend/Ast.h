// The syntax tree of a .inet file. Every node knows its place; nothing here knows what a name means.
//
// Chains of operators are flat (a + b - c is one Chain of three operands), so the depth of a tree is that of the
// brackets and `if`s of its text, which the parser bounds (maximumNesting): recursion over a tree is safe.
#ifndef INETC_FRONTEND_AST_H
#define INETC_FRONTEND_AST_H

#include "compiler/frontend/Source.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace inetc::ast {

struct Expression;
struct Statement;
using ExpressionPtr = std::unique_ptr<Expression>;

/// A name where it is written, in a definition or a use.
struct Identifier {
  SourceRange range;
  std::string text;
};

/// `value`, or `name = value`.
struct Argument {
  std::optional<Identifier> name;
  ExpressionPtr value;
};

/// `name`, or `name = defaultValue`, of a network, layer or activation.
struct Parameter {
  Identifier name;
  ExpressionPtr defaultValue; ///< null where there is none
};

//===-- Expressions -----------------------------------------------------------------------------------------------===//

struct Number {
  double value;
};
struct Boolean {
  bool value;
};
struct Name {
  std::string text;
};
/// The reserved word `input` as a value.
struct Input {};
struct List {
  std::vector<ExpressionPtr> elements;
};

enum class UnaryOperator { Negate, Not };
/// `- x`, `not x`. An even number of either is kept as written: --x is a Unary of a Unary no deeper than two.
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};

enum class BinaryOperator {
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Range,
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
};
struct Link {
  BinaryOperator op;
  SourceRange range; ///< of the operator
  ExpressionPtr operand;
};
/// first op operand op operand …, all of one level of precedence, evaluated from the left.
struct Chain {
  ExpressionPtr first;
  std::vector<Link> rest;
};

/// `callee(arguments)`: a layer, or a function of numbers.
struct Call {
  Identifier callee;
  std::vector<Argument> arguments;
};
/// head -> stage -> stage …: each stage is called with the value before it as argument 0.
struct Pipe {
  ExpressionPtr head;
  std::vector<Call> stages;
};

/// The braces of an `if`: statements, then a value.
struct ValueBlock {
  std::vector<Statement> statements;
  ExpressionPtr value;
};
struct If {
  ExpressionPtr condition;
  ValueBlock thenBlock;
  ValueBlock elseBlock;
};

struct Expression {
  SourceRange range;
  bool parenthesised = false;
  std::variant<Number, Boolean, Name, Input, List, Unary, Chain, Call, Pipe, If> node;
};

//===-- Statements and definitions --------------------------------------------------------------------------------===//

struct InputShape {
  std::vector<ExpressionPtr> sizes;
};
struct Default {
  Identifier layer;
  std::vector<Argument> arguments;
};
struct Layer {
  Identifier name;
  std::vector<Parameter> parameters;
  std::vector<Statement> body;
};
struct For {
  Identifier variable;
  ExpressionPtr iterated;
  std::vector<Statement> body;
};
struct Return {
  ExpressionPtr value;
};
struct Assignment {
  Identifier name;
  ExpressionPtr value;
};

struct Statement {
  SourceRange range;
  std::variant<InputShape, Default, Layer, For, Return, Assignment> node;
};

struct Import {
  SourceRange range; ///< of the quoted path
  std::string path;
};
struct Network {
  Identifier name;
  std::vector<Parameter> parameters;
  std::vector<Statement> body;
};
/// `activation swish(z, beta = 1) = z / (1 + exp(-beta * z))`
struct Activation {
  Identifier name;
  std::vector<Parameter> parameters;
  ExpressionPtr value;
};

struct Definition {
  SourceRange range;
  std::variant<Import, Network, Layer, Activation> node;
};

struct File {
  const SourceFile *source = nullptr;
  std::vector<Definition> definitions;
};

/// As the operator is written: "+", "and", "..".
const char *spelling(BinaryOperator op);
const char *spelling(UnaryOperator op);

} // namespace inetc::ast

#endif // INETC_FRONTEND_AST_H
