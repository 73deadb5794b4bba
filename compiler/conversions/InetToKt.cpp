#include "compiler/conversions/Passes.h"
#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/dialects/Kt/KtOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace inetc {
#define GEN_PASS_DEF_INETTOKT
#include "compiler/conversions/Passes.h.inc"
} // namespace inetc

namespace {
using namespace inetc;

struct InetToKtPass : inetc::impl::InetToKtBase<InetToKtPass> {
  using InetToKtBase::InetToKtBase;

  // The kernel of the inputs themselves: one gram for each pair of positions.
  Value buildGram(OpBuilder &builder, inet::InputOp input, FloatType elementType) {
    inet::SignalType type = input.getType();
    auto kernel =
        kt::KernelType::get(&getContext(), type.getPositions(), kt::PlaneSet::all(), kt::State::covariance,
                            /*scalePower=*/0, /*negated=*/false, /*self=*/false, /*ntk=*/get != "nngp", elementType);
    return builder.create<kt::GramOp>(input.getLoc(), kernel, ValueRange(), ValueRange(), Value(), type.getChannels(),
                                      /*refine=*/false);
  }

  LogicalResult convert(inet::NetworkOp network, FloatType elementType) {
    OpBuilder builder(network);
    auto target = builder.create<kt::NetworkOp>(network.getLoc(), network.getSymName(), network.getInput().getShape());
    target.setNngp(get != "ntk");
    builder.setInsertionPointToStart(&target.getBody().emplaceBlock());
    IRMapping kernels;
    for (Operation &op : network.getBlock()) {
      if (auto input = dyn_cast<inet::InputOp>(op)) {
        kernels.map(input.getResult(), buildGram(builder, input, elementType));
        continue;
      }
      if (auto ret = dyn_cast<inet::ReturnOp>(op)) {
        builder.create<kt::ReturnOp>(ret.getLoc(), kernels.lookup(ret.getValue()));
        continue;
      }
      auto layer = dyn_cast<inet::LayerOpInterface>(op);
      if (!layer)
        return op.emitError("is not a layer");
      auto operands = llvm::map_to_vector(op.getOperands(), [&](Value value) { return kernels.lookup(value); });
      kernels.map(op.getResult(0), layer.buildKernel(builder, operands));
      ++layers;
    }
    network.erase();
    return success();
  }

  void runOnOperation() override {
    if (get != "nngp" && get != "ntk" && get != "both") {
      getOperation().emitError("option 'get' is nngp, ntk or both, found '") << get << "'";
      return signalPassFailure();
    }
    if (precision != "f32" && precision != "f64") {
      getOperation().emitError("option 'precision' is f32 or f64, found '") << precision << "'";
      return signalPassFailure();
    }
    Builder builder(&getContext());
    FloatType elementType = precision == "f32" ? builder.getF32Type() : builder.getF64Type();
    for (auto network : llvm::make_early_inc_range(getOperation().getOps<inet::NetworkOp>()))
      if (failed(convert(network, elementType)))
        return signalPassFailure();
  }
};
} // namespace
