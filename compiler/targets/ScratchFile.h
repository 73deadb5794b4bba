//===- ScratchFile.h - a temporary file that is gone afterwards ---------------===//

#ifndef INETC_TARGETS_SCRATCHFILE_H
#define INETC_TARGETS_SCRATCHFILE_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"

namespace inetc {

/// An empty file in the system's folder for such; removed by the destructor, and where a signal ends the program.
class ScratchFile {
public:
  /// A new name that ends in `suffix`; `error` says whether it could be made.
  ScratchFile(llvm::StringRef suffix, std::error_code &error) {
    error = llvm::sys::fs::createTemporaryFile("inetc", suffix, path);
    if (!error)
      llvm::sys::RemoveFileOnSignal(path);
  }
  ~ScratchFile() {
    if (path.empty())
      return;
    llvm::sys::fs::remove(path);
    llvm::sys::DontRemoveFileOnSignal(path);
  }
  ScratchFile(const ScratchFile &) = delete;
  ScratchFile &operator=(const ScratchFile &) = delete;

  llvm::StringRef getPath() const { return path; }

private:
  llvm::SmallString<128> path;
};

} // namespace inetc

#endif // INETC_TARGETS_SCRATCHFILE_H
