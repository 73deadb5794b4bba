// From ANTLR's parse tree, which must be free of syntax errors, to the AST.
#ifndef INETC_FRONTEND_ASTBUILDER_H
#define INETC_FRONTEND_ASTBUILDER_H

#include "compiler/frontend/Ast.h"

#include "InetParser.h"

namespace inetc {

/// Appends to `problems` what the grammar lets through but the language does not: `->` mixed with other operators,
/// chained comparisons and ranges, a right side of `->` that is no layer, numbers beyond the range of a double.
class AstBuilder {
public:
  using P = grammar::InetParser;

  AstBuilder(const SourceFile &source, std::vector<Problem> &problems) : source(source), problems(problems) {}

  ast::File file(P::FileContext *context);
  ast::ExpressionPtr expression(P::ExpressionContext *context);

private:
  ast::Definition definition(P::DefinitionContext *context);
  ast::Layer layer(P::LayerContext *context);
  std::vector<ast::Parameter> parameters(P::ParametersContext *context);
  std::vector<ast::Statement> block(P::BlockContext *context);
  ast::Statement statement(P::StatementContext *context);
  ast::ValueBlock valueBlock(P::ValueBlockContext *context);

  ast::ExpressionPtr operation(P::OperationContext *context);
  ast::ExpressionPtr conjunction(P::ConjunctionContext *context);
  ast::ExpressionPtr negation(P::NegationContext *context);
  ast::ExpressionPtr comparison(P::ComparisonContext *context);
  ast::ExpressionPtr range(P::RangeContext *context);
  ast::ExpressionPtr sum(P::SumContext *context);
  ast::ExpressionPtr product(P::ProductContext *context);
  ast::ExpressionPtr factor(P::FactorContext *context);
  ast::ExpressionPtr primary(P::PrimaryContext *context);
  ast::ExpressionPtr number(antlr4::tree::TerminalNode *token);
  std::vector<ast::Argument> arguments(const std::vector<P::ArgumentContext *> &contexts);
  std::vector<ast::ExpressionPtr> list(P::ListContext *context);

  /// operand op operand …: a Chain, or the operand itself where there is only one.
  template <typename Operand>
  ast::ExpressionPtr chain(antlr4::ParserRuleContext *context, const std::vector<Operand *> &operands,
                           ast::ExpressionPtr (AstBuilder::*build)(Operand *));
  ast::ExpressionPtr unary(antlr4::ParserRuleContext *context, size_t count, ast::UnaryOperator op,
                           ast::ExpressionPtr operand);
  /// Moves a stage of a pipe out of its expression; reports and returns false where it is no layer.
  bool takeStage(ast::Expression &expression, ast::Call &stage);
  bool mixesWithPipe(const ast::Expression &operand);

  ast::Identifier identifier(antlr4::tree::TerminalNode *token);
  SourceRange rangeOf(antlr4::ParserRuleContext *context) const;
  void report(SourceRange range, std::string message, std::string note = "");

  const SourceFile &source;
  std::vector<Problem> &problems;
};

} // namespace inetc

#endif // INETC_FRONTEND_ASTBUILDER_H
