#include "compiler/targets/Reference.h"

#include "compiler/dialects/Kt/KtOps.h"
#include "compiler/targets/Native.h"
#include "runtime/Abi.h"
#include "llvm/IR/Constants.h"

using namespace inetc;

// What kt-to-loops says of generated code, for the evaluator: prepared examples are the inputs as they are, and no
// vectors.
static mlir::DictionaryAttr describe(kt::NetworkOp network) {
  mlir::Builder builder(network.getContext());
  int64_t features = network.countFeatures();
  auto integer = [&](int64_t value) { return builder.getI64IntegerAttr(value); };
  auto entry = [&](llvm::StringRef name, mlir::Attribute value) { return builder.getNamedAttr(name, value); };
  return builder.getDictionaryAttr(
      {entry("name", network.getSymNameAttr()), entry("input_shape", network.getInputShapeAttr()),
       entry("element", mlir::TypeAttr::get(builder.getF64Type())),
       entry("nngp", builder.getBoolAttr(network.getNngp())),
       entry("ntk", builder.getBoolAttr(network.getReturn().getKernel().getType().getNtk())),
       entry("amx", builder.getBoolAttr(false)), entry("lanes", integer(1)), entry("row_step", integer(1)),
       entry("tile_rows", integer(64)), entry("tile_columns", integer(64)),
       entry("prepared_bytes_per_example", integer(features * sizeof(double))),
       entry("prepare_scratch_bytes", integer(0)), entry("block_scratch_bytes", integer(0)),
       entry("flops_per_pair", builder.getF64FloatAttr(0.0))});
}

std::unique_ptr<llvm::Module> inetc::createReferenceProgram(mlir::ModuleOp module, llvm::LLVMContext &context,
                                                            llvm::StringRef architecture) {
  std::unique_ptr<llvm::Module> program = createNativeModule("reference", context);
  std::string text;
  llvm::raw_string_ostream(text) << module;
  llvm::Constant *network = llvm::ConstantDataArray::getString(context, text);
  new llvm::GlobalVariable(*program, network->getType(), /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage,
                           network, "inet_reference_network");
  KernelVariant variant{describe(*module.getOps<kt::NetworkOp>().begin()),
                        CpuTarget{"reference", "", "", INET_CPU_BASELINE, 0, 0, false}};
  addProgram(*program, variant, "inet_program", architecture);
  // one evaluator for every network: its functions are not called after the network
  for (const char *function : {"prepare", "block"})
    program->getFunction(variant.getSymbol(function))->setName(llvm::Twine("inet_reference_") + function);
  return program;
}
