// The syntax tree as text: what `inetc --emit=ast` prints.
#ifndef INETC_FRONTEND_ASTPRINTER_H
#define INETC_FRONTEND_ASTPRINTER_H

#include "compiler/frontend/Ast.h"

#include <string>

namespace inetc {

/// One node a line, indented by its depth, with `line:column` of its first character:
///
///     network mlp @1:1
///       parameter depth @1:13
///         number 3 @1:21
std::string printAst(const ast::File &file);

} // namespace inetc

#endif // INETC_FRONTEND_ASTPRINTER_H
