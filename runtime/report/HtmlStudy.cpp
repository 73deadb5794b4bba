#include "runtime/report/HtmlStudy.h"

#include <fmt/format.h>

namespace inet {
namespace {

/// Colours of series: Okabe and Ito (2008), "Color Universal Design", which are told apart by people of every colour
/// vision; blue, vermillion and bluish green on white, sky blue, orange and bluish green on black. Lines differ in
/// their dashes, too. Texts have a contrast of 4.5 or more against what is behind them (WCAG 2.1, 1.4.3).
constexpr const char *kStyle = R"(
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --faint: #57606a; --rule: #d0d7de; --grid: #e6eaef;
  --tile: #f4f6f8; --link: #0057a8; --first: #0072b2; --second: #d55e00; --third: #009e73; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e8eaed; --faint: #a8b0ba;
  --rule: #3d444d; --grid: #2a3038; --tile: #1e2329; --link: #7cc0f5; --first: #56b4e9; --second: #e69f00;
  --third: #009e73; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink); }
header, nav, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
h1, h2, h3, p, dd, li, code { overflow-wrap: anywhere; }
p { margin: .25rem 0 .75rem; max-width: 70ch; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .75rem 0 0; padding: 0; }
nav a { display: inline-block; padding: .25rem 0; }
.faint, footer { color: var(--faint); }
.note { border-left: 4px solid var(--second); padding-left: .75rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 45%), 1fr)); gap: .75rem; margin: 0 0 1rem; }
.tiles div { background: var(--tile); border-radius: .5rem; padding: .6rem .8rem; }
.tiles dt { color: var(--faint); font-size: .85rem; }
.tiles dd { margin: 0; }
.tiles strong { display: block; font-size: 1.4rem; line-height: 1.3; }
.tiles span { font-size: .85rem; color: var(--faint); }
.facts { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .25rem 1rem; margin: 0; }
.facts dt { color: var(--faint); }
.facts dd { margin: 0; }
pre { background: var(--tile); padding: .75rem; border-radius: .5rem; overflow-x: auto; font-size: .85rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; min-width: 0; max-width: 32rem; }
figure p { font-size: .9rem; margin: .25rem 0; }
svg { display: block; width: 100%; height: auto; overflow: hidden; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
svg .label { fill: var(--faint); }
.frame { fill: none; stroke: var(--faint); }
.grid { stroke: var(--grid); }
.boundary { stroke: #fff; stroke-width: .5; stroke-opacity: .6; }
.reference { stroke: var(--ink); stroke-dasharray: 4 3; }
.first { --hue: var(--first); }
.second { --hue: var(--second); }
.third { --hue: var(--third); }
.plain { --hue: var(--faint); }
.line { fill: none; stroke: var(--hue); stroke-width: 1.8; stroke-linejoin: round; }
.line.second { stroke-dasharray: 6 3; }
.line.third { stroke-dasharray: 2 2; }
.line.plain { stroke-width: .7; }
.area { fill: var(--hue); fill-opacity: .22; }
.bar { fill: var(--hue); fill-opacity: .55; stroke: var(--hue); }
.point { fill: var(--hue); fill-opacity: .8; }
image, .pixels { image-rendering: pixelated; }
.legend { display: flex; flex-wrap: wrap; gap: 0 1rem; list-style: none; margin: 0 0 .25rem; padding: 0; font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .4rem; }
.legend svg { width: 26px; height: 12px; flex: none; }
details { margin: .25rem 0 .75rem; }
summary { cursor: pointer; color: var(--link); padding: .25rem 0; }
.scroll { overflow: auto; max-width: 100%; max-height: 32rem; margin-bottom: .75rem; }
table { border-collapse: separate; border-spacing: 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); padding-bottom: .25rem; max-width: 80vw; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
td { white-space: nowrap; }
th { font-weight: 600; overflow-wrap: break-word; }
thead th { position: sticky; top: 0; background: var(--paper); z-index: 1; }
th:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); overflow-wrap: anywhere; }
thead th:first-child { z-index: 2; }
.confusion { font-size: .8rem; }
.confusion td, .confusion th { padding: .2rem .3rem; }
.confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.confusion td { min-width: 1.6rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.right { background: color-mix(in srgb, var(--first) calc(55% * var(--share)), transparent); }
.wrong { background: color-mix(in srgb, var(--second) calc(60% * var(--share)), transparent); }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.8rem, 1fr)); gap: .75rem; list-style: none;
  margin: 0; padding: 0; }
.examples img { width: 5.6rem; height: 5.6rem; object-fit: contain; background: var(--tile); }
.examples p { margin: 0; font-size: .85rem; line-height: 1.35; }
footer { margin-top: 3rem; padding-bottom: 2rem; font-size: .85rem; }
@media print { nav, details { display: none; } body { font-size: 10pt; } .scroll { overflow: visible; max-height: none; }
  thead th, th:first-child { position: static; } h2, h3, h3 + p, figcaption { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  figure, tr, .tiles div, .examples li { break-inside: avoid; } svg, pre { print-color-adjust: exact; } }
)";

std::string titleOf(const Evaluation &evaluation) {
  const std::string network = shortened(evaluation.setting.network, 60);
  if (evaluation.scores.empty())
    return network;
  const Scores &scores = evaluation.scores.back();
  if (scores.accuracy)
    return fmt::format("{}: {} of {} predicted correctly", network, scores.correct, scores.examples);
  return scores.rootMeanSquareError
             ? fmt::format("{}: a root mean square error of {}", network, formatOptional(scores.rootMeanSquareError))
             : network;
}

void addHead(Html &html, const std::string &title) {
  html.addMarkup("<!DOCTYPE html>\n").open("html", {{"lang", "en"}}).open("head");
  html.empty("meta", {{"charset", "utf-8"}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  // Nothing is fetched, and nothing runs, whatever a file or a class is called.
  html.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                      {"content", "default-src 'none'; img-src data:; style-src 'unsafe-inline'"}});
  html.element("title", title).open("style").addMarkup(kStyle).close().close();
}

} // namespace

std::string toHtml(const Study &study, const std::vector<ComparedRun> &runs) {
  const Evaluation &evaluation = study.evaluation;
  const Section sections[] = {
      {"scores", "Scores", scoresSection(evaluation)},
      {"runs", "Compared with other runs", comparisonSection(evaluation, runs)},
      {"line", "What is predicted", lineSection(study)},
      {"predicted", "Predictions and targets", predictedSection(study)},
      {"classes", "Classes", classesSection(evaluation)},
      {"curves", "Learning curves", curvesSection(study)},
      {"examples", "Examples", examplesSection(study)},
      {"kernel", "The kernel", kernelSection(study)},
      {"setting", "What was run", settingSection(study)},
  };
  const std::string title = titleOf(evaluation);
  Html html;
  addHead(html, title);
  html.open("body").open("header").element("h1", title);
  html.element("p",
               fmt::format("The {} of an infinitely wide network, learnt from {} examples; scores {} on {} others.",
                           evaluation.setting.kernel, evaluation.setting.trainExamples,
                           evaluation.scores.empty() ? "" : "at " + formatTime(evaluation.scores.back().time),
                           evaluation.setting.testExamples),
               {{"class", "faint"}});
  html.close().open("nav", {{"aria-label", "contents"}}).open("ul");
  for (const Section &section : sections)
    if (!section.body.isEmpty())
      html.open("li").element("a", section.title, {{"href", std::string("#") + section.id}}).close();
  html.close().close().open("main");
  for (const Section &section : sections)
    if (!section.body.isEmpty())
      html.open("section", {{"id", section.id}, {"aria-labelledby", std::string(section.id) + "-title"}})
          .element("h2", section.title, {{"id", std::string(section.id) + "-title"}})
          .add(section.body)
          .close();
  html.close().element("footer", "Written by a program that inetc has compiled.");
  return html.close().close().markup();
}

} // namespace inet
