#include "runtime/report/Page.h"

#include "runtime/report/Axis.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {

void HtmlTable::addRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

Html HtmlTable::html(const std::string &caption) const {
  Html html;
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", caption}});
  html.open("table").element("caption", caption).open("thead").open("tr");
  std::vector<std::string> names = {columns_.front()};
  for (const std::vector<std::string> &row : rows_)
    names.push_back(row.front());
  for (size_t c = 0; c < columns_.size(); ++c) {
    Attributes attributes = {{"scope", "col"}};
    if (c == 0)
      attributes.push_back(widthOfNames(names));
    html.element("th", columns_[c], attributes);
  }
  html.close().close().open("tbody");
  for (const std::vector<std::string> &row : rows_) {
    html.open("tr");
    for (size_t c = 0; c < row.size(); ++c)
      if (c == 0)
        html.element("th", row[c], {{"scope", "row"}});
      else
        html.element("td", row[c]);
    html.close();
  }
  return html.close().close().close();
}

std::pair<const char *, std::string> widthOfNames(const std::vector<std::string> &names) {
  constexpr size_t most = 14; // characters: half of a phone
  size_t longest = 0;
  for (const std::string &name : names)
    longest = std::max(longest, name.size());
  return {"style", fmt::format("min-width:{}ch", std::min(longest, most) + 2)};
}

Html figure(const std::string &title, const std::string &note, const Html &legend, const Html &picture,
            const Html &numbers) {
  Html html;
  html.open("figure").open("figcaption").element("h3", title).close();
  html.add(picture).add(legend); // the pictures of figures side by side begin at one height
  if (!note.empty())
    html.element("p", note);
  if (!numbers.isEmpty())
    html.open("details").element("summary", "the numbers").add(numbers).close();
  return html.close();
}

std::string formatShare(double share) {
  return std::isfinite(share) ? fmt::format("{:.2f} %", 100 * share) : formatNumber(share);
}

std::string formatOptional(const std::optional<double> &number) { return number ? formatNumber(*number) : "–"; }

std::string formatTime(double time) {
  return std::isinf(time) ? "the end of training" : fmt::format("t = {}", formatNumber(time));
}

std::string className(const Setting &setting, int64_t label) {
  constexpr size_t most = 40; // characters: a table stays one
  return size_t(label) < setting.classNames.size() ? shortened(setting.classNames[size_t(label)], most)
                                                   : std::to_string(label);
}

} // namespace inet
