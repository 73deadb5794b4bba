#include "compiler/frontend/InetLayerBuilder.h"

#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/formulas/Activations.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

using namespace mlir;

namespace inetc {

//===-- Places ----------------------------------------------------------------------------------------------------===//

Location locationOf(MLIRContext &context, const SourceRange &range) {
  if (!range.file)
    return UnknownLoc::get(&context);
  return FileLineColLoc::get(&context, range.file->name, range.begin.line, range.begin.column);
}

Location locationOf(MLIRContext &context, const Place &place) {
  std::optional<Location> caller;
  for (auto range = place.callers.rbegin(); range != place.callers.rend(); ++range) {
    Location call = locationOf(context, *range);
    caller = caller ? Location(CallSiteLoc::get(call, *caller)) : call;
  }
  Location innermost = locationOf(context, place.range);
  return caller ? Location(CallSiteLoc::get(innermost, *caller)) : innermost;
}

//===-- Signatures ------------------------------------------------------------------------------------------------===//

static constexpr double anyNumber = std::numeric_limits<double>::max();
static constexpr double largestSize = std::numeric_limits<int32_t>::max();

static LayerArgument argumentOf(const inet::LayerParameter &parameter) {
  LayerArgument argument{parameter.name.str(), ArgumentKind::Number, parameter.required, -anyNumber, anyNumber, {}};
  switch (parameter.kind) {
  case inet::ParameterKind::number:
    break;
  case inet::ParameterKind::integer:
    argument.kind = ArgumentKind::Integer;
    argument.minimum = 1, argument.maximum = largestSize;
    break;
  case inet::ParameterKind::boolean:
    argument.kind = ArgumentKind::Boolean;
    break;
  case inet::ParameterKind::symbol:
    argument.kind = ArgumentKind::Symbol;
    break;
  case inet::ParameterKind::symbols:
    argument.kind = ArgumentKind::Symbols;
    break;
  case inet::ParameterKind::sizes:
  case inet::ParameterKind::distances:
    argument.kind = ArgumentKind::Sizes;
    argument.minimum = parameter.kind == inet::ParameterKind::sizes ? 1 : 0, argument.maximum = largestSize;
    break;
  }
  for (StringRef choice : llvm::split(parameter.choices, '|'))
    if (!choice.empty())
      argument.choices.push_back(choice.str());
  return argument;
}

static LayerArgument argumentOf(const formulas::ParameterInfo &parameter) {
  ArgumentKind kind = parameter.list      ? ArgumentKind::Numbers
                      : parameter.integer ? ArgumentKind::Integer
                                          : ArgumentKind::Number;
  return {parameter.name, kind, parameter.required, parameter.minimum, parameter.maximum, {}};
}

/// What the language has beyond the operations that there are, with the symbols that its arguments take.
static std::vector<LayerSignature> listFutureLayers() {
  auto layer = [](const char *name, std::vector<std::string> symbols = {}) {
    return LayerSignature{name, false, /*supported=*/false, {{"", ArgumentKind::Symbol, false, 0, 0, symbols}}};
  };
  const std::vector<std::string> pads = {"valid", "same", "circular"};
  return {layer("aggregate"),
          layer("attention", {"softmax", "identity", "relu", "abs", "linear", "sqrt", "none", "sum", "concat"}),
          layer("conv_local", pads),
          layer("conv_transpose", pads),
          layer("image_resize", {"linear", "nearest"}),
          layer("slice")};
}

/// The interface of an operation that is a layer with a name; null for any other.
static const inet::detail::LayerOpInterfaceInterfaceTraits::Concept *layerInterface(RegisteredOperationName operation) {
  auto *layer = operation.getInterface<inet::LayerOpInterface>();
  return layer && !layer->getLayerName().empty() ? layer : nullptr;
}

std::vector<LayerSignature> listLayers(MLIRContext &context) {
  std::vector<LayerSignature> layers;
  auto isListed = [&](llvm::StringRef name) {
    return llvm::any_of(layers, [&](const LayerSignature &layer) { return layer.name == name; });
  };
  for (RegisteredOperationName operation : context.getRegisteredOperations()) {
    auto *interface = layerInterface(operation);
    if (!interface)
      continue;
    LayerSignature layer{interface->getLayerName().str(), interface->takesSeveralValues(), true, {}};
    for (const inet::LayerParameter &parameter : interface->getLayerParameters())
      layer.arguments.push_back(argumentOf(parameter));
    layers.push_back(std::move(layer));
  }
  for (const formulas::ActivationInfo &activation : formulas::listActivations()) {
    // The identity is a layer of its own: it asks for no Gaussian value.
    if (isListed(llvm::StringRef(activation.name)))
      continue;
    LayerSignature layer{std::string(activation.name), false, true, {}};
    for (const formulas::ParameterInfo &parameter : activation.parameters)
      layer.arguments.push_back(argumentOf(parameter));
    layers.push_back(std::move(layer));
  }
  for (LayerSignature &layer : listFutureLayers())
    if (!isListed(layer.name))
      layers.push_back(std::move(layer));
  return layers;
}

//===-- Operations ------------------------------------------------------------------------------------------------===//

InetLayerBuilder::InetLayerBuilder(OpBuilder &builder)
    : builder(builder), signatures(listLayers(*builder.getContext())) {
  for (RegisteredOperationName operation : builder.getContext()->getRegisteredOperations())
    if (auto *interface = layerInterface(operation))
      operations[interface->getLayerName().str()] = operation.getStringRef().str();
}

Signal InetLayerBuilder::handle(mlir::Value value) {
  values.push_back(value);
  return {static_cast<unsigned>(values.size() - 1)};
}

Attribute InetLayerBuilder::attributeOf(const BoundArgument &argument) {
  const inetc::Value &value = argument.value;
  auto elements = [&] {
    return value.list() ? llvm::ArrayRef<inetc::Value>(value.list()->elements) : llvm::ArrayRef<inetc::Value>(value);
  };
  switch (argument.parameter->kind) {
  case ArgumentKind::Number:
    return builder.getF64FloatAttr(*value.number());
  case ArgumentKind::Integer:
    return builder.getI64IntegerAttr(static_cast<int64_t>(*value.number()));
  case ArgumentKind::Boolean:
    return builder.getBoolAttr(*value.boolean());
  case ArgumentKind::Symbol:
    return builder.getStringAttr(value.symbol()->name);
  case ArgumentKind::Symbols: {
    SmallVector<Attribute> names;
    for (const inetc::Value &each : elements())
      names.push_back(builder.getStringAttr(each.symbol()->name));
    return builder.getArrayAttr(names);
  }
  case ArgumentKind::Sizes: {
    SmallVector<int64_t> sizes;
    for (const inetc::Value &each : elements())
      sizes.push_back(static_cast<int64_t>(*each.number()));
    return builder.getDenseI64ArrayAttr(sizes);
  }
  case ArgumentKind::Numbers:
    break; // of activations only, whose parameters are one array
  }
  llvm_unreachable("no operation has a parameter of this kind");
}

/// The values of an activation's parameters in the declared order, defaults filled in.
static SmallVector<double> activationParameters(const formulas::ActivationInfo &activation,
                                                const std::vector<BoundArgument> &arguments) {
  SmallVector<double> values;
  for (const formulas::ParameterInfo &parameter : activation.parameters) {
    auto bound =
        llvm::find_if(arguments, [&](const BoundArgument &each) { return each.parameter->name == parameter.name; });
    if (bound == arguments.end())
      values.push_back(parameter.defaultValue);
    else if (const List *list = bound->value.list())
      for (const inetc::Value &each : list->elements)
        values.push_back(*each.number());
    else
      values.push_back(*bound->value.number());
  }
  return values;
}

std::optional<Signal> InetLayerBuilder::create(llvm::StringRef operation, const std::vector<Signal> &operands,
                                               llvm::ArrayRef<NamedAttribute> attributes, const Place &place) {
  MLIRContext *context = builder.getContext();
  OperationState state(locationOf(*context, place), operation);
  for (Signal operand : operands)
    state.operands.push_back(values[operand.index]);
  state.addAttributes(attributes);

  // Inference reads the attributes from the operation's properties, which do not exist before the operation does.
  OperationName name = state.name;
  SmallVector<std::max_align_t, 8> storage(name.getOpPropertyByteSize() / sizeof(std::max_align_t) + 1);
  OpaqueProperties properties(storage.data());
  DictionaryAttr dictionary = builder.getDictionaryAttr(attributes);
  if (name.getOpPropertyByteSize() > 0)
    name.initOpProperties(properties, /*init=*/nullptr);
  auto release = llvm::make_scope_exit([&] {
    if (name.getOpPropertyByteSize() > 0)
      name.destroyOpProperties(properties);
  });
  if (name.getOpPropertyByteSize() > 0 && failed(name.setOpPropertiesFromAttribute(
                                              name, properties, dictionary, [&] { return emitError(state.location); })))
    return std::nullopt;
  auto *inference = name.getInterface<InferTypeOpInterface>();
  assert(inference && "every layer infers the type of its result");
  if (failed(inference->inferReturnTypes(context, state.location, state.operands, dictionary, properties,
                                         /*regions=*/{}, state.types)))
    mistaken = true;
  if (state.types.empty())
    return std::nullopt;
  return handle(builder.create(state)->getResult(0));
}

std::optional<Signal> InetLayerBuilder::input(const std::vector<int64_t> &shape, const Place &place) {
  auto type = inet::SignalType::get(builder.getContext(), shape, /*gaussian=*/false);
  return handle(builder.create<inet::InputOp>(locationOf(*builder.getContext(), place), type,
                                              builder.getDenseI64ArrayAttr(shape)));
}

std::optional<Signal> InetLayerBuilder::layer(const LayerSignature &layer, const std::vector<Signal> &inputs,
                                              const std::vector<BoundArgument> &arguments, const Place &place) {
  SmallVector<NamedAttribute> attributes;
  if (auto operation = operations.find(layer.name); operation != operations.end()) {
    for (const BoundArgument &argument : arguments)
      attributes.push_back(builder.getNamedAttr(argument.parameter->name, attributeOf(argument)));
    return create(operation->second, inputs, attributes, place);
  }
  const formulas::ActivationInfo *activation = formulas::findActivation(layer.name);
  assert(activation && "a supported layer is an operation or an activation");
  attributes.push_back(builder.getNamedAttr("function", builder.getStringAttr(layer.name)));
  attributes.push_back(
      builder.getNamedAttr("parameters", builder.getDenseF64ArrayAttr(activationParameters(*activation, arguments))));
  return create(inet::ActivationOp::getOperationName(), inputs, attributes, place);
}

std::optional<Signal> InetLayerBuilder::sum(const std::vector<Signal> &operands, const Place &place) {
  return create(inet::AddOp::getOperationName(), operands, {}, place);
}

std::optional<Signal> InetLayerBuilder::product(Signal left, Signal right, const Place &place) {
  return create(inet::MulOp::getOperationName(), {left, right}, {}, place);
}

std::optional<Signal> InetLayerBuilder::scale(double factor, Signal operand, const Place &place) {
  return create(inet::ScaleOp::getOperationName(), {operand},
                builder.getNamedAttr("factor", builder.getF64FloatAttr(factor)), place);
}

bool InetLayerBuilder::result(Signal value, const Place &place) {
  builder.create<inet::ReturnOp>(locationOf(*builder.getContext(), place), values[value.index]);
  return true;
}

} // namespace inetc
