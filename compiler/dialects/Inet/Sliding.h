//===- Sliding.h - the windows of convolutions and pools ----------------------===//

#ifndef INETC_INET_SLIDING_H
#define INETC_INET_SLIDING_H

#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/dialects/Kt/Window.h"

namespace inetc::inet {

/// The arguments of a layer with a window, as they are written: one number for all dimensions or one for each.
struct SlidingArguments {
  llvm::StringRef layer;
  llvm::ArrayRef<int64_t> window, stride = {}, dilation = {}; // an empty list: 1
  llvm::StringRef windowName = "window";
  llvm::StringRef pad;
};

/// The same with paddings in numbers; an error (reported if there is a place) where they make no sense for this input.
mlir::FailureOr<llvm::SmallVector<kt::WindowDimension>> slideOver(std::optional<mlir::Location> loc, SignalType input,
                                                                  const SlidingArguments &arguments);

/// The arguments of each layer, of its operation or its Adaptor.
template <class Conv> SlidingArguments argumentsOfConv(Conv op) {
  auto orEmpty = [](std::optional<llvm::ArrayRef<int64_t>> list) { return list.value_or(llvm::ArrayRef<int64_t>()); };
  return {"conv", op.getWindow(), orEmpty(op.getStride()), orEmpty(op.getDilation()), "window", op.getPad()};
}
template <class Pool> SlidingArguments argumentsOfPool(llvm::StringRef layer, Pool op) {
  return {layer, op.getWindow(), op.getStride(), {}, "window", op.getPad()};
}

/// Of local_avg_pool(c): windows of 2c + 1.
mlir::FailureOr<llvm::SmallVector<kt::WindowDimension>> slideLocally(std::optional<mlir::Location> loc,
                                                                     SignalType input,
                                                                     llvm::ArrayRef<int64_t> halfWidth,
                                                                     llvm::StringRef pad);

} // namespace inetc::inet

#endif // INETC_INET_SLIDING_H
