// What is checked before the parser runs: the bytes, then the token stream.
#ifndef INETC_FRONTEND_TOKENCHECKS_H
#define INETC_FRONTEND_TOKENCHECKS_H

#include "compiler/frontend/Source.h"

#include <vector>

namespace antlr4 {
class Token;
class BufferedTokenStream;
} // namespace antlr4

namespace inetc {

/// Size, UTF-8: true where the text may be lexed, else one problem.
bool checkBytes(const SourceFile &source, std::vector<Problem> &problems);

/// The innermost bracket that is open before each token, as an index into the token stream; -1 where there is none.
using OpenBrackets = std::vector<int>;

/// Stray characters, unclosed strings and comments (several problems), and nesting beyond maximumNesting (one problem;
/// the parser must not run then, and false is returned).
bool checkTokens(const SourceFile &source, antlr4::BufferedTokenStream &tokens, OpenBrackets &openBrackets,
                 std::vector<Problem> &problems);

/// Where a token stands.
SourceRange rangeOf(const SourceFile &source, const antlr4::Token &token);

} // namespace inetc

#endif // INETC_FRONTEND_TOKENCHECKS_H
