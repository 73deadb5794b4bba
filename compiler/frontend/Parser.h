// From text to a syntax tree. Parser.cpp and the files it alone includes (AstBuilder, SyntaxErrors, TokenChecks) are
// the only code that sees ANTLR.
#ifndef INETC_FRONTEND_PARSER_H
#define INETC_FRONTEND_PARSER_H

#include "compiler/frontend/Ast.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace inetc {

/// Brackets and `if`s that may be open at once; deeper nesting is refused in the token stream, before anything
/// recurses.
inline constexpr unsigned maximumNesting = 256;

/// Bytes of a network file: far above any network, and low enough that the parser answers in a second or two.
inline constexpr size_t maximumFileSize = 1 << 20;

/// Parses a whole file. Every syntax error that is independent of the others is appended to `problems`; the result is
/// null exactly if there was one. `source` must outlive the tree.
std::optional<ast::File> parseFile(const SourceFile &source, std::vector<Problem> &problems);

/// Parses one expression and nothing else: the value of a `-D`. Null exactly if there was a problem.
ast::ExpressionPtr parseExpression(const SourceFile &source, std::vector<Problem> &problems);

} // namespace inetc

#endif // INETC_FRONTEND_PARSER_H
