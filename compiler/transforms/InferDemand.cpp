#include "compiler/analysis/Demand.h"
#include "compiler/transforms/Passes.h"

using namespace mlir;

namespace inetc {
#define GEN_PASS_DEF_KTINFERDEMAND
#include "compiler/transforms/Passes.h.inc"
} // namespace inetc

namespace {
struct InferDemandPass : inetc::impl::KtInferDemandBase<InferDemandPass> {
  void runOnOperation() override {
    inetc::Demand demand(getOperation());
    for (Operation &op : getOperation().getBlock())
      for (Value result : op.getResults()) {
        auto type = dyn_cast<inetc::kt::KernelType>(result.getType());
        std::optional<inetc::kt::PlaneSet> planes = demand.getPlanes(result);
        if (!type || !planes || *planes == type.getPlanes())
          continue;
        result.setType(type.withPlanes(*planes));
        ++restricted;
      }
  }
};
} // namespace
