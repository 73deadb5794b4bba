#include "compiler/dialects/Kt/ScaleBias.h"

#include "compiler/formulas/Activations.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace inetc;
using namespace inetc::kt;

llvm::DenseMap<Value, Size> kt::findSizes(NetworkOp network) {
  llvm::DenseMap<Value, Size> sizes;
  for (auto op : network.getOps<KernelOpInterface>()) {
    SmallVector<Size> inputs;
    for (Value kernel : op.getKernels())
      if (auto known = sizes.find(kernel); known != sizes.end())
        inputs.push_back(known->second);
    if (inputs.size() != op.getKernels().size())
      continue;
    auto times = [&](double factor) { return Size{factor * inputs[0].signal, factor * inputs[0].biases}; };
    auto sum = [&](ArrayRef<double> weights) {
      Size total;
      for (auto [input, weight] : llvm::zip_equal(inputs, weights))
        total = {total.signal + weight * input.signal, total.biases + weight * input.biases};
      return total;
    };
    // Σ over all pairs of so many numbers, or their mean
    auto overPairs = [&](bool adds, double count) { return times(adds ? count * count : 1.0); };
    std::optional<Size> size =
        llvm::TypeSwitch<Operation *, std::optional<Size>>(op.getOperation())
            .Case([](GramOp) {
              return Size{1.0, 0.0};
            })
            .Case([&](LinearOp linear) {
              Size scaled = times(linear.getW2().convertToDouble());
              return Size{scaled.signal, scaled.biases + linear.getB2().convertToDouble()};
            })
            .Case([&](AffineOp affine) { return times(affine.getA2().convertToDouble()); })
            .Case([&](DualOp dual) -> std::optional<Size> {
              double one = formulas::evaluateVariance(dual.getFormula(), 1.0);
              if (formulas::evaluateVariance(dual.getFormula(), 4.0) != 4 * one)
                return std::nullopt;
              return times(one);
            })
            .Case([&](AddOp) { return sum(SmallVector<double>(inputs.size(), 1.0)); })
            .Case([&](ConcatOp concat) { return sum(concat.getWeights()); })
            .Case([&](WindowOp window) { return times(window.countTaps() / window.getDivisor()); })
            .Case([&](PoolOp pool) {
              double taps = 1;
              for (const WindowDimension &dimension : pool.getWindow())
                taps *= static_cast<double>(dimension.size);
              return overPairs(pool.getSum(), taps);
            })
            .Case([&](MeanOp mean) {
              double count = 1;
              for (int64_t positions : mean.getInput().getType().getPositions())
                count *= static_cast<double>(positions);
              return overPairs(mean.getSum(), count);
            })
            .Case<TraceOp, DropoutOp>([&](auto) { return times(1.0); })
            .Default([](Operation *) { return std::nullopt; });
    if (size && size->signal > 0)
      sizes[op->getResult(0)] = *size;
  }
  return sizes;
}

double kt::findScaleBias(NetworkOp network) {
  constexpr double largest = 1e30;
  double bias = 0;
  llvm::DenseMap<Value, Size> sizes = findSizes(network);
  for (auto linear : network.getOps<LinearOp>())
    if (auto size = sizes.find(linear.getResult()); size != sizes.end())
      bias = std::max(bias, linear.getB2().convertToDouble() / size->second.signal);
  return std::min(bias, largest);
}
