#include "compiler/conversions/KtToLoops/Emit.h"
#include "compiler/conversions/KtToLoops/MatrixProducts.h"
#include "compiler/conversions/KtToLoops/Preconditions.h"
#include "compiler/conversions/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace inetc;

namespace inetc {
#define GEN_PASS_DEF_KTTOLOOPS
#include "compiler/conversions/Passes.h.inc"
} // namespace inetc

namespace {

struct KtToLoopsPass : inetc::impl::KtToLoopsBase<KtToLoopsPass> {
  using KtToLoopsBase::KtToLoopsBase;

  // The group that says how the network is tiled: its first.
  FailureOr<kt::FusedOp> findGroup(kt::NetworkOp network) {
    auto groups = network.getOps<kt::FusedOp>();
    if (groups.empty())
      return network.emitOpError("(C1) is not fused: run kt-fuse and kt-tile before");
    kt::FusedOp group = *groups.begin();
    if (!group.getLanes() || !group.getRows() || !group.getTileRows() || !group.getTileColumns() || !group.getGram())
      return network.emitOpError("(C2) is not tiled: run kt-tile before");
    StringRef gram = *group.getGram();
    if (gram == "registers" && (!group.getGramRows() || !group.getGramVectors()))
      return group.emitOpError("(C3) needs gram_rows and gram_vectors where gram = \"registers\"");
    auto type = kt::typeOf(group.getResult(0));
    int64_t blockRows = gram == "registers" ? *group.getGramRows() : *group.getRows(),
            features = network.countFeatures();
    if (const MatrixFormat *format = findMatrixFormat(findGramMethod(group))) {
      blockRows = format->blockRows;
      if (type.getElementType().getIntOrFloatBitWidth() != format->elementBits ||
          *group.getLanes() != MatrixFormat::lanes)
        return group.emitOpError("(C5) has gram = \"")
               << gram << "\", which is of f" << format->elementBits << " in " << MatrixFormat::lanes
               << " lanes, found " << type.getElementType() << " in " << *group.getLanes();
      if (features > format->maxFeatures)
        return group.emitOpError("(C6) has gram = \"")
               << gram << "\", which is of at most " << format->maxFeatures << " features, found " << features;
    }
    if (blockRows % *group.getRows() != 0)
      return group.emitOpError("(C7) has rows = ")
             << *group.getRows() << ", which does not divide the " << blockRows << " rows of a block of products";
    if (isSpatial(group) && gram != "direct")
      return group.emitOpError("(C4) is on positions, where gram = \"direct\" is expected, found \"") << gram << "\"";
    if (failed(checkOperations(network, isSpatial(group))) || failed(checkNetwork(network, group)))
      return failure();
    return group;
  }

  // Everything has what the arithmetic of a pair reads, and there is one way through it.
  static LogicalResult checkOperations(kt::NetworkOp network, bool spatial) {
    int64_t grams[2] = {0, 0}, groups = 0; // the second: to the second example negated
    WalkResult result = network.walk<WalkOrder::PreOrder>([&](Operation *op) -> WalkResult {
      if (isa<kt::PrepareOp>(op))
        return WalkResult::skip();
      groups += isa<kt::FusedOp>(op);
      if (auto gram = dyn_cast<kt::GramOp>(op); gram && ++grams[gram.getType().getNegated()] > 1)
        return op->emitOpError("(C10) is the second in the network, where one is expected");
      auto reader = dyn_cast<kt::KernelOpInterface>(op);
      if (reader && ((reader.needsVariance() && reader.getVariances().empty()) ||
                     (reader.needsScale() && !reader.getScaleOrNull())))
        return op->emitOpError("(C8) has no variances or scale to read: run kt-split-variance before");
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
    if (!spatial && groups > 1)
      return network.emitOpError("(C9) has one group where nothing has positions, found ") << groups;
    return success();
  }

  static bool isSpatial(kt::FusedOp group) { return kt::typeOf(group.getResult(0)).getRank() > 0; }

  static GramMethod findGramMethod(kt::FusedOp group) {
    return llvm::StringSwitch<GramMethod>(*group.getGram())
        .Case("direct", GramMethod::direct)
        .Case("bf16x6", GramMethod::bf16x6)
        .Case("int8x28", GramMethod::int8x28)
        .Case("blas", GramMethod::blas)
        .Default(GramMethod::registers);
  }

  // Of the inputs of an example, in a prepared batch.
  static int64_t countInputLaneRows(GramMethod gram, int64_t features) {
    if (const MatrixFormat *format = findMatrixFormat(gram))
      return format->countLaneRows(features);
    return gram == GramMethod::blas ? 0 : features;
  }

  // Constants stay: the layout of prepared batches fills some of them in later.
  static void eraseDeadCode(func::FuncOp function) {
    function->walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
      if (!isa<arith::ConstantOp>(op) && isOpTriviallyDead(op))
        op->erase();
    });
  }

  // Each of the rows in lockstep has scratch memory of its own, and a thread has all of it.
  static void limitRows(Emission &emission) {
    constexpr int64_t mostBytes = 32 << 20;
    int64_t bytes = emission.plan.scratchVectors * emission.getVectorBytes();
    while (emission.rows > 1 && emission.rows * bytes > mostBytes)
      emission.rows /= 2;
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
                      findGramMethod(group),
                      static_cast<int64_t>(group.getGramRows().value_or(0)),
                      static_cast<int64_t>(group.getGramVectors().value_or(0)),
                      avx512,
                      cacheBytes,
                      ConstantTables(getOperation(), network.getSymName())};
    if (const MatrixFormat *format = findMatrixFormat(emission.gram))
      emission.gramRows = format->blockRows, emission.gramVectors = format->blockVectors;
    if (isSpatial(group)) {
      FailureOr<PlanePlan> plan = planPlanes(network.getBlock(), /*streamed=*/true);
      if (failed(plan))
        return failure();
      emission.plan = std::move(*plan);
      limitRows(emission);
      emission.rowsByLine = group.getTurns() == "line";
      emission.bandRows = group.getBandRows().value_or(0);
      emission.bandLayers = group.getBandLayers().value_or(0);
    }
    int64_t features = network.countFeatures();
    constexpr int64_t cacheLine = 64;
    PreparedLayout layout(features, countInputLaneRows(emission.gram, features),
                          cacheLine * 8 / emission.element.getWidth());
    EmittedFunctions block = emitBlock(emission, layout);
    eraseDeadCode(block.function);
    // once to see which tables an example's own kernels read, once to write all tables that are read
    PreparedLayout::Mark mark = layout.mark();
    auto trial = emitPrepare(emission, layout, /*writesTables=*/false);
    if (failed(trial))
      return failure();
    for (func::FuncOp function : *trial)
      eraseDeadCode(function);
    layout.finish();
    for (func::FuncOp function : *trial)
      function.erase();
    layout.forgetSince(mark);
    if (failed(emitPrepare(emission, layout, /*writesTables=*/true)))
      return failure();
    layout.fillIn();
    describe(emission, layout, block.flops);
    normalizers += layout.getNormalizerRows();
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
    int64_t vectorBytes = emission.lanes * bytes;
    int64_t scratch = (emission.plan.scratchVectors * emission.rows + emission.waitingVectors) * vectorBytes;
    if (emission.gram == GramMethod::blas)
      scratch = emission.tileRows * emission.tileColumns * bytes;
    const MatrixFormat *format = findMatrixFormat(emission.gram);
    bool isBlocked = emission.gram == GramMethod::registers || format;
    if (format)
      scratch = format->countScratch(layout.getFeatures(), emission.tileColumns) * bytes;
    if (emission.gram == GramMethod::registers)
      scratch = emission.gramRows * emission.gramVectors * vectorBytes;
    getOperation()->setAttr(
        "inet.kernel",
        builder.getDictionaryAttr(
            {entry("name", emission.network.getSymNameAttr()),
             entry("input_shape", emission.network.getInputShapeAttr()),
             entry("element", TypeAttr::get(emission.element)),
             entry("nngp", builder.getBoolAttr(emission.network.getNngp())),
             entry("ntk", builder.getBoolAttr(type.getNtk())), entry("lanes", integer(emission.lanes)),
             entry("amx", builder.getBoolAttr(format)),
             entry("row_step", integer(isBlocked ? emission.gramRows : emission.rows)),
             entry("tile_rows", integer(emission.tileRows)), entry("tile_columns", integer(emission.tileColumns)),
             entry("prepared_bytes_per_example", integer(layout.getNumbersPerExample() * bytes)),
             entry("prepare_scratch_bytes", integer(emission.prepareScratchVectors * vectorBytes)),
             entry("block_scratch_bytes", integer(scratch)), entry("flops_per_pair", builder.getF64FloatAttr(flops))}));
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
