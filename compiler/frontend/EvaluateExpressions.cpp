#include "compiler/frontend/Arithmetic.h"
#include "compiler/frontend/Evaluator.h"

#include <algorithm>
#include <numbers>

using inetc::ast::BinaryOperator;

namespace inetc {

/// Lists in lists; as deep as brackets may nest.
static constexpr unsigned maximumListDepth = 256;

Value Evaluator::evaluate(const ast::Expression &expression, const LayerArgument *expected) {
  if (stopped)
    return {};
  if (++steps > maximumSteps)
    return fatal(expression.range,
                 "the network takes more than " + std::to_string(maximumSteps) + " steps to evaluate");
  if (depth >= maximumDepth)
    return fatal(expression.range,
                 "expressions and calls of layers nest deeper than " + std::to_string(maximumDepth) + " levels");
  ++depth;
  SourceRange range = expression.range;
  struct Dispatch {
    Evaluator &self;
    SourceRange range;
    const LayerArgument *expected;
    Value operator()(const ast::Number &number) { return {number.value}; }
    Value operator()(const ast::Boolean &boolean) { return {boolean.value}; }
    Value operator()(const ast::Name &name) { return self.evaluate(name, range, expected); }
    Value operator()(const ast::Input &) { return self.evaluateInput(range); }
    Value operator()(const ast::List &list) { return self.evaluate(list, range, expected); }
    Value operator()(const ast::Unary &unary) { return self.evaluate(unary, range); }
    Value operator()(const ast::Chain &chain) { return self.evaluate(chain, range); }
    Value operator()(const ast::Call &call) { return self.call(call, range, nullptr); }
    Value operator()(const ast::Pipe &pipe) { return self.evaluate(pipe); }
    Value operator()(const ast::If &conditional) { return self.evaluate(conditional, expected); }
  };
  Value value = std::visit(Dispatch{*this, range, expected}, expression.node);
  --depth;
  return value;
}

Value Evaluator::evaluateInput(SourceRange range) {
  if (frames.size() > 1)
    return error(range, "a layer does not see the network's 'input'; hand it in as an argument");
  if (!hasInput && good)
    return error(range, "'input' is used before it is declared");
  return input;
}

Value Evaluator::evaluate(const ast::Name &name, SourceRange range, const LayerArgument *expected) {
  if (const Variable *variable = lookUp(name.text))
    return variable->value;
  if (name.text == "pi")
    return {std::numbers::pi};
  bool isChoice = expected && std::count(expected->choices.begin(), expected->choices.end(), name.text);
  if (isChoice || symbols.count(name.text))
    return {Symbol{name.text}};
  if (expected && !expected->choices.empty())
    return {Symbol{name.text}}; // no name of anything: whoever binds it says which symbols there are
  if (lookUpBuiltin(name.text) || lookUpLayer(name.text) || program.activations().count(name.text))
    return error(range, "'" + name.text + "' is a layer, not a value",
                 {{range, "write x -> " + name.text + " to apply it to x"}});
  if (isFunction(name.text))
    return error(range, "'" + name.text + "' is a function, not a value", {{range, "write " + name.text + "(…)"}});
  bool isValueOfNetwork = frames.size() > 1 && frames.front().scopes.front().variables.count(name.text);
  if (isValueOfNetwork)
    return error(range, "a layer does not see the network's value '" + name.text + "'; hand it in as an argument");
  return error(range, "unknown name '" + name.text + "'", didYouMean(range, name.text, visibleVariables()));
}

Value Evaluator::evaluate(const ast::List &node, SourceRange range, const LayerArgument *expected) {
  auto list = std::make_shared<List>();
  bool valid = true;
  for (const ast::ExpressionPtr &element : node.elements) {
    Value value = evaluate(*element, expected);
    if (value.signal()) {
      error(element->range, "a list holds numbers, booleans, symbols, ranges and lists, found a value of the network");
      valid = false;
    }
    valid &= !value.isPoison();
    if (value.list())
      list->depth = std::max(list->depth, value.list()->depth + 1);
    list->elements.push_back(std::move(value));
  }
  if (list->depth > maximumListDepth)
    return fatal(range, "lists nest deeper than " + std::to_string(maximumListDepth) + " levels");
  if (!valid)
    return {};
  return {std::shared_ptr<const List>(std::move(list))};
}

Value Evaluator::evaluate(const ast::Unary &unary, SourceRange range) {
  Value operand = evaluate(*unary.operand);
  if (operand.isPoison())
    return {};
  if (operand.signal() && unary.op == ast::UnaryOperator::Negate)
    return scaled(-1, *operand.signal(), range);
  std::string message;
  if (std::optional<Value> result = applyUnary(unary.op, operand, message))
    return *result;
  return error(range, message);
}

Value Evaluator::evaluateLogic(const ast::Chain &chain) {
  // All operators of a chain are of one level: all `and`, or all `or`. What does not decide is not evaluated.
  bool decisive = chain.rest.front().op == BinaryOperator::Or;
  auto decides = [&](const ast::Expression &operand, Value &value) {
    value = evaluate(operand);
    if (!value.boolean() && !value.isPoison())
      value = error(operand.range, std::string("'") + ast::spelling(chain.rest.front().op) +
                                       "' takes booleans, found " + kindOf(value));
    return value.isPoison() || *value.boolean() == decisive;
  };
  Value value;
  if (decides(*chain.first, value))
    return value;
  for (const ast::Link &link : chain.rest)
    if (decides(*link.operand, value))
      return value;
  return value;
}

Value Evaluator::evaluate(const ast::Chain &chain, SourceRange range) {
  BinaryOperator level = chain.rest.front().op;
  if (level == BinaryOperator::And || level == BinaryOperator::Or)
    return evaluateLogic(chain);
  std::vector<Value> operands = {evaluate(*chain.first)};
  for (const ast::Link &link : chain.rest)
    operands.push_back(evaluate(*link.operand));
  if (std::any_of(operands.begin(), operands.end(), [](const Value &value) { return value.isPoison(); }))
    return {};

  bool isSum = level == BinaryOperator::Add || level == BinaryOperator::Subtract;
  if (isSum && std::all_of(operands.begin(), operands.end(), [](const Value &value) { return value.signal(); }))
    return sumOfSignals(chain, operands, range);
  Value result = operands.front();
  for (size_t i = 0; i < chain.rest.size(); ++i) {
    result = combine(chain.rest[i], result, operands[i + 1], range);
    if (result.isPoison())
      return {};
  }
  return result;
}

Value Evaluator::sumOfSignals(const ast::Chain &chain, const std::vector<Value> &operands, SourceRange range) {
  std::vector<Signal> signals = {*operands.front().signal()};
  for (size_t i = 0; i < chain.rest.size(); ++i) {
    Value operand = operands[i + 1];
    if (chain.rest[i].op == BinaryOperator::Subtract)
      operand = scaled(-1, *operand.signal(), chain.rest[i].range);
    if (operand.isPoison())
      return {};
    signals.push_back(*operand.signal());
  }
  return mayBuild(range, /*isJoin=*/true) ? built(builder.sum(signals, here(chain.rest.front().range))) : Value{};
}

Value Evaluator::combine(const ast::Link &link, const Value &left, const Value &right, SourceRange range) {
  std::string message;
  if (!left.signal() && !right.signal()) {
    if (std::optional<Value> result = applyBinary(link.op, left, right, message))
      return *result;
    return error(link.range, message);
  }
  if (link.op == BinaryOperator::Multiply) {
    if (left.signal() && right.signal())
      return mayBuild(range, /*isJoin=*/true)
                 ? built(builder.product(*left.signal(), *right.signal(), here(link.range)))
                 : Value{};
    if (left.number())
      return scaled(*left.number(), *right.signal(), link.range);
    if (right.number())
      return scaled(*right.number(), *left.signal(), link.range);
  }
  if (link.op == BinaryOperator::Divide && right.number()) {
    if (*right.number() == 0)
      return error(link.range, "division by zero");
    return scaled(1 / *right.number(), *left.signal(), link.range);
  }
  return error(link.range, std::string("'") + ast::spelling(link.op) + "' is not defined for " + kindOf(left) +
                               " and " + kindOf(right));
}

Value Evaluator::scaled(double factor, Signal signal, SourceRange range) {
  return mayBuild(range) ? built(builder.scale(factor, signal, here(range))) : Value{};
}

bool Evaluator::mayBuild(SourceRange range, bool isJoin) {
  if (stopped)
    return false;
  if (++layersBuilt > maximumLayers)
    fatal(range, "the network has more than " + std::to_string(maximumLayers) + " layers");
  else if (isJoin && ++joinsBuilt > maximumJoins)
    fatal(range, "the network has more than " + std::to_string(maximumJoins) + " sums, products and concatenations");
  return !stopped;
}

Value Evaluator::built(const std::optional<Signal> &signal) {
  if (signal)
    return {*signal};
  good = false;
  return {};
}

Value Evaluator::evaluate(const ast::Pipe &pipe) {
  Value value = evaluate(*pipe.head);
  for (const ast::Call &stage : pipe.stages)
    value = call(stage, stage.callee.range, &value);
  return value;
}

Value Evaluator::evaluate(const ast::If &conditional, const LayerArgument *expected) {
  Value condition = evaluate(*conditional.condition);
  if (condition.isPoison())
    return {};
  if (!condition.boolean())
    return error(conditional.condition->range, "the condition of an 'if' is a boolean, found " + kindOf(condition));
  const ast::ValueBlock &taken = *condition.boolean() ? conditional.thenBlock : conditional.elseBlock;
  frames.back().scopes.emplace_back();
  for (const ast::Statement &statement : taken.statements)
    if (!stopped)
      run(statement);
  Value value = evaluate(*taken.value, expected);
  frames.back().scopes.pop_back();
  return value;
}

} // namespace inetc
