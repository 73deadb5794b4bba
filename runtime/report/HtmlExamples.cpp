// Test examples that are worth a look, as thumbnails or as rows of features.
#include "runtime/data/Image.h"
#include "runtime/report/Axis.h"
#include "runtime/report/HtmlStudy.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

constexpr int64_t kMostPixels = 64;  // of a side
constexpr size_t kMostFeatures = 30; // columns of a table

struct Brightness {
  double low = 0, high = 0;
};

/// The same for all images, so that a dark one stays dark.
Brightness brightnessOf(const ShownExamples &examples) {
  Brightness range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const std::vector<ShownExample> *list : {&examples.mistakes, &examples.uncertain})
    for (const ShownExample &example : *list)
      for (double feature : example.features)
        if (std::isfinite(feature)) {
          range.low = std::min(range.low, feature);
          range.high = std::max(range.high, feature);
        }
  return range;
}

std::string thumbnail(const ShownExample &example, const Shape &shape, const Brightness &range) {
  Image image{shape[0], shape[1], shape[2], {}};
  for (double feature : example.features)
    image.pixels.push_back(range.high > range.low ? float(255 * ((feature - range.low) / (range.high - range.low)))
                                                  : 0.f);
  const int64_t longest = std::max(image.height, image.width);
  if (longest > kMostPixels)
    image = resized(image, std::max<int64_t>(1, image.height * kMostPixels / longest),
                    std::max<int64_t>(1, image.width * kMostPixels / longest));
  return pngAddress(encodePng(image));
}

Html thumbnails(const Setting &setting, const std::vector<ShownExample> &list, const Shape &shape,
                const Brightness &range) {
  Html html;
  html.open("ul", {{"class", "examples"}});
  for (const ShownExample &example : list) {
    const bool right = example.label == example.predicted;
    html.open("li").empty("img", {{"src", thumbnail(example, shape, range)},
                                  {"alt", fmt::format("test example {}", example.row)},
                                  {"class", shape[0] <= kMostPixels / 2 ? "pixels" : "smooth"}});
    html.open("p").element("strong", className(setting, example.predicted));
    html.text(fmt::format(" {}", formatShare(example.probability))).close();
    html.open("p").text(right ? "is right" : "is ");
    if (!right)
      html.element("strong", className(setting, example.label))
          .text(fmt::format(" {}", formatShare(example.labelProbability)));
    html.close().element("p", fmt::format("no. {}", example.row), {{"class", "faint"}}).close();
  }
  return html.close();
}

void addFeatures(const ShownExample &example, std::vector<std::string> &cells) {
  for (size_t f = 0; f < std::min(example.features.size(), kMostFeatures); ++f)
    cells.push_back(formatNumber(example.features[f]));
}

Html tableOf(const Study &study, const std::vector<ShownExample> &list, const std::string &caption) {
  const Setting &setting = study.evaluation.setting;
  const bool classes = setting.task == Task::classification;
  std::vector<std::string> columns =
      classes ? std::vector<std::string>{"no.", "class", "predicted", "its probability", "that of the class"}
              : std::vector<std::string>{"no.", "target", "prediction", "off by", "deviation"};
  if (!classes && setting.outputs > 1)
    columns.insert(columns.begin() + 1, "target column");
  const size_t features = list.empty() ? 0 : list.front().features.size();
  for (size_t f = 0; f < std::min(features, kMostFeatures); ++f)
    columns.push_back(f < study.examples.columns.size() ? study.examples.columns[f] : fmt::format("feature {}", f + 1));
  HtmlTable table(columns);
  for (const ShownExample &example : list) {
    std::vector<std::string> cells =
        classes ? std::vector<std::string>{std::to_string(example.row), className(setting, example.label),
                                           className(setting, example.predicted), formatShare(example.probability),
                                           formatShare(example.labelProbability)}
                : std::vector<std::string>{std::to_string(example.row), formatNumber(example.target),
                                           formatNumber(example.mean), formatNumber(example.mean - example.target),
                                           formatOptional(example.deviation)};
    if (!classes && setting.outputs > 1)
      cells.insert(cells.begin() + 1, std::to_string(example.output + 1));
    addFeatures(example, cells);
    table.addRow(std::move(cells));
  }
  return table.html(features > kMostFeatures ? fmt::format("{}; {} of {} features", caption, kMostFeatures, features)
                                             : caption);
}

} // namespace

Html examplesSection(const Study &study) {
  const ShownExamples &examples = study.examples;
  if (examples.mistakes.empty() && examples.uncertain.empty())
    return {};
  const bool classes = study.evaluation.setting.task == Task::classification;
  const Brightness range = brightnessOf(examples);
  Html html;
  const auto add = [&](const char *title, const std::string &note, const std::vector<ShownExample> &list) {
    if (list.empty())
      return;
    html.element("h3", title).element("p", note);
    if (classes && !examples.image.empty())
      html.add(thumbnails(study.evaluation.setting, list, examples.image, range));
    else
      html.add(tableOf(study, list, title));
  };
  if (classes) {
    add("The most certain mistakes", "Wrong, with the highest probability. Numbers count the rows of the file from 0.",
        examples.mistakes);
    add("The most uncertain examples", "Probabilities of the highest entropy.", examples.uncertain);
  } else {
    add("The largest errors",
        "In predicted deviations, where these are known. Numbers count the rows of the file from 0.",
        examples.mistakes);
    add("The most uncertain examples", "The largest predicted deviations.", examples.uncertain);
  }
  return html;
}

} // namespace inet
