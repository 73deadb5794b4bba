// Not a library of templates or of XML: Debian's for C++ (ctemplate, pugixml) are shared libraries that every program
// that inetc makes would need, for the hundred lines below.
#include "runtime/report/Html.h"

#include "runtime/report/Json.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd"; // U+FFFD

/// What is no UTF-8 replaced, by the library that knows.
std::string asUtf8(std::string_view text) {
  const auto isPlain = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), isPlain))
    return std::string(text);
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

bool isControl(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }

bool startsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

/// Lines of the page end where one of these does.
bool endsLine(std::string_view tag) {
  for (std::string_view block :
       {"p",   "tr",      "table", "figure", "section", "svg",    "li",  "ul",   "h1",   "h2",  "h3",
        "div", "details", "dd",    "style",  "head",    "header", "nav", "main", "body", "html"})
    if (tag == block)
      return true;
  return false;
}

} // namespace

std::string escapeHtml(std::string_view text) {
  std::string escaped;
  for (char c : asUtf8(text))
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else if (c == '\'')
      escaped += "&#39;";
    else if (isControl(c))
      escaped += kReplacement;
    else
      escaped += c;
  return escaped;
}

std::string shortened(std::string_view text, size_t most) {
  const std::string whole = asUtf8(text);
  size_t characters = 0, end = whole.size();
  for (size_t i = 0; i < whole.size(); ++i)
    if (startsCharacter(whole[i]) && ++characters == most)
      end = i;
  return characters <= most ? whole : whole.substr(0, end) + "…";
}

std::string pngAddress(const std::vector<unsigned char> &file) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"; // RFC 4648
  std::string address = "data:image/png;base64,";
  for (size_t i = 0; i < file.size(); i += 3) {
    const size_t count = std::min<size_t>(3, file.size() - i);
    unsigned bits = 0;
    for (size_t b = 0; b < 3; ++b)
      bits = bits << 8 | (b < count ? file[i + b] : 0);
    for (size_t d = 0; d < 4; ++d)
      address += d <= count ? digits[bits >> (18 - 6 * d) & 63] : '=';
  }
  return address;
}

std::string coordinate(double number) {
  if (!std::isfinite(number))
    return "0";
  std::string text = fmt::format("{:.2f}", number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.'))
    text.pop_back();
  return text == "-0" ? "0" : text;
}

void Html::writeTag(const char *tag, const Attributes &attributes, const char *end) {
  markup_ += fmt::format("<{}", tag);
  for (const auto &[name, value] : attributes)
    markup_ += fmt::format(" {}=\"{}\"", name, escapeHtml(value));
  markup_ += end;
}

Html &Html::open(const char *tag, const Attributes &attributes) {
  writeTag(tag, attributes, ">");
  opened_.push_back(tag);
  return *this;
}

Html &Html::close() {
  assert(!opened_.empty() && "nothing is open");
  markup_ += fmt::format("</{}>{}", opened_.back(), endsLine(opened_.back()) ? "\n" : "");
  opened_.pop_back();
  return *this;
}

Html &Html::text(std::string_view text) {
  markup_ += escapeHtml(text);
  return *this;
}

Html &Html::element(const char *tag, std::string_view text, const Attributes &attributes) {
  return open(tag, attributes).text(text).close();
}

Html &Html::empty(const char *tag, const Attributes &attributes) {
  writeTag(tag, attributes, " />");
  return *this;
}

Html &Html::add(const Html &piece) {
  assert(piece.opened_.empty() && "a piece ends where it has closed all");
  markup_ += piece.markup_;
  return *this;
}

Html &Html::addMarkup(std::string_view markup) {
  markup_ += markup;
  return *this;
}

} // namespace inet
