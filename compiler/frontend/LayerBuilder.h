// The seam between evaluation and the network that it builds: which layers there are, and how to make one.
#ifndef INETC_FRONTEND_LAYERBUILDER_H
#define INETC_FRONTEND_LAYERBUILDER_H

#include "compiler/frontend/Source.h"
#include "compiler/frontend/Value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inetc {

/// Where something happens: a place in the text, and the calls of layers that led there, innermost first.
struct Place {
  SourceRange range;
  std::vector<SourceRange> callers;
};

/// What the argument for a parameter may be.
enum class ArgumentKind {
  Number,
  Integer,
  Boolean,
  Symbol,  ///< one of the choices
  Symbols, ///< one of the choices, or a list of them
  Sizes,   ///< a positive integer, or a list of them
  Numbers, ///< a list of one or more numbers
};

/// One parameter of a built-in layer.
struct LayerArgument {
  std::string name;
  ArgumentKind kind;
  bool required = false;
  double minimum = 0; ///< of a Number, Integer, Sizes or Numbers; both ends are allowed
  double maximum = 0;
  std::vector<std::string> choices;
};

/// A built-in layer, as it is called.
struct LayerSignature {
  std::string name;
  bool severalValues = false; ///< takes any number of values of the network, like `concat(a, b)`
  bool supported = true;      ///< false: the language has it, this compiler does not yet
  std::vector<LayerArgument> arguments;
};

/// An argument that has been checked against the parameter it is given to.
struct BoundArgument {
  const LayerArgument *parameter;
  Value value;
};

/// Builds a network layer by layer. Signals that it returns are valid as arguments of later calls. Where a layer makes
/// no sense (shapes that do not match, a value that is not Gaussian) it reports the error itself, and returns nothing,
/// or, where its type is known all the same, what the layers behind it can be checked with.
class LayerBuilder {
public:
  virtual ~LayerBuilder() = default;

  /// Every built-in layer of the language, supported or not.
  virtual const std::vector<LayerSignature> &layers() const = 0;

  virtual std::optional<Signal> input(const std::vector<int64_t> &shape, const Place &place) = 0;
  virtual std::optional<Signal> layer(const LayerSignature &layer, const std::vector<Signal> &inputs,
                                      const std::vector<BoundArgument> &arguments, const Place &place) = 0;
  virtual std::optional<Signal> sum(const std::vector<Signal> &operands, const Place &place) = 0;
  virtual std::optional<Signal> product(Signal left, Signal right, const Place &place) = 0;
  virtual std::optional<Signal> scale(double factor, Signal operand, const Place &place) = 0;

  /// The network's value; false where it makes no sense.
  virtual bool result(Signal value, const Place &place) = 0;
};

} // namespace inetc

#endif // INETC_FRONTEND_LAYERBUILDER_H
