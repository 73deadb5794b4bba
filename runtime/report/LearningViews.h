// Pieces that the views of learning have in common.
#ifndef INET_RUNTIME_REPORT_LEARNINGVIEWS_H
#define INET_RUNTIME_REPORT_LEARNINGVIEWS_H

#include "runtime/learn/Outcome.h"
#include "runtime/report/Json.h"
#include "runtime/report/Text.h"

namespace inet {

void addSetting(const Setting &setting, TextTable &table);
Json settingJson(const Setting &setting);

/// What a reader must know before trusting the figures: each a line of its own.
std::vector<std::string> notesOf(const SolveFacts &solve, const Setting &setting);
/// What was added to the diagonal, and what a reader must know before trusting the figures.
void addSolve(const SolveFacts &solve, const Setting &setting, TextTable &table);
void addSolve(const SolveFacts &solve, const Setting &setting, Json &json);

std::vector<std::pair<const char *, double>> partsOf(const LearningSeconds &seconds);

} // namespace inet

#endif
