// The pages of made-up studies. How they look, and that nothing in them runs, is tested in a browser (run_pages.py).
#include "runtime/report/HtmlStudy.h"

#include "runtime/report/HeatMap.h"
#include "runtime/report/Report.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"
#include "test/runtime/report/MadeUpStudies.h"

#include <chrono>
#include <gmock/gmock.h>

using namespace inet;
using namespace inet::test;
using testing::HasSubstr;
using testing::Not;

namespace {

size_t countOf(const std::string &text, const std::string &part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

ComparedRun runOf(const std::string &name, const Json &figures) { return {name, figures}; }

} // namespace

TEST(HtmlStudy, AClassificationHasAllItsSections) {
  const std::string page = toHtml(classification(10, 600));
  for (const char *id : {"scores", "classes", "curves", "examples", "kernel", "setting"})
    EXPECT_THAT(page, HasSubstr(std::string("<section id=\"") + id + "\""));
  EXPECT_THAT(page, Not(HasSubstr("id=\"runs\"")));
  EXPECT_THAT(page, Not(HasSubstr("id=\"line\"")));
  EXPECT_THAT(page, HasSubstr("517 of 600"));
  EXPECT_THAT(page, HasSubstr("inet.dense %0 {b_std = 0.1, w_std = 1.4}"));
  EXPECT_THAT(page, HasSubstr("column 5, &#39;kind&#39;"));
  EXPECT_EQ(countOf(page, "<img "), 48u);
  EXPECT_THAT(page, HasSubstr("accuracy by the number of training examples"));
  EXPECT_THAT(page, HasSubstr("The validation set is predicted best at t = 3000, the dashed line."));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://"))); // nothing is loaded
}

TEST(HtmlStudy, TheConfusionOfManyClassesIsAPicture) {
  const std::string few = toHtml(classification(20, 100)), many = toHtml(classification(21, 100));
  EXPECT_THAT(few, HasSubstr("class=\"confusion\""));
  EXPECT_THAT(many, Not(HasSubstr("class=\"confusion\"")));
  EXPECT_THAT(many, HasSubstr("confusion matrix of 21 classes"));
  EXPECT_THAT(many, HasSubstr("Most confused"));
  const std::string thousand = toHtml(classification(1000, 2000));
  EXPECT_THAT(thousand, HasSubstr("the 100 classes of the lowest recall, of 1000"));
  EXPECT_LT(thousand.size(), 1'000'000u);
}

TEST(HtmlStudy, NamesAreNoMarkup) {
  const std::string page = toHtml(hostileNames(), {runOf("<script>.json", toJson(hostileNames().evaluation))});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
  EXPECT_EQ(countOf(page.substr(0, page.find("<style>")), "</title>"), 1u);
  EXPECT_THAT(page, HasSubstr("Zürich 漢字 ✓"));
  EXPECT_THAT(page, HasSubstr("no UTF-8: \xef\xbf\xbd"));
  EXPECT_THAT(page, HasSubstr("&quot;quoted&quot; &#39;twice&#39;"));
}

TEST(HtmlStudy, WhatIsNotANumberBreaksNoPicture) {
  const std::string page = toHtml(notNumbers());
  EXPECT_THAT(page, HasSubstr("not a number"));
  for (const char *attribute : {"=\"nan", "=\"inf", "=\"-inf", ",nan", ",inf", "Mnan", "Lnan"})
    EXPECT_THAT(page, Not(HasSubstr(attribute)));
}

TEST(HtmlStudy, ARegressionShowsFunctionsOrFeatures) {
  const std::string line = toHtml(regressionOfLine());
  EXPECT_THAT(line, HasSubstr("Prior (t = 0)"));
  EXPECT_EQ(countOf(line, "class=\"area first\" d="), 4u); // four times
  const std::string bare = toHtml(regressionOfLine(false));
  EXPECT_EQ(countOf(bare, "class=\"area first\" d="), 0u);
  EXPECT_THAT(bare, HasSubstr("No likelihood of the targets: the program was compiled without nngp."));
  const std::string table = toHtml(regressionOfTable(3));
  EXPECT_THAT(table, HasSubstr("<th scope=\"col\">beam &amp; draught</th>"));
  EXPECT_THAT(table, HasSubstr("of target column 3 of 3"));
  EXPECT_THAT(table, HasSubstr("<td>−3.25</td>"));
}

TEST(HtmlStudy, LittleIsAPageToo) {
  for (const Study &study : {smallest(), Study{}}) {
    const std::string page = toHtml(study);
    EXPECT_THAT(page, HasSubstr("</html>"));
    EXPECT_THAT(page, HasSubstr("What was run"));
  }
}

TEST(HtmlStudy, APageOfTenThousandExamplesIsWrittenInASecond) {
  Study study = classification(10, 10000);
  study.eigenvalues.assign(50000, 1);
  const auto start = std::chrono::steady_clock::now();
  const std::string page = toHtml(study);
  // 0.1 s where it was written, 5 s are allowed: the rest is for sanitizers.
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 5);
  EXPECT_LT(page.size(), 2'000'000u);
}

TEST(Comparison, MarksTheBestOfEachFigure) {
  Json first = toJson(classification(10, 500).evaluation), second = first;
  second["accuracy"] = 0.99;
  second["seconds"]["total"] = 1;
  second["probabilities"]["brier"] = "none"; // not a number: not compared
  const std::vector<ComparedRun> runs = {runOf("a", first), runOf("b", second), runOf("c", second)};
  for (const ComparedFigure &figure : comparedFigures(runs))
    if (figure.title == std::string("accuracy"))
      EXPECT_EQ(bestRuns(runs, figure), (std::vector<bool>{false, true, true}));
    else if (figure.title == std::string("seconds in all"))
      EXPECT_EQ(bestRuns(runs, figure), (std::vector<bool>{false, true, true}));
    else if (figure.title == std::string("Brier score"))
      EXPECT_EQ(bestRuns(runs, figure), (std::vector<bool>{false, false, false})); // of one run only
    else
      EXPECT_STRNE(figure.title, "RMSE"); // no run has it
  const std::string page = toHtml(classification(10, 500), {runs[1]});
  EXPECT_THAT(page, HasSubstr("<td>★ 99.00 %</td>"));
  EXPECT_THAT(page, Not(HasSubstr("may not be comparable")));
  EXPECT_THAT(toHtml(classification(10, 400), {runs[1]}), HasSubstr("may not be comparable"));
}

TEST(Comparison, ReadsWhatEvaluateHasWritten) {
  TemporaryFolder folder;
  const Evaluation evaluation = classification(10, 500).evaluation;
  const std::string file = folder.write("a.json", Report(evaluation).format(true));
  EXPECT_EQ(readRun(file).figures["accuracy"], *evaluation.scores.back().accuracy);
  EXPECT_ERROR(readRun(folder / "none.json"), "none.json: cannot read: No such file or directory");
  EXPECT_ERROR(readRun(folder.write("b", "hello")), "b: no JSON found; what `evaluate --json` prints expected");
  EXPECT_ERROR(readRun(folder.write("c", "[1]")), "c: no object found");
  EXPECT_ERROR(readRun(folder.write("d", "{\"network\": 1}")), "d: an object without 'kernel' found");
}

TEST(HeatMap, IsLighterTheLargerTheNumber) {
  // Relative luminance, WCAG 2.1.
  const auto luminance = [](double share) {
    const float weights[] = {0.2126f, 0.7152f, 0.0722f};
    double sum = 0;
    for (size_t c = 0; c < 3; ++c)
      sum += weights[c] * std::pow(colourOf(share)[c] / 255, 2.2);
    return sum;
  };
  for (int s = 0; s < 100; ++s)
    EXPECT_LT(luminance(s / 100.), luminance((s + 1) / 100.));
  EXPECT_EQ(colourOf(-1), colourOf(0));
  EXPECT_EQ(colourOf(1e30), colourOf(1));
  EXPECT_EQ(colourOf(std::nan(""))[0], 255);
}

TEST(HeatMap, NamesGroupsWhereThereIsRoom) {
  HeatMap map{100, std::vector<double>(10000, 1), 0, 1, {{0, 50, "first"}, {50, 52, "<second>"}, {52, 53, "third"}}};
  const std::string svg = picture(map, "what").markup();
  EXPECT_THAT(svg, HasSubstr(">first</text>"));
  EXPECT_THAT(svg, HasSubstr("&lt;second&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("third")));
  EXPECT_EQ(countOf(svg, "data:image/png;base64,"), 2u); // and the scale
}
