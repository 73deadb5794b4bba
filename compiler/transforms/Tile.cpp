#include "compiler/transforms/Passes.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTTILE
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {

// Up to here a sum of differences costs less than products and what is made of them.
constexpr int64_t maxDirectChannels = 12;
// Beyond, even the fewest columns of products in registers outgrow L2.
constexpr int64_t maxRegisterChannels = 4096;
// Below, splitting the inputs into parts costs more than their products in matrix registers save.
constexpr int64_t minMatrixChannels = 160;

bool isInMatrixRegisters(StringRef method) { return method == "bf16x6" || method == "int8x28"; }

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
  // expensive.
  int64_t chooseSpatialSide(int64_t width) {
    constexpr double operationsPerTile = 1e10, largest = 256;
    double side = std::min(std::sqrt(operationsPerTile / countOperations(getOperation())), largest);
    return std::max<int64_t>(static_cast<int64_t>(side) / width, 1) * width;
  }

  // A product of matrices reuses what it packs: a large square.
  int64_t chooseBlasSide(int64_t bytes) {
    int64_t side = 64;
    while (4 * side * side * bytes <= gramBytes)
      side *= 2;
    return side;
  }

  // All columns of a tile stay in L2 while its rows pass by, `step` columns at a time.
  int64_t chooseColumns(int64_t channels, int64_t step, int64_t bytes) {
    constexpr int64_t most = 768;
    return std::clamp<int64_t>(columnBytes / (channels * bytes) / step, 1, most / step) * step;
  }

  void runOnOperation() override {
    if (!gram.empty() && !llvm::is_contained({"direct", "registers", "bf16x6", "int8x28", "blas"}, StringRef(gram))) {
      getOperation().emitError("option 'gram' is direct, registers, bf16x6, int8x28 or blas, found '") << gram << "'";
      return signalPassFailure();
    }
    if (isInMatrixRegisters(gram) && !amx) {
      getOperation().emitError("option 'gram' is ") << gram << ", which needs a processor with AMX";
      return signalPassFailure();
    }
    if (!turns.empty() && turns != "nest" && turns != "line") {
      getOperation().emitError("option 'turns' is nest or line, found '") << turns << "'";
      return signalPassFailure();
    }
    for (auto group : getOperation().getOps<kt::FusedOp>()) {
      auto type = cast<kt::KernelType>(group.getResult(0).getType());
      int64_t bytes = type.getElementType().getWidth() / 8;
      int64_t width = lanes ? lanes : vectorBits / 8 / bytes;
      auto grams = group.getBody().getOps<kt::GramOp>();
      int64_t channels = grams.empty() ? 0 : (*grams.begin()).getChannels();
      bool isSpatial = type.getRank() > 0;
      StringRef method = isSpatial                              ? "direct"
                         : !gram.empty()                        ? StringRef(gram)
                         : channels <= maxDirectChannels        ? "direct"
                         : channels > maxRegisterChannels       ? "blas"
                         : !amx || channels < minMatrixChannels ? "registers"
                         : bytes == 4                           ? "bf16x6"
                                                                : "int8x28";
      int64_t chosenTileRows = 512, chosenTileColumns = 512;
      if (isSpatial) {
        chosenTileRows = chosenTileColumns = chooseSpatialSide(width);
      } else if (method == "blas") {
        chosenTileRows = chosenTileColumns = chooseBlasSide(bytes);
      } else if (isInMatrixRegisters(method)) {
        // 16 examples side by side, of f64 too; of x' three bfloat16 or seven digits for each feature: about as many
        // examples as of the inputs themselves
        width = lanes ? lanes : 16;
        chosenTileRows = 1024;
        chosenTileColumns = chooseColumns(llvm::alignTo(channels, 128 / bytes), 128 / bytes, bytes);
      } else if (method == "registers") {
        // sums in most of the 32 registers of AVX-512, or in 12 of 16
        group.setGramRows(std::min<int64_t>(vectorBits == 512 ? 8 : 4, width));
        group.setGramVectors(3);
        chosenTileRows = 1024;
        chosenTileColumns = chooseColumns(channels, 3 * width, bytes);
      }
      group.setGram(method);
      if (!turns.empty())
        group.setTurns(turns);
      if (abreast)
        group.setAbreast(abreast);
      group.setLanes(width);
      auto operations = static_cast<int64_t>(group.getBody().front().getOperations().size());
      int64_t chosenRows = isSpatial || operations <= 64 ? 4 : operations <= 256 ? 2 : 1;
      // beside products in matrix registers the chain is not in a hurry: as few rows as keep the vector units busy
      if (isInMatrixRegisters(method))
        chosenRows = std::min<int64_t>(chosenRows, bytes == 4 ? 2 : 1);
      group.setRows(rows ? rows : chosenRows);
      group.setTileRows(tileRows ? tileRows : chosenTileRows);
      group.setTileColumns(llvm::alignTo(tileColumns ? tileColumns : chosenTileColumns, width));
    }
  }
};
} // namespace
