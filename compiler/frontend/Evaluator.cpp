// Statements, names and the state of an evaluation. Expressions: EvaluateExpressions.cpp. Calls: EvaluateCalls.cpp.
#include "compiler/frontend/Evaluator.h"

#include "compiler/frontend/Arithmetic.h"
#include "compiler/frontend/Nearest.h"

#include <algorithm>

namespace inetc {

Evaluator::Evaluator(const Program &program, LayerBuilder &builder, Report report)
    : program(program), builder(builder), report(std::move(report)) {
  for (const LayerSignature &layer : builder.layers()) {
    builtins[layer.name] = &layer;
    for (const LayerArgument &argument : layer.arguments)
      symbols.insert(argument.choices.begin(), argument.choices.end());
  }
}

bool Evaluator::run(const ast::Network &network, const std::vector<Override> &overrides) {
  for (const auto &[name, layer] : program.layers())
    mayDefine(layer->name, /*isParameter=*/false), checkParameters(layer->parameters);
  for (const auto &[name, activation] : program.activations())
    mayDefine(activation->name, /*isParameter=*/false), checkParameters(activation->parameters);

  frames.emplace_back().scopes.emplace_back();
  checkParameters(network.parameters);
  bindNetworkParameters(network, overrides);
  checkInputStatement(network);
  Value value = runBody(network.body, network.name, Body::Network);
  if (stopped || value.isPoison())
    return false;

  const ast::Statement &last = network.body.back();
  if (!value.signal())
    error(last.range, "a network returns a value of the network, found " + kindOf(value));
  else if (good && !builder.result(*value.signal(), here(last.range)))
    good = false;
  return good;
}

//===-- Parameters of the network ---------------------------------------------------------------------------------===//

void Evaluator::bindNetworkParameters(const ast::Network &network, const std::vector<Override> &overrides) {
  std::vector<std::string> names;
  for (const ast::Parameter &parameter : network.parameters)
    names.push_back(parameter.name.text);
  for (const Override &override : overrides)
    if (std::find(names.begin(), names.end(), override.name) == names.end())
      error(network.name.range,
            "network '" + network.name.text + "' has no parameter '" + override.name + "', which -D sets",
            didYouMean(network.name.range, override.name, names));

  for (const ast::Parameter &parameter : network.parameters) {
    auto last = std::find_if(overrides.rbegin(), overrides.rend(),
                             [&](const Override &each) { return each.name == parameter.name.text; });
    Value value;
    if (last != overrides.rend())
      value = overridden(parameter, *last);
    else if (parameter.defaultValue)
      value = evaluate(*parameter.defaultValue);
    else
      error(parameter.name.range, "parameter '" + parameter.name.text + "' of network '" + network.name.text +
                                      "' has no default: give it with -D " + parameter.name.text + "=VALUE");
    frames.front().scopes.front().variables[parameter.name.text] = {value};
  }
}

Value Evaluator::overridden(const ast::Parameter &parameter, const Override &override) {
  // A -D is outside the network: it does not see the parameters before it.
  std::map<std::string, Variable> parametersBefore;
  std::swap(parametersBefore, frames.front().scopes.front().variables);
  Value value = evaluate(*override.value);
  std::swap(parametersBefore, frames.front().scopes.front().variables);
  if (!parameter.defaultValue)
    return value;
  Value standard = evaluate(*parameter.defaultValue);
  if (value.isPoison() || standard.isPoison() || value.is.index() == standard.is.index())
    return value;
  return error(override.value->range,
               "parameter '" + parameter.name.text + "' is " + kindOf(standard) + ", found " + kindOf(value),
               {{parameter.name.range, "its default is " + describe(standard)}});
}

//===-- Statements ------------------------------------------------------------------------------------------------===//

void Evaluator::checkInputStatement(const ast::Network &network) {
  const ast::Statement *first = nullptr;
  for (const ast::Statement &statement : network.body) {
    if (!std::holds_alternative<ast::InputShape>(statement.node))
      continue;
    if (!first && &statement != &network.body.front())
      error(statement.range, "'input' must be the first statement of a network");
    else if (first)
      error(statement.range, "'input' is declared twice", {{first->range, "it was declared here"}});
    if (!first)
      first = &statement;
  }
  if (!first)
    error(network.name.range, "network '" + network.name.text + "' has no input",
          {{network.name.range, "its first statement says the shape, as in 'input [32, 32, 3]'"}});
}

Value Evaluator::runBody(const std::vector<ast::Statement> &body, const ast::Identifier &owner, Body kind) {
  Value result;
  bool returns = false;
  for (const ast::Statement &statement : body) {
    if (stopped)
      return {};
    if (returns) {
      error(statement.range,
            "'return' must be the last statement of " + std::string(kind == Body::Network ? "a network" : "a layer"));
      return {};
    }
    if (auto *value = std::get_if<ast::Return>(&statement.node)) {
      result = evaluate(*value->value);
      returns = true;
      continue;
    }
    bool declaresInput = std::holds_alternative<ast::InputShape>(statement.node);
    if (declaresInput && kind == Body::Layer)
      error(statement.range, "a layer has no 'input' of its own; its values are its parameters");
    else
      run(statement);
  }
  if (!returns)
    error(owner.range,
          std::string(kind == Body::Network ? "network" : "layer") + " '" + owner.text + "' has no 'return'");
  return result;
}

void Evaluator::run(const ast::Statement &statement) {
  if (auto *shape = std::get_if<ast::InputShape>(&statement.node))
    return run(*shape, statement.range);
  if (std::holds_alternative<ast::Return>(statement.node)) {
    error(statement.range,
          "'return' cannot stand inside 'for' or 'if': it is the last statement of a network or layer");
    return;
  }
  if (auto *defaults = std::get_if<ast::Default>(&statement.node))
    return run(*defaults);
  if (auto *layer = std::get_if<ast::Layer>(&statement.node))
    return run(*layer);
  if (auto *loop = std::get_if<ast::For>(&statement.node))
    return run(*loop);
  run(std::get<ast::Assignment>(statement.node));
}

void Evaluator::run(const ast::InputShape &node, SourceRange range) {
  // Where `input` stands is checked once, for the whole network (checkInputStatement); inside a block it is refused
  // here.
  if (frames.back().scopes.size() > 1) {
    error(range, "'input' must be the first statement of a network");
    return;
  }
  if (hasInput)
    return;
  hasInput = true;
  // Eight sizes are more than any layer takes, and 2^31 numbers more than any example has: below, sizes cannot
  // overflow.
  constexpr size_t mostSizes = 8;
  constexpr double mostNumbers = 2147483647;
  if (node.sizes.empty() || node.sizes.size() > mostSizes) {
    error(range, "'input' has 1 to " + std::to_string(mostSizes) +
                     " sizes, spatial ones first and channels last; found " + std::to_string(node.sizes.size()));
    return;
  }
  std::vector<int64_t> shape;
  double numbers = 1;
  bool valid = true;
  for (const ast::ExpressionPtr &each : node.sizes) {
    Value size = evaluate(*each);
    bool positive = size.number() && isIntegral(*size.number()) && *size.number() > 0;
    if (!positive && !size.isPoison())
      error(each->range, "a size of the input is a positive integer, found " + describe(size));
    valid &= positive;
    if (positive)
      shape.push_back(static_cast<int64_t>(*size.number())), numbers *= *size.number();
  }
  if (valid && numbers > mostNumbers)
    error(range, "an input has at most 2147483647 numbers, found " + formatNumber(numbers));
  else if (valid && mayBuild(range))
    input = built(builder.input(shape, here(range)));
}

void Evaluator::run(const ast::Default &node) {
  const LayerSignature *layer = lookUpBuiltin(node.layer.text);
  if (!layer) {
    if (lookUpLayer(node.layer.text))
      error(node.layer.range, "'" + node.layer.text + "' is no built-in layer; defaults are for built-in layers");
    else
      unknownLayer(node.layer);
    return;
  }
  if (!layer->supported) {
    error(node.layer.range, "'" + layer->name + "' is not supported yet");
    return;
  }
  std::set<std::string> given;
  for (const ast::Argument &argument : node.arguments) {
    const LayerArgument *parameter = nullptr;
    std::vector<std::string> names;
    for (const LayerArgument &each : layer->arguments) {
      names.push_back(each.name);
      if (each.name == argument.name->text)
        parameter = &each;
    }
    if (!parameter) {
      error(argument.name->range, "'" + layer->name + "' has no argument '" + argument.name->text + "'",
            didYouMean(argument.name->range, argument.name->text, names));
      continue;
    }
    if (!given.insert(parameter->name).second) {
      error(argument.name->range, "argument '" + parameter->name + "' of '" + layer->name + "' is given twice");
      continue;
    }
    Value value = evaluate(*argument.value, parameter);
    bool usable = !value.isPoison() && fits(*layer, *parameter, value, argument.value->range);
    defaults[layer->name][parameter->name] = usable ? value : Value{};
  }
}

void Evaluator::run(const ast::Layer &layer) {
  if (!mayDefine(layer.name, /*isParameter=*/false) || !checkParameters(layer.parameters))
    return;
  if (const Variable *variable = lookUp(layer.name.text); variable) {
    error(layer.name.range, "'" + layer.name.text + "' is a variable already and cannot name a layer");
    return;
  }
  auto &layers = frames.back().scopes.back().layers;
  const ast::Layer *previous = lookUpLayer(layer.name.text);
  // Inside a loop the statement is run again; that defines nothing twice.
  if (previous && previous != &layer) {
    error(layer.name.range, "'" + layer.name.text + "' is defined twice",
          {{previous->name.range, "it was defined here"}});
    return;
  }
  layers[layer.name.text] = &layer;
}

bool Evaluator::enterIteration(const ast::For &loop, const Value &element) {
  if (stopped)
    return false;
  if (++iterations > maximumIterations) {
    fatal(loop.variable.range, "the loops of a network run at most " + std::to_string(maximumIterations) +
                                   " times in all; this one goes on");
    return false;
  }
  frames.back().scopes.emplace_back().variables[loop.variable.text] = {element, /*readOnly=*/true};
  for (const ast::Statement &statement : loop.body)
    if (!stopped)
      run(statement);
  frames.back().scopes.pop_back();
  return !stopped;
}

void Evaluator::run(const ast::For &loop) {
  Value iterated = evaluate(*loop.iterated);
  if (iterated.isPoison() || !mayDefine(loop.variable, /*isParameter=*/false))
    return;
  if (const Range *range = iterated.range()) {
    for (int64_t i = range->begin; i < range->end && enterIteration(loop, {static_cast<double>(i)}); ++i)
      ;
    return;
  }
  if (const List *list = iterated.list()) {
    for (const Value &element : list->elements)
      if (!enterIteration(loop, element))
        return;
    return;
  }
  error(loop.iterated->range, "'for' runs over a range or a list, found " + kindOf(iterated),
        iterated.number() ? std::vector<Note>{{loop.iterated->range, "0..n runs n times"}} : std::vector<Note>{});
}

void Evaluator::run(const ast::Assignment &assignment) {
  Value value = evaluate(*assignment.value);
  if (!mayDefine(assignment.name, /*isParameter=*/false))
    return;
  if (lookUpLayer(assignment.name.text)) {
    error(assignment.name.range, "'" + assignment.name.text + "' is a layer and cannot be assigned");
    return;
  }
  std::vector<Scope> &scopes = frames.back().scopes;
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
    auto variable = scope->variables.find(assignment.name.text);
    if (variable == scope->variables.end())
      continue;
    if (variable->second.readOnly)
      error(assignment.name.range, "'" + assignment.name.text + "' is the variable of a loop and cannot be assigned");
    else
      variable->second.value = std::move(value);
    return;
  }
  scopes.back().variables[assignment.name.text] = {std::move(value)};
}

//===-- Names -----------------------------------------------------------------------------------------------------===//

const Evaluator::Variable *Evaluator::lookUp(const std::string &name) const {
  const std::vector<Scope> &scopes = frames.back().scopes;
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
    if (auto variable = scope->variables.find(name); variable != scope->variables.end())
      return &variable->second;
  if (frames.size() == 1)
    return nullptr;
  // Inside a layer the network's numbers are visible, not its values. Poison is: it may have been a number.
  const Scope &network = frames.front().scopes.front();
  auto variable = network.variables.find(name);
  bool visible = variable != network.variables.end() && !variable->second.value.signal();
  return visible ? &variable->second : nullptr;
}

const ast::Layer *Evaluator::lookUpLayer(const std::string &name) const {
  auto in = [&](const std::vector<Scope> &scopes) -> const ast::Layer * {
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
      if (auto layer = scope->layers.find(name); layer != scope->layers.end())
        return layer->second;
    return nullptr;
  };
  if (const ast::Layer *layer = in(frames.back().scopes))
    return layer;
  if (const ast::Layer *layer = in(frames.front().scopes))
    return layer;
  auto layer = program.layers().find(name);
  return layer == program.layers().end() ? nullptr : layer->second;
}

const LayerSignature *Evaluator::lookUpBuiltin(const std::string &name) const {
  auto layer = builtins.find(name);
  return layer == builtins.end() ? nullptr : layer->second;
}

std::vector<std::string> Evaluator::visibleVariables() const {
  std::vector<std::string> names = {"pi", "true", "false"};
  if (frames.size() == 1)
    names.push_back("input");
  for (const Scope &scope : frames.back().scopes)
    for (const auto &[name, variable] : scope.variables)
      names.push_back(name);
  if (frames.size() > 1)
    for (const auto &[name, variable] : frames.front().scopes.front().variables)
      if (!variable.value.signal())
        names.push_back(name);
  return names;
}

bool Evaluator::mayDefine(const ast::Identifier &name, bool isParameter) {
  const char *what = nullptr;
  if (lookUpBuiltin(name.text))
    what = "a built-in layer";
  else if (isFunction(name.text))
    what = "a function";
  else if (name.text == "pi")
    what = "a constant";
  // A parameter may share its name with a symbol (`channels`): a name is a variable first.
  else if (!isParameter && symbols.count(name.text))
    what = "a symbol";
  if (what)
    error(name.range, "'" + name.text + "' is " + what + " and cannot be redefined");
  return !what;
}

bool Evaluator::checkParameters(const std::vector<ast::Parameter> &parameters) {
  bool valid = true;
  std::set<std::string> names;
  for (const ast::Parameter &parameter : parameters) {
    if (!names.insert(parameter.name.text).second) {
      error(parameter.name.range, "parameter '" + parameter.name.text + "' is declared twice");
      valid = false;
    }
    valid &= mayDefine(parameter.name, /*isParameter=*/true);
  }
  return valid;
}

//===-- Errors ----------------------------------------------------------------------------------------------------===//

Place Evaluator::here(SourceRange range) const {
  Place place{range, {}};
  for (auto frame = frames.rbegin(); frame != frames.rend() && frame->layer; ++frame)
    place.callers.push_back(frame->callSite);
  return place;
}

Value Evaluator::error(SourceRange range, const std::string &message, std::vector<Note> notes) {
  good = false;
  // A loop or a layer called again makes the same mistake again.
  if (!reported.insert({range.file, range.begin.line, range.begin.column, message}).second)
    return {};
  report(here(range), message, notes);
  if (reported.size() >= maximumErrors)
    stopped = true;
  return {};
}

Value Evaluator::fatal(SourceRange range, const std::string &message) {
  if (!stopped)
    error(range, message);
  stopped = true;
  return {};
}

std::vector<Note> Evaluator::didYouMean(SourceRange range, const std::string &name,
                                        const std::vector<std::string> &candidates) {
  if (std::optional<std::string> near = nearest(name, candidates))
    return {{range, "did you mean '" + *near + "'?"}};
  return {};
}

} // namespace inetc
