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

/// At most 80 bytes of foreign text, fit for a message of one line.
inline std::string printable(std::string_view text) {
  std::string shown(text.substr(0, 80));
  for (char &c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return shown;
}

} // namespace inet

#endif
