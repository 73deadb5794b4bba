// A study as one page of HTML that holds all it needs: no script, nothing to be loaded.
#ifndef INET_RUNTIME_REPORT_HTMLSTUDY_H
#define INET_RUNTIME_REPORT_HTMLSTUDY_H

#include "runtime/report/Comparison.h"
#include "runtime/report/Page.h"

namespace inet {

/// The page. `runs`: others to compare with.
std::string toHtml(const Study &study, const std::vector<ComparedRun> &runs = {});

// Its sections; each is empty where the study has nothing of the kind.
Html scoresSection(const Evaluation &evaluation);                                           // HtmlScores.cpp
Html comparisonSection(const Evaluation &evaluation, const std::vector<ComparedRun> &runs); // HtmlComparison.cpp
Html classesSection(const Evaluation &evaluation);                                          // HtmlClasses.cpp
Html curvesSection(const Study &study);                                                     // HtmlCurves.cpp
Html lineSection(const Study &study);                                                       // HtmlRegression.cpp
Html predictedSection(const Study &study);                                                  // HtmlRegression.cpp
Html examplesSection(const Study &study);                                                   // HtmlExamples.cpp
Html kernelSection(const Study &study);                                                     // HtmlKernel.cpp
Html settingSection(const Study &study);                                                    // HtmlSetting.cpp

} // namespace inet

#endif
