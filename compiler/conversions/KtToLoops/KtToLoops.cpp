#include "compiler/conversions/KtToLoops/Emit.h"
#include "compiler/conversions/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTTOLOOPS
#include "compiler/conversions/Passes.h.inc"
} // namespace inetc

namespace {

struct KtToLoopsPass : inetc::impl::KtToLoopsBase<KtToLoopsPass> {
  using KtToLoopsBase::KtToLoopsBase;

  // The one group of a network without spatial sizes, or an error.
  FailureOr<kt::FusedOp> findGroup(kt::NetworkOp network) {
    for (Operation &op : network.getBlock())
      for (Type type : op.getResultTypes())
        if (auto kernel = dyn_cast<kt::KernelType>(type); kernel && kernel.getRank() > 0)
          return emitError(isa<kt::PrepareOp>(op) ? op.getNextNode()->getLoc() : op.getLoc(),
                           "layers on spatial sizes are not supported by this back end yet: flatten the input first, or "
                           "evaluate them slowly with --target=reference");
    auto groups = network.getOps<kt::FusedOp>();
    if (!llvm::hasSingleElement(groups))
      return network.emitOpError("(C1) is not fused: run kt-fuse and kt-tile before");
    kt::FusedOp group = *groups.begin();
    if (!group.getLanes() || !group.getRows() || !group.getTileRows() || !group.getTileColumns() || !group.getGram())
      return network.emitOpError("(C2) is not tiled: run kt-tile before");
    return group;
  }

  LogicalResult convert(kt::NetworkOp network) {
    FailureOr<kt::FusedOp> found = findGroup(network);
    if (failed(found))
      return failure();
    kt::FusedOp group = *found;
    auto type = network.getReturn().getKernel().getType();
    Emission emission{network,
                      group,
                      type.getElementType(),
                      static_cast<int64_t>(*group.getLanes()),
                      static_cast<int64_t>(*group.getRows()),
                      static_cast<int64_t>(*group.getTileRows()),
                      static_cast<int64_t>(*group.getTileColumns()),
                      *group.getGram() == "blas",
                      avx512};
    PreparedLayout layout(emission.getGram().getChannels(), /*featuresInLanes=*/!emission.gramByBlas);
    double flops = emitBlock(emission, layout);
    emitPrepare(emission, layout);
    describe(emission, layout, flops);
    normalizers += layout.getRows() - layout.getFeatures();
    network.erase();
    return success();
  }

  // What the target writes into the descriptor of the ABI.
  void describe(Emission &emission, const PreparedLayout &layout, double flops) {
    Builder builder(&getContext());
    int64_t bytes = emission.element.getWidth() / 8;
    auto type = emission.network.getReturn().getKernel().getType();
    auto integer = [&](int64_t value) { return builder.getI64IntegerAttr(value); };
    auto entry = [&](StringRef name, Attribute value) { return builder.getNamedAttr(name, value); };
    int64_t scratch = emission.gramByBlas ? emission.tileRows * emission.tileColumns * bytes : 0;
    getOperation()->setAttr(
        "inet.kernel",
        builder.getDictionaryAttr({entry("name", emission.network.getSymNameAttr()),
                                   entry("input_shape", emission.network.getInputShapeAttr()),
                                   entry("element", TypeAttr::get(emission.element)),
                                   entry("nngp", builder.getBoolAttr(emission.network.getNngp())),
                                   entry("ntk", builder.getBoolAttr(type.getNtk())), entry("lanes", integer(emission.lanes)),
                                   entry("tile_rows", integer(emission.tileRows)),
                                   entry("tile_columns", integer(emission.tileColumns)),
                                   entry("prepared_bytes_per_example", integer(layout.getRows() * bytes)),
                                   entry("block_scratch_bytes", integer(scratch)),
                                   entry("flops_per_pair", builder.getF64FloatAttr(flops))}));
  }

  void runOnOperation() override {
    SmallVector<kt::NetworkOp> networks(getOperation().getOps<kt::NetworkOp>());
    if (networks.size() > 1) {
      networks[1].emitError("one network is compiled at a time, found ") << networks.size();
      return signalPassFailure();
    }
    for (kt::NetworkOp network : networks)
      if (failed(convert(network)))
        return signalPassFailure();
  }
};
} // namespace
