#include "runtime/report/HeatMap.h"

#include "runtime/report/Axis.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

constexpr double kWidth = 340, kLeft = 74, kSide = 258, kTop = 4, kScale = 10;

constexpr std::array<float, 3> kCividis[] = {
    {0, 32, 77}, {65, 77, 107}, {124, 123, 120}, {188, 175, 111}, {255, 234, 70}};

double shareOf(const HeatMap &map, double number) {
  return map.high > map.low ? (number - map.low) / (map.high - map.low) : 0.5;
}

void addImage(Html &html, const Image &image, double y, double height) {
  html.empty("image", {{"x", coordinate(kLeft)},
                       {"y", coordinate(y)},
                       {"width", coordinate(kSide)},
                       {"height", coordinate(height)},
                       {"preserveAspectRatio", "none"},
                       {"href", pngAddress(encodePng(image))}});
}

Image imageOf(const HeatMap &map) {
  Image image{map.rows, map.rows, 3, {}};
  for (double number : map.numbers) {
    const std::array<float, 3> colour = colourOf(shareOf(map, number));
    image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  }
  return image;
}

Image scaleImage() {
  constexpr int64_t steps = 128;
  Image image{1, steps, 3, {}};
  for (int64_t s = 0; s < steps; ++s) {
    const std::array<float, 3> colour = colourOf(double(s) / (steps - 1));
    image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  }
  return image;
}

void addGroups(Html &html, const HeatMap &map) {
  double last = -1e9;
  for (const HeatMap::Group &group : map.groups) {
    const double begin = kSide * group.first / double(map.rows), end = kSide * group.last / double(map.rows);
    if (group.first > 0 && end - begin >= 3) {
      const std::string across = coordinate(kTop + begin), down = coordinate(kLeft + begin);
      html.empty("line", {{"class", "boundary"},
                          {"x1", coordinate(kLeft)},
                          {"y1", across},
                          {"x2", coordinate(kLeft + kSide)},
                          {"y2", across}});
      html.empty("line", {{"class", "boundary"},
                          {"x1", down},
                          {"y1", coordinate(kTop)},
                          {"x2", down},
                          {"y2", coordinate(kTop + kSide)}});
    }
    const double middle = (begin + end) / 2;
    if (middle - last < 11)
      continue;
    last = middle;
    html.open("text", {{"x", coordinate(kLeft - 5)}, {"y", coordinate(kTop + middle + 4)}, {"text-anchor", "end"}})
        .element("title", group.name)
        .text(shortened(group.name, 9))
        .close();
  }
}

} // namespace

std::array<float, 3> colourOf(double share) {
  if (std::isnan(share))
    return {255, 255, 255};
  constexpr int last = int(std::size(kCividis)) - 1;
  const double position = std::clamp(share, 0., 1.) * last;
  const int below = std::min(int(position), last - 1);
  const float weight = float(position - below);
  std::array<float, 3> colour{};
  for (size_t c = 0; c < 3; ++c)
    colour[c] = (1 - weight) * kCividis[below][c] + weight * kCividis[below + 1][c];
  return colour;
}

Html picture(const HeatMap &map, const std::string &description) {
  Html html;
  const double below = kTop + kSide + 8, height = below + kScale + 18;
  html.open("svg", {{"class", "plot"},
                    {"viewBox", fmt::format("0 0 {} {}", coordinate(kWidth), coordinate(height))},
                    {"role", "img"},
                    {"aria-label", description}});
  addImage(html, imageOf(map), kTop, kSide);
  addGroups(html, map);
  addImage(html, scaleImage(), below, kScale);
  html.element("text", formatNumber(map.low), {{"x", coordinate(kLeft)}, {"y", coordinate(below + kScale + 13)}});
  html.element("text", formatNumber(map.high),
               {{"x", coordinate(kLeft + kSide)}, {"y", coordinate(below + kScale + 13)}, {"text-anchor", "end"}});
  return html.close();
}

} // namespace inet
