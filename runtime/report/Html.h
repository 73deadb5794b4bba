// Writing HTML, and SVG within it: whatever comes from users is text, never markup.
#ifndef INET_RUNTIME_REPORT_HTML_H
#define INET_RUNTIME_REPORT_HTML_H

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inet {

/// Text between tags or within quotes: & < > " ' as entities. What is no UTF-8, and control characters apart from tabs
/// and newlines, which HTML does not have, become U+FFFD.
std::string escapeHtml(std::string_view text);

/// The first `most` characters of a text in UTF-8, the last of them an ellipsis where more were there.
std::string shortened(std::string_view text, size_t most);

/// A PNG file as the address of an image: "data:image/png;base64,...".
std::string pngAddress(const std::vector<unsigned char> &file);

/// A number for an attribute or a path: two digits after the point, "0" for one that is not finite.
std::string coordinate(double number);

using Attributes = std::vector<std::pair<const char *, std::string>>;

/// A piece of a page, written from its beginning to its end. Names of tags and attributes are ours; their values and
/// all texts are escaped here.
class Html {
public:
  Html &open(const char *tag, const Attributes &attributes = {});
  /// Closes what was opened last.
  Html &close();
  Html &text(std::string_view text);
  /// An element with a text in it, and nothing else.
  Html &element(const char *tag, std::string_view text, const Attributes &attributes = {});
  /// One that holds nothing: <img ... />
  Html &empty(const char *tag, const Attributes &attributes = {});
  /// Another piece, all of which must be closed.
  Html &add(const Html &piece);
  /// Our own markup or style sheet, as it is.
  Html &addMarkup(std::string_view markup);

  bool isEmpty() const { return markup_.empty(); }
  const std::string &markup() const { return markup_; }

private:
  void writeTag(const char *tag, const Attributes &attributes, const char *end);

  std::string markup_;
  std::vector<const char *> opened_;
};

} // namespace inet

#endif
