// Our words for the parser's errors, and where it resumes after one.
#ifndef INETC_FRONTEND_SYNTAXERRORS_H
#define INETC_FRONTEND_SYNTAXERRORS_H

#include "compiler/frontend/TokenChecks.h"

#include "antlr4-runtime.h"

#include <set>

namespace inetc {

/// Reports "expected …, found …" and resumes at the next statement or definition. At most one error a line: what
/// follows an error on its own line is more often its echo than another error.
class SyntaxErrors : public antlr4::DefaultErrorStrategy {
public:
  SyntaxErrors(const SourceFile &source, const OpenBrackets &openBrackets, std::vector<Problem> &problems);

protected:
  void reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &error) override;
  void reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &error) override;
  void reportUnwantedToken(antlr4::Parser *parser) override;
  void reportMissingToken(antlr4::Parser *parser) override;
  void consumeUntil(antlr4::Parser *parser, const antlr4::misc::IntervalSet &set) override;
  bool singleTokenInsertion(antlr4::Parser *parser) override;
  antlr4::Token *singleTokenDeletion(antlr4::Parser *parser) override;

private:
  void report(antlr4::Parser *parser, antlr4::Token *found, const antlr4::misc::IntervalSet &expected);

  const SourceFile &source;
  const OpenBrackets &openBrackets;
  std::vector<Problem> &problems;
  std::set<unsigned> linesWithErrors;
};

} // namespace inetc

#endif // INETC_FRONTEND_SYNTAXERRORS_H
