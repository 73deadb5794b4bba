// Where things stand in a network file, and what is wrong with it. Independent of MLIR and of ANTLR.
#ifndef INETC_FRONTEND_SOURCE_H
#define INETC_FRONTEND_SOURCE_H

#include <string>
#include <string_view>
#include <vector>

namespace inetc {

/// A text that is being compiled: a network file or the value of a `-D`. The text must outlive every AST made from it.
struct SourceFile {
  std::string name; ///< as messages show it
  std::string_view text;
};

/// Both count from 1; a column counts code points, so that a caret lands under the character it means.
struct Position {
  unsigned line = 1;
  unsigned column = 1;
};

/// From the first character up to, and without, `end`.
struct SourceRange {
  const SourceFile *file = nullptr;
  Position begin;
  Position end;
};

struct Note {
  SourceRange range;
  std::string message;
};

/// One error of the user's, as it is printed: lower case, no period, what was found and what was expected.
struct Problem {
  SourceRange range;
  std::string message;
  std::vector<Note> notes;
};

} // namespace inetc

#endif // INETC_FRONTEND_SOURCE_H
