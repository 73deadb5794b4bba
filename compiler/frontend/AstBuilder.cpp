#include "compiler/frontend/AstBuilder.h"

#include "compiler/frontend/TokenChecks.h"

#include <charconv>
#include <cmath>

using namespace inetc::ast;
using antlr4::tree::TerminalNode;

namespace inetc {

static ExpressionPtr make(SourceRange range, decltype(Expression::node) node) {
  auto expression = std::make_unique<Expression>();
  expression->range = range;
  expression->node = std::move(node);
  return expression;
}

SourceRange AstBuilder::rangeOf(antlr4::ParserRuleContext *context) const {
  SourceRange range = inetc::rangeOf(source, *context->getStart());
  range.end = inetc::rangeOf(source, *context->getStop()).end;
  return range;
}

void AstBuilder::report(SourceRange range, std::string message, std::string note) {
  Problem problem{range, std::move(message), {}};
  if (!note.empty())
    problem.notes.push_back({range, std::move(note)});
  problems.push_back(std::move(problem));
}

Identifier AstBuilder::identifier(TerminalNode *token) {
  return {inetc::rangeOf(source, *token->getSymbol()), token->getText()};
}

//===-- Definitions and statements --------------------------------------------------------------------------------===//

File AstBuilder::file(P::FileContext *context) {
  File file;
  file.source = &source;
  for (P::DefinitionContext *each : context->definition())
    file.definitions.push_back(definition(each));
  return file;
}

Definition AstBuilder::definition(P::DefinitionContext *context) {
  SourceRange range = rangeOf(context);
  if (auto *import = context->importFile()) {
    std::string quoted = import->STRING()->getText();
    return {range, Import{inetc::rangeOf(source, *import->STRING()->getSymbol()), quoted.substr(1, quoted.size() - 2)}};
  }
  if (auto *network = context->network())
    return {range, Network{identifier(network->NAME()), parameters(network->parameters()), block(network->block())}};
  if (auto *activation = context->activation())
    return {range, Activation{identifier(activation->NAME()), parameters(activation->parameters()),
                              expression(activation->expression())}};
  return {range, layer(context->layer())};
}

Layer AstBuilder::layer(P::LayerContext *context) {
  return {identifier(context->NAME()), parameters(context->parameters()), block(context->block())};
}

std::vector<Parameter> AstBuilder::parameters(P::ParametersContext *context) {
  std::vector<Parameter> parameters;
  if (!context)
    return parameters;
  for (P::ParameterContext *each : context->parameter())
    parameters.push_back({identifier(each->NAME()), each->expression() ? expression(each->expression()) : nullptr});
  return parameters;
}

std::vector<Statement> AstBuilder::block(P::BlockContext *context) {
  std::vector<Statement> statements;
  for (P::StatementContext *each : context->statement())
    statements.push_back(statement(each));
  return statements;
}

Statement AstBuilder::statement(P::StatementContext *context) {
  SourceRange range = rangeOf(context);
  if (auto *shape = context->inputShape())
    return {range, InputShape{list(shape->list())}};
  if (auto *defaults = context->defaults()) {
    Default node{identifier(defaults->NAME()), arguments(defaults->argument())};
    for (const Argument &argument : node.arguments)
      if (!argument.name)
        report(argument.value->range, "expected 'name = value' in the defaults of '" + node.layer.text + "'");
    return {range, std::move(node)};
  }
  if (auto *nested = context->layer())
    return {range, layer(nested)};
  if (auto *loop = context->loop())
    return {range, For{identifier(loop->NAME()), expression(loop->expression()), block(loop->block())}};
  if (auto *result = context->result())
    return {range, Return{expression(result->expression())}};
  auto *assignment = context->assignment();
  TerminalNode *name = assignment->NAME() ? assignment->NAME() : assignment->INPUT();
  if (assignment->INPUT())
    report(inetc::rangeOf(source, *name->getSymbol()), "'input' is reserved and cannot be assigned");
  return {range, Assignment{identifier(name), expression(assignment->expression())}};
}

ValueBlock AstBuilder::valueBlock(P::ValueBlockContext *context) {
  ValueBlock block;
  for (P::StatementContext *each : context->statement())
    block.statements.push_back(statement(each));
  block.value = expression(context->expression());
  return block;
}

std::vector<Argument> AstBuilder::arguments(const std::vector<P::ArgumentContext *> &contexts) {
  std::vector<Argument> arguments;
  for (P::ArgumentContext *each : contexts) {
    Argument argument;
    if (each->NAME())
      argument.name = identifier(each->NAME());
    argument.value = expression(each->expression());
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

std::vector<ExpressionPtr> AstBuilder::list(P::ListContext *context) {
  std::vector<ExpressionPtr> elements;
  for (P::ExpressionContext *each : context->expression())
    elements.push_back(expression(each));
  return elements;
}

//===-- Expressions -----------------------------------------------------------------------------------------------===//

/// The operator of a level that an operand shows without parentheses; null for an operand that is one piece.
static const char *looseOperator(const Expression &operand) {
  if (operand.parenthesised)
    return nullptr;
  if (auto *chain = std::get_if<Chain>(&operand.node))
    return spelling(chain->rest.front().op);
  if (auto *unary = std::get_if<Unary>(&operand.node))
    return spelling(unary->op);
  return nullptr;
}

bool AstBuilder::mixesWithPipe(const Expression &operand) {
  const char *op = looseOperator(operand);
  if (op)
    report(operand.range, std::string("'->' and '") + op + "' must not be mixed without parentheses",
           "'->' binds loosest; put the part that belongs together into '( )'");
  return op != nullptr;
}

bool AstBuilder::takeStage(Expression &expression, Call &stage) {
  if (mixesWithPipe(expression))
    return false;
  if (auto *call = std::get_if<Call>(&expression.node); call && !expression.parenthesised) {
    stage = std::move(*call);
    return true;
  }
  if (auto *name = std::get_if<Name>(&expression.node); name && !expression.parenthesised) {
    stage = {{expression.range, name->text}, {}};
    return true;
  }
  report(expression.range, "expected a layer after '->'");
  return false;
}

ExpressionPtr AstBuilder::expression(P::ExpressionContext *context) {
  std::vector<P::OperationContext *> operands = context->operation();
  ExpressionPtr head = operation(operands.front());
  if (operands.size() == 1)
    return head;
  mixesWithPipe(*head);
  Pipe pipe;
  pipe.head = std::move(head);
  for (size_t i = 1; i < operands.size(); ++i) {
    Call stage;
    if (takeStage(*operation(operands[i]), stage))
      pipe.stages.push_back(std::move(stage));
  }
  return make(rangeOf(context), std::move(pipe));
}

static BinaryOperator operatorOf(size_t token) {
  using P = grammar::InetParser;
  switch (token) {
  case P::OR:
    return BinaryOperator::Or;
  case P::AND:
    return BinaryOperator::And;
  case P::EQUAL:
    return BinaryOperator::Equal;
  case P::NOT_EQUAL:
    return BinaryOperator::NotEqual;
  case P::LESS:
    return BinaryOperator::Less;
  case P::LESS_EQUAL:
    return BinaryOperator::LessEqual;
  case P::GREATER:
    return BinaryOperator::Greater;
  case P::GREATER_EQUAL:
    return BinaryOperator::GreaterEqual;
  case P::DOTS:
    return BinaryOperator::Range;
  case P::PLUS:
    return BinaryOperator::Add;
  case P::MINUS:
    return BinaryOperator::Subtract;
  case P::STAR:
    return BinaryOperator::Multiply;
  case P::SLASH:
    return BinaryOperator::Divide;
  default:
    return BinaryOperator::Remainder;
  }
}

template <typename Operand>
ExpressionPtr AstBuilder::chain(antlr4::ParserRuleContext *context, const std::vector<Operand *> &operands,
                                ExpressionPtr (AstBuilder::*build)(Operand *)) {
  ExpressionPtr first = (this->*build)(operands.front());
  if (operands.size() == 1)
    return first;
  Chain chain;
  chain.first = std::move(first);
  for (size_t i = 1; i < operands.size(); ++i) {
    // Operands and operators alternate among the children.
    auto *token = static_cast<TerminalNode *>(context->children[2 * i - 1])->getSymbol();
    chain.rest.push_back({operatorOf(token->getType()), inetc::rangeOf(source, *token), (this->*build)(operands[i])});
  }
  return make(rangeOf(context), std::move(chain));
}

ExpressionPtr AstBuilder::operation(P::OperationContext *context) {
  return chain(context, context->conjunction(), &AstBuilder::conjunction);
}
ExpressionPtr AstBuilder::conjunction(P::ConjunctionContext *context) {
  return chain(context, context->negation(), &AstBuilder::negation);
}
ExpressionPtr AstBuilder::negation(P::NegationContext *context) {
  return unary(context, context->NOT().size(), UnaryOperator::Not, comparison(context->comparison()));
}
ExpressionPtr AstBuilder::comparison(P::ComparisonContext *context) {
  if (context->range().size() > 2)
    report(rangeOf(context), "comparisons do not chain", "join two comparisons with 'and'");
  return chain(context, context->range(), &AstBuilder::range);
}
ExpressionPtr AstBuilder::range(P::RangeContext *context) {
  if (context->sum().size() > 2)
    report(rangeOf(context), "a range has two ends", "a..b runs from a up to, and without, b");
  return chain(context, context->sum(), &AstBuilder::sum);
}
ExpressionPtr AstBuilder::sum(P::SumContext *context) {
  return chain(context, context->product(), &AstBuilder::product);
}
ExpressionPtr AstBuilder::product(P::ProductContext *context) {
  return chain(context, context->factor(), &AstBuilder::factor);
}
ExpressionPtr AstBuilder::factor(P::FactorContext *context) {
  return unary(context, context->NEGATE().size(), UnaryOperator::Negate, primary(context->primary()));
}

ExpressionPtr AstBuilder::unary(antlr4::ParserRuleContext *context, size_t count, UnaryOperator op,
                                ExpressionPtr operand) {
  // Pairs cancel, so that a thousand signs nest no deeper than two; two are kept, for `not not 3` is an error like
  // `not 3`.
  for (size_t i = count > 2 ? count % 2 + 2 : count; i > 0; --i)
    operand = make(rangeOf(context), Unary{op, std::move(operand)});
  return operand;
}

ExpressionPtr AstBuilder::number(TerminalNode *token) {
  SourceRange range = inetc::rangeOf(source, *token->getSymbol());
  std::string text = token->getText();
  double value = 0;
  // from_chars: independent of the locale, and correctly rounded.
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && std::abs(std::strtod(text.c_str(), nullptr)) > 1)
    report(range, "number " + text + " is larger than the largest number, about 1.8e308");
  return make(range, Number{value});
}

ExpressionPtr AstBuilder::primary(P::PrimaryContext *context) {
  SourceRange range = rangeOf(context);
  if (context->NUMBER())
    return number(context->NUMBER());
  if (context->TRUE() || context->FALSE())
    return make(range, Boolean{context->TRUE() != nullptr});
  if (context->INPUT())
    return make(range, Input{});
  if (context->list())
    return make(range, List{list(context->list())});
  if (context->LPAREN()) {
    ExpressionPtr inner = expression(context->expression());
    inner->parenthesised = true;
    return inner;
  }
  if (auto *conditional = context->conditional()) {
    If node{expression(conditional->expression()), valueBlock(conditional->valueBlock(0)),
            valueBlock(conditional->valueBlock(1))};
    return make(range, std::move(node));
  }
  if (auto *given = context->arguments())
    return make(range, Call{identifier(context->NAME()), arguments(given->argument())});
  return make(range, Name{context->NAME()->getText()});
}

} // namespace inetc
