#include "compiler/transforms/Passes.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTTILE
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {

// Up to here a sum of differences costs less than a matrix product and the passes over its result.
constexpr int64_t maxDirectChannels = 12;

struct TilePass : inetc::impl::KtTileBase<TilePass> {
  using KtTileBase::KtTileBase;

  void runOnOperation() override {
    if (!gram.empty() && gram != "blas" && gram != "direct") {
      getOperation().emitError("option 'gram' is blas or direct, found '") << gram << "'";
      return signalPassFailure();
    }
    Builder builder(&getContext());
    for (auto group : getOperation().getOps<kt::FusedOp>()) {
      auto type = cast<kt::KernelType>(group.getResult(0).getType());
      int64_t bytes = type.getElementType().getWidth() / 8;
      int64_t width = lanes ? lanes : vectorBits / 8 / bytes;
      auto grams = group.getBody().getOps<kt::GramOp>();
      int64_t channels = grams.empty() ? 0 : (*grams.begin()).getChannels();
      // A square tile reuses what a matrix product packs; columns come in whole vectors.
      int64_t side = 64;
      while (4 * side * side * bytes <= cacheBytes)
        side *= 2;
      group.setLanes(width);
      auto operations = static_cast<int64_t>(group.getBody().front().getOperations().size());
      group.setRows(rows ? rows : operations <= 64 ? 4 : operations <= 256 ? 2 : 1);
      group.setTileRows(tileRows ? tileRows : side);
      group.setTileColumns(llvm::alignTo(tileColumns ? tileColumns : side, width));
      group.setGram(!gram.empty() ? StringRef(gram) : channels <= maxDirectChannels ? "direct" : "blas");
    }
  }
};
} // namespace
