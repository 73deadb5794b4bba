#include "compiler/conversions/KtToLoops/PoolWeights.h"

using namespace mlir;
using namespace inetc;
using formulas::Emitted;

// Of each output position, how many taps lie inside.
static std::vector<double> countInside(kt::PoolOp pool) {
  std::vector<double> counts{1};
  for (auto [dimension, size] : llvm::zip_equal(pool.getWindow(), pool.getInput().getType().getPositions())) {
    std::vector<double> finer;
    for (double outer : counts)
      for (int64_t p = 0; p < dimension.getOutput(size); ++p) {
        int64_t inside = 0;
        for (int64_t tap = 0; tap < dimension.size; ++tap)
          inside += dimension.getPosition(p, tap, size) >= 0;
        finer.push_back(outer * static_cast<double>(inside));
      }
    counts = std::move(finer);
  }
  return counts;
}

static Emitted loadNumber(ArrayRef<double> values, Value position, ConstantTables &constants, LoopBuilder &b,
                          formulas::EmissionContext &context) {
  if (llvm::all_equal(values))
    return Emitted(context, context.getConstant(values.front()));
  Value number = constants.load(b, values, context.getElementType(), position);
  return Emitted(context, b.broadcast(context.getType(), number));
}

Emitted inetc::poolWeight(kt::PoolOp pool, Value position, ConstantTables &constants, LoopBuilder &b,
                          formulas::EmissionContext &context) {
  std::vector<double> weights = countInside(pool);
  for (double &weight : weights)
    weight = pool.getSum() || weight == 0 ? 1.0 : 1.0 / (pool.getNormalizeEdges() ? weight : pool.countTaps());
  return loadNumber(weights, position, constants, b, context);
}

Emitted inetc::poolTotal(kt::PoolOp pool, Value position, ConstantTables &constants, LoopBuilder &b,
                         formulas::EmissionContext &context) {
  std::vector<double> totals = countInside(pool);
  for (double &total : totals)
    total = pool.getSum() ? total : pool.getNormalizeEdges() ? (total > 0 ? 1.0 : 0.0) : total / pool.countTaps();
  return loadNumber(totals, position, constants, b, context);
}

std::string inetc::describePool(Operation *op) {
  if (auto mean = dyn_cast<kt::MeanOp>(op))
    return mean.getSum() ? "all, sum" : "all, mean";
  auto pool = cast<kt::PoolOp>(op);
  std::string text = pool.getSum() ? "sum" : pool.getNormalizeEdges() ? "mean inside" : "mean";
  for (const kt::WindowDimension &dimension : pool.getWindow())
    for (int64_t number : {dimension.size, dimension.stride, dimension.padLow, dimension.padHigh,
                           static_cast<int64_t>(dimension.circular)})
      text += " " + std::to_string(number);
  return text;
}
