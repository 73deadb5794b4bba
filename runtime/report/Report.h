// The views of an outcome: each outcome is a plain struct, and has one function for each view. None reads another.
#ifndef INET_RUNTIME_REPORT_REPORT_H
#define INET_RUNTIME_REPORT_REPORT_H

#include "runtime/kernel/Outcome.h"
#include "runtime/learn/Study.h"
#include "runtime/report/Json.h"
#include "runtime/report/Text.h"

#include <functional>

namespace inet {

// KernelReport.cpp
TextTable toText(const NetworkInfo &info);
Json toJson(const NetworkInfo &info);
TextTable toText(const WrittenKernel &kernel);
Json toJson(const WrittenKernel &kernel);
// LearningReport.cpp
TextTable toText(const WrittenPrediction &prediction);
Json toJson(const WrittenPrediction &prediction);
TextTable toText(const Evaluation &evaluation);
Json toJson(const Evaluation &evaluation);
// CurveReport.cpp
TextTable toText(const LearningCurves &curves);
Json toJson(const LearningCurves &curves);
/// As comma-separated values with a header: a line for each set and time, and for each set and number of training
/// examples at infinite time.
std::string toTable(const LearningCurves &curves);
// StudyReport.cpp
TextTable toText(const WrittenStudy &written);
Json toJson(const WrittenStudy &written);

/// An outcome whose view is chosen when it is printed.
class Report {
public:
  template <class Outcome>
  explicit Report(Outcome outcome)
      : format_([outcome = std::move(outcome)](bool json) {
          return json ? formatJson(toJson(outcome)) : toText(outcome).format();
        }) {}

  /// One JSON object or the table, whole.
  std::string format(bool json) const { return format_(json); }

private:
  std::function<std::string(bool)> format_;
};

} // namespace inet

#endif
