#include "compiler/targets/Jit.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

using namespace inetc;
using namespace llvm::orc;

Jit::Jit(std::unique_ptr<LLJIT> jit) : jit(std::move(jit)) {}
Jit::~Jit() = default;

static bool take(llvm::Error failure, std::string &error) {
  if (!failure)
    return true;
  error = llvm::toString(std::move(failure));
  return false;
}

std::unique_ptr<Jit> Jit::create(Functions functions, std::string &error) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  // No platform: generated code has no constructors, exceptions or thread-local variables.
  llvm::Expected<std::unique_ptr<LLJIT>> made = LLJITBuilder().setPlatformSetUp(setUpInactivePlatform).create();
  if (!made)
    return take(made.takeError(), error), nullptr;
  std::unique_ptr<Jit> result(new Jit(std::move(*made)));
  SymbolMap symbols;
  for (auto [name, address] : functions)
    symbols[result->jit->mangleAndIntern(name)] = {ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported};
  // Beside them memset and its like, of this process.
  JITDylib &process = *result->jit->getProcessSymbolsJITDylib();
  if (!take(process.define(absoluteSymbols(std::move(symbols))), error))
    return nullptr;
  return result;
}

const InetProgram *Jit::add(llvm::StringRef object, llvm::StringRef symbol, std::string &error) {
  llvm::Expected<JITDylib &> library = jit->createJITDylib(("network" + llvm::Twine(objects++)).str());
  if (!library)
    return take(library.takeError(), error), nullptr;
  library->addToLinkOrder(*jit->getProcessSymbolsJITDylib());
  if (!take(jit->addObjectFile(*library, llvm::MemoryBuffer::getMemBufferCopy(object, symbol)), error))
    return nullptr;
  llvm::Expected<ExecutorAddr> program = jit->lookup(*library, symbol);
  if (!program)
    return take(program.takeError(), error), nullptr;
  return program->toPtr<const InetProgram *>();
}
