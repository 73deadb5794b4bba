//===- inetc-tune.cpp - `inetc tune`: which settings of a network suit some data --===//
//
// A program of its own, which inetc starts: it holds the runtime, and with it BLAS, whose threads every compilation
// would pay for.
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Nearest.h"
#include "compiler/targets/Cpu.h"
#include "compiler/tuning/Search.h"
#include "compiler/tuning/Table.h"
#include "runtime/Error.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/Execution.h"
#include "runtime/kernel/Variant.h"
#include "runtime/linalg/Blas.h"

#include "llvm/Support/xxhash.h"
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

using namespace inetc;
using ::inet::Error;

namespace {

struct Options {
  CompilerOptions compiler;
  std::vector<std::string> definitions;
  std::string precision = "auto", score = "loo", loss = "error", kernel, diagReg = "1e-7..1", task, header, channels;
  ::inet::ExampleFiles train;
  ::inet::TrainingOptions training;
  double heldOut = 0.2;
  int64_t subset = 2000, final = 0; // 0: all examples
  uint64_t seed = 0;
  size_t top = 20;
  std::string out;
  bool standardize = false, resume = false, quiet = false;
  int threads = ::inet::availableThreads();
};

void addOptions(CLI::App &app, Options &options) {
  app.add_option("file", options.compiler.input.path, "The network file (.inet)")->required();
  app.add_option("-D", options.definitions,
                 "NAME=VALUES of a parameter: with commas between them, or A..B:COUNT (numbers with equal distances), "
                 "A..B:COUNT:log (equal ratios); repeated: all combinations")
      ->allow_extra_args(false);
  app.add_option("--network", options.compiler.input.network, "Which network of the file, where it has several");
  app.add_option("--train-x,--train", options.train.x, "Training examples, as for the programs that inetc makes")
      ->required();
  app.add_option("--train-y", options.train.y, "Their labels (default: in the .csv --train-x)");
  app.add_option("--task", options.task, "classification or regression; a .csv needs it")
      ->check(CLI::IsMember({"classification", "regression"}));
  app.add_option("--label", options.train.options.label, "The label's column of a .csv, by name or number from 1");
  app.add_option("--header", options.header, "Whether the first row of a table has names: yes or no")
      ->check(CLI::IsMember({"yes", "no"}));
  app.add_option("--channels", options.channels, "first where the rows of arrays hold an image plane by plane")
      ->check(CLI::IsMember({"first", "last"}));
  app.add_option("--classes", options.training.classes, "Number of classes (default: the largest label + 1)")
      ->check(CLI::PositiveNumber);
  app.add_flag("--standardize", options.standardize,
               "Features, and real targets, to mean 0 and variance 1 by the training set");
  app.add_option("--score", options.score,
                 "loo: each example is predicted from all others, in closed form (default); validation: some from the "
                 "others; evidence: how likely the nngp makes the targets")
      ->check(CLI::IsMember({"loo", "validation", "evidence"}));
  app.add_option("--loss", options.loss,
                 "Of predictions: error (wrong classes, or the RMSE; default) or likelihood, the kernel taken as the "
                 "covariance of a Gaussian process")
      ->check(CLI::IsMember({"error", "likelihood"}));
  app.add_option("--held-out", options.heldOut, "Of --score validation: the share of the examples (default: 0.2)");
  app.add_option("--kernel", options.kernel, "nngp or ntk (default: ntk; nngp for the evidence)")
      ->check(CLI::IsMember({"nngp", "ntk"}));
  app.add_option("--diag-reg", options.diagReg,
                 "Regularisations, of which the best is taken for each setting: A..B, the decades from A to B, or "
                 "numbers with commas; times the mean of the kernel's diagonal (default: 1e-7..1)");
  app.add_option("--subset", options.subset,
                 "Examples that all settings are scored on (default: 2000); then the better half on twice as many")
      ->check(CLI::PositiveNumber);
  app.add_option("--final", options.final, "Examples that the best are scored on (default: all)")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "Of the order in which examples are taken, each class spread evenly");
  app.add_option("--precision", options.precision,
                 "f32, f64 or auto (default): f64 where --final is up to 3,000 examples, else f32")
      ->check(CLI::IsMember({"f32", "f64", "auto"}));
  app.add_option("--out", options.out, "FILE.csv or FILE.json: all settings, best first");
  app.add_flag("--resume", options.resume, "Go on with a search that was not finished (FILE.journal beside --out)");
  app.add_option("--top", options.top, "Settings to print (default: 20)")->check(CLI::PositiveNumber);
  app.add_option("--threads", options.threads, "Threads (default: all cores)")->check(CLI::Range(1, 4096));
  app.add_flag("--quiet", options.quiet, "No progress on standard error");
}

// What is neither an option nor the one file.
[[noreturn]] void refuseExtras(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::Option *option : app.get_options())
    for (const std::string &name : option->get_lnames())
      names.push_back("--" + name);
  std::string found = app.remaining().front();
  if (found.rfind("-", 0) != 0)
    throw Error(fmt::format("expected one network file, found '{}' too", ::inet::printable(found)));
  found = found.substr(0, found.find('='));
  std::optional<std::string> near = nearest(found, names);
  throw Error(fmt::format("unknown option '{}'{}", ::inet::printable(found),
                          near ? fmt::format("\nnote: did you mean '{}'?", *near) : ""));
}

// Nothing where help was asked for.
std::optional<Options> parse(int argc, char **argv) {
  Options options;
  CLI::App app("inetc tune: finds the settings of a network that suit some training data best. Each is compiled in "
               "memory, and its training kernel scored.\n"
               "\n"
               "  inetc tune mlp.inet -D depth=1,2,3 -D w_std=1..2:5 --train-x x.npy --train-y y.npy\n",
               "inetc tune");
  app.allow_extras();
  addOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) {
      app.exit(error);
      return std::nullopt;
    }
    throw Error(fmt::format("{} (see inetc tune --help)", error.what()));
  }
  if (!app.remaining().empty())
    refuseExtras(app);
  if (options.resume && options.out.empty())
    throw Error("--resume: the journal of a search lies beside its table: --out expected");
  if (!options.out.empty() && !options.out.ends_with(".csv") && !options.out.ends_with(".json"))
    throw Error(fmt::format("--out: '{}' found; FILE.csv or FILE.json expected", ::inet::printable(options.out)));
  if (options.score == "evidence" && options.kernel == "ntk")
    throw Error("--score evidence: --kernel ntk found; the evidence is that of the nngp");
  return options;
}

::inet::SelectionOptions selectionOf(const Options &options) {
  ::inet::SelectionOptions selection;
  selection.method = options.score == "evidence"     ? ::inet::SelectionMethod::evidence
                     : options.score == "validation" ? ::inet::SelectionMethod::validation
                                                     : ::inet::SelectionMethod::leaveOneOut;
  selection.likelihood = options.loss == "likelihood";
  const bool nngp = options.kernel.empty() ? options.score == "evidence" : options.kernel == "nngp";
  selection.kernel = nngp ? ::inet::PredictKernel::nngp : ::inet::PredictKernel::ntk;
  selection.diagRegs = parseDecades("--diag-reg", options.diagReg);
  selection.heldOut = options.heldOut;
  selection.seed = options.seed;
  return selection;
}

::inet::TrainingSet openData(Options &options, const ::inet::Shape &input) {
  if (!options.task.empty())
    options.training.task = options.task == "classification" ? ::inet::Task::classification : ::inet::Task::regression;
  if (options.standardize)
    options.training.features.standardize = ::inet::Standardize::features;
  options.training.features.threads = options.threads;
  if (!options.header.empty())
    options.train.options.header = options.header == "yes";
  if (!options.channels.empty())
    options.train.options.channels =
        options.channels == "first" ? ::inet::ChannelOrder::first : ::inet::ChannelOrder::last;
  return ::inet::openTrainingSet(options.train, input, options.training);
}

// The options that name the data and say how it is read, for a command.
std::string dataOptions(const Options &options) {
  std::string text;
  auto add = [&](const char *option, const std::string &value) {
    if (!value.empty())
      text += fmt::format("{}{} {}", text.empty() ? "" : " ", option, value);
  };
  add("--train-x", options.train.x);
  add("--train-y", options.train.y);
  add("--task", options.task);
  add("--label", options.train.options.label);
  add("--header", options.header);
  add("--channels", options.channels);
  if (options.training.classes)
    add("--classes", std::to_string(options.training.classes));
  return text + (options.standardize ? " --standardize" : "");
}

std::string hashOf(const void *data, size_t bytes) {
  return fmt::format("{:016x}", llvm::xxh3_64bits({static_cast<const uint8_t *>(data), bytes}));
}

// What must be equal for the results of a journal to be those of this search.
::inet::Json identityOf(const Options &options, const SearchSummary &summary, const Candidates &candidates,
                        const ::inet::Selection &selection) {
  const ::inet::RowMatrix &targets = selection.training().targets;
  ::inet::Json definitions = options.definitions;
  return {{"inetc tune", 1},
          {"-D", definitions},
          {"--score", options.score},
          {"--loss", options.loss},
          {"--kernel", summary.selection.kernel == ::inet::PredictKernel::nngp ? "nngp" : "ntk"},
          {"--diag-reg", summary.selection.diagRegs},
          {"--held-out", options.heldOut},
          {"--subset", summary.sizes.subset},
          {"--final", summary.sizes.final},
          {"--seed", options.seed},
          {"--precision", options.compiler.pipeline.precision},
          {"--standardize", options.standardize},
          {"the hash of the networks", candidates.hash()},
          {"the hash of the training examples",
           hashOf(selection.features().data(), selection.features().size() * sizeof(double))},
          {"the hash of the training labels", hashOf(targets.data(), size_t(targets.size()) * sizeof(double))}};
}

// A line on a terminal that is written over; in a log one every ten seconds.
class ProgressLine {
public:
  explicit ProgressLine(bool quiet)
      : style(quiet ? ::inet::ProgressStyle::none() : ::inet::ProgressStyle::automatic(stderr)) {}
  ~ProgressLine() {
    if (drawn)
      std::fputs("\r\x1b[K", stderr);
  }

  void show(size_t done, size_t total, int64_t examples, const Trial *best) {
    using Kind = ::inet::ProgressStyle::Kind;
    const auto now = std::chrono::steady_clock::now();
    if (style.kind == Kind::none || (style.kind == Kind::lines && now - last < style.interval))
      return;
    last = now;
    std::string line = fmt::format("{} of {} kernels, {} examples", done, total, examples);
    if (best && best->failure.empty())
      line += fmt::format("; best {:.4g} ({}, diag_reg {:g})", best->score.score, describe(best->setting),
                          best->score.diagReg);
    drawn = style.kind == Kind::bar;
    std::fputs((drawn ? "\r" + line + "\x1b[K" : line + "\n").c_str(), stderr);
    std::fflush(stderr);
  }

private:
  ::inet::ProgressStyle style;
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
  bool drawn = false;
};

// The first network that can be compiled says what examples look like.
::inet::Shape findInput(Candidates &candidates) {
  std::string message;
  for (size_t i = 0; i < candidates.networks().size(); ++i)
    try {
      return ::inet::inputShape(candidates.program(i));
    } catch (const Error &error) {
      if (message.empty())
        message = error.what();
    }
  throw Error(message);
}

int run(Options options) {
  SearchSummary summary;
  summary.file = options.compiler.input.path;
  summary.network = options.compiler.input.network;
  summary.data = dataOptions(options);
  summary.selection = selectionOf(options);
  std::vector<TunedParameter> parameters;
  for (const std::string &definition : options.definitions)
    parameters.push_back(parseTunedParameter(definition));
  options.compiler.pipeline.get = summary.selection.kernel == ::inet::PredictKernel::nngp ? "nngp" : "ntk";

  // The precision waits for the number of examples, and that for the shape of the input, which no precision changes.
  Candidates candidates(options.compiler, listSettings(std::move(parameters)));
  if (candidates.networks().empty()) {
    std::fputs(candidates.messageOf(0).c_str(), stderr);
    return 1;
  }
  summary.networks = candidates.networks().size();
  ::inet::Selection selection(openData(options, findInput(candidates)), summary.selection);
  summary.task = selection.training().coding.task;
  summary.sizes.final = options.final ? std::min(options.final, selection.examples()) : selection.examples();
  summary.sizes.subset = std::min(options.subset, summary.sizes.final);
  const bool automatic = options.precision == "auto";
  const auto [dtype, reason] = ::inet::precisionToLearn(summary.sizes.final);
  options.compiler.pipeline.precision = automatic ? ::inet::precisionName(dtype) : options.precision;
  summary.precision = options.compiler.pipeline.precision + (automatic ? fmt::format(" ({})", reason) : "");
  candidates.setPrecision(options.compiler.pipeline.precision);

  std::optional<::inet::OutputFile> out;
  std::optional<Journal> journal;
  if (!options.out.empty()) {
    out.emplace(options.out);
    journal.emplace(options.out + ".journal", identityOf(options, summary, candidates, selection), options.resume);
  }
  std::vector<Trial> trials;
  {
    ProgressLine progress(options.quiet);
    trials = search(candidates, selection, summary.sizes, {options.threads, ::inet::ProgressStyle::none()},
                    journal ? &*journal : nullptr, [&](size_t done, size_t total, int64_t examples, const Trial *best) {
                      progress.show(done, total, examples, best);
                    });
  }
  if (out) {
    const std::string text = options.out.ends_with(".csv") ? formatCsv(trials) : formatJson(summary, trials);
    out->write(text.data(), int64_t(text.size()));
    out->commit();
    journal->remove();
  }
  std::fputs(formatTable(summary, trials, options.top).c_str(), stdout);
  if (std::fflush(stdout) != 0)
    throw Error("standard output: cannot write the table");
  return trials.front().failure.empty() ? 0 : 1;
}

int fail(const std::string &message) {
  std::fputs(fmt::format("error: {}\n", message).c_str(), stderr);
  return 1;
}

int runOrFail(int argc, char **argv) {
  try {
    std::optional<Options> options = parse(argc, argv);
    if (!options)
      return 0;
    ::inet::removeTemporaryFilesOnSignals();
    ::inet::reserveBlasMemory(options->threads);
    return run(std::move(*options));
  } catch (const std::bad_alloc &) {
    return fail("out of memory");
  } catch (const std::exception &error) {
    return fail(error.what());
  }
}

} // namespace

// Ends without the handlers of libraries: OpenBLAS waits there for its threads, forever where they found no memory.
int main(int argc, char **argv) {
  int status = runOrFail(argc, argv);
  std::fflush(nullptr);
  std::_Exit(status);
}
