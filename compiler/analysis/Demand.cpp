#include "compiler/analysis/Demand.h"

using namespace mlir;
using namespace inetc;

using kt::typeOf;

Demand::Demand(kt::NetworkOp network) {
  require(planes, network.getReturn().getKernel(), kt::PlaneSet::all());
  // operations stand in the order of their uses, so every reader of a value is seen before the value
  for (Operation &op : llvm::reverse(network.getBlock())) {
    auto kernelOp = dyn_cast<kt::KernelOpInterface>(op);
    std::optional<kt::PlaneSet> demand = kernelOp ? getPlanes(op.getResult(0)) : std::nullopt;
    if (!demand)
      continue;
    for (auto [index, input] : llvm::enumerate(kernelOp.getKernels()))
      require(planes, input, kernelOp.getInputDemand(index, *demand));
    requireSelf(kernelOp);
  }
}

void Demand::requireSelf(kt::KernelOpInterface op) {
  std::optional<kt::PlaneSet> demand = getSelfPlanes(op->getResult(0));
  if (!demand && op.needsVariance())
    demand = kt::PlaneSet::diagonal(typeOf(op->getResult(0)).getRank());
  if (!demand)
    return;
  for (auto [index, input] : llvm::enumerate(op.getKernels()))
    if (!(kt::isNegatedOfDual(op, index) && kt::holdsVariances(input, *demand)))
      require(selfPlanes, input, op.getSelfDemand(index, *demand));
}

void Demand::require(Planes &planes, Value kernel, const kt::PlaneSet &demand) {
  kt::PlaneSet clamped = demand.clampTo(typeOf(kernel).getPositions());
  auto [entry, isNew] = planes.try_emplace(kernel, clamped);
  if (!isNew)
    entry->second = entry->second.unionWith(clamped);
}

std::optional<kt::PlaneSet> Demand::lookup(const Planes &planes, Value kernel) {
  auto entry = planes.find(kernel);
  return entry == planes.end() ? std::nullopt : std::optional(entry->second);
}

std::optional<kt::PlaneSet> Demand::getPlanes(Value kernel) const { return lookup(planes, kernel); }
std::optional<kt::PlaneSet> Demand::getSelfPlanes(Value kernel) const { return lookup(selfPlanes, kernel); }
