#include "compiler/dialects/Kt/ScaleBias.h"

#include "compiler/formulas/Activations.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

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
    auto times = [&](double factor) {
      return Size{factor * inputs[0].signal, factor * inputs[0].biases, inputs[0].degree};
    };
    auto sum = [&](ArrayRef<double> weights) -> std::optional<Size> {
      Size total{0, 0, inputs[0].degree};
      for (auto [input, weight] : llvm::zip_equal(inputs, weights)) {
        if (input.degree != total.degree)
          return std::nullopt;
        total.signal += weight * input.signal;
        total.biases += weight * input.biases;
      }
      return total;
    };
    // Σ over all pairs of so many numbers, or their mean
    auto overPairs = [&](bool adds, double count) { return times(adds ? count * count : 1.0); };
    std::optional<Size> size =
        llvm::TypeSwitch<Operation *, std::optional<Size>>(op.getOperation())
            .Case([](GramOp) {
              return Size{1.0, 0.0, 1};
            })
            .Case([&](LinearOp linear) {
              Size scaled = times(linear.getW2().convertToDouble());
              return Size{scaled.signal, scaled.biases + linear.getB2().convertToDouble(), scaled.degree};
            })
            .Case([&](AffineOp affine) { return times(affine.getA2().convertToDouble()); })
            .Case([&](DualOp dual) -> std::optional<Size> {
              double one = formulas::evaluateVariance(dual.getFormula(), 1.0);
              if (formulas::evaluateVariance(dual.getFormula(), 4.0) != 4 * one)
                return std::nullopt;
              return times(one);
            })
            .Case([&](MulOp) {
              return Size{inputs[0].signal * inputs[1].signal, inputs[0].biases * inputs[1].biases,
                          inputs[0].degree + inputs[1].degree};
            })
            .Case([&](AddOp) { return sum(SmallVector<double>(inputs.size(), 1.0)); })
            .Case([&](ConcatOp concat) { return sum(concat.getWeights()); })
            .Case([&](WindowOp window) { return times(window.countTaps() / window.getDivisor()); })
            .Case([&](PoolOp pool) { return overPairs(pool.getSum(), pool.countTaps()); })
            .Case([&](MeanOp mean) {
              return overPairs(mean.getSum(), static_cast<double>(countPositions(mean.getInput())));
            })
            .Case<TraceOp, DropoutOp>([&](auto) { return times(1.0); })
            .Default([](Operation *) { return std::nullopt; });
    if (size && size->signal > 0)
      sizes[op->getResult(0)] = *size;
  }
  return sizes;
}

double kt::findScaleBias(NetworkOp network) {
  double bias = 0, largest = 1e30;
  llvm::DenseMap<Value, Size> sizes = findSizes(network);
  for (auto linear : network.getOps<LinearOp>())
    if (auto size = sizes.find(linear.getResult()); size != sizes.end() && !linear.getB2().isZero()) {
      double root = 1.0 / size->second.degree, b2 = linear.getB2().convertToDouble();
      bias = std::max(bias, size->second.degree == 1 ? b2 / size->second.signal
                                                     : std::pow(b2 / size->second.signal, root));
      largest = std::min(largest, std::pow(1e30, root));
    }
  return std::min(bias, largest);
}
