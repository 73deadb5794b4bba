#include "compiler/frontend/TokenChecks.h"

#include "compiler/frontend/Parser.h"

#include "InetLexer.h"
#include "InetParser.h"

#include "llvm/Support/ConvertUTF.h"

#include <map>

using inetc::grammar::InetLexer;
using inetc::grammar::InetParser;

namespace inetc {

static bool isContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The position of a byte; every byte before it must be UTF-8.
static Position positionOf(std::string_view text, size_t byte) {
  Position position;
  for (char c : text.substr(0, byte)) {
    if (c == '\n')
      position = {position.line + 1, 1};
    else if (!isContinuationByte(c))
      ++position.column;
  }
  return position;
}

bool checkBytes(const SourceFile &source, std::vector<Problem> &problems) {
  if (source.text.size() > maximumFileSize) {
    problems.push_back({{&source, {}, {}},
                        "the file has " + std::to_string(source.text.size()) + " bytes, more than the " +
                            std::to_string(maximumFileSize) + " that a network file may have",
                        {}});
    return false;
  }
  auto *at = reinterpret_cast<const llvm::UTF8 *>(source.text.data());
  auto *end = at + source.text.size();
  if (llvm::isLegalUTF8String(&at, end))
    return true;
  size_t byte = at - reinterpret_cast<const llvm::UTF8 *>(source.text.data());
  Position position = positionOf(source.text, byte);
  static const char *digits = "0123456789abcdef";
  problems.push_back(
      {{&source, position, position},
       std::string("byte 0x") + digits[*at >> 4] + digits[*at & 15] + " is not UTF-8; network files are UTF-8 text",
       {}});
  return false;
}

SourceRange rangeOf(const SourceFile &source, const antlr4::Token &token) {
  Position begin{static_cast<unsigned>(token.getLine()), static_cast<unsigned>(token.getCharPositionInLine()) + 1};
  Position end = begin;
  // Only a string or an unclosed comment could hold a newline, and a caret marks its first line only.
  if (token.getType() != antlr4::Token::EOF)
    end.column += token.getStopIndex() - token.getStartIndex() + 1;
  return {&source, begin, end};
}

static void reportLexicalError(const SourceFile &source, const antlr4::Token &token, std::vector<Problem> &problems) {
  SourceRange range = rangeOf(source, token);
  if (token.getType() == InetLexer::OPEN_STRING) {
    problems.push_back({range, "the string is not closed; expected '\"' before the end of the line", {}});
    return;
  }
  if (token.getType() == InetLexer::OPEN_COMMENT) {
    range.end = {range.begin.line, range.begin.column + 2};
    problems.push_back({range, "the comment is not closed; expected '*/'", {}});
    return;
  }
  // Characters of other languages for what this one spells out, or spells differently.
  static const std::map<std::string, std::string> instead = {
      {"&", "write 'and'"},       {"|", "write 'or'"},
      {"!", "write 'not'"},       {"#", "comments begin with '//'"},
      {"'", "strings take '\"'"}, {";", "statements need no separator"}};
  std::string text = token.getText();
  Problem problem{range, "unexpected character '" + text + "'", {}};
  unsigned char first = text.empty() ? 0 : static_cast<unsigned char>(text[0]);
  if (text.size() == 1 && (first < 0x20 || first == 0x7f))
    problem.message = "unexpected control character of code " + std::to_string(first);
  if (auto hint = instead.find(text); hint != instead.end())
    problem.notes.push_back({range, hint->second});
  problems.push_back(std::move(problem));
}

static bool closes(size_t closing, size_t opening) {
  if (closing == InetLexer::RPAREN)
    return opening == InetLexer::LPAREN || opening == InetParser::CALL;
  return opening == (closing == InetLexer::RBRACKET ? InetLexer::LBRACKET : InetLexer::LBRACE);
}

bool checkTokens(const SourceFile &source, antlr4::BufferedTokenStream &tokens, OpenBrackets &openBrackets,
                 std::vector<Problem> &problems) {
  tokens.fill();
  struct Open {
    size_t type;
    int index;
  };
  std::vector<Open> open;
  openBrackets.assign(tokens.size(), -1);
  for (antlr4::Token *token : tokens.getTokens()) {
    size_t index = token->getTokenIndex(), type = token->getType();
    openBrackets[index] = open.empty() ? -1 : open.back().index;
    if (token->getChannel() == antlr4::Token::HIDDEN_CHANNEL) {
      reportLexicalError(source, *token, problems);
      continue;
    }
    switch (type) {
    case InetLexer::LBRACE:
      // An `if` is open up to its first brace: `if if if …` nests conditions without any bracket.
      if (!open.empty() && open.back().type == InetLexer::IF)
        open.pop_back();
      [[fallthrough]];
    case InetParser::CALL:
    case InetLexer::LPAREN:
    case InetLexer::LBRACKET:
    case InetLexer::IF:
      open.push_back({type, static_cast<int>(index)});
      break;
    case InetLexer::RPAREN:
    case InetLexer::RBRACKET:
    case InetLexer::RBRACE: {
      // A bracket that closes nothing is the parser's to report; one that closes an outer bracket closes the inner too.
      for (size_t i = open.size(); i-- > 0;)
        if (closes(type, open[i].type)) {
          open.resize(i);
          break;
        }
      break;
    }
    default:
      break;
    }
    if (open.size() > maximumNesting) {
      problems.push_back({rangeOf(source, *token),
                          "brackets and 'if's nest deeper than " + std::to_string(maximumNesting) + " levels",
                          {}});
      return false;
    }
  }
  return true;
}

} // namespace inetc
