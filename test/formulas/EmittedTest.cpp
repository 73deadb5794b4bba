/// What the compiler emits, compiled and run here, against the same formulas on float and double.
#include "compiler/formulas/Emitted.h"

#include "compiler/formulas/Activations.h"

#include "Cases.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>

using namespace mlir;

namespace inetc::formulas {
namespace {

constexpr int inputCount = 3, outputCount = 3; // k or D, q, q'; Σ' or D', the factor, K

/// The results of one dual, whatever its state.
template <class S>
std::array<S, outputCount> evaluate(const Activation &activation, const S &pair, const S &q, const S &qq,
                                    DistanceFacts facts) {
  Normalizers<S> row = normalize(activation, q), column = normalize(activation, qq);
  if (getState(activation) == State::covariance) {
    Dual<S> dual = evaluateDual<S>(activation, pair, row, column);
    return {dual.nngp, dual.ntkFactor, pair};
  }
  DistanceDual<S> dual = evaluateDistanceDual<S>(activation, pair, row, column, facts);
  return {dual.nngp, dual.ntkFactor, dual.covariance};
}

bool hostHasAvx512() { return llvm::sys::getHostCPUFeatures().lookup("avx512f"); }

/// A module of functions f(const S *inputs, S *outputs), each on one vector of examples, compiled for the host.
class EmittedModule {
public:
  EmittedModule(bool single, int64_t lanes, bool avx512)
      : builder(&context), single(single), lanes(lanes), avx512(avx512) {
    context.loadDialect<arith::ArithDialect, math::MathDialect, LLVM::LLVMDialect>();
    registerBuiltinDialectTranslation(context);
    registerLLVMDialectTranslation(context);
    module = ModuleOp::create(builder.getUnknownLoc());
  }

  /// outputs[i] = vector i of the results. Values are stored one vector after another.
  void add(StringRef name, const Activation &activation, DistanceFacts facts) {
    Location loc = builder.getUnknownLoc();
    Type pointer = LLVM::LLVMPointerType::get(&context);
    builder.setInsertionPointToEnd(module->getBody());
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&context), {pointer, pointer});
    auto function = builder.create<LLVM::LLVMFuncOp>(loc, name, type);
    Block *entry = function.addEntryBlock(builder);
    builder.setInsertionPointToStart(entry);
    auto end = builder.create<LLVM::ReturnOp>(loc, ValueRange());
    FloatType element = single ? builder.getF32Type() : builder.getF64Type();
    EmissionContext emission(builder, loc, element, lanes, avx512, OpBuilder::InsertPoint(entry, entry->begin()));
    builder.setInsertionPoint(end);
    auto slot = [&](Value base, int index) -> Value {
      return builder.create<LLVM::GEPOp>(loc, pointer, emission.getType(), base, ArrayRef<LLVM::GEPArg>{index});
    };
    std::array<Emitted, inputCount> inputs;
    for (int i = 0; i < inputCount; ++i)
      inputs[i] =
          Emitted(emission, builder.create<LLVM::LoadOp>(loc, emission.getType(), slot(entry->getArgument(0), i)));
    auto outputs = evaluate<Emitted>(activation, inputs[0], inputs[1], inputs[2], facts);
    for (int i = 0; i < outputCount; ++i)
      builder.create<LLVM::StoreOp>(loc, outputs[i].getValue(), slot(entry->getArgument(1), i));
  }

  void compile() {
    PassManager passes(&context);
    passes.addPass(createConvertMathToLLVMPass());
    passes.addPass(createArithToLLVMConversionPass());
    ASSERT_TRUE(succeeded(passes.run(*module)));
    auto llvmContext = std::make_unique<llvm::LLVMContext>();
    std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(*module, *llvmContext);
    ASSERT_TRUE(llvmModule);
    jit = llvm::cantFail(llvm::orc::LLJITBuilder().create()); // for the CPU of the host
    llvmModule->setDataLayout(jit->getDataLayout());
    llvm::cantFail(jit->addIRModule({std::move(llvmModule), std::move(llvmContext)}));
  }

  template <class S> void run(StringRef name, const S *inputs, S *outputs) {
    llvm::cantFail(jit->lookup(name)).toPtr<void (*)(const S *, S *)>()(inputs, outputs);
  }

private:
  MLIRContext context;
  OpBuilder builder;
  bool single;
  int64_t lanes;
  bool avx512;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

const DistanceFacts everyFact[] = {
    {}, {.zeroIsInert = true}, {.nonnegative = true}, {.nonnegative = true, .zeroIsInert = true}};

/// Runs every activation with every set of facts on many pairs, and hands `check` the results in lanes and in S.
template <class S, class Check> void runAll(int64_t lanes, bool avx512, Check check) {
  EmittedModule module(std::is_same_v<S, float>, lanes, avx512);
  auto nameOf = [](const test::Case &test, int facts) { return test.label + "_" + std::to_string(facts); };
  for (const test::Case &test : test::allCases())
    for (int facts = 0; facts < 4; ++facts)
      module.add(nameOf(test, facts), test.make(), everyFact[facts]);
  module.compile();
  if (testing::Test::HasFatalFailure())
    return;
  int64_t width = std::max<int64_t>(lanes, 1);
  for (const test::Case &test : test::allCases()) {
    Activation activation = test.make();
    std::vector<std::array<S, inputCount>> pairs;
    for (S q : {S(0), S(1e-3), S(0.7), S(1), S(3.3)})
      for (S qq : {S(0), S(0.7), S(1.9)})
        for (S rho : {S(-1), S(-0.7), S(-0.02), S(0), S(0.3), S(0.9999), S(1)}) {
          S k = rho * std::sqrt(q * qq);
          bool covariance = getState(activation) == State::covariance;
          pairs.push_back({covariance ? k : q + qq - 2 * k, q, qq});
        }
    while (pairs.size() % width != 0)
      pairs.push_back(pairs.back());
    for (int facts = 0; facts < 4; ++facts)
      for (size_t first = 0; first < pairs.size(); first += width) {
        alignas(64) S inputs[inputCount * 16], outputs[outputCount * 16];
        for (int i = 0; i < inputCount; ++i)
          for (int64_t lane = 0; lane < width; ++lane)
            inputs[i * width + lane] = pairs[first + lane][i];
        module.run(nameOf(test, facts), inputs, outputs);
        for (int64_t lane = 0; lane < width; ++lane) {
          auto [pair, q, qq] = pairs[first + lane];
          SCOPED_TRACE(testing::Message() << nameOf(test, facts) << " at " << pair << ", " << q << ", " << qq);
          std::array<S, outputCount> want = evaluate<S>(activation, pair, q, qq, everyFact[facts]), got;
          for (int i = 0; i < outputCount; ++i)
            got[i] = outputs[i * width + lane];
          check(got, want, q, qq);
        }
      }
  }
}

class EmittedTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  }

  template <class S> static void expectSameBits(int64_t lanes) {
    runAll<S>(lanes, /*avx512=*/false, [](const auto &got, const auto &want, S q, S qq) {
      for (int i = 0; i < outputCount; ++i)
        EXPECT_EQ(std::memcmp(&got[i], &want[i], sizeof(S)), 0) << got[i] << " instead of " << want[i];
    });
  }

  template <class S> static void expectClose(int64_t lanes) {
    if (!hostHasAvx512())
      GTEST_SKIP() << "this machine has no AVX-512";
    runAll<S>(lanes, /*avx512=*/true, [](const auto &got, const auto &want, S q, S qq) {
      // Only reciprocal square roots differ, by 2 ulp; they enter differences of terms of the size of the smaller
      // variance, for the NTK factor of 1.
      for (int i = 0; i < outputCount; ++i) {
        S scale = std::max({std::fabs(want[i]), std::min(q, qq), i == 1 ? S(1) : S(0)});
        EXPECT_NEAR(got[i], want[i], 8 * std::numeric_limits<S>::epsilon() * scale);
      }
    });
  }
};

TEST_F(EmittedTest, VectorsOfFloatGiveTheSameBits) { expectSameBits<float>(16); }
TEST_F(EmittedTest, NarrowVectorsOfFloatGiveTheSameBits) { expectSameBits<float>(8); }
TEST_F(EmittedTest, VectorsOfDoubleGiveTheSameBits) { expectSameBits<double>(8); }
TEST_F(EmittedTest, ScalarsGiveTheSameBits) { expectSameBits<double>(0); }
TEST_F(EmittedTest, Avx512FloatIsAsAccurate) { expectClose<float>(16); }
TEST_F(EmittedTest, Avx512DoubleIsAsAccurate) { expectClose<double>(8); }

/// The ops of one emitted dual, and how many there are of each.
std::map<std::string, int> countOps(const Activation &activation, bool avx512, DistanceFacts facts) {
  MLIRContext context;
  context.loadDialect<arith::ArithDialect, math::MathDialect, LLVM::LLVMDialect>();
  OpBuilder builder(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  Block *body = module->getBody();
  auto vector = VectorType::get({16}, builder.getF32Type());
  SmallVector<BlockArgument> arguments;
  for (int i = 0; i < inputCount; ++i)
    arguments.push_back(body->addArgument(vector, builder.getUnknownLoc()));
  builder.setInsertionPointToStart(body);
  Operation *marker = builder.create<LLVM::UndefOp>(builder.getUnknownLoc(), vector);
  EmissionContext emission(builder, builder.getUnknownLoc(), builder.getF32Type(), 16, avx512,
                           OpBuilder::InsertPoint(body, Block::iterator(marker)));
  Emitted q(emission, arguments[1]), qq(emission, arguments[2]);
  builder.setInsertionPointToEnd(body);
  Normalizers<Emitted> row = normalize(activation, q), column = normalize(activation, qq);
  Operation *last = &body->back();
  evaluateDistanceDual<Emitted>(activation, Emitted(emission, arguments[0]), row, column, facts);
  std::map<std::string, int> counts;
  for (Operation *op = last->getNextNode(); op; op = op->getNextNode())
    ++counts[op->getName().getStringRef().str()];
  return counts;
}

TEST_F(EmittedTest, TheHotLoopOfReluIsShort) {
  std::map<std::string, int> counts = countOps(Relu{}, /*avx512=*/true, {.nonnegative = true, .zeroIsInert = true});
  EXPECT_EQ(counts["arith.divf"], 0);
  EXPECT_EQ(counts["math.sqrt"], 1);
  EXPECT_EQ(counts["arith.constant"], 0); // they stand where they were asked to
  // One vminps or vmaxps for each comparison with its select; a negation becomes part of an fma.
  int instructions = counts["math.fma"] + counts["arith.mulf"] + counts["arith.addf"] + counts["arith.subf"] +
                     counts["arith.select"] + counts["math.sqrt"];
  EXPECT_LE(instructions, 25); // each is 4% of the speed of everything
}

TEST_F(EmittedTest, ConstantsAreBuiltOnce) {
  MLIRContext context;
  context.loadDialect<arith::ArithDialect>();
  OpBuilder builder(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToStart(module->getBody());
  EmissionContext emission(builder, builder.getUnknownLoc(), builder.getF32Type(), 16, false,
                           builder.saveInsertionPoint());
  EXPECT_EQ(emission.getConstant(0.5), emission.getConstant(0.5));
  EXPECT_NE(emission.getConstant(0.0), emission.getConstant(-0.0));
  EXPECT_EQ(emission.getBits(23), emission.getBits(23));
}

} // namespace
} // namespace inetc::formulas
