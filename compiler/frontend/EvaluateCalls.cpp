// Calls: of layers that the file defines, of built-in layers, of functions of numbers.
#include "compiler/frontend/Arithmetic.h"
#include "compiler/frontend/Evaluator.h"

#include <algorithm>

namespace inetc {

Value Evaluator::call(const ast::Call &call, SourceRange range, const Value *piped) {
  if (stopped || !checkOrder(call))
    return {};
  const std::string &name = call.callee.text;
  if (const ast::Layer *layer = lookUpLayer(name))
    return callLayer(*layer, call, range, piped);

  const LayerSignature *builtin = lookUpBuiltin(name);
  if (!builtin && !isFunction(name)) {
    if (program.activations().count(name))
      return error(call.callee.range, "'" + name + "': activations of one's own are not supported yet");
    unknownLayer(call.callee);
    return {};
  }
  if (builtin && !builtin->supported)
    return error(call.callee.range, "'" + name + "' is not supported yet");

  // Positional arguments: which parameter they are for says which symbols they may name. The first is the layer's
  // value.
  std::vector<Value> given;
  if (piped)
    given.push_back(*piped);
  for (const ast::Argument &argument : call.arguments) {
    if (argument.name)
      break;
    bool known = builtin && !builtin->severalValues && !given.empty() && given.size() <= builtin->arguments.size();
    given.push_back(evaluate(*argument.value, known ? &builtin->arguments[given.size() - 1] : nullptr));
  }
  // `abs exp sin cos sign erf` are functions of a number and layers of a value.
  bool ofValue = builtin && (given.empty() || !given.front().number());
  if (isFunction(name) && !ofValue)
    return callFunction(call, range, std::move(given));
  return callBuiltin(*builtin, call, range, std::move(given));
}

bool Evaluator::checkOrder(const ast::Call &call) {
  const ast::Argument *named = nullptr;
  for (const ast::Argument &argument : call.arguments) {
    if (argument.name)
      named = &argument;
    else if (named) {
      error(argument.value->range, "positional arguments come before named ones",
            {{named->name->range, "'" + named->name->text + "' is named"}});
      return false;
    }
  }
  return true;
}

void Evaluator::unknownLayer(const ast::Identifier &callee) {
  std::vector<std::string> candidates;
  for (const auto &[name, layer] : builtins)
    candidates.push_back(name);
  for (const auto &[name, layer] : program.layers())
    candidates.push_back(name);
  for (const auto &[name, activation] : program.activations())
    candidates.push_back(name);
  for (const Frame *frame : {&frames.front(), &frames.back()})
    for (const Scope &scope : frame->scopes)
      for (const auto &[name, layer] : scope.layers)
        candidates.push_back(name);
  candidates.insert(candidates.end(), functionNames().begin(), functionNames().end());
  if (lookUp(callee.text))
    error(callee.range, "'" + callee.text + "' is a variable, not a layer");
  else
    error(callee.range, "unknown layer '" + callee.text + "'", didYouMean(callee.range, callee.text, candidates));
}

Value Evaluator::callFunction(const ast::Call &call, SourceRange range, std::vector<Value> arguments) {
  for (const ast::Argument &argument : call.arguments)
    if (argument.name)
      return error(argument.name->range, "'" + call.callee.text + "' takes no named arguments");
  if (std::any_of(arguments.begin(), arguments.end(), [](const Value &value) { return value.isPoison(); }))
    return {};
  std::string message;
  if (std::optional<Value> result = applyFunction(call.callee.text, arguments, message))
    return *result;
  return error(range, message);
}

//===-- Layers of the file ----------------------------------------------------------------------------------------===//

bool Evaluator::callsItself(const ast::Layer &layer, SourceRange range) {
  auto isCall = [&](const Frame &frame) { return frame.layer == &layer; };
  auto first = std::find_if(frames.begin(), frames.end(), isCall);
  if (first == frames.end())
    return false;
  std::string cycle;
  for (; first != frames.end(); ++first)
    cycle += first->layer->name.text + " -> ";
  error(range, "layer '" + layer.name.text + "' calls itself: " + cycle + layer.name.text);
  return true;
}

Value Evaluator::callLayer(const ast::Layer &layer, const ast::Call &call, SourceRange range, const Value *piped) {
  const std::string &name = layer.name.text;
  std::vector<std::string> names;
  for (const ast::Parameter &parameter : layer.parameters)
    names.push_back(parameter.name.text);

  std::vector<std::optional<Value>> bound(names.size());
  size_t position = 0;
  if (piped && position < bound.size())
    bound[position] = *piped;
  position += piped ? 1 : 0;
  bool valid = true;
  for (const ast::Argument &argument : call.arguments) {
    Value value = evaluate(*argument.value);
    size_t index = position;
    if (argument.name) {
      index = std::find(names.begin(), names.end(), argument.name->text) - names.begin();
      if (index == names.size()) {
        error(argument.name->range, "layer '" + name + "' has no parameter '" + argument.name->text + "'",
              didYouMean(argument.name->range, argument.name->text, names));
        valid = false;
        continue;
      }
      if (bound[index]) {
        error(argument.name->range, "parameter '" + names[index] + "' of layer '" + name + "' is given twice");
        valid = false;
        continue;
      }
    } else {
      ++position;
    }
    if (index < bound.size())
      bound[index] = std::move(value);
  }
  if (position > names.size()) {
    error(range, "layer '" + name + "' takes " + std::to_string(names.size()) +
                     (names.size() == 1 ? " argument" : " arguments") + ", found " + std::to_string(position));
    valid = false;
  }
  for (size_t i = 0; i < names.size(); ++i)
    if (!bound[i] && !layer.parameters[i].defaultValue) {
      error(range, "layer '" + name + "' needs its parameter '" + names[i] + "'",
            {{layer.parameters[i].name.range, "it is declared here, without a default"}});
      valid = false;
    }
  if (!valid || callsItself(layer, range))
    return {};

  // Layers may be called from layers: their bodies count as expressions within expressions.
  if (depth >= maximumDepth)
    return fatal(range, "expressions and calls of layers nest deeper than " + std::to_string(maximumDepth) + " levels");
  ++depth;
  constexpr unsigned stepsOfCall = 10; // what it costs beside its expressions
  steps += stepsOfCall;
  Frame &frame = frames.emplace_back();
  frame.layer = &layer;
  frame.callSite = range;
  frame.scopes.emplace_back();
  for (size_t i = 0; i < names.size(); ++i) {
    Value value = bound[i] ? std::move(*bound[i]) : evaluate(*layer.parameters[i].defaultValue);
    frames.back().scopes.front().variables[names[i]] = {std::move(value)};
  }
  Value result = runBody(layer.body, layer.name, Body::Layer);
  frames.pop_back();
  --depth;
  return result;
}

//===-- Built-in layers -------------------------------------------------------------------------------------------===//

/// A call of a built-in layer, as far as its arguments have been bound.
struct Evaluator::Binding {
  const LayerSignature &layer;
  std::vector<Signal> inputs;
  std::vector<std::optional<Value>> arguments; ///< in the order of layer.arguments
  size_t position = 0;                         ///< of the next positional argument
  bool poisoned = false;                       ///< an operand is unknown because of an error that has been reported
};

Value Evaluator::callBuiltin(const LayerSignature &layer, const ast::Call &call, SourceRange range,
                             std::vector<Value> given) {
  Binding binding{layer, {}, std::vector<std::optional<Value>>(layer.arguments.size()), 0, false};
  size_t piped = given.size();
  for (const ast::Argument &argument : call.arguments)
    piped -= argument.name ? 0 : 1;
  bool valid = true;
  for (size_t i = 0; i < given.size(); ++i)
    valid &= bindPositional(binding, given[i], i < piped ? range : call.arguments[i - piped].value->range);
  for (const ast::Argument &argument : call.arguments)
    if (argument.name)
      valid &= bindNamed(binding, argument);
  if (valid && binding.inputs.empty() && !binding.poisoned) {
    error(range, "'" + layer.name + "' needs a value of the network",
          {{range, "write x -> " + layer.name + " to apply it to x"}});
    valid = false;
  }
  if (!valid)
    return {};
  applyDefaults(binding);

  std::vector<BoundArgument> arguments;
  for (size_t i = 0; i < layer.arguments.size(); ++i) {
    if (!binding.arguments[i] && layer.arguments[i].required)
      return error(range, "'" + layer.name + "' needs its argument '" + layer.arguments[i].name + "'");
    if (!binding.arguments[i])
      continue;
    binding.poisoned |= binding.arguments[i]->isPoison();
    arguments.push_back({&layer.arguments[i], *binding.arguments[i]});
  }
  if (binding.poisoned || !mayBuild(range, layer.severalValues))
    return {};
  return built(builder.layer(layer, binding.inputs, arguments, here(range)));
}

bool Evaluator::bindPositional(Binding &binding, const Value &value, SourceRange range) {
  const LayerSignature &layer = binding.layer;
  bool wantsInput = binding.position == 0 && (layer.severalValues || (binding.inputs.empty() && !binding.poisoned));
  if (value.isPoison() && wantsInput) {
    binding.poisoned = true;
    return true;
  }
  if (value.signal()) {
    if (wantsInput) {
      binding.inputs.push_back(*value.signal());
      return true;
    }
    error(range, "'" + layer.name + "' takes one value of the network, found another");
    return false;
  }
  if (binding.inputs.empty() && !binding.poisoned) {
    error(range, "'" + layer.name + "' needs a value of the network first, found " + describe(value),
          {{range, "write x -> " + layer.name + "(…) to apply it to x"}});
    return false;
  }
  if (binding.position >= layer.arguments.size()) {
    error(range, "too many arguments for '" + layer.name + "', which takes " +
                     (layer.arguments.empty() ? "none" : "at most " + std::to_string(layer.arguments.size())));
    return false;
  }
  const LayerArgument &parameter = layer.arguments[binding.position];
  if (!value.isPoison() && !fits(layer, parameter, value, range))
    return false;
  binding.arguments[binding.position++] = value;
  return true;
}

bool Evaluator::bindNamed(Binding &binding, const ast::Argument &argument) {
  const LayerSignature &layer = binding.layer;
  std::vector<std::string> names;
  for (const LayerArgument &parameter : layer.arguments)
    names.push_back(parameter.name);
  size_t index = std::find(names.begin(), names.end(), argument.name->text) - names.begin();
  if (index == names.size()) {
    error(argument.name->range, "'" + layer.name + "' has no argument '" + argument.name->text + "'",
          didYouMean(argument.name->range, argument.name->text, names));
    return false;
  }
  if (binding.arguments[index]) {
    error(argument.name->range, "argument '" + names[index] + "' of '" + layer.name + "' is given twice");
    return false;
  }
  const LayerArgument &parameter = layer.arguments[index];
  Value value = evaluate(*argument.value, &parameter);
  if (!value.isPoison() && !fits(layer, parameter, value, argument.value->range))
    return false;
  binding.arguments[index] = std::move(value);
  return true;
}

void Evaluator::applyDefaults(Binding &binding) {
  auto given = defaults.find(binding.layer.name);
  if (given == defaults.end())
    return;
  for (size_t i = 0; i < binding.arguments.size(); ++i)
    if (!binding.arguments[i])
      if (auto value = given->second.find(binding.layer.arguments[i].name); value != given->second.end())
        binding.arguments[i] = value->second;
}

//===-- Kinds of arguments ----------------------------------------------------------------------------------------===//

/// " from 0 to 5", as far as there are limits.
static std::string limits(const LayerArgument &parameter) {
  constexpr double far = 1e300;
  bool below = parameter.minimum > -far, above = parameter.maximum < far;
  if (below && above)
    return " from " + formatNumber(parameter.minimum) + " to " + formatNumber(parameter.maximum);
  if (below)
    return " that is at least " + formatNumber(parameter.minimum);
  return above ? " that is at most " + formatNumber(parameter.maximum) : "";
}

static std::string choices(const LayerArgument &parameter) {
  std::string text;
  for (size_t i = 0; i < parameter.choices.size(); ++i)
    text += (i == 0 ? "" : i + 1 == parameter.choices.size() ? " or " : ", ") + ("'" + parameter.choices[i] + "'");
  return text;
}

static std::string expectation(const LayerArgument &parameter) {
  switch (parameter.kind) {
  case ArgumentKind::Number:
    return "a number" + limits(parameter);
  case ArgumentKind::Integer:
    return "an integer" + limits(parameter);
  case ArgumentKind::Boolean:
    return "true or false";
  case ArgumentKind::Symbol:
    return choices(parameter);
  case ArgumentKind::Symbols:
    return choices(parameter) + ", or a list of them";
  case ArgumentKind::Sizes:
    return "an integer" + limits(parameter) + ", or a list of such";
  case ArgumentKind::Numbers:
    return "a list of one or more numbers" + limits(parameter);
  }
  return "";
}

static bool fits(const LayerArgument &parameter, const Value &value) {
  auto inLimits = [&](const Value &each) {
    return each.number() && *each.number() >= parameter.minimum && *each.number() <= parameter.maximum;
  };
  auto isSize = [&](const Value &each) { return inLimits(each) && isIntegral(*each.number()); };
  auto isChoice = [&](const Value &each) {
    return each.symbol() && std::count(parameter.choices.begin(), parameter.choices.end(), each.symbol()->name) > 0;
  };
  auto isListOf = [&](auto isElement) {
    return value.list() && !value.list()->elements.empty() &&
           std::all_of(value.list()->elements.begin(), value.list()->elements.end(), isElement);
  };
  switch (parameter.kind) {
  case ArgumentKind::Number:
    return inLimits(value);
  case ArgumentKind::Integer:
    return isSize(value);
  case ArgumentKind::Boolean:
    return value.boolean() != nullptr;
  case ArgumentKind::Symbol:
    return isChoice(value);
  case ArgumentKind::Symbols:
    return isChoice(value) || isListOf(isChoice);
  case ArgumentKind::Sizes:
    return isSize(value) || isListOf(isSize);
  case ArgumentKind::Numbers:
    return isListOf(inLimits);
  }
  return false;
}

bool Evaluator::fits(const LayerSignature &layer, const LayerArgument &parameter, const Value &value,
                     SourceRange range) {
  if (inetc::fits(parameter, value))
    return true;
  std::vector<Note> notes;
  if (value.symbol())
    notes = didYouMean(range, value.symbol()->name, parameter.choices);
  error(range,
        "argument '" + parameter.name + "' of '" + layer.name + "' must be " + expectation(parameter) + ", found " +
            describe(value),
        std::move(notes));
  return false;
}

} // namespace inetc
