#include "compiler/reference/Evaluate.h"

#include "compiler/dialects/Kt/Pointwise.h"
#include "compiler/reference/CompleteNetwork.h"
#include "compiler/reference/Spatial.h"
#include <cmath>

using namespace mlir;
using namespace inetc;
using namespace inetc::reference;

namespace {

template <class S> S meanOf(llvm::ArrayRef<S> values) {
  S sum = 0;
  for (S value : values)
    sum += value;
  return sum / static_cast<S>(values.size());
}

// The Source of kt::Pointwise at one pair of examples and positions.
template <class S> struct PairSource {
  const Example<S> &rowExample, &columnExample;
  bool same;                   // examples of equal index are the same
  int64_t row = 0, column = 0; // positions

  S constant(double value) const { return static_cast<S>(value); }

  template <class Formula>
  kt::Sides<S> perExample(ValueRange of, StringRef key, int count, const Formula &formula) const {
    bool overSpace = key.ends_with(kt::overSpaceKey);
    auto side = [&](const Example<S> &example, int64_t position) {
      llvm::SmallVector<S> values;
      for (Value value : of) {
        if (isa<kt::ScaleType>(value.getType())) {
          values.push_back(example.scale(value));
          continue;
        }
        const std::vector<S> &variance = example.kernel(value).variance;
        values.push_back(overSpace ? meanOf<S>(variance) : variance[position]);
      }
      return llvm::SmallVector<S, 4>(formula(values));
    };
    return {side(rowExample, row), side(columnExample, column)};
  }

  S whereSelf(S self, S other) const {
    return same && rowExample.index == columnExample.index && row == column ? self : other;
  }
};

//===----------------------------------------------------------------------===//
// What each operation does: to a pair of examples, and to the variances of one
//===----------------------------------------------------------------------===//

// Σ = (1/C) Σ_c x x', or D = (1/C) Σ_c (g x − g' x')²
template <class S> PairKernel<S> gram(kt::GramOp op, const Example<S> &row, const Example<S> &column) {
  int64_t channels = op.getChannels();
  bool scaled = op.getType().isScaled(), distance = typeOf(op.getResult()).isDistance();
  bool negated = op.getType().getNegated();
  S g1 = scaled ? row.scale(op.getScale()) : S(1), g2 = scaled ? column.scale(op.getScale()) : S(1);
  return fillPairs<S>(op.getResult(), [&](int64_t p, int64_t q, S &nngp, S &) {
    S sum = 0;
    for (int64_t c = 0; c < channels; ++c) {
      S x = row.x[p * channels + c], y = column.x[q * channels + c];
      S gap = negated ? g1 * x + g2 * y : g1 * x - g2 * y;
      sum += distance ? gap * gap : x * y;
    }
    nngp = sum / static_cast<S>(channels);
  });
}

template <class S> std::vector<S> gramVariance(kt::GramOp op, const Example<S> &example) {
  int64_t channels = op.getChannels();
  S g = op.getType().isScaled() ? example.scale(op.getScale()) : S(1);
  std::vector<S> result;
  for (int64_t p = 0; p < countPositions(op.getResult()); ++p) {
    S sum = 0;
    for (int64_t c = 0; c < channels; ++c) {
      S x = g * example.x[p * channels + c];
      sum += x * x;
    }
    result.push_back(sum / static_cast<S>(channels));
  }
  return result;
}

// The mean over equal positions, of Σ, D and Θ alike
template <class S> PairKernel<S> trace(kt::TraceOp op, const PairKernel<S> &input) {
  int64_t positions = countPositions(op.getInput());
  auto mean = [&](const std::vector<S> &values) {
    std::vector<S> diagonal;
    for (int64_t p = 0; p < positions && !values.empty(); ++p)
      diagonal.push_back(values[p * positions + p]);
    return diagonal.empty() ? std::vector<S>() : std::vector<S>{meanOf<S>(diagonal)};
  };
  return {mean(input.nngp), mean(input.ntk)};
}

template <class S>
PairKernel<S> pointwise(Operation *op, const Example<S> &row, const Example<S> &column, bool same,
                        ArrayRef<const PairKernel<S> *> inputs) {
  int64_t positions = countPositions(op->getResult(0));
  PairSource<S> source{row, column, same};
  kt::Pointwise<S, PairSource<S>> arithmetic(source);
  return fillPairs<S>(op->getResult(0), [&](int64_t p, int64_t q, S &nngp, S &ntk) {
    source.row = p, source.column = q;
    llvm::SmallVector<kt::PairState<S>> states;
    for (const PairKernel<S> *input : inputs) {
      kt::PairState<S> &state = states.emplace_back();
      state.nngp = input->nngp[p * positions + q];
      if (!input->ntk.empty())
        state.ntk = input->ntk[p * positions + q];
    }
    kt::PairState<S> state = arithmetic.pair(op, states);
    nngp = state.nngp;
    if (typeOf(op->getResult(0)).getNtk())
      ntk = state.completeNtk().value_or(S(0));
  });
}

template <class S> std::vector<S> pointwiseVariance(kt::KernelOpInterface op, const Example<S> &example) {
  PairSource<S> source{example, example, /*same=*/true};
  kt::Pointwise<S, PairSource<S>> arithmetic(source);
  Value g = op.getScaleOrNull();
  auto normalize = dyn_cast<kt::NormalizeOp>(op.getOperation());
  std::vector<S> result;
  for (int64_t p = 0; p < countPositions(op->getResult(0)); ++p) {
    llvm::SmallVector<S> inputs;
    for (Value kernel : op.getKernels())
      inputs.push_back(example.kernel(kernel).variance[p]);
    if (normalize && normalize.getOverSpace())
      inputs.push_back(meanOf<S>(example.kernel(normalize.getInput()).variance));
    result.push_back(arithmetic.variance(op, inputs, g ? std::optional(example.scale(g)) : std::nullopt));
  }
  return result;
}

template <class S>
PairKernel<S> evaluatePair(Operation *operation, const Example<S> &row, const Example<S> &column, bool same,
                           ArrayRef<const PairKernel<S> *> inputs) {
  // no TypeSwitch: g++ 12 warns of its optional result
  if (auto op = dyn_cast<kt::GramOp>(operation))
    return gram(op, row, column);
  if (auto op = dyn_cast<kt::WindowOp>(operation))
    return window(op, row, column, *inputs[0]);
  if (auto op = dyn_cast<kt::PoolOp>(operation))
    return pool(op, row, column, *inputs[0]);
  if (auto op = dyn_cast<kt::MeanOp>(operation))
    return pool(op, row, column, *inputs[0]);
  if (auto op = dyn_cast<kt::TraceOp>(operation))
    return trace(op, *inputs[0]);
  return pointwise(operation, row, column, same, inputs);
}

template <class S> std::vector<S> evaluateVariance(kt::KernelOpInterface operation, const Example<S> &example) {
  return llvm::TypeSwitch<Operation *, std::vector<S>>(operation.getOperation())
      .Case([&](kt::GramOp op) { return gramVariance(op, example); })
      .Case([&](kt::WindowOp op) { return windowVariance(op, example); })
      .Case([&](kt::PoolOp op) { return poolVariance(op, example); })
      .Case([&](kt::MeanOp op) { return poolVariance(op, example); })
      .Case([&](kt::TraceOp op) { return std::vector<S>{meanOf<S>(example.kernel(op.getInput()).variance)}; })
      .Default([&](Operation *) { return pointwiseVariance(operation, example); });
}

bool isKnown(Operation *op) {
  return isa<kt::ReturnOp, kt::PrepareOp, kt::FusedOp, kt::YieldOp, kt::ScaleOp>(op) ||
         isa<kt::GramOp, kt::LinearOp, kt::AffineOp, kt::DualOp, kt::NormalizeOp, kt::DropoutOp, kt::RescaleOp,
             kt::AddOp, kt::MulOp, kt::ConcatOp, kt::WindowOp, kt::PoolOp, kt::TraceOp, kt::MeanOp>(op);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

bool isSelf(Value kernel) { return typeOf(kernel).getSelf(); }

// g = 1/√(q̄ + bias), 1 where that is 0
template <class S> S evaluateScale(kt::ScaleOp op, const S *x, int64_t features) {
  S sum = 0;
  for (int64_t i = 0; i < features; ++i)
    sum += x[i] * x[i];
  S square = sum / static_cast<S>(features) + static_cast<S>(op.getBias().convertToDouble());
  return square == 0 ? S(1) : 1 / std::sqrt(square);
}

// What an operation makes of the example alone: of self kernels and of pair kernels alike.
template <class S> void evaluateExample(Block &block, Example<S> &example, int64_t features) {
  for (Operation &op : block) {
    if (isa<kt::PrepareOp, kt::FusedOp>(op)) {
      Block &body = op.getRegion(0).front();
      evaluateExample(body, example, features);
      for (auto [inside, outside] : llvm::zip_equal(body.getTerminator()->getOperands(), op.getResults())) {
        if (isa<kt::ScaleType>(inside.getType()))
          example.scales[outside] = example.scale(inside);
        else
          example.kernels[outside] = SelfKernel<S>(example.kernel(inside));
      }
    }
    if (auto scale = dyn_cast<kt::ScaleOp>(op))
      example.scales[scale.getResult()] = evaluateScale(scale, example.x, features);
    auto kernelOp = dyn_cast<kt::KernelOpInterface>(op);
    if (!kernelOp)
      continue;
    llvm::SmallVector<PairKernel<S>> inputs;
    for (Value kernel : kernelOp.getKernels())
      inputs.push_back({example.kernel(kernel).nngp, {}});
    auto pointers = llvm::map_to_vector(inputs, [](const PairKernel<S> &input) { return &input; });
    SelfKernel<S> result;
    result.variance = evaluateVariance(kernelOp, example);
    result.nngp =
        evaluatePair<S>(&op, example, example, /*same=*/true, llvm::SmallVector<const PairKernel<S> *>(pointers)).nngp;
    int64_t positions = result.variance.size();
    kt::KernelType type = typeOf(op.getResult(0));
    for (int64_t p = 0; p < positions && !type.getNegated(); ++p)
      result.nngp[p * positions + p] = type.isDistance() ? S(0) : result.variance[p];
    example.kernels[op.getResult(0)] = std::move(result);
  }
}

template <class S> using PairKernels = llvm::DenseMap<Value, PairKernel<S>>;

template <class S>
void evaluatePairs(Block &block, const Example<S> &row, const Example<S> &column, bool same, PairKernels<S> &kernels) {
  for (Operation &op : block) {
    if (isa<kt::FusedOp>(op)) {
      Block &body = op.getRegion(0).front();
      evaluatePairs(body, row, column, same, kernels);
      for (auto [inside, outside] : llvm::zip_equal(body.getTerminator()->getOperands(), op.getResults()))
        kernels[outside] = PairKernel<S>(kernels.find(inside)->second);
    }
    auto kernelOp = dyn_cast<kt::KernelOpInterface>(op);
    if (!kernelOp || isSelf(op.getResult(0)))
      continue;
    llvm::SmallVector<const PairKernel<S> *> inputs;
    for (Value kernel : kernelOp.getKernels())
      inputs.push_back(&kernels.find(kernel)->second);
    PairKernel<S> result = evaluatePair<S>(&op, row, column, same, inputs);
    kernels[op.getResult(0)] = std::move(result);
  }
}

template <class S>
std::vector<Example<S>> evaluateExamples(kt::NetworkOp network, const Inputs<S> &x, int64_t features) {
  std::vector<Example<S>> examples(x.count);
  for (int64_t i = 0; i < x.count; ++i) {
    examples[i].x = x.values.data() + i * features;
    examples[i].index = x.first + i;
    evaluateExample(network.getBlock(), examples[i], features);
  }
  return examples;
}

LogicalResult check(kt::NetworkOp network) {
  WalkResult result = network.getBody().walk([](Operation *op) {
    if (isKnown(op))
      return WalkResult::advance();
    op->emitOpError("is not known to the reference evaluator");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

} // namespace

template <class S>
FailureOr<KernelMatrices<S>> inetc::reference::evaluateTile(kt::NetworkOp network, const Inputs<S> &rows,
                                                            const Inputs<S> &columns, bool same) {
  if (failed(check(network)))
    return failure();
  int64_t features = network.countFeatures();
  for (const Inputs<S> *x : {&rows, &columns})
    if (static_cast<int64_t>(x->values.size()) != x->count * features)
      return network.emitError("takes ") << features << " numbers an example, found " << x->values.size() << " for "
                                         << x->count << " examples";
  std::vector<Example<S>> rowExamples = evaluateExamples(network, rows, features);
  std::vector<Example<S>> columnExamples = evaluateExamples(network, columns, features);
  Value returned = network.getReturn().getKernel();
  KernelMatrices<S> result{rows.count, columns.count, {}, {}};
  for (const Example<S> &row : rowExamples)
    for (const Example<S> &column : columnExamples) {
      PairKernels<S> kernels;
      evaluatePairs(network.getBlock(), row, column, same, kernels);
      const PairKernel<S> &kernel = kernels.find(returned)->second;
      result.nngp.push_back(kernel.nngp.front());
      if (typeOf(returned).getNtk())
        result.ntk.push_back(kernel.ntk.front());
    }
  return result;
}

template <class S>
FailureOr<KernelMatrices<S>> inetc::reference::evaluate(kt::NetworkOp network, const Inputs<S> &x1,
                                                        const std::type_identity_t<Inputs<S>> *x2) {
  OwningOpRef<kt::NetworkOp> complete = completeNetwork(network);
  return evaluateTile(*complete, x1, x2 ? *x2 : x1, /*same=*/!x2);
}

namespace inetc::reference {
#define INSTANTIATE(S)                                                                                                 \
  template FailureOr<KernelMatrices<S>> evaluate(kt::NetworkOp, const Inputs<S> &, const Inputs<S> *);                 \
  template FailureOr<KernelMatrices<S>> evaluateTile(kt::NetworkOp, const Inputs<S> &, const Inputs<S> &, bool);
INSTANTIATE(float)
INSTANTIATE(double)
INSTANTIATE(long double)
#undef INSTANTIATE
} // namespace inetc::reference
