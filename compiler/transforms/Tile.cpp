#include "compiler/transforms/Passes.h"
#include <numeric>

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
// Examples side by side in matrix registers, of f32 and of f64.
constexpr int64_t matrixLanes = 16;

bool isInMatrixRegisters(StringRef method) { return method == "bf16x6" || method == "int8x28"; }

// Operations on vectors that a pair of examples takes, roughly: the pairs of positions of every value.
double countOperations(kt::NetworkOp network) {
  constexpr double perOperation = 10;
  double count = 0;
  network.walk([&](kt::KernelOpInterface op) {
    auto type = kt::typeOf(op->getResult(0));
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

// The most bytes of planes that an example has in work at the same time, roughly: of the values that are still read.
struct PlaneSize {
  int64_t bytes = 0, lines = 1; // of the plane of the largest value: its rows
};
PlaneSize findPlaneSize(kt::NetworkOp network, int64_t vectorBytes) {
  SmallVector<Value> values; // in order
  llvm::DenseMap<Value, size_t> lastUse;
  network.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<kt::PrepareOp>(op))
      return WalkResult::skip();
    if (auto kernelOp = dyn_cast<kt::KernelOpInterface>(op)) {
      for (Value kernel : kernelOp.getKernels())
        lastUse[kt::resolveGroups(kernel)] = values.size();
      values.push_back(op->getResult(0));
    }
    return WalkResult::advance();
  });
  auto bytesOf = [&](Value value) {
    auto type = kt::typeOf(value);
    if (type.getNegated()) // in place of Θ, which is 0 before the first activation
      return int64_t{0};
    int64_t bytes = vectorBytes * (type.getNtk() ? 2 : 1);
    for (int64_t size : type.getPositions())
      bytes *= size;
    return type.getRank() ? bytes : 0;
  };
  PlaneSize most;
  int64_t largest = 0;
  for (size_t now = 0; now < values.size(); ++now) {
    int64_t bytes = 0;
    for (Value value : ArrayRef(values).take_front(now + 1))
      if (lastUse.lookup(value) > now)
        bytes += bytesOf(value);
    most.bytes = std::max(most.bytes, bytes);
    if (bytesOf(values[now]) > largest) {
      largest = bytesOf(values[now]);
      most.lines = kt::typeOf(values[now]).getPositions().front();
    }
  }
  return most;
}

// Whether kt-to-loops can let layers go through bands of the planes: of images, without windows that wrap around.
bool allowsBands(kt::NetworkOp network) {
  bool allows = true;
  network.walk([&](kt::WindowOp op) {
    auto dimensions = op.getWindow();
    allows &= dimensions.size() == 2 && llvm::none_of(dimensions, [](const auto &window) { return window.wraps(); });
  });
  return allows;
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

  // How many rows are in lockstep, and how they go through planes.
  struct Lockstep {
    int64_t rows;
    StringRef turns = "nest";
    int64_t bandRows = 0, bandLayers = 0;
  };

  // Rows in lockstep share what is loaded of X2. Where the planes of so many do not fit into L2, a few layers at a time
  // go through bands of rows that do: the rows of a band, those by which the layers are behind, and what waits between
  // the halves of a row (kt-to-loops), which is as much as two rows of each layer.
  Lockstep chooseLockstep(int64_t vectorBytes) {
    constexpr int64_t fewestLayers = 3, mostLayers = 8; // 3 at 224x224 are still 17% faster than turns at each line
    PlaneSize plane = findPlaneSize(getOperation(), vectorBytes);
    int64_t count = rows ? rows : 4;
    if (!bandRows && !bandLayers && (!turns.empty() || count * plane.bytes <= cacheBytes))
      return {count};
    if (!allowsBands(getOperation()))
      return {count, "line"};
    int64_t fitting = cacheBytes / (count * 6 * std::max<int64_t>(plane.bytes / plane.lines, 1));
    int64_t layers = bandLayers ? bandLayers : std::clamp<int64_t>(fitting, fewestLayers, mostLayers);
    return {count, "nest", bandRows ? bandRows : 2 * layers, layers};
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

  // Matrix registers take 16 examples side by side.
  bool fitsMatrixRegisters(int64_t channels) const {
    return amx && channels >= minMatrixChannels && (!lanes || lanes == matrixLanes);
  }

  // Rows of a block of products whose sums fill the registers: as many as a vector has lanes at most, as so many rows
  // are there of the smallest batch, and whole rows in lockstep.
  int64_t chooseGramRows(int64_t width) const {
    int64_t most = std::min<int64_t>(vectorBits == 512 ? 8 : 4, width);
    return rows && rows < most ? most - most % rows : most;
  }

  // Of an earlier run: what this one does not choose must not stay.
  static void forgetChoices(kt::FusedOp group) {
    group.removeGramRowsAttr();
    group.removeGramVectorsAttr();
    group.removeTurnsAttr();
    group.removeBandRowsAttr();
    group.removeBandLayersAttr();
    group.removeAbreastAttr();
  }

  // The first option that says nothing that could be done.
  LogicalResult checkOptions() {
    constexpr int64_t mostLanes = 256, mostRows = 32, mostOfTile = (1 << 20) - mostLanes; // kt.fused verifies these
    const std::tuple<StringRef, int64_t, int64_t> numbers[] = {
        {"lanes", lanes, mostLanes},         {"rows", rows, mostRows},
        {"tile-rows", tileRows, mostOfTile}, {"tile-columns", tileColumns, mostOfTile},
        {"band-rows", bandRows, mostOfTile}, {"band-layers", bandLayers, mostOfTile},
        {"abreast", abreast, mostRows}};
    for (auto [name, value, most] : numbers)
      if (value < 0 || value > most)
        return getOperation().emitError("option '") << name << "' is from 1 to " << most << ", or 0, found " << value;
    constexpr int64_t mostBytes = int64_t{1} << 40;
    const std::tuple<StringRef, int64_t> sizes[] = {
        {"cache-bytes", cacheBytes}, {"column-bytes", columnBytes}, {"gram-bytes", gramBytes}};
    for (auto [name, value] : sizes)
      if (value < 1 || value > mostBytes)
        return getOperation().emitError("option '") << name << "' is from 1 to " << mostBytes << ", found " << value;
    if (vectorBits != 128 && vectorBits != 256 && vectorBits != 512)
      return getOperation().emitError("option 'vector-bits' is 128, 256 or 512, found ") << vectorBits.getValue();
    if (!gram.empty() && !llvm::is_contained({"direct", "registers", "bf16x6", "int8x28", "blas"}, StringRef(gram)))
      return getOperation().emitError("option 'gram' is direct, registers, bf16x6, int8x28 or blas, found '")
             << gram << "'";
    if (isInMatrixRegisters(gram) && !amx)
      return getOperation().emitError("option 'gram' is ") << gram << ", which needs a processor with AMX";
    if (!turns.empty() && turns != "nest" && turns != "line")
      return getOperation().emitError("option 'turns' is nest or line, found '") << turns << "'";
    return success();
  }

  void runOnOperation() override {
    if (failed(checkOptions()))
      return signalPassFailure();
    for (auto group : getOperation().getOps<kt::FusedOp>()) {
      forgetChoices(group);
      auto type = kt::typeOf(group.getResult(0));
      int64_t bytes = type.getElementType().getWidth() / 8;
      int64_t width = lanes ? lanes : vectorBits / 8 / bytes;
      auto grams = group.getBody().getOps<kt::GramOp>();
      int64_t channels = grams.empty() ? 0 : (*grams.begin()).getChannels();
      bool isSpatial = type.getRank() > 0;
      StringRef method = isSpatial || grams.empty()       ? "direct"
                         : !gram.empty()                  ? StringRef(gram)
                         : channels <= maxDirectChannels  ? "direct"
                         : channels > maxRegisterChannels ? "blas"
                         : !fitsMatrixRegisters(channels) ? "registers"
                         : bytes == 4                     ? "bf16x6"
                                                          : "int8x28";
      int64_t chosenTileRows = 512, chosenTileColumns = 512;
      if (isSpatial) {
        chosenTileRows = chosenTileColumns = chooseSpatialSide(width);
      } else if (method == "blas") {
        chosenTileRows = chosenTileColumns = chooseBlasSide(bytes);
      } else if (isInMatrixRegisters(method)) {
        // as many examples side by side of f64 too; of x' three bfloat16 or seven digits for each feature: about as
        // many examples as of the inputs themselves
        width = lanes ? lanes : matrixLanes;
        chosenTileRows = 1024;
        chosenTileColumns = chooseColumns(llvm::alignTo(channels, 128 / bytes), 128 / bytes, bytes);
      } else if (method == "registers") {
        // sums in most of the 32 registers of AVX-512, or in 12 of 16
        group.setGramRows(chooseGramRows(width));
        group.setGramVectors(3);
        chosenTileRows = 1024;
        chosenTileColumns = chooseColumns(channels, 3 * width, bytes);
      }
      group.setGram(method);
      Lockstep lockstep{};
      if (isSpatial) {
        lockstep = chooseLockstep(width * bytes);
        if (!turns.empty())
          lockstep.turns = turns;
        group.setTurns(lockstep.turns);
        if (lockstep.bandRows) {
          group.setBandRows(lockstep.bandRows);
          group.setBandLayers(lockstep.bandLayers);
        }
      }
      if (abreast)
        group.setAbreast(abreast);
      group.setLanes(width);
      auto operations = static_cast<int64_t>(group.getBody().front().getOperations().size());
      int64_t chosenRows = isSpatial ? lockstep.rows : operations <= 64 ? 4 : operations <= 256 ? 2 : 1;
      // beside products in matrix registers the chain is not in a hurry: as few rows as keep the vector units busy
      if (isInMatrixRegisters(method))
        chosenRows = std::min<int64_t>(chosenRows, bytes == 4 ? 2 : 1);
      // the chain takes the rows of a block of products by so many
      if (std::optional<uint64_t> gramRows = group.getGramRows())
        chosenRows = std::gcd(chosenRows, static_cast<int64_t>(*gramRows));
      group.setRows(rows ? rows : chosenRows);
      group.setTileRows(llvm::alignTo(tileRows ? tileRows : chosenTileRows, width));
      group.setTileColumns(llvm::alignTo(tileColumns ? tileColumns : chosenTileColumns, width));
    }
  }
};
} // namespace
