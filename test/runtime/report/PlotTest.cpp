#include "runtime/report/Plot.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using namespace inet;
using testing::HasSubstr;
using testing::Not;

namespace {

const double kNaN = std::nan("");
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The field between the axes is 284 x 162.
Plot unitPlot() { return Plot({"time", 0, 1, false}, {"loss", 0, 1, false}); }

} // namespace

TEST(Plot, DrawsLinesBandsPointsAndBars) {
  Plot plot = unitPlot();
  plot.addBand({0, 1}, {0, 0}, {0.5, 1}, Hue::second);
  plot.addLine({0, 0.5, 1}, {0, 1, 0}, Hue::first, "a line");
  plot.addPoints({0.5}, {0.5}, Hue::third);
  plot.addBar(0.25, 0.5, 0, 1, Hue::plain, "7 of 8");
  plot.addReference(0, 0, 1, 1);
  const std::string svg = plot.svg("what \"it\" shows").markup();
  EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-label=\"what &quot;it&quot; shows\""));
  EXPECT_THAT(svg, HasSubstr("<path class=\"line first\" d=\"M0,162L142,0L284,162\"><title>a line</title>"));
  EXPECT_THAT(svg, HasSubstr("<path class=\"area second\" d=\"M0,81L284,0L284,162L0,162Z\" />"));
  EXPECT_THAT(svg, HasSubstr("<circle cx=\"142\" cy=\"81\" r=\"2.5\" />"));
  EXPECT_THAT(svg, HasSubstr("class=\"bar plain\" x=\"71\" y=\"0\" width=\"71\" height=\"162\"><title>7 of 8</title>"));
  EXPECT_THAT(svg, HasSubstr("class=\"reference\" x1=\"0\" y1=\"162\" x2=\"284\" y2=\"0\""));
  EXPECT_THAT(svg, HasSubstr(">time</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.2</text>"));
}

TEST(Plot, WhatIsNotANumberLeavesAGap) {
  Plot plot = unitPlot();
  plot.addLine({0, 0.25, 0.5, 0.75, 1}, {0, 0, kNaN, 1, kInfinity}, Hue::first);
  EXPECT_THAT(plot.svg("").markup(), HasSubstr("d=\"M0,162L71,162M213,0\""));
  Plot bands = unitPlot();
  bands.addBand({0, 0.25, 0.5, 0.75, 1}, {0, 0, kNaN, 0, 0}, {1, 1, 1, 1, 1}, Hue::first);
  EXPECT_THAT(bands.svg("").markup(), HasSubstr("d=\"M0,0L71,0L71,162L0,162ZM213,0L284,0L284,162L213,162Z\""));
  Plot nothing = unitPlot();
  nothing.addLine({0, 1}, {kNaN, kNaN}, Hue::first);
  nothing.addBand({0}, {kNaN}, {1}, Hue::first);
  nothing.addPoints({kInfinity}, {0}, Hue::first);
  nothing.addBar(0, kNaN, 0, 1, Hue::first);
  nothing.addReference(0, 0, kInfinity, 1);
  const std::string svg = nothing.svg("").markup();
  EXPECT_THAT(svg, Not(HasSubstr("<path")));
  EXPECT_THAT(svg, Not(HasSubstr("<circle")));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(Plot, WhatIsFarOutsideStaysWithinTheNumbersOfABrowser) {
  Plot plot = unitPlot();
  plot.addLine({0, 1}, {1e200, -1e200}, Hue::first);
  EXPECT_THAT(plot.svg("").markup(), HasSubstr("d=\"M0,-10000L284,10000\""));
}

TEST(Plot, ALegendNamesWhatIsDrawn) {
  const std::string html = legend({{Hue::first, LegendEntry::Kind::line, "<training>"},
                                   {Hue::second, LegendEntry::Kind::area, "band"},
                                   {Hue::third, LegendEntry::Kind::point, "points"}})
                               .markup();
  EXPECT_THAT(html, HasSubstr("&lt;training&gt;</li>"));
  EXPECT_THAT(html, HasSubstr("class=\"area second\""));
  EXPECT_THAT(html, HasSubstr("class=\"point third\""));
}
