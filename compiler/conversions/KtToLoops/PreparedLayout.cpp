#include "compiler/conversions/KtToLoops/PreparedLayout.h"

using namespace inetc;

int64_t PreparedLayout::require(mlir::ValueRange of, llvm::StringRef key, int64_t count, Formula formula) {
  assert(!of.empty() && of.size() <= 2 && "a normalizer is made of a variance, a scale, or both");
  auto [entry, isNew] = known[{of.front(), of.size() > 1 ? of[1] : mlir::Value()}].try_emplace(key, getRows());
  if (!isNew)
    return entry->second;
  normalizers.push_back({llvm::SmallVector<mlir::Value>(of), getRows(), count, std::move(formula)});
  normalizerRows += count;
  return entry->second;
}
