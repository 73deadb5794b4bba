#include "compiler/analysis/Demand.h"
#include "compiler/dialects/Kt/ScaleBias.h"
#include "compiler/transforms/Passes.h"
#include "compiler/transforms/Preconditions.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTSPLITVARIANCE
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {

// Builds the body of kt.prepare on demand: the variance of a value is what its operation does to the variances of its
// operands.
class PrepareBuilder {
public:
  PrepareBuilder(kt::NetworkOp network, OpBuilder builder) : network(network), demand(network), builder(builder) {}

  // Those that the arithmetic of an operation reads. A distance to the second example negated has the variances of the
  // other one.
  SmallVector<Value> variancesOf(kt::KernelOpInterface op) {
    return llvm::map_to_vector(kt::kernelsWithVariances(op), [&](Value kernel) {
      Value positive = kt::findPositive(kernel);
      assert(positive && "negated distances are made beside others");
      return selfOf(positive);
    });
  }

  Value getScale() {
    if (scale)
      return scale;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(builder.getInsertionBlock());
    double bias = kt::findScaleBias(network);
    auto elementType = network.getReturn().getKernel().getType().getElementType();
    scale = builder.create<kt::ScaleOp>(network.getLoc(), kt::ScaleType::get(network.getContext(), elementType),
                                        builder.getF64FloatAttr(bias));
    return scale;
  }

private:
  Value selfOf(Value kernel) {
    auto entry = variances.find(kernel);
    if (entry != variances.end())
      return entry->second;
    auto op = cast<kt::KernelOpInterface>(kernel.getDefiningOp());
    std::optional<kt::PlaneSet> planes = demand.getSelfPlanes(kernel);
    assert(planes && "the analysis knows of every variance that is read");
    // operands first, so that they stand before their reader
    SmallVector<Value> inputs, read;
    for (auto [index, input] : llvm::enumerate(op.getKernels()))
      if (!(kt::isNegatedOfDual(op, index) && kt::holdsVariances(kernel, *planes)))
        inputs.push_back(selfOf(input));
    // planes of its own are computed like those of a pair
    if (kt::typeOf(kernel).getRank() > 0 && op.needsVariance())
      read = variancesOf(op);
    auto clone = cast<kt::KernelOpInterface>(builder.clone(*op));
    kt::setKernels(clone, inputs);
    clone->getResult(0).setType(kt::typeOf(kernel).asVariance().withPlanes(*planes));
    if (clone.needsScale())
      clone.getScaleMutable().assign(getScale());
    clone.getVariancesMutable().assign(read);
    variances[kernel] = clone->getResult(0);
    return clone->getResult(0);
  }

  kt::NetworkOp network;
  Demand demand;
  OpBuilder builder;
  llvm::MapVector<Value, Value> variances;
  Value scale;
};

struct SplitVariancePass : inetc::impl::KtSplitVarianceBase<SplitVariancePass> {
  // What the arithmetic of one operation reads, as values of the prepare region.
  struct Needs {
    kt::KernelOpInterface op;
    SmallVector<Value> variances;
    Value scale;
  };

  void runOnOperation() override {
    kt::NetworkOp network = getOperation();
    if (!network.getOps<kt::PrepareOp>().empty()) // it has run
      return;
    if (failed(requireUnfused(network, "kt-split-variance")))
      return signalPassFailure();
    eraseUnread(network);
    if (failed(requirePairs(network)))
      return signalPassFailure();
    OpBuilder builder(&getContext());
    Region region;
    builder.setInsertionPointToStart(&region.emplaceBlock());
    PrepareBuilder prepare(network, builder);

    SmallVector<Needs> needs;
    llvm::SetVector<Value> exported;
    for (auto op : network.getOps<kt::KernelOpInterface>()) {
      Needs &need = needs.emplace_back(Needs{op, {}, {}});
      if (op.needsVariance())
        need.variances = prepare.variancesOf(op);
      if (op.needsScale())
        need.scale = prepare.getScale();
      exported.insert(need.variances.begin(), need.variances.end());
      if (need.scale)
        exported.insert(need.scale);
    }
    if (exported.empty())
      return;
    builder.setInsertionPointToEnd(&region.front());
    builder.create<kt::YieldOp>(network.getLoc(), exported.getArrayRef());
    builder.setInsertionPointToStart(&network.getBlock());
    auto op = builder.create<kt::PrepareOp>(network.getLoc(), ValueRange(exported.getArrayRef()).getTypes());
    op.getBody().takeBody(region);
    attach(needs, op);
    variances += exported.size();
  }

  static void attach(ArrayRef<Needs> needs, kt::PrepareOp prepare) {
    llvm::DenseMap<Value, Value> outside;
    for (auto [inside, result] :
         llvm::zip_equal(prepare.getBody().front().getTerminator()->getOperands(), prepare.getResults()))
      outside[inside] = result;
    for (const Needs &need : needs) {
      kt::KernelOpInterface op = need.op;
      if (!need.variances.empty())
        op.getVariancesMutable().assign(
            llvm::map_to_vector(need.variances, [&](Value variance) { return outside.lookup(variance); }));
      if (need.scale)
        op.getScaleMutable().assign(outside.lookup(need.scale));
    }
  }
};
} // namespace
