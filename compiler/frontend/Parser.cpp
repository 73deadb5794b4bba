#include "compiler/frontend/Parser.h"

#include "compiler/frontend/AstBuilder.h"
#include "compiler/frontend/SyntaxErrors.h"

#include "InetLexer.h"

#include <algorithm>
#include <cassert>

using inetc::grammar::InetLexer;
using inetc::grammar::InetParser;

namespace inetc {
namespace {

/// Tells CALL from LPAREN and NEGATE from MINUS: see grammar/Inet.g4.
class OperandLexer : public InetLexer {
public:
  using InetLexer::InetLexer;

  std::unique_ptr<antlr4::Token> nextToken() override {
    std::unique_ptr<antlr4::Token> token = InetLexer::nextToken();
    if (token->getChannel() == antlr4::Token::HIDDEN_CHANNEL)
      return token;
    size_t type = token->getType();
    if (type == LPAREN && before == NAME)
      type = InetParser::CALL;
    else if (type == MINUS && !afterOperand)
      type = InetParser::NEGATE;
    static_cast<antlr4::CommonToken &>(*token).setType(type);

    bool closesValue = false;
    if (type == LBRACE) {
      bracesOfElse.push_back(before == ELSE);
    } else if (type == RBRACE && !bracesOfElse.empty()) {
      closesValue = bracesOfElse.back();
      bracesOfElse.pop_back();
    }
    afterOperand = closesValue || type == NAME || type == NUMBER || type == TRUE || type == FALSE || type == INPUT ||
                   type == RPAREN || type == RBRACKET;
    before = type;
    return token;
  }

private:
  size_t before = antlr4::Token::EOF;
  bool afterOperand = false;
  std::vector<bool> bracesOfElse; ///< for each open brace, whether an `if` has its value when it closes
};

/// A parser that cannot run out of stack. What nests too deeply has been refused in the token stream already; but after
/// a syntax error the parser may lose count of the brackets, so it counts its own rules too.
class BoundedParser : public InetParser {
public:
  using InetParser::InetParser;

  void enterRule(antlr4::ParserRuleContext *context, size_t state, size_t rule) override {
    // From one bracket to the next: the twelve rules from `expression` to `primary`, and a `list` or `arguments`.
    constexpr unsigned rulesPerLevel = 16;
    while (!open.empty() && open.back() != context->parent)
      open.pop_back();
    open.push_back(context);
    if (open.size() > rulesPerLevel * (maximumNesting + 2))
      throw antlr4::ParseCancellationException();
    InetParser::enterRule(context, state, rule);
  }

private:
  /// The rules being parsed, outermost first; those that have ended are dropped by the next enterRule (exitRule cannot
  /// be overridden).
  std::vector<antlr4::tree::ParseTree *> open;
};

/// The stages from bytes to a parse tree. The tree lives as long as this object.
class Parse {
public:
  Parse(const SourceFile &source, std::vector<Problem> &problems) : source(source), problems(problems) {}

  /// The parse tree of `rule`, or null if there was any problem.
  template <typename Context> Context *run(Context *(InetParser::*rule)()) {
    size_t before = problems.size();
    if (!checkBytes(source, problems))
      return nullptr;
    // The error listeners print to stderr by default. Every character is some token: the lexer has no errors.
    input.load(std::string(source.text));
    lexer.removeErrorListeners();
    parser.removeErrorListeners();
    if (!checkTokens(source, tokens, openBrackets, problems))
      return nullptr;
    parser.setErrorHandler(std::make_shared<SyntaxErrors>(source, openBrackets, problems));
    Context *tree = nullptr;
    try {
      tree = (parser.*rule)();
    } catch (const antlr4::ParseCancellationException &) {
      assert(problems.size() > before && "only a syntax error lets the parser nest deeper than the token stream");
    }
    // Stray characters were found before the rest.
    std::stable_sort(problems.begin() + before, problems.end(), [](const Problem &left, const Problem &right) {
      return std::pair(left.range.begin.line, left.range.begin.column) <
             std::pair(right.range.begin.line, right.range.begin.column);
    });
    return problems.size() == before ? tree : nullptr;
  }

private:
  const SourceFile &source;
  std::vector<Problem> &problems;
  OpenBrackets openBrackets;
  antlr4::ANTLRInputStream input;
  OperandLexer lexer{&input};
  antlr4::CommonTokenStream tokens{&lexer};
  BoundedParser parser{&tokens};
};

} // namespace

std::optional<ast::File> parseFile(const SourceFile &source, std::vector<Problem> &problems) {
  Parse parse(source, problems);
  InetParser::FileContext *tree = parse.run(&InetParser::file);
  if (!tree)
    return std::nullopt;
  size_t before = problems.size();
  ast::File file = AstBuilder(source, problems).file(tree);
  if (problems.size() != before)
    return std::nullopt;
  return file;
}

ast::ExpressionPtr parseExpression(const SourceFile &source, std::vector<Problem> &problems) {
  Parse parse(source, problems);
  InetParser::DefinitionValueContext *tree = parse.run(&InetParser::definitionValue);
  if (!tree)
    return nullptr;
  size_t before = problems.size();
  ast::ExpressionPtr expression = AstBuilder(source, problems).expression(tree->expression());
  return problems.size() == before ? std::move(expression) : nullptr;
}

} // namespace inetc
