#include "compiler/tuning/Search.h"

#include "runtime/Error.h"
#include "runtime/kernel/Variant.h"

#include "llvm/Support/xxhash.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <new>

using ::inet::Error;
using ::inet::Json;
using ::inet::SelectionScore;

namespace inetc {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::string hashOf(const std::string &text) { return fmt::format("{:016x}", llvm::xxh3_64bits(text)); }

// The first line that says what is wrong.
std::string firstLine(const std::string &text) { return text.substr(0, text.find('\n')); }

// What came of one network in one round.
struct Result {
  SelectionScore score{kNone, kNone, kNone, kNone, kNone};
  std::string failure;
};

Json toJson(const Result &result) {
  if (!result.failure.empty())
    return {{"failure", result.failure}};
  const SelectionScore &score = result.score;
  return {{"diag_reg", score.diagReg},
          {"score", score.score}, // what is not finite becomes null
          {"tie", score.tie},
          {"error", score.error},
          {"negative_log_likelihood", score.negativeLogLikelihood}};
}

Result resultOf(const Json &json) {
  auto number = [&](const char *key) {
    return json.contains(key) && json[key].is_number() ? json[key].get<double>() : kNone;
  };
  Result result;
  if (json.contains("failure"))
    result.failure = json["failure"].get<std::string>();
  result.score = {number("diag_reg"), number("score"), number("tie"), number("error"),
                  number("negative_log_likelihood")};
  return result;
}

// Results of a round, the best first; equal ones stay in order, failures come last.
bool comesBefore(const Result &a, const Result &b) {
  if (a.failure.empty() != b.failure.empty())
    return a.failure.empty();
  return isBetter(a.score, b.score);
}

} // namespace

Candidates::Candidates(CompilerOptions options, std::vector<TunedSetting> settings)
    : options(std::move(options)), all(std::move(settings)), indexOf(all.size()), messages(all.size()) {
  std::map<std::string, size_t> known;
  for (size_t i = 0; i < all.size(); ++i) {
    llvm::raw_string_ostream errors(messages[i]);
    std::optional<std::string> architecture = listNetwork(optionsOf(i).input, errors);
    if (!architecture)
      continue;
    auto [place, isNew] = known.emplace(*architecture, distinct.size());
    if (isNew)
      distinct.push_back({i, *architecture, hashOf(*architecture)});
    indexOf[i] = place->second;
  }
  programs.resize(distinct.size());
}

CompilerOptions Candidates::optionsOf(size_t setting) const {
  CompilerOptions result = options;
  for (const auto &definition : all[setting])
    result.input.definitions.push_back(definition);
  return result;
}

std::string Candidates::hash() const {
  std::string text;
  for (size_t i = 0; i < all.size(); ++i)
    text += indexOf[i] ? distinct[*indexOf[i]].key : hashOf(messages[i]);
  return hashOf(text);
}

void Candidates::setPrecision(const std::string &precision) {
  if (options.pipeline.precision != precision)
    programs.assign(distinct.size(), nullptr);
  options.pipeline.precision = precision;
}

const InetProgram &Candidates::program(size_t network) {
  if (programs[network])
    return *programs[network];
  std::string errors, error;
  llvm::raw_string_ostream os(errors);
  std::optional<CompiledObject> object = compileToMemory(optionsOf(distinct[network].setting), os);
  if (!object)
    throw Error(firstLine(errors));
  if (object->architecture != distinct[network].architecture)
    throw Error("the network's file has changed since the search began");
  if (!jit)
    jit = Jit::create({{"inet_gram_f32", reinterpret_cast<void *>(&inet_gram_f32)},
                       {"inet_gram_f64", reinterpret_cast<void *>(&inet_gram_f64)}},
                      error);
  if (jit)
    programs[network] = jit->add({object->code.data(), object->code.size()}, programSymbol, error);
  if (!programs[network])
    throw Error("the network cannot be linked into this process: " + error);
  return *programs[network];
}

namespace {

class Search {
public:
  Search(Candidates &candidates, const ::inet::Selection &selection, const SearchSizes &sizes,
         const ::inet::Execution &execution, Journal *journal, const ShowProgress &show)
      : candidates(candidates), selection(selection), sizes(sizes), execution(execution), journal(journal), show(show),
        results(candidates.networks().size()), examplesOf(results.size()) {}

  std::vector<Trial> run() {
    std::vector<size_t> field(results.size());
    for (size_t i = 0; i < field.size(); ++i)
      field[i] = i;
    planRounds(field.size());
    for (int64_t examples = sizes.subset;; examples = std::min(2 * examples, sizes.final)) {
      runRound(field, examples);
      if (examples == sizes.final)
        break;
      std::stable_sort(field.begin(), field.end(),
                       [&](size_t a, size_t b) { return comesBefore(results[a], results[b]); });
      field.resize(survivors(field.size()));
      std::erase_if(field, [&](size_t i) { return std::isnan(results[i].score.score); });
      std::sort(field.begin(), field.end()); // the order in which they are computed is that of the settings
    }
    return rank();
  }

private:
  static size_t survivors(size_t count) { return std::max((count + 1) / 2, std::min<size_t>(count, 3)); }

  void planRounds(size_t count) {
    total = count;
    for (int64_t examples = sizes.subset; examples != sizes.final; examples = std::min(2 * examples, sizes.final))
      total += count = survivors(count);
  }

  void runRound(const std::vector<size_t> &field, int64_t examples) {
    std::optional<size_t> best;
    for (size_t network : field) {
      results[network] = score(network, examples);
      examplesOf[network] = examples;
      if (!best || comesBefore(results[network], results[*best]))
        best = network;
      const Trial shown = trialOf(candidates.networks()[*best].setting);
      show(++done, total, examples, &shown);
    }
  }

  Result score(size_t network, int64_t examples) {
    const std::string key = fmt::format("{} {}", candidates.networks()[network].key, examples);
    if (const Json *known = journal ? journal->find(key) : nullptr)
      return resultOf(*known);
    Result result;
    try {
      const InetProgram &program = candidates.program(network);
      const InetKernel &kernel = ::inet::chooseVariant(program);
      selection.requireMemory(kernel, examples, execution);
      result.score = selection.best(kernel, ::inet::inputShape(program), examples, execution);
    } catch (const Error &error) {
      result.failure = error.what();
    } catch (const std::bad_alloc &) {
      result.failure = "out of memory";
    }
    if (journal)
      journal->append(key, toJson(result));
    return result;
  }

  Trial trialOf(size_t setting) const {
    Trial trial{candidates.settings()[setting], std::nullopt, 0, {kNone, kNone, kNone, kNone, kNone}, ""};
    const std::optional<size_t> network = candidates.networkOf(setting);
    if (!network) {
      trial.failure = firstLine(candidates.messageOf(setting));
      return trial;
    }
    if (const size_t first = candidates.networks()[*network].setting; first != setting)
      trial.sameAs = first;
    trial.examples = examplesOf[*network];
    trial.score = results[*network].score;
    trial.failure = results[*network].failure;
    return trial;
  }

  std::vector<Trial> rank() const {
    std::vector<Trial> trials;
    for (size_t i = 0; i < candidates.settings().size(); ++i)
      trials.push_back(trialOf(i));
    auto rankOf = [](const Trial &trial) { return !trial.failure.empty() ? 2 : std::isnan(trial.score.score) ? 1 : 0; };
    std::stable_sort(trials.begin(), trials.end(), [&](const Trial &a, const Trial &b) {
      if (rankOf(a) != rankOf(b))
        return rankOf(a) < rankOf(b);
      if (rankOf(a) == 0 && a.examples != b.examples)
        return a.examples > b.examples;
      return rankOf(a) == 0 && isBetter(a.score, b.score);
    });
    return trials;
  }

  Candidates &candidates;
  const ::inet::Selection &selection;
  const SearchSizes sizes;
  const ::inet::Execution &execution;
  Journal *journal;
  const ShowProgress &show;
  std::vector<Result> results; // of each network, in its last round
  std::vector<int64_t> examplesOf;
  size_t done = 0, total = 0;
};

} // namespace

std::vector<Trial> search(Candidates &candidates, const ::inet::Selection &selection, const SearchSizes &sizes,
                          const ::inet::Execution &execution, Journal *journal, const ShowProgress &show) {
  return Search(candidates, selection, sizes, execution, journal, show).run();
}

} // namespace inetc
