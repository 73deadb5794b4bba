#include "compiler/targets/Native.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace inetc;

void inetc::registerTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
}

// One for all variants: each function names its own processor.
static std::unique_ptr<llvm::TargetMachine> createMachine() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  std::string triple = llvm::sys::getProcessTriple(), error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  options.LoopAlignment = 64; // a cache line, so that how fast a loop is does not depend on the code before it
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, "", "", options, llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

// before any optimisation: addresses are folded by it
static void setLayout(llvm::Module &module) {
  if (std::unique_ptr<llvm::TargetMachine> machine = createMachine()) {
    module.setDataLayout(machine->createDataLayout());
    module.setTargetTriple(machine->getTargetTriple().str());
  }
}

std::unique_ptr<llvm::Module> inetc::createNativeModule(llvm::StringRef name, llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>(name, context);
  setLayout(*module);
  return module;
}

std::unique_ptr<llvm::Module> inetc::translateVariant(mlir::ModuleOp module, llvm::LLVMContext &context,
                                                      const KernelVariant &variant) {
  std::unique_ptr<llvm::Module> translated = mlir::translateModuleToLLVMIR(module, context, variant.getNetworkName());
  if (!translated)
    return nullptr;
  setLayout(*translated);
  addAbiFunctions(*translated, variant);
  return translated;
}

bool inetc::linkModules(llvm::Module &into, std::unique_ptr<llvm::Module> from) {
  return !llvm::Linker::linkModules(into, std::move(from));
}

void inetc::optimize(llvm::Module &module) {
  std::unique_ptr<llvm::TargetMachine> machine = createMachine();
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopUnrolling = tuning.LoopInterleaving = false;
  llvm::PassBuilder builder(machine.get(), tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(module, modules);
}

std::string inetc::emitNative(llvm::Module &module, NativeFormat format, llvm::raw_pwrite_stream &os) {
  std::unique_ptr<llvm::TargetMachine> machine = createMachine();
  if (!machine)
    return "LLVM was built without code generation for this machine";
  llvm::legacy::PassManager passes;
  auto type = format == NativeFormat::object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile;
  if (machine->addPassesToEmitFile(passes, os, nullptr, type))
    return "LLVM cannot write this kind of file for this machine";
  passes.run(module);
  return {};
}
