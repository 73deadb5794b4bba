//===- Program.cpp - prepare and block of `inetc --target=reference` ----------===//
//
// Linked into executables beside the runtime; the program brings its network as text. A prepared batch is the inputs as
// they are, [capacity][features] doubles; a tile is evaluated in long double and rounded once.
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/CompleteNetwork.h"
#include "compiler/reference/Evaluate.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "runtime/Abi.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>

using namespace mlir;
using namespace inetc;
using namespace inetc::reference;

using Real = long double;

/// The module with the kt.network, zero-terminated; in the generated object.
extern "C" const char inet_reference_network[];

namespace {

class Network {
public:
  // Parsed by whoever comes first. The runtime calls from several threads: none of them changes the network.
  static const Network &get() {
    static const Network network;
    return network;
  }

  int64_t getFeatures() const { return features; }

  KernelMatrices<Real> evaluate(const Inputs<Real> &rows, const Inputs<Real> &columns, bool same) const {
    FailureOr<KernelMatrices<Real>> matrices = evaluateTile(kt::NetworkOp(network.get()), rows, columns, same);
    if (failed(matrices))
      llvm::report_fatal_error("the reference evaluator cannot evaluate the network that it was linked with");
    return std::move(*matrices);
  }

private:
  Network() {
    context.loadDialect<kt::KtDialect>();
    module = parseSourceString<ModuleOp>(inet_reference_network, &context);
    if (!module || module->getOps<kt::NetworkOp>().empty())
      llvm::report_fatal_error("the program holds no kt.network");
    network = completeNetwork(*module->getOps<kt::NetworkOp>().begin());
    features = network->countFeatures();
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  mutable OwningOpRef<kt::NetworkOp> network; // operations know no const
  int64_t features = 1;
};

std::vector<Real> widen(const double *values, int64_t count) { return std::vector<Real>(values, values + count); }

} // namespace

extern "C" int64_t inet_reference_prepare(const void *x, int64_t begin, int64_t end, int64_t, void *prepared, void *) {
  const Network &network = Network::get();
  int64_t features = network.getFeatures();
  auto *from = static_cast<const double *>(x);
  std::copy(from, from + (end - begin) * features, static_cast<double *>(prepared) + begin * features);
  for (int64_t i = begin; i < end; ++i) {
    std::vector<Real> values = widen(from + (i - begin) * features, features);
    Inputs<Real> example{values, /*count=*/1, /*first=*/i};
    KernelMatrices<Real> kernel = network.evaluate(example, example, /*same=*/true);
    if (!std::isfinite(static_cast<double>(kernel.nngp[0])))
      return i;
  }
  return -1;
}

extern "C" void inet_reference_block(const InetTile *tile) {
  const Network &network = Network::get();
  int64_t features = network.getFeatures();
  auto read = [&](const void *prepared, int64_t begin, int64_t end) {
    return widen(static_cast<const double *>(prepared) + begin * features, (end - begin) * features);
  };
  std::vector<Real> rows = read(tile->prepared1, tile->row_begin, tile->row_end);
  std::vector<Real> columns = read(tile->prepared2, tile->column_begin, tile->column_end);
  KernelMatrices<Real> kernel =
      network.evaluate({rows, tile->row_end - tile->row_begin, tile->row_begin},
                       {columns, tile->column_end - tile->column_begin, tile->column_begin}, tile->same != 0);
  auto write = [&](const std::vector<Real> &from, void *to) {
    // the pointer of a result that was not asked for is null
    if (from.empty() || !to)
      return;
    for (int64_t i = 0; i < kernel.n1; ++i)
      for (int64_t j = 0; j < kernel.n2; ++j)
        static_cast<double *>(to)[i * tile->leading + j] = static_cast<double>(from[i * kernel.n2 + j]);
  };
  write(kernel.nngp, tile->nngp);
  write(kernel.ntk, tile->ntk);
}
