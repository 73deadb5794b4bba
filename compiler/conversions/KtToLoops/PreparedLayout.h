//===- PreparedLayout.h - where a prepared batch holds what ------------------===//
//
// A prepared batch of `capacity` examples is an array of numbers, rows of `capacity`:
//
//   features rows   the inputs, scaled to unit size: row-major [capacity][features] where a matrix product reads them,
//                   [features][capacity] where the lanes do
//   then one row for each normalizer: a number for each example that the code of a pair reads
//
// Normalizers are registered while the code of a pair is emitted, in the order of their first use, and computed by the
// code of `prepare`, which is emitted afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef INETC_CONVERSIONS_KTTOLOOPS_PREPAREDLAYOUT_H
#define INETC_CONVERSIONS_KTTOLOOPS_PREPAREDLAYOUT_H

#include "compiler/formulas/Emitted.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

namespace inetc {

class PreparedLayout {
public:
  using Formula = std::function<llvm::SmallVector<formulas::Emitted>(llvm::ArrayRef<formulas::Emitted>)>;

  /// `count` numbers of each example, computed from the values `of` (variances and scales).
  struct Normalizer {
    llvm::SmallVector<mlir::Value> of;
    int64_t row; // of the first number
    int64_t count;
    Formula formula;
  };

  PreparedLayout(int64_t features, bool featuresInLanes) : features(features), featuresInLanes(featuresInLanes) {}

  /// The first row of this normalizer, registered if it is new.
  int64_t require(mlir::ValueRange of, llvm::StringRef key, int64_t count, Formula formula);

  int64_t getFeatures() const { return features; }
  bool areFeaturesInLanes() const { return featuresInLanes; }
  int64_t getRows() const { return features + normalizerRows; }
  llvm::ArrayRef<Normalizer> getNormalizers() const { return normalizers; }

private:
  int64_t features;
  bool featuresInLanes;
  int64_t normalizerRows = 0;
  llvm::SmallVector<Normalizer> normalizers;
  llvm::MapVector<std::pair<mlir::Value, mlir::Value>, llvm::StringMap<int64_t>> known;
};

} // namespace inetc

#endif // INETC_CONVERSIONS_KTTOLOOPS_PREPAREDLAYOUT_H
