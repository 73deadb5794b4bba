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

// Operations on vectors that a pair of examples takes, roughly: the pairs of positions of every value.
double countOperations(kt::NetworkOp network) {
  constexpr double perOperation = 10;
  double count = 0;
  network.walk([&](kt::KernelOpInterface op) {
    auto type = cast<kt::KernelType>(op->getResult(0).getType());
    double pairs = 1, positions = 1;
    for (int64_t size : type.getPositions())
      positions *= static_cast<double>(size);
    if (type.getRank() > 0)
      pairs = positions *
              static_cast<double>(type.getPlanes().isAll() ? positions : type.getPlanes().count(type.getPositions()));
    if (!type.getSelf())
      count += perOperation * pairs;
  });
  return count;
}

struct TilePass : inetc::impl::KtTileBase<TilePass> {
  using KtTileBase::KtTileBase;

  // A tile of pairs is the unit of progress and of what threads share: a fraction of a second where pairs are
  // expensive. The gram of a cheap one reuses what a matrix product packs: a square in L2. In multiples of `width`.
  int64_t chooseSide(kt::FusedOp group, int64_t width, int64_t bytes) {
    if (cast<kt::KernelType>(group.getResult(0).getType()).getRank() == 0) {
      int64_t side = 64;
      while (4 * side * side * bytes <= cacheBytes)
        side *= 2;
      return side;
    }
    constexpr double operationsPerTile = 1e10, largest = 256;
    double side = std::min(std::sqrt(operationsPerTile / countOperations(getOperation())), largest);
    return std::max<int64_t>(static_cast<int64_t>(side) / width, 1) * width;
  }

  void runOnOperation() override {
    if (!gram.empty() && gram != "blas" && gram != "direct") {
      getOperation().emitError("option 'gram' is blas or direct, found '") << gram << "'";
      return signalPassFailure();
    }
    for (auto group : getOperation().getOps<kt::FusedOp>()) {
      auto type = cast<kt::KernelType>(group.getResult(0).getType());
      int64_t bytes = type.getElementType().getWidth() / 8;
      int64_t width = lanes ? lanes : vectorBits / 8 / bytes;
      auto grams = group.getBody().getOps<kt::GramOp>();
      int64_t channels = grams.empty() ? 0 : (*grams.begin()).getChannels();
      int64_t side = chooseSide(group, width, bytes);
      group.setLanes(width);
      auto operations = static_cast<int64_t>(group.getBody().front().getOperations().size());
      int64_t chosenRows = type.getRank() > 0 || operations <= 64 ? 4 : operations <= 256 ? 2 : 1;
      group.setRows(rows ? rows : chosenRows);
      group.setTileRows(tileRows ? tileRows : side);
      group.setTileColumns(llvm::alignTo(tileColumns ? tileColumns : side, width));
      group.setGram(!gram.empty() ? StringRef(gram) : channels <= maxDirectChannels ? "direct" : "blas");
    }
  }
};
} // namespace
