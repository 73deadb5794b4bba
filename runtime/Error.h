// The one exception of the runtime: something that the user can put right.
#ifndef INET_RUNTIME_ERROR_H
#define INET_RUNTIME_ERROR_H

#include <stdexcept>
#include <string>
#include <string_view>

namespace inet {

/// One line, lower case, no period: what was found, what was expected, where. The command line prints it after `error:
/// `.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Foreign text, fit for a message of one line: of more than 120 bytes the beginning and the end.
inline std::string printable(std::string_view text) {
  constexpr size_t longest = 120, end = 40; // bytes, and those of its end that are shown where it is longer
  auto isInside = [&](size_t at) { return at < text.size() && (text[at] & 0xC0) == 0x80; }; // of a character of UTF-8
  std::string shown(text);
  if (text.size() > longest) {
    size_t head = longest - end, tail = text.size() - end;
    while (head > 0 && isInside(head))
      --head;
    while (isInside(tail))
      ++tail;
    shown = std::string(text.substr(0, head)) + " ... " + std::string(text.substr(tail));
  }
  for (char &c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return shown;
}

} // namespace inet

#endif
