// The command line of a compiled network.
#ifndef INET_RUNTIME_CLI_ARGUMENTS_H
#define INET_RUNTIME_CLI_ARGUMENTS_H

#include "runtime/Abi.h"
#include "runtime/kernel/Execution.h"
#include "runtime/learn/Curve.h"
#include "runtime/learn/Study.h"

namespace inet {

enum class Command { info, kernel, predict, evaluate, curve, report };

struct Arguments {
  Command command = Command::info;
  bool json = false, quiet = false;
  int threads = 1;
  std::string out;

  // info
  int64_t n = 0, n2 = 0; // 0: not given; n2 is then n

  // kernel
  std::string x1, x2, label; // label is of all commands
  uint32_t results = 0;      // bits of InetResult

  // predict, evaluate, report
  ExampleFiles train, validation, test;
  std::optional<SplitOptions> split; // of train, instead of the others
  TrainingOptions training;          // its features also of kernel
  PredictOptions predict;            // its precision also of kernel
  FlowOptions flow;
  ScoreOptions scoring;
  CurveOptions curve;               // of curve
  bool probabilities = false;       // of predict
  std::vector<std::string> compare; // files, of report
  StudyOptions study;               // of report
  std::string commandLine;          // as a shell would take it

  DataFiles files() const { return {train, validation, test, split}; }
  /// Throws Error where `output` is also one of the inputs, which would be lost.
  void requireNoInput(const std::string &output) const;

  Execution execution() const { return {threads, quiet ? ProgressStyle::none() : ProgressStyle::automatic(stderr)}; }
};

/// The command line is wrong: exit status 2 instead of 1.
struct UsageError : Error {
  using Error::Error;
};

/// Parses argv for a program that offers these results (InetResult). Nothing where help was asked for and printed.
/// Throws UsageError.
std::optional<Arguments> parseArguments(const InetProgram &program, uint32_t results, int argc,
                                        const char *const *argv);

} // namespace inet

#endif
