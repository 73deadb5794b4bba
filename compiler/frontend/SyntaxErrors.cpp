#include "compiler/frontend/SyntaxErrors.h"

#include "compiler/frontend/Nearest.h"

#include "InetParser.h"

using antlr4::Token;
using antlr4::misc::IntervalSet;
using inetc::grammar::InetParser;

namespace inetc {

SyntaxErrors::SyntaxErrors(const SourceFile &source, const OpenBrackets &openBrackets, std::vector<Problem> &problems)
    : source(source), openBrackets(openBrackets), problems(problems) {
  for (const Problem &problem : problems)
    linesWithErrors.insert(problem.range.begin.line);
}

/// What the user sees at a token: "end of file", "number 3", "'for'".
static std::string describe(const Token &token) {
  switch (token.getType()) {
  case Token::EOF:
    return "end of file";
  case InetParser::NUMBER:
    return "number " + token.getText();
  case InetParser::STRING:
    return "string " + token.getText();
  default:
    return "'" + token.getText() + "'";
  }
}

/// The expected tokens in the words of the language: a set that holds everything that begins an expression is "an
/// expression". Operators are left out: they may follow every operand, and nobody who reads the message lacks them.
static std::string describe(const IntervalSet &expected, const antlr4::dfa::Vocabulary &vocabulary) {
  std::vector<std::string> words;
  auto has = [&](size_t type) { return expected.contains(type); };
  bool expression = has(InetParser::NUMBER);
  bool statement = has(InetParser::RETURN);
  bool definition = has(InetParser::NETWORK);
  if (expression)
    words.push_back("an expression");
  if (statement)
    words.push_back("a statement");
  if (definition)
    words.push_back("'network', 'layer', 'activation' or 'import'");
  if (has(InetParser::NAME) && !expression && !statement)
    words.push_back("a name");
  if (has(InetParser::STRING))
    words.push_back("a file name in quotes");
  for (size_t type : {InetParser::RPAREN, InetParser::LBRACKET, InetParser::RBRACKET, InetParser::LBRACE,
                      InetParser::RBRACE, InetParser::COMMA, InetParser::ASSIGN, InetParser::IN, InetParser::ELSE}) {
    bool opensExpression = expression && type == InetParser::LBRACKET;
    if (has(type) && !opensExpression)
      words.push_back(vocabulary.getLiteralName(type));
  }
  if (words.empty() && has(InetParser::PLUS))
    return has(Token::EOF) ? "an operator or end of file" : "an operator";
  if (words.empty() && has(Token::EOF))
    return "end of file";
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

/// The words among the tokens, as 'network' and 'in' are.
static std::vector<std::string> wordsOf(const IntervalSet &tokens, const antlr4::dfa::Vocabulary &vocabulary) {
  std::vector<std::string> words;
  for (ssize_t type : tokens.toList()) {
    if (type < 0)
      continue;
    std::string literal(vocabulary.getLiteralName(static_cast<size_t>(type)));
    if (literal.size() > 2 && std::isalpha(static_cast<unsigned char>(literal[1])))
      words.push_back(literal.substr(1, literal.size() - 2));
  }
  return words;
}

/// A note where a name is nearly a word of the language that could stand there.
static void addNearest(const SourceFile &source, const Token &name, const std::vector<std::string> &words,
                       std::vector<Note> &notes) {
  if (name.getType() != InetParser::NAME)
    return;
  if (std::optional<std::string> near = nearest(name.getText(), words))
    notes.push_back({rangeOf(source, name), "did you mean '" + *near + "'?"});
}

void SyntaxErrors::report(antlr4::Parser *parser, Token *found, const IntervalSet &expected) {
  auto inRule = [&](size_t rule) { return parser->getContext()->getRuleIndex() == rule; };
  std::string wanted = describe(expected, parser->getVocabulary());
  // A name that begins a statement but is not assigned: the name is what is wrong, not what comes after it.
  bool strayName = inRule(InetParser::RuleAssignment) && expected.contains(static_cast<size_t>(InetParser::ASSIGN));
  if (strayName) {
    found = parser->getTokenStream()->LT(-1);
    wanted = "a statement";
  }
  SourceRange range = rangeOf(source, *found);
  if (!linesWithErrors.insert(range.begin.line).second)
    return;
  Problem problem{range, "expected " + wanted + ", found " + describe(*found), {}};
  if (strayName) {
    addNearest(source, *found, {"input", "default", "layer", "for", "return"}, problem.notes);
    problem.notes.push_back(
        {range, "a statement begins with 'input [', 'default', 'layer', 'for', 'return' or 'NAME ='"});
  } else {
    std::vector<std::string> words = wordsOf(expected, parser->getVocabulary());
    if (!expected.contains(static_cast<size_t>(InetParser::NUMBER))) // behind an operand
      words.insert(words.end(), {"and", "or"});
    addNearest(source, *found, words, problem.notes);
    // `if` and `not` come before an expression; what is nearly one of them was taken for an operand
    Token *before = parser->getTokenStream()->LT(-1);
    if (before && problem.notes.empty() && found == parser->getCurrentToken())
      addNearest(source, *before, {"if", "not"}, problem.notes);
  }
  if (inRule(InetParser::RuleConditional) && expected.contains(static_cast<size_t>(InetParser::ELSE)))
    problem.notes.push_back({range, "an 'if' has a value, so it needs its 'else'"});
  if (found->getType() == InetParser::STRING)
    problem.notes.push_back({range, "only file names are quoted; symbols are written without: pad = same"});
  if (found->getType() == InetParser::COMMA && expected.contains(static_cast<size_t>(InetParser::RPAREN)))
    problem.notes.push_back({range, "a list is written in brackets: [3, 3]"});
  if (found->getType() == Token::EOF && openBrackets[found->getTokenIndex()] >= 0) {
    Token *open = parser->getTokenStream()->get(openBrackets[found->getTokenIndex()]);
    problem.notes.push_back({rangeOf(source, *open), "this '" + open->getText() + "' is not closed"});
  }
  problems.push_back(std::move(problem));
}

void SyntaxErrors::reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &error) {
  report(parser, error.getOffendingToken(), error.getExpectedTokens());
}

void SyntaxErrors::reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &error) {
  report(parser, error.getOffendingToken(), error.getExpectedTokens());
}

void SyntaxErrors::reportUnwantedToken(antlr4::Parser *parser) {
  if (inErrorRecoveryMode(parser))
    return;
  beginErrorCondition(parser);
  report(parser, parser->getCurrentToken(), getExpectedTokens(parser));
}

void SyntaxErrors::reportMissingToken(antlr4::Parser *parser) { reportUnwantedToken(parser); }

bool SyntaxErrors::singleTokenInsertion(antlr4::Parser *parser) {
  // Only closing brackets are worth imagining: an imagined name or '=' makes nonsense of what follows.
  IntervalSet expected = getExpectedTokens(parser);
  bool closing = expected.contains(static_cast<size_t>(InetParser::RPAREN)) ||
                 expected.contains(static_cast<size_t>(InetParser::RBRACKET));
  return closing && DefaultErrorStrategy::singleTokenInsertion(parser);
}

Token *SyntaxErrors::singleTokenDeletion(antlr4::Parser *) {
  // A deleted ')' would let `( ) ( ) (` nest without bound, and deleting anything else rarely guesses right.
  return nullptr;
}

/// A name begins a statement only before '=', and only where it is no named argument of a call that spans lines.
static bool resumesAt(antlr4::TokenStream &tokens) {
  if (tokens.LA(1) != InetParser::NAME)
    return true;
  size_t before = tokens.LA(-1);
  return tokens.LA(2) == InetParser::ASSIGN && before != InetParser::COMMA && before != InetParser::LPAREN;
}

void SyntaxErrors::consumeUntil(antlr4::Parser *parser, const IntervalSet &set) {
  antlr4::TokenStream &tokens = *parser->getTokenStream();
  // Braces that open on the way are skipped whole: their statements belong to a block that was not understood.
  unsigned braces = 0;
  for (size_t type = tokens.LA(1); type != Token::EOF; type = tokens.LA(1)) {
    if (braces == 0 && set.contains(type) && resumesAt(tokens))
      return;
    if (type == InetParser::LBRACE)
      ++braces;
    else if (type == InetParser::RBRACE && braces > 0)
      --braces;
    parser->consume();
  }
}

} // namespace inetc
