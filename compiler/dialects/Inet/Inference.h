//===- Inference.h - what the inference of results' types shares -------------===//

#ifndef INETC_INET_INFERENCE_H
#define INETC_INET_INFERENCE_H

#include "compiler/dialects/Inet/InetOps.h"
#include <cmath>

namespace inetc::inet {

// The type is pushed before what it depends on is checked, where it is known all the same: the importer then goes on
// with it, and reports the errors behind this one too.
#define INFER(OP)                                                                                                      \
  LogicalResult OP::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, ValueRange operands,           \
                                     DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,      \
                                     SmallVectorImpl<Type> &results)

inline SignalType typeOf(mlir::Value value) { return mlir::cast<SignalType>(value.getType()); }
inline bool isStandardDeviation(double value) { return std::isfinite(value) && value >= 0; }

/// "the result of 'relu'", "a sum", "the network's input": what messages say of a value.
std::string describeProducer(mlir::Value value);

/// 0.5, -1, 1e+20: as short as it can be said.
std::string describeNumber(double value);

/// The channels of a layer that puts those of `positions` positions side by side; an error where they are too many.
mlir::FailureOr<int64_t> multiplyChannels(std::optional<mlir::Location> loc, llvm::StringRef layer, SignalType input,
                                          llvm::ArrayRef<int64_t> positions);

/// What a layer with weights needs: a positive number of channels, standard deviations, and in the standard
/// parameterization the width of its input.
template <class Adaptor>
mlir::LogicalResult requireWeights(std::optional<mlir::Location> loc, Adaptor op, llvm::StringRef what,
                                   std::optional<uint64_t> width, mlir::Value input) {
  if (width && static_cast<int64_t>(*width) <= 0)
    return emitOptionalError(loc, what, " is a positive integer, found ", static_cast<int64_t>(*width));
  if (width && static_cast<int64_t>(*width) > maxChannels)
    return emitOptionalError(loc, what, " is at most ", maxChannels, ", found ", *width);
  if (double w = op.getWStd().convertToDouble(); !isStandardDeviation(w))
    return emitOptionalError(loc, "w_std is a standard deviation and cannot be ", describeNumber(w));
  if (op.getBStd() && !isStandardDeviation(op.getBStd()->convertToDouble()))
    return emitOptionalError(loc, "b_std is a standard deviation and cannot be ",
                             describeNumber(op.getBStd()->convertToDouble()));
  if (op.getParameterization() == "standard" && !typeOf(input).hasChannels())
    return emitOptionalError(loc, "the standard parameterization needs the width of the layer before, which ",
                             describeProducer(input),
                             " does not have: give it one, as in 'dense(512)' or 'conv(3, channels = 512)'");
  return mlir::success();
}

} // namespace inetc::inet

#endif // INETC_INET_INFERENCE_H
