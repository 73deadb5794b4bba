#include "compiler/targets/Link.h"

#include "compiler/targets/ScratchFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>

using namespace inetc;
using llvm::SmallString;
using llvm::StringRef;

// What the runtime's own libraries are; the order is the linker's.
static constexpr StringRef systemLibraries[] = {"-lopenblas", "-ltbb", "-lzip", "-lz",      "-ljpeg",
                                                "-lpng",      "-lcsv", "-lfmt", "-lpthread"};

// Where the runtime's archives lie: the build tree's folder of this inetc, or lib/ beside its bin/ once installed.
static std::string findRuntime(StringRef archive) {
  static int anchor;
  SmallString<256> self(llvm::sys::fs::getMainExecutable("inetc", &anchor));
  for (StringRef relative : {"../../runtime", "../lib/inetc"}) {
    SmallString<256> candidate(llvm::sys::path::parent_path(self));
    llvm::sys::path::append(candidate, relative, archive);
    llvm::sys::path::remove_dots(candidate, /*remove_dot_dot=*/true);
    if (llvm::sys::fs::exists(candidate))
      return std::string(candidate);
  }
  return (INETC_RUNTIME_DIR "/" + archive).str();
}

// Runs a program of the system and returns the first lines of what it says when it fails.
static std::string run(StringRef program, llvm::ArrayRef<StringRef> arguments, StringRef input = "") {
  llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(program);
  if (!path)
    return llvm::formatv("'{0}' is needed to link and was not found: install a C++ compiler (Debian: g++)", program);
  std::error_code error;
  ScratchFile log("log", error);
  if (error)
    return "no temporary file could be made: " + error.message();
  llvm::SmallVector<StringRef> command{*path};
  command.append(arguments.begin(), arguments.end());
  std::optional<StringRef> redirects[] = {input, log.getPath(), log.getPath()};
  std::string message;
  int status = llvm::sys::ExecuteAndWait(*path, command, std::nullopt, redirects, 0, 0, &message);
  std::string output;
  if (auto buffer = llvm::MemoryBuffer::getFile(log.getPath()))
    output = (*buffer)->getBuffer().take_front(2000).str();
  if (status == 0)
    return {};
  return llvm::formatv("{0} failed: {1}{2}", program, message, output);
}

namespace {

// A file that nobody sees before it is whole: under a name in the folder of the output, which a rename publishes. A
// link is followed; into what is no file (/dev/null) the whole is copied. Gone if a signal ends the compiler before.
class Output {
public:
  explicit Output(StringRef path) : path(path), destination(path) {
    if (std::error_code none = llvm::sys::fs::real_path(path, destination)) // a new file
      destination = path;
    isFile = !llvm::sys::fs::exists(destination) || llvm::sys::fs::is_regular_file(destination);
    error = isFile ? llvm::sys::fs::createUniqueFile(destination + ".%%%%%%", temporary)
                   : llvm::sys::fs::createTemporaryFile("inetc", "out", temporary);
    if (!error)
      llvm::sys::RemoveFileOnSignal(temporary);
  }
  ~Output() {
    if (!temporary.empty())
      llvm::sys::fs::remove(temporary);
    llvm::sys::DontRemoveFileOnSignal(temporary);
  }

  StringRef getTemporary() const { return temporary; }

  // What went wrong so far, as the user should read it; empty if nothing did.
  std::string describeError() const {
    return error ? llvm::formatv("cannot write '{0}': {1}", path, error.message()).str() : "";
  }

  // Whether the disk is too full for a program, which linkers say in many words or not at all.
  bool isDiskFull() const {
    StringRef folder = llvm::sys::path::parent_path(temporary); // linkers may have removed the file itself
    auto space = llvm::sys::fs::disk_space(folder.empty() ? "." : folder);
    return space && space->available < (4 << 20);
  }

  std::string publish() {
    error = isFile ? llvm::sys::fs::rename(temporary, destination) : llvm::sys::fs::copy_file(temporary, destination);
    return describeError();
  }

private:
  StringRef path;
  SmallString<128> destination, temporary;
  std::error_code error;
  bool isFile = true;
};

} // namespace

std::string inetc::linkExecutable(StringRef object, StringRef output, bool reference) {
  Output file(output);
  if (std::string error = file.describeError(); !error.empty())
    return error;
  std::string main = findRuntime("libinet_runtime_main.a"), runtime = findRuntime("libinet_runtime.a");
  std::string evaluator = reference ? findRuntime("libinet_reference.a") : "";
  llvm::SmallVector<StringRef> arguments{"-o", file.getTemporary(), object, main};
  if (reference)
    arguments.push_back(evaluator);
  arguments.push_back(runtime);
  arguments.append(std::begin(systemLibraries), std::end(systemLibraries));
  if (reference)
    arguments.append({INETC_LLVM_LIBRARY_FLAG, INETC_LLVM_RPATH_FLAG, "-lMLIR", "-lLLVM"});
  if (llvm::sys::findProgramByName("ld.lld"))
    arguments.push_back("-fuse-ld=lld");
  llvm::SmallVector<StringRef> more;
  StringRef(INETC_LINK_FLAGS).split(more, ' ', -1, /*KeepEmpty=*/false);
  arguments.append(more);
  if (std::string error = run("c++", arguments); !error.empty())
    return file.isDiskFull() ? llvm::formatv("cannot write '{0}': no space left on the disk", output).str() : error;
  llvm::sys::fs::setPermissions(file.getTemporary(),
                                llvm::sys::fs::all_read | llvm::sys::fs::owner_write | llvm::sys::fs::all_exe);
  return file.publish();
}

// Abi.h and Inet.h of the runtime, one after the other.
static constexpr const char *runtimeHeaders =
#include "RuntimeHeaders.inc"
    ;

// The header's text before and after these; {0} network, {1} scalar type, {2} features, {3} library,
// {4} the system's libraries; of a kernel's function {5} the end of its name, {6} how the runtime is called.
static constexpr const char *headerBegin =
    R"(/* Made by inetc. The network `{0}`, for C and C++: what it computes is declared at the end, what learns and predicts with
 * it before that.
 * Link: c++ program.o {3} {4}
 */
)";
static constexpr const char *headerDeclarations = R"(
#ifndef INET_{0}_H
#define INET_{0}_H

#ifdef __cplusplus
extern "C" {{
#endif

/* For the functions of the runtime above. */
extern const struct InetProgram {0}_program;
enum {{ {0}_features = {2} };
)";
static constexpr const char *headerKernel = R"(
/* The n1 x n2 kernel of x1 with x2 (row-major, {2} numbers an example), or of x1 with itself where x2 is null. A result that
 * is not wanted is null. threads: 0 for all cores. Returns 0, or 1 and a line in `error`. */
static inline int {0}_kernel{5}(const {1} *x1, int64_t n1, const {1} *x2, int64_t n2, {1} *nngp, {1} *ntk, int threads,
                             char *error, size_t error_size) {{
  return {6}, x1, n1, x2, n2, nngp, ntk, threads, error, error_size);
}
)";
static constexpr const char *headerEnd = R"(
#ifdef __cplusplus
}
#endif
#endif
)";

static bool isWholeArchive(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return false;
  auto archive = llvm::object::Archive::create((*buffer)->getMemBufferRef());
  if (!archive) {
    llvm::consumeError(archive.takeError());
    return false;
  }
  llvm::Error error = llvm::Error::success();
  int64_t members = 0;
  for ([[maybe_unused]] const llvm::object::Archive::Child &child : (*archive)->children(error))
    ++members;
  bool isWhole = !error && members > 0;
  llvm::consumeError(std::move(error));
  return isWhole;
}

std::string inetc::writeLibrary(StringRef object, StringRef output, StringRef name, StringRef precision,
                                int64_t features) {
  SmallString<128> header(output);
  Output file(output);
  if (std::string error = file.describeError(); !error.empty())
    return error;
  llvm::sys::fs::remove(file.getTemporary()); // ar makes it
  std::error_code error;
  ScratchFile script("mri", error);
  if (error)
    return "no temporary file could be made: " + error.message();
  {
    llvm::raw_fd_ostream os(script.getPath(), error);
    os << "create " << file.getTemporary() << "\naddmod " << object << "\naddlib " << findRuntime("libinet_runtime.a")
       << "\nsave\nend\n";
  }
  if (std::string failure = run("ar", {"-M"}, script.getPath()); !failure.empty())
    return failure;
  if (!isWholeArchive(file.getTemporary())) // of which ar says nothing
    return llvm::formatv("cannot write '{0}': {1}", output,
                         file.isDiskFull() ? "no space left on the disk" : "ar made no whole library");
  StringRef stem = llvm::sys::path::stem(output);
  stem.consume_front("lib");
  llvm::sys::path::remove_filename(header);
  llvm::sys::path::append(header, stem + ".h");
  llvm::raw_fd_ostream os(header, error);
  if (!error) {
    auto fill = [&](const char *text, bool isSingle = false) {
      const char *dtype = isSingle ? "F32" : "F64";
      const bool both = precision == "both";
      return llvm::formatv(text, name, isSingle ? "float" : "double", features, llvm::sys::path::filename(output),
                           llvm::join(std::begin(systemLibraries), std::end(systemLibraries), " "),
                           !both      ? ""
                           : isSingle ? "_f32"
                                      : "_f64",
                           both ? llvm::formatv("inet_compute_kernel_in(&{0}_program, INET_{1}", name, dtype).str()
                                : llvm::formatv("inet_compute_kernel(&{0}_program", name).str())
          .str();
    };
    os << fill(headerBegin) << runtimeHeaders << fill(headerDeclarations);
    for (StringRef each : {"f32", "f64"})
      if (precision == each || precision == "both")
        os << fill(headerKernel, each == "f32");
    os << fill(headerEnd);
    os.close();
    error = os.error();
    os.clear_error();
  }
  if (error)
    return llvm::formatv("cannot write '{0}': {1}", header, error.message());
  return file.publish();
}
