#include "runtime/cli/Arguments.h"

#include "runtime/Error.h"
#include "runtime/data/TableFormat.h"
#include "runtime/kernel/Variant.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>

namespace inet {
namespace {

const std::string kFilesHelp =
    R"(Files: .npy (whole and real numbers, in any order), .npz members as FILE.npz:NAME, tables as .csv .tsv .txt .data (fields apart by
commas, semicolons, tabs or blanks; names over numbers are a header, see --header); MNIST as .idx or -ubyte,
CIFAR as .bin; each packed by gzip, too. A folder of images (JPEG, PNG, BMP), one sub-folder a class: they are resized
to the network's input.)";
const std::string kLabelsHelp =
    R"( Labels: whole numbers of an integer .npy are classes 0, 1, ... (targets onehot - 1/classes), real ones are
targets as they are. A .csv needs --task; without --train-y (--test-y) the labels are the last column of --train-x
(--test-x), or the column --label, and classes may be any text.
Time is that of gradient flow on the loss, which is a mean over examples (softmax) or over examples and outputs; with
--momentum M it counts the steps of v <- M v - rate grad, w <- w + v, as the rate goes to 0. Cross-entropies are of
classes, and their outputs logits: of softmax one a class; of logistic, for two classes, half the logit of the second and
its negative. Their training has no end, so that they take finite times.)";
const std::string kScoresHelp =
    R"(
The negative log likelihood is of the targets, as Gaussians of the predicted mean and variance (plus that of --diag-reg),
the mean over examples and outputs, in nats. Where a network's variance is small beside targets of size 1 it is large,
however many classes are right.)";

/// What CLI11 fills in and we have still to make sense of.
struct RawOptions {
  std::vector<std::string> get, times;
  std::string loss = "mse", kernel, precision, task, covariance = "none", header, channels, brokenImages, diagReg = "0",
              split, temperature = "1", curves, likelihood, classify = "gaussian";
  std::optional<double> alphaEps;
  uint64_t seed = 0; // of the split
  bool standardize = false, standardizeChannels = false;
};

/// CLI11's own check prints the largest double when it refuses a number, and takes what overflows for the largest
/// integer.
const CLI::Validator kCount(
    [](std::string &text) {
      bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
      if (digits && text.find_first_not_of('0') != std::string::npos && text.size() <= 12)
        return std::string();
      return fmt::format("'{}' found, a whole number above 0 and below 1e12 expected", printable(text));
    },
    "");

const CLI::Validator kSeed(
    [](std::string &text) {
      bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
      return digits && text.size() <= 19
                 ? std::string()
                 : fmt::format("'{}' found, a whole number from 0 and below 1e19 expected", printable(text));
    },
    "");

void addCommon(CLI::App *command, Arguments &arguments) {
  command->add_option("--threads", arguments.threads, "threads (default: all cores)")->check(CLI::Range(1, 4096));
  command->add_flag("--json", arguments.json, "print every figure as one JSON object");
  command->add_flag("--quiet", arguments.quiet, "no progress on standard error");
}

void addReading(CLI::App *command, RawOptions &raw) {
  command
      ->add_option("--channels", raw.channels,
                   "first where the rows of arrays hold an image plane by plane, last where they do not (default)")
      ->check(CLI::IsMember({"first", "last"}));
  command
      ->add_option("--broken-images", raw.brokenImages,
                   "files in a folder of images that cannot be read: refuse (default) or skip, with their names")
      ->check(CLI::IsMember({"refuse", "skip"}));
  command
      ->add_option("--header", raw.header,
                   "whether the first row of a table has its columns' names: yes or no (default: as the rows show)")
      ->check(CLI::IsMember({"yes", "no"}));
}

void addInfo(CLI::App &app, Arguments &arguments) {
  CLI::App *command =
      app.add_subcommand("info", "the architecture, shapes, operations per pair, memory for n examples");
  command->add_option("--n", arguments.n, "say what memory n examples (or n x n2) take")->check(kCount);
  command->add_option("--n2", arguments.n2, "the other side of the kernel (default: the same examples)")
      ->check(kCount)
      ->needs("--n");
  addCommon(command, arguments);
}

/// `source`: what statistics are of; `more`: what is standardized beside features.
void addPreprocessing(CLI::App *command, Arguments &arguments, RawOptions &raw, const std::string &source,
                      const std::string &more) {
  command->add_option("--scale", arguments.training.features.scale,
                      "divide every feature by this number, such as 255 for images (default: 1)");
  command->add_flag("--standardize", raw.standardize,
                    fmt::format("then features{} to mean 0 and variance 1, by the statistics of {}", more, source));
  command->add_flag("--standardize-channels", raw.standardizeChannels,
                    "the same with one mean and deviation for each channel of an image");
  command
      ->add_option("--zca", arguments.training.features.zca,
                   fmt::format("then whiten features by the covariance of {}: x -> (x - mean) U (S + EPS mean(S))^-1/2 "
                               "U^T; 0.1 suits images",
                               source))
      ->type_name("EPS");
}

void addKernel(CLI::App &app, Arguments &arguments, RawOptions &raw) {
  CLI::App *command = app.add_subcommand("kernel", "compute the kernels of the examples in a file, or two");
  command->add_option("--x1", arguments.x1, "examples: the rows of the kernel")->required();
  command->add_option("--x2", arguments.x2, "examples: its columns (default: x1, with half the work)");
  command->add_option("--get", raw.get, "nngp, ntk or nngp,ntk (default: all that were compiled in)")->delimiter(',');
  command->add_option("--out", arguments.out, "FILE.npz (arrays nngp, ntk), DIR/ (one .npy each), or FILE.npy for one")
      ->required();
  command->add_option("--label", arguments.label, "a column of a .csv to leave out, by name or number from 1");
  addReading(command, raw);
  addPreprocessing(command, arguments, raw, "x1", "");
  command->footer(kFilesHelp);
  addCommon(command, arguments);
}

void addPrediction(CLI::App *command, Arguments &arguments, RawOptions &raw) {
  command->add_option("--train-x,--train", arguments.train.x, "training examples")->required();
  command->add_option("--train-y", arguments.train.y, "their labels (default: in the .csv --train-x)");
  command->add_option("--split", raw.split,
                      "divide --train-x: percent for training/test, such as 80/20, or training/validation/test, such "
                      "as 70/15/15; of classes each by itself");
  command->add_option("--seed", raw.seed, "of the split: which rows go where (default: 0)")
      ->check(kSeed)
      ->needs("--split");
  command->add_option("--validation-x,--validation", arguments.validation.x,
                      "validation examples, by which a temperature is chosen");
  command->add_option("--validation-y", arguments.validation.y, "their labels (default: in the .csv --validation-x)")
      ->needs("--validation-x");
  command->add_option("--task", raw.task, "classification or regression; a .csv needs it")
      ->check(CLI::IsMember({"classification", "regression"}));
  command->add_option("--label", arguments.label,
                      "the label's column of a .csv, by name or number from 1 (default: last)");
  addReading(command, raw);
  command->add_option("--classes", arguments.training.classes, "number of classes (default: the largest label + 1)")
      ->check(kCount);
  addPreprocessing(command, arguments, raw, "the training set", ", and real targets (results are in their own units)");
  command->add_flag("--flip", arguments.training.flip,
                    "learn from the mirror images of the training images, too: twice as many examples");
  command
      ->add_option(
          "--kernel", raw.kernel,
          "nngp, ntk, or ntkgp: the Gaussian process whose covariance is the ntk (default: ntk, if compiled in)")
      ->check(CLI::IsMember({"nngp", "ntk", "ntkgp"}));
  command->add_option(
      "--diag-reg", raw.diagReg,
      "regularisation: times the mean of the training kernel's diagonal (default: 0); auto: the smallest "
      "with which the kernel's rounding moves no prediction by more than 0.1%");
  command->add_flag("--diag-reg-absolute", arguments.predict.diagRegAbsolute, "not times that mean");
  command->add_option("--time", raw.times, "training times T1,T2,... or inf (default: inf)")->delimiter(',');
  command
      ->add_option("--loss", raw.loss,
                   "what training minimises: mse (default), softmax or logistic cross-entropy of classes")
      ->check(CLI::IsMember({"mse", "softmax", "logistic"}));
  command->add_option("--momentum", arguments.flow.momentum, "from 0 (default: none) to below 1");
  command
      ->add_option("--classify", raw.classify,
                   "how classes are learnt: gaussian (default: as targets onehot - 1/classes) or dirichlet (a Gaussian "
                   "process for each class, whose noise and kernel's size follow from counts of classes)")
      ->check(CLI::IsMember({"gaussian", "dirichlet"}));
  command->add_option("--alpha-eps", raw.alphaEps,
                      "dirichlet: what counts of a class in an example of another class (default: 0.01)");
  command->add_option("--temperature", raw.temperature,
                      "divides the outputs before probabilities of classes are made of them: a number, or auto, with "
                      "which the labels of the validation set, or, without one, of the training set from its "
                      "leave-one-out predictions, are most probable (default: 1)");
  command->add_option("--learning-rate", arguments.predict.learningRate, "time is multiplied by it (default: 1)");
  command->footer(kFilesHelp + kLabelsHelp);
}

void addPredict(CLI::App &app, Arguments &arguments, RawOptions &raw) {
  CLI::App *command = app.add_subcommand("predict", "learn the training set and predict the test set");
  addPrediction(command, arguments, raw);
  command->add_option(
      "--test-x,--test", arguments.test.x,
      "test examples; a label column of a .csv is left out (default: that of --split, or the training set itself)");
  command->add_option("--cov", raw.covariance, "covariance of the predictions: none, diag or full (default: none)")
      ->check(CLI::IsMember({"none", "diag", "full"}));
  command->add_flag("--probabilities", arguments.probabilities,
                    "probabilities of classes, too: the mean of the softmax over the predictive Gaussian");
  command->add_flag("--noise", arguments.scoring.noise,
                    "add the regularisation, as the noise of the targets, to every variance");
  command
      ->add_option(
          "--out", arguments.out,
          "FILE.npz: mean [test, outputs], cov [test] or [test, test] (of several standardized targets one each, "
          "[outputs, ...]), probabilities [test, classes]; several times come first; of a split also rows [test], "
          "which "
          "they are in --train-x, from 0")
      ->required();
  addCommon(command, arguments);
}

/// What evaluate and report have in common.
void addScoring(CLI::App *command, Arguments &arguments, RawOptions &raw) {
  addPrediction(command, arguments, raw);
  command->add_option("--test-x,--test", arguments.test.x, "test examples (default: that of --split)");
  command->add_option("--test-y", arguments.test.y, "their labels (default: in the .csv --test-x)");
  command->add_flag("--noise", arguments.scoring.noise,
                    "probabilities of classes from variances that include the regularisation as noise");
  command->add_flag("--leave-one-out", arguments.scoring.leaveOneOut,
                    "score predictions of each training example from all others, too");
  command->add_option("--bins", arguments.scoring.bins, "bins of reliability diagrams (default: 10)")
      ->check(CLI::Range(1, 10000));
  command->footer(kFilesHelp + kLabelsHelp + kScoresHelp);
  addCommon(command, arguments);
}

/// To every command that computes.
void addPrecision(CLI::App &app, RawOptions &raw) {
  for (CLI::App *command : app.get_subcommands([](CLI::App *each) { return each->get_name() != "info"; }))
    command
        ->add_option("--precision", raw.precision,
                     command->get_name() == "kernel"
                         ? "f32, f64 or auto (default): f64"
                         : "f32, f64 or auto (default): f64 for up to 3,000 training examples, else f32")
        ->check(CLI::IsMember({"f32", "f64", "auto"}));
}

void addEvaluate(CLI::App &app, Arguments &arguments, RawOptions &raw) {
  addScoring(app.add_subcommand("evaluate", "learn the training set and score predictions of the test set"), arguments,
             raw);
}

void addCurve(CLI::App &app, Arguments &arguments, RawOptions &raw) {
  CLI::App *command =
      app.add_subcommand("curve", "learning curves: losses through training, and by the number of training examples");
  addPrediction(command, arguments, raw);
  command->add_option("--test-x,--test", arguments.test.x, "test examples (default: that of --split, or none)");
  command->add_option("--test-y", arguments.test.y, "their labels (default: in the .csv --test-x)");
  command->add_flag("--noise", arguments.scoring.noise,
                    "probabilities of classes from variances that include the regularisation as noise");
  command
      ->add_option("--points", arguments.curve.points,
                   "how many times, where --time gives none: from a tenth of the time of what is learnt first to ten "
                   "times that of what is learnt last (default: 40)")
      ->check(CLI::Range(1, 10000));
  command
      ->add_option("--sizes", arguments.curve.sizes,
                   "how many numbers of training examples, each twice the one before, up to all (default: 8)")
      ->check(CLI::Range(0, 60));
  command->add_option("--likelihood", raw.likelihood, "likelihoods, too: yes or no (default: where they are quick)")
      ->check(CLI::IsMember({"yes", "no"}));
  command->add_option("--out", arguments.out,
                      "FILE.csv: a line for each set and time, and for each number of examples");
  addCommon(command, arguments);
}

void addReport(CLI::App &app, Arguments &arguments, RawOptions &raw) {
  CLI::App *command = app.add_subcommand("report", "evaluate, and show it as one page of HTML");
  addScoring(command, arguments, raw);
  command->add_option("--out", arguments.out, "FILE.html; it needs nothing beside it, and nothing is loaded")
      ->required();
  command->add_option("--compare", arguments.compare, "other runs, as evaluate --json has printed them")
      ->expected(1, -1);
  command
      ->add_option("--curves", raw.curves,
                   "learning curves, which compute the kernels once more: yes or no (default: where they are quick)")
      ->check(CLI::IsMember({"yes", "no"}));
  command
      ->add_option("--likelihood", raw.likelihood,
                   "likelihoods in learning curves: yes or no (default: where they are quick)")
      ->check(CLI::IsMember({"yes", "no"}));
}

/// The words as a shell takes them.
std::string quoted(int argc, const char *const *argv) {
  const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  std::string line;
  for (int a = 0; a < argc; ++a) {
    std::string word = argv[a];
    if (word.empty() || word.find_first_not_of(plain) != std::string::npos) {
      for (size_t at = word.find('\''); at != std::string::npos; at = word.find('\'', at + 4))
        word.replace(at, 1, "'\\''");
      word = "'" + word + "'";
    }
    line += (a == 0 ? "" : " ") + word;
  }
  return line;
}

uint32_t parseResults(const std::vector<std::string> &names, uint32_t available) {
  uint32_t results = names.empty() ? available : 0;
  for (const std::string &name : names) {
    if (name != "nngp" && name != "ntk")
      throw UsageError(fmt::format("--get: '{}' found; nngp, ntk or nngp,ntk expected", printable(name)));
    results |= name == "nngp" ? INET_NNGP : INET_NTK;
  }
  return results;
}

std::vector<double> parseTimes(const std::vector<std::string> &texts) {
  std::vector<double> times;
  for (const std::string &text : texts) {
    std::optional<double> time = parseNumber(text);
    if (!time || !(*time >= 0)) // nan is no time either
      throw UsageError(fmt::format("--time: '{}' found; inf or numbers from 0 expected", printable(text)));
    times.push_back(*time);
  }
  if (times.empty())
    times.push_back(std::numeric_limits<double>::infinity());
  return times;
}

void checkNumber(std::string_view option, double value, bool allowed) {
  if (!allowed)
    throw UsageError(fmt::format("{}: {:g} found; a finite number {} expected", option, value,
                                 option == "--diag-reg" || option == "--zca" ? "from 0" : "above 0"));
}

void interpretPreprocessing(const RawOptions &raw, Arguments &arguments) {
  PreprocessingOptions &features = arguments.training.features;
  checkNumber("--scale", features.scale, features.scale > 0 && std::isfinite(features.scale));
  if (features.zca)
    checkNumber("--zca", *features.zca, *features.zca >= 0 && std::isfinite(*features.zca));
  if (raw.standardize && raw.standardizeChannels)
    throw UsageError("--standardize and --standardize-channels found; one of them expected");
  features.standardize = raw.standardize           ? Standardize::features
                         : raw.standardizeChannels ? Standardize::channels
                                                   : Standardize::nothing;
  features.threads = arguments.threads;
}

void interpretTemperature(const std::string &text, ScoreOptions &scoring) {
  scoring.fitsTemperature = text == "auto";
  if (scoring.fitsTemperature)
    return;
  const std::optional<double> temperature = parseNumber(text);
  if (!temperature || !(*temperature > 0) || !std::isfinite(*temperature))
    throw UsageError(
        fmt::format("--temperature: '{}' found; auto or a finite number above 0 expected", printable(text)));
  scoring.temperature = *temperature;
}

/// What is divided, and that nothing is given twice or not at all.
void interpretSets(Arguments &arguments, const RawOptions &raw) {
  if (raw.split.empty()) {
    if ((arguments.command == Command::evaluate || arguments.command == Command::report) && arguments.test.x.empty())
      throw UsageError(fmt::format("{}: no test set found; --test-x, or --split of --train-x, expected (see --help)",
                                   arguments.command == Command::report ? "report" : "evaluate"));
    if (arguments.command == Command::predict && arguments.test.x.empty() && arguments.training.flip)
      throw UsageError("--flip: no test set found; --test-x or --split expected, as the training set has its mirror "
                       "images in it");
    return;
  }
  for (const auto &[option, file] : {std::pair("--test-x", arguments.test.x), std::pair("--test-y", arguments.test.y),
                                     std::pair("--validation-x", arguments.validation.x)})
    if (!file.empty())
      throw UsageError(fmt::format("--split and {} found; one of them expected: a split makes its sets of --train-x "
                                   "alone",
                                   option));
  try {
    arguments.split = SplitOptions{parsePercents(raw.split), raw.seed};
  } catch (const Error &error) {
    throw UsageError(fmt::format("--split: {}", error.what()));
  }
}

void interpretFlow(Arguments &arguments, const RawOptions &raw) {
  FlowOptions &flow = arguments.flow;
  flow.loss = raw.loss == "softmax" ? Loss::softmax : raw.loss == "logistic" ? Loss::logistic : Loss::mse;
  if (!(flow.momentum >= 0 && flow.momentum < 1))
    throw UsageError(fmt::format("--momentum: {:g} found; a number from 0 to below 1 expected", flow.momentum));
  if (!flow.beyondPredictor())
    return;
  if (arguments.command == Command::curve)
    throw UsageError(
        fmt::format("--loss {}, --momentum {:g}: curve found; predict, evaluate or report expected, as its "
                    "curves are of mse without momentum",
                    raw.loss, flow.momentum));
  const std::string what = flow.loss == Loss::mse ? "--momentum" : "--loss " + raw.loss;
  const PredictOptions &predict = arguments.predict;
  const auto infinite = [](double time) { return std::isinf(time); };
  if (flow.loss != Loss::mse && std::any_of(predict.times.begin(), predict.times.end(), infinite))
    throw UsageError(fmt::format("{}: time inf found; finite --time T1,T2,... expected: training has no end, since "
                                 "outputs grow without bound where the kernel can fit the classes",
                                 what));
  if (predict.covariance != Covariance::none)
    throw UsageError(fmt::format("{}: --cov {} found; none expected: it has no closed form", what, raw.covariance));
  if (arguments.scoring.leaveOneOut)
    throw UsageError(fmt::format("{}: --leave-one-out found; it is of mse without momentum", what));
  if (predict.diagRegAuto)
    throw UsageError(fmt::format("{}: --diag-reg auto found; a number expected", what));
}

/// The times of curves are finite, and ascend.
void interpretCurve(Arguments &arguments, const RawOptions &raw) {
  if (arguments.scoring.fitsTemperature)
    throw UsageError("--temperature: auto found; a number expected: a curve has one temperature");
  if (raw.times.empty())
    return;
  std::vector<double> &times = arguments.curve.times;
  times = arguments.predict.times;
  std::sort(times.begin(), times.end());
  if (std::isinf(times.back()))
    throw UsageError("--time: inf found; finite times expected: every curve has its end, too");
}

/// The options of a Dirichlet classification, and what goes with none. --task regression, and targets that turn out to
/// be real, are refused where the training set is known (Experiment).
void interpretClassify(Arguments &arguments, const RawOptions &raw) {
  PredictOptions &predict = arguments.predict;
  if (raw.classify != "dirichlet") {
    if (raw.alphaEps)
      throw UsageError(fmt::format("--alpha-eps: {:g} found; it is of --classify dirichlet alone", *raw.alphaEps));
    return;
  }
  if (arguments.command == Command::curve || arguments.command == Command::report)
    throw UsageError("--classify dirichlet: curve and report found; predict or evaluate expected");
  predict.alphaEps = raw.alphaEps.value_or(0.01);
  checkNumber("--alpha-eps", *predict.alphaEps, *predict.alphaEps > 0 && std::isfinite(*predict.alphaEps));
  if (arguments.flow.beyondPredictor())
    throw UsageError(fmt::format("--classify dirichlet: --loss {} with --momentum {:g} found; mse and 0 expected",
                                 raw.loss, arguments.flow.momentum));
  if (predict.times.size() != 1 || !std::isinf(predict.times.front()))
    throw UsageError(fmt::format("--classify dirichlet: --time {} found; inf alone expected: it has no training times",
                                 fmt::join(predict.times, ",")));
  if (predict.covariance == Covariance::full)
    throw UsageError("--classify dirichlet: --cov full found; none or diag, the variances of each class, expected");
  if (predict.diagRegAuto)
    throw UsageError("--classify dirichlet: --diag-reg auto found; a number from 0 expected: its noise is given");
  if (arguments.scoring.noise)
    throw UsageError(
        "--classify dirichlet: --noise found; it is of --classify gaussian alone: the noise of a Dirichlet "
        "classification differs between classes and examples");
  if (arguments.command == Command::predict && !arguments.probabilities)
    throw UsageError("--classify dirichlet: no --probabilities found, which its outputs are for");
}

void interpret(Arguments &arguments, const RawOptions &raw, uint32_t results) {
  arguments.results = parseResults(raw.get, results);
  PredictOptions &predict = arguments.predict;
  predict.times = parseTimes(raw.times);
  bool nngp = raw.kernel.empty() ? !(results & INET_NTK) : raw.kernel == "nngp";
  predict.kernel = nngp ? PredictKernel::nngp : raw.kernel == "ntkgp" ? PredictKernel::ntkgp : PredictKernel::ntk;
  predict.covariance = raw.covariance == "full"   ? Covariance::full
                       : raw.covariance == "diag" ? Covariance::diagonal
                                                  : Covariance::none;
  predict.threads = arguments.threads;
  if (arguments.scoring.leaveOneOut &&
      std::none_of(predict.times.begin(), predict.times.end(), [](double time) { return std::isinf(time); }))
    throw UsageError("--leave-one-out: finite times found; inf among them expected");
  if (arguments.scoring.leaveOneOut && arguments.training.flip)
    throw UsageError("--leave-one-out and --flip found; one of them expected: the mirror image of what is left out "
                     "would be learnt");
  predict.diagRegAuto = raw.diagReg == "auto";
  if (!predict.diagRegAuto) {
    const std::optional<double> number = parseNumber(raw.diagReg);
    if (!number)
      throw UsageError(fmt::format("--diag-reg: '{}' found; auto or a number from 0 expected", printable(raw.diagReg)));
    predict.diagReg = *number;
  }
  checkNumber("--diag-reg", predict.diagReg, predict.diagReg >= 0 && std::isfinite(predict.diagReg));
  interpretFlow(arguments, raw);
  checkNumber("--learning-rate", predict.learningRate, predict.learningRate > 0 && std::isfinite(predict.learningRate));
  interpretTemperature(raw.temperature, arguments.scoring);
  interpretClassify(arguments, raw);
  interpretPreprocessing(raw, arguments);
  if (raw.precision == "f32" || raw.precision == "f64")
    predict.precision = raw.precision == "f32" ? Precision::f32 : Precision::f64;
  if (!raw.task.empty())
    arguments.training.task = raw.task == "classification" ? Task::classification : Task::regression;
  ReadOptions &options = arguments.train.options;
  options.label = arguments.label;
  if (!raw.header.empty())
    options.header = raw.header == "yes";
  if (!raw.curves.empty())
    arguments.study.curves = raw.curves == "yes";
  if (!raw.likelihood.empty())
    arguments.study.likelihood = arguments.curve.likelihood = raw.likelihood == "yes";
  if (arguments.command == Command::curve)
    interpretCurve(arguments, raw);
  if (!raw.channels.empty())
    options.channels = raw.channels == "first" ? ChannelOrder::first : ChannelOrder::last;
  options.skipBrokenImages = raw.brokenImages == "skip";
  arguments.validation.options = arguments.test.options = options;
  interpretSets(arguments, raw);
}

} // namespace

void Arguments::requireNoInput(const std::string &output) const {
  for (const std::string &input : {x1, x2, train.x, train.y, validation.x, validation.y, test.x, test.y}) {
    std::error_code none;
    if (!input.empty() && std::filesystem::equivalent(output, pathOf(input), none))
      throw Error(fmt::format("--out: '{}' is also an input, '{}', and would be lost", output, input));
  }
}

std::optional<Arguments> parseArguments(const InetProgram &program, uint32_t results, int argc,
                                        const char *const *argv) {
  Arguments arguments;
  arguments.threads = availableThreads();
  RawOptions raw;
  CLI::App app(fmt::format("The kernels of the infinitely wide network '{}', and what it predicts.", program.name));
  app.name(argc > 0 ? std::filesystem::path(argv[0]).filename().string() : program.name);
  app.require_subcommand(0, 1);
  addInfo(app, arguments);
  addKernel(app, arguments, raw);
  addPredict(app, arguments, raw);
  addEvaluate(app, arguments, raw);
  addCurve(app, arguments, raw);
  addReport(app, arguments, raw);
  if (dtypesOf(program).size() > 1)
    addPrecision(app, raw);
  std::string first = argc > 1 ? argv[1] : "-";
  auto isCommand = [&](CLI::App *command) { return command->get_name() == first; };
  if (!first.starts_with("-") && app.get_subcommands(isCommand).empty())
    throw UsageError(
        fmt::format("unknown command '{}'; info, kernel, predict, evaluate, curve or report expected (see --help)",
                    printable(first)));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) { // --help
      app.exit(error);
      if (!std::cout.flush())
        throw Error("standard output: cannot write the help");
      return std::nullopt;
    }
    throw UsageError(fmt::format("{} (see --help)", error.what()));
  }
  if (app.get_subcommands().empty())
    throw UsageError("no command found; info, kernel, predict, evaluate, curve or report expected (see --help)");
  std::string command = app.get_subcommands().front()->get_name();
  arguments.command = command == "kernel"     ? Command::kernel
                      : command == "predict"  ? Command::predict
                      : command == "evaluate" ? Command::evaluate
                      : command == "curve"    ? Command::curve
                      : command == "report"   ? Command::report
                                              : Command::info;
  arguments.commandLine = quoted(argc, argv);
  interpret(arguments, raw, results);
  return arguments;
}

} // namespace inet
