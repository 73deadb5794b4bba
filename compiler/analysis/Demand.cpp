#include "compiler/analysis/Demand.h"

using namespace mlir;
using namespace inetc;

Demand::Demand(kt::NetworkOp network) {
  auto require = [&](Value kernel, const kt::PlaneSet &demand) {
    auto [entry, isNew] = planes.try_emplace(kernel, demand);
    if (!isNew)
      entry->second = entry->second.unionWith(demand);
  };
  Value result = network.getReturn().getKernel();
  require(result, kt::PlaneSet::all());
  // operations stand in the order of their uses, so every reader of a value is seen before the value
  for (Operation &op : llvm::reverse(network.getBlock())) {
    auto kernelOp = dyn_cast<kt::KernelOpInterface>(op);
    if (!kernelOp)
      continue;
    std::optional<kt::PlaneSet> demand = getPlanes(op.getResult(0));
    if (!demand)
      continue;
    for (auto [index, input] : llvm::enumerate(kernelOp.getKernels())) {
      ArrayRef<int64_t> positions = cast<kt::KernelType>(input.getType()).getPositions();
      require(input, kernelOp.getInputDemand(index, *demand).clampTo(positions));
    }
  }
}

std::optional<kt::PlaneSet> Demand::getPlanes(Value kernel) const {
  auto entry = planes.find(kernel);
  return entry == planes.end() ? std::nullopt : std::optional(entry->second);
}
