// Builds the operations of the inet dialect. It knows no layer by name: what a layer's arguments are comes from the
// parameter tables of the operations (LayerOpInterface) and of the activations (formulas::listActivations).
#ifndef INETC_FRONTEND_INETLAYERBUILDER_H
#define INETC_FRONTEND_INETLAYERBUILDER_H

#include "compiler/frontend/LayerBuilder.h"

#include "mlir/IR/Builders.h"

#include <map>

namespace inetc {

/// The location of a place: its line and column, called from its callers.
mlir::Location locationOf(mlir::MLIRContext &context, const Place &place);
mlir::Location locationOf(mlir::MLIRContext &context, const SourceRange &range);

/// Every layer of the language: the operations of the inet dialect, the activations, and, marked as unsupported, those
/// that are still to come.
std::vector<LayerSignature> listLayers(mlir::MLIRContext &context);

class InetLayerBuilder : public LayerBuilder {
public:
  /// Operations are inserted where `builder` stands; they infer their types, and report what makes no sense,
  /// themselves.
  explicit InetLayerBuilder(mlir::OpBuilder &builder);

  const std::vector<LayerSignature> &layers() const override { return signatures; }
  std::optional<Signal> input(const std::vector<int64_t> &shape, const Place &place) override;
  std::optional<Signal> layer(const LayerSignature &layer, const std::vector<Signal> &inputs,
                              const std::vector<BoundArgument> &arguments, const Place &place) override;
  std::optional<Signal> sum(const std::vector<Signal> &operands, const Place &place) override;
  std::optional<Signal> product(Signal left, Signal right, const Place &place) override;
  std::optional<Signal> scale(double factor, Signal operand, const Place &place) override;
  bool result(Signal value, const Place &place) override;

  /// Whether a layer made no sense. Where its type is known all the same, it was built, to find the errors behind it.
  bool foundErrors() const { return mistaken; }

private:
  std::optional<Signal> create(llvm::StringRef operation, const std::vector<Signal> &operands,
                               llvm::ArrayRef<mlir::NamedAttribute> attributes, const Place &place);
  mlir::Attribute attributeOf(const BoundArgument &argument);
  Signal handle(mlir::Value value);

  mlir::OpBuilder &builder;
  std::vector<LayerSignature> signatures;
  std::map<std::string, std::string> operations; ///< by layer; an activation has none of its own
  std::vector<mlir::Value> values;               ///< by Signal::index
  bool mistaken = false;
};

} // namespace inetc

#endif // INETC_FRONTEND_INETLAYERBUILDER_H
