// Whatever the text of a network file, the front end ends with a module or with errors: it does not crash, leak or
// hang.
//
// The input is the network file; after a zero byte what every import reads; after another the value of -D depth.
#include "compiler/frontend/Importer.h"

#include "compiler/dialects/Inet/InetOps.h"

#include "llvm/Support/SourceMgr.h"

#include <cstdint>
#include <cstdlib>

using namespace inetc;

// The libraries of LLVM are not instrumented, and their allocators share memory with those in our own code: what one
// side poisons the other does not unpoison.
extern "C" const char *__asan_default_options() { return "allow_user_poisoning=0"; }

static std::vector<std::string> split(const uint8_t *data, size_t size) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == 0 && parts.size() < 3)
      parts.emplace_back();
    else
      parts.back() += static_cast<char>(data[i]);
  }
  return parts;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::vector<std::string> parts = split(data, size);
  ImportOptions options;
  options.path = "main.inet";
  options.readFile = [&](const std::string &path, std::string &error) -> std::optional<std::string_view> {
    if (path == options.path)
      return parts[0];
    if (parts.size() > 1)
      return parts[1];
    error = "no such file or directory";
    return std::nullopt;
  };
  if (parts.size() > 2)
    options.definitions.emplace_back("depth", parts[2]);

  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  bool errors = false;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    errors = true;
    return mlir::success();
  });
  llvm::SourceMgr sources;
  mlir::OwningOpRef<mlir::ModuleOp> module = importNetwork(context, sources, options);
  // Either a module or a reason why there is none.
  if (static_cast<bool>(module) == errors)
    std::abort();
  return 0;
}
