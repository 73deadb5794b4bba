#include "test/frontend/Evaluation.h"

#include "compiler/frontend/Evaluator.h"
#include "compiler/frontend/Parser.h"

#include <limits>

namespace inetc {
namespace {

constexpr double anyNumber = std::numeric_limits<double>::max();

class RecordingBuilder : public LayerBuilder {
public:
  std::vector<std::string> lines;

  const std::vector<LayerSignature> &layers() const override { return signatures; }
  std::optional<Signal> input(const std::vector<int64_t> &shape, const Place &) override {
    std::string sizes;
    for (int64_t size : shape)
      sizes += (sizes.empty() ? "" : "x") + std::to_string(size);
    return record("input " + sizes);
  }
  std::optional<Signal> layer(const LayerSignature &layer, const std::vector<Signal> &inputs,
                              const std::vector<BoundArgument> &arguments, const Place &) override {
    std::string line = layer.name + operands(inputs);
    for (const BoundArgument &argument : arguments)
      line += " " + argument.parameter->name + "=" + text(argument.value);
    return record(line);
  }
  std::optional<Signal> sum(const std::vector<Signal> &signals, const Place &) override {
    return record("sum" + operands(signals));
  }
  std::optional<Signal> product(Signal left, Signal right, const Place &) override {
    return record("product" + operands({left, right}));
  }
  std::optional<Signal> scale(double factor, Signal operand, const Place &) override {
    return record("scale " + formatNumber(factor) + operands({operand}));
  }
  bool result(Signal value, const Place &) override {
    lines.push_back("return %" + std::to_string(value.index));
    return true;
  }

  static std::string text(const Value &value) {
    if (auto *range = value.range())
      return std::to_string(range->begin) + ".." + std::to_string(range->end);
    if (!value.list())
      return describe(value);
    std::string elements;
    for (const Value &element : value.list()->elements)
      elements += (elements.empty() ? "" : ", ") + text(element);
    return "[" + elements + "]";
  }

private:
  static std::string operands(const std::vector<Signal> &signals) {
    std::string line;
    for (Signal signal : signals)
      line += " %" + std::to_string(signal.index);
    return line;
  }
  Signal record(const std::string &line) {
    lines.push_back("%" + std::to_string(count) + " = " + line);
    return {count++};
  }

  unsigned count = 0;
  std::vector<LayerSignature> signatures = recordedLayers();
};

std::string placeOf(const SourceRange &range) {
  return (range.file ? range.file->name : "?") + ":" + std::to_string(range.begin.line) + ":" +
         std::to_string(range.begin.column) + ": ";
}

} // namespace

std::vector<LayerSignature> recordedLayers() {
  using Kind = ArgumentKind;
  LayerArgument width{"width", Kind::Integer, false, 1, 2147483647, {}};
  LayerArgument standardDeviation{"w_std", Kind::Number, false, -anyNumber, anyNumber, {}};
  LayerArgument parameterization{"parameterization", Kind::Symbol, false, 0, 0, {"ntk", "standard"}};
  LayerArgument train{"train", Kind::Boolean, false, 0, 0, {}};
  LayerArgument over{"over", Kind::Symbols, false, 0, 0, {"channels", "space"}};
  LayerArgument degree{"degree", Kind::Integer, true, 0, 5, {}};
  LayerArgument coefficients{"coefficients", Kind::Numbers, true, -anyNumber, anyNumber, {}};
  LayerArgument pad{"pad", Kind::Symbol, false, 0, 0, {"valid", "same"}};
  return {{"dense", false, true, {width, standardDeviation, parameterization, train}},
          {"concat", true, true, {over}},
          {"relu", false, true, {}},
          {"exp", false, true, {standardDeviation}},
          {"layer_norm", false, true, {over}},
          {"monomial", false, true, {degree}},
          {"polynomial", false, true, {coefficients}},
          {"conv", false, false, {pad}}};
}

Evaluation evaluateFile(const std::string &text, const std::vector<std::pair<std::string, std::string>> &definitions,
                        const std::map<std::string, std::string> &files) {
  Evaluation evaluation;
  auto report = [&](const Place &place, const std::string &message, const std::vector<Note> &notes) {
    evaluation.errors.push_back(placeOf(place.range) + message);
    for (const Note &note : notes)
      evaluation.errors.push_back("  " + placeOf(note.range) + note.message);
    for (const SourceRange &caller : place.callers)
      evaluation.errors.push_back("  " + placeOf(caller) + "called here");
  };
  auto reportProblem = [&](const Problem &problem) { report({problem.range, {}}, problem.message, problem.notes); };
  auto readFile = [&](const std::string &path, std::string &error) -> std::optional<std::string_view> {
    if (path == "main.inet")
      return text;
    if (auto file = files.find(path); file != files.end())
      return file->second;
    error = "no such file or directory";
    return std::nullopt;
  };
  Program program;
  if (!program.load("main.inet", readFile, reportProblem) || program.networks().empty())
    return evaluation;

  std::vector<std::unique_ptr<SourceFile>> sources;
  std::vector<ast::ExpressionPtr> values;
  std::vector<Override> overrides;
  for (const auto &[name, value] : definitions) {
    sources.push_back(std::make_unique<SourceFile>(SourceFile{"-D " + name, value}));
    std::vector<Problem> problems;
    values.push_back(parseExpression(*sources.back(), problems));
    for (const Problem &problem : problems)
      reportProblem(problem);
    if (!values.back())
      return evaluation;
    overrides.push_back({name, values.back().get()});
  }
  RecordingBuilder builder;
  Evaluator evaluator(program, builder, report);
  evaluation.good = evaluator.run(*program.networks().front(), overrides);
  evaluation.layers = std::move(builder.lines);
  return evaluation;
}

/// Evaluates input -> layer, a call that holds the expression, and returns what follows `before` in its record.
static std::string recordOf(const std::string &layer, const std::string &before, const std::string &statements) {
  Evaluation evaluation =
      evaluateFile("network n {\n  input [1]\n" + statements + "\n  return input -> " + layer + "\n}");
  if (!evaluation.errors.empty()) {
    const std::string &message = evaluation.errors.front();
    return "error: " + message.substr(message.find(": ") + 2);
  }
  const std::string &record = evaluation.layers.at(evaluation.layers.size() - 2);
  return record.substr(record.find(before) + before.size());
}

std::string numberOf(const std::string &expression, const std::string &statements) {
  std::string list = recordOf("polynomial([" + expression + "])", "coefficients=[", statements);
  return list.back() == ']' ? list.substr(0, list.size() - 1) : list;
}

std::string booleanOf(const std::string &expression, const std::string &statements) {
  return recordOf("dense(train = " + expression + ")", "train=", statements);
}

} // namespace inetc
