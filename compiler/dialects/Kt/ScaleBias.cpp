#include "compiler/dialects/Kt/ScaleBias.h"

#include "compiler/formulas/Activations.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace inetc;
using namespace inetc::kt;

llvm::DenseMap<Value, Size> kt::findSizes(NetworkOp network) {
  // of what does not scale with the input: activations are mostly of size 1, and what layer norm makes is
  constexpr Size unit{0, 1, 0};
  llvm::DenseMap<Value, Size> sizes;
  for (auto op : network.getOps<KernelOpInterface>()) {
    auto inputs = llvm::map_to_vector(op.getKernels(), [&](Value kernel) { return sizes.lookup(kernel); });
    auto times = [&](double factor) {
      return Size{factor * inputs[0].signal, factor * inputs[0].biases, inputs[0].degree};
    };
    auto sum = [&](ArrayRef<double> weights) {
      Size total{0, 0, 0};
      for (const Size &input : inputs)
        total.degree = std::max(total.degree, input.degree);
      for (auto [input, weight] : llvm::zip_equal(inputs, weights)) {
        (input.degree == total.degree ? total.signal : total.biases) += weight * input.signal;
        total.biases += weight * input.biases;
      }
      return total;
    };
    // Σ over all pairs of so many numbers, or their mean
    auto overPairs = [&](bool adds, double count) { return times(adds ? count * count : 1.0); };
    Size size =
        llvm::TypeSwitch<Operation *, Size>(op.getOperation())
            .Case([](GramOp) {
              return Size{1, 0, 1};
            })
            .Case([&](LinearOp linear) {
              Size size = times(linear.getW2().convertToDouble());
              size.biases += linear.getB2().convertToDouble();
              return size;
            })
            .Case([&](AffineOp affine) { return times(affine.getA2().convertToDouble()); })
            .Case([&](DualOp dual) {
              formulas::Activation activation = dual.getFormula();
              return formulas::isHomogeneous(activation) ? times(formulas::evaluateVariance(activation, 1.0)) : unit;
            })
            .Case([&](NormalizeOp) { return unit; })
            .Case([&](RescaleOp rescale) { return times(rescale.getFactor().convertToDouble()); })
            .Case([&](MulOp) {
              auto leading = [](const Size &factor) { return factor.degree > 0 ? factor.signal : factor.biases; };
              return Size{leading(inputs[0]) * leading(inputs[1]), inputs[0].biases * inputs[1].biases,
                          inputs[0].degree + inputs[1].degree};
            })
            .Case([&](AddOp) { return sum(SmallVector<double>(inputs.size(), 1.0)); })
            .Case([&](ConcatOp concat) { return sum(concat.getWeights()); })
            .Case([&](WindowOp window) { return times(window.countTaps() / window.getDivisor()); })
            .Case([&](PoolOp pool) { return overPairs(pool.getSum(), pool.countTaps()); })
            .Case([&](MeanOp mean) {
              return overPairs(mean.getSum(), static_cast<double>(countPositions(mean.getInput())));
            })
            .Case<TraceOp, DropoutOp>([&](auto) { return times(1.0); });
    if (size.signal == 0 || size.degree == 0)
      size = {0, size.biases, 0};
    sizes[op->getResult(0)] = size;
  }
  return sizes;
}

double kt::findScaleBias(NetworkOp network) {
  double bias = 0, largest = 1e30;
  bool anyScaled = llvm::any_of(network.getOps<GramOp>(), [](GramOp gram) { return gram.getType().isScaled(); });
  llvm::DenseMap<Value, Size> sizes = findSizes(network);
  for (auto linear : network.getOps<LinearOp>()) {
    Size size = sizes.lookup(linear.getResult());
    double b2 = linear.getB2().convertToDouble();
    if (b2 == 0 || size.degree == 0 || linear.getType().isScaled() != anyScaled)
      continue;
    double root = 1.0 / size.degree;
    bias = std::max(bias, std::pow(b2 / size.signal, root));
    largest = std::min(largest, std::pow(1e30, root));
  }
  return std::min(bias, largest);
}
