#include "compiler/dialects/Kt/ScaleBias.h"

#include "compiler/formulas/Activations.h"
#include <numeric>

using namespace mlir;
using namespace inetc;
using namespace inetc::kt;

llvm::DenseMap<Value, double> kt::findGains(NetworkOp network) {
  llvm::DenseMap<Value, double> gains;
  for (auto op : network.getOps<KernelOpInterface>()) {
    SmallVector<double> inputs;
    for (Value kernel : op.getKernels())
      if (auto known = gains.find(kernel); known != gains.end())
        inputs.push_back(known->second);
    if (inputs.size() != op.getKernels().size())
      continue;
    std::optional<double> gain;
    Operation *operation = op.getOperation();
    if (isa<GramOp>(operation))
      gain = 1.0;
    else if (auto linear = dyn_cast<LinearOp>(operation))
      gain = linear.getW2().convertToDouble() * inputs[0];
    else if (auto affine = dyn_cast<AffineOp>(operation))
      gain = affine.getA2().convertToDouble() * inputs[0];
    else if (auto dual = dyn_cast<DualOp>(operation)) {
      double one = formulas::evaluateVariance(dual.getFormula(), 1.0);
      if (formulas::evaluateVariance(dual.getFormula(), 4.0) == 4 * one)
        gain = one * inputs[0];
    } else if (isa<AddOp>(operation))
      gain = std::accumulate(inputs.begin(), inputs.end(), 0.0);
    else if (auto concat = dyn_cast<ConcatOp>(operation))
      gain = std::inner_product(inputs.begin(), inputs.end(), concat.getWeights().begin(), 0.0);
    else if (auto window = dyn_cast<WindowOp>(operation))
      gain = static_cast<double>(window.countTaps()) / window.getDivisor() * inputs[0];
    else if (isa<PoolOp, MeanOp, TraceOp, DropoutOp>(operation))
      gain = inputs[0];
    if (gain && *gain > 0)
      gains[op->getResult(0)] = *gain;
  }
  return gains;
}

double kt::findScaleBias(NetworkOp network) {
  double bias = 0;
  llvm::DenseMap<Value, double> gains = findGains(network);
  for (auto linear : network.getOps<LinearOp>())
    if (auto gain = gains.find(linear.getResult()); gain != gains.end())
      bias = std::max(bias, linear.getB2().convertToDouble() / gain->second);
  return bias;
}
