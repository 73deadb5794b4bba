// The laws of demand against brute force: which pairs of positions does a naive evaluation touch, when it computes what
// it is asked for and nothing else?

#include "compiler/analysis/Demand.h"
#include "compiler/transforms/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <set>

using namespace mlir;
using namespace inetc;

namespace {

using Sizes = std::vector<int64_t>;
using Pair = std::pair<Sizes, Sizes>; // two positions
using Pairs = std::set<Pair>;

//===----------------------------------------------------------------------===//
// Layers, written once as kt text and once as what they touch
//===----------------------------------------------------------------------===//

struct Layer {
  enum Kind { window, pool, dual, normalize, trace, mean } kind;
  Sizes size = {}, stride = {}, dilation = {}, low = {}, high = {};
  bool circular = false;
};

Layer conv(Sizes size, Sizes stride, Sizes low, Sizes high, bool circular = false, Sizes dilation = {}) {
  if (dilation.empty())
    dilation.assign(size.size(), 1);
  return {Layer::window, size, stride, dilation, low, high, circular};
}
Layer pool(Sizes size, Sizes stride, Sizes low = {}, Sizes high = {}, bool circular = false) {
  Sizes none(size.size(), 0);
  return {Layer::pool, size, stride, Sizes(size.size(), 1), low.empty() ? none : low, high.empty() ? none : high,
          circular};
}

Sizes outputOf(const Layer &layer, const Sizes &input) {
  Sizes output;
  for (size_t i = 0; i < input.size(); ++i)
    output.push_back(
        (input[i] + layer.low[i] + layer.high[i] - (layer.size[i] - 1) * layer.dilation[i] - 1) / layer.stride[i] + 1);
  return output;
}

// fn of every element of the box with these sizes
template <class Fn> void forAll(const Sizes &sizes, const Fn &fn) {
  Sizes at(sizes.size(), 0);
  for (;;) {
    fn(at);
    size_t i = 0;
    while (i < sizes.size() && ++at[i] == sizes[i])
      at[i++] = 0;
    if (i == sizes.size())
      return;
  }
}

// The input position under a tap; nothing beyond a border of zeros.
std::optional<Sizes> positionUnder(const Layer &layer, const Sizes &output, const Sizes &tap, const Sizes &input) {
  Sizes position;
  for (size_t i = 0; i < input.size(); ++i) {
    int64_t at = output[i] * layer.stride[i] + tap[i] * layer.dilation[i] - layer.low[i];
    while (layer.circular && at < 0)
      at += input[i];
    while (layer.circular && at >= input[i])
      at -= input[i];
    if (at < 0 || at >= input[i])
      return std::nullopt;
    position.push_back(at);
  }
  return position;
}

// The pairs of input positions that these pairs of the result read.
Pairs touch(const Layer &layer, const Pairs &result, const Sizes &input) {
  Pairs touched;
  auto add = [&](std::optional<Sizes> p, std::optional<Sizes> q) {
    if (p && q)
      touched.insert({*p, *q});
  };
  switch (layer.kind) {
  case Layer::dual:
  case Layer::normalize:
    return result;
  case Layer::trace:
    forAll(input, [&](const Sizes &p) { add(p, p); });
    break;
  case Layer::mean:
    forAll(input, [&](const Sizes &p) { forAll(input, [&](const Sizes &q) { add(p, q); }); });
    break;
  case Layer::window:
    for (const Pair &pair : result)
      forAll(layer.size, [&](const Sizes &tap) {
        add(positionUnder(layer, pair.first, tap, input), positionUnder(layer, pair.second, tap, input));
      });
    break;
  case Layer::pool:
    for (const Pair &pair : result)
      forAll(layer.size, [&](const Sizes &tap) {
        forAll(layer.size, [&](const Sizes &other) {
          add(positionUnder(layer, pair.first, tap, input), positionUnder(layer, pair.second, other, input));
        });
      });
    break;
  }
  return touched;
}

// For each dimension the |d| that occur.
std::vector<Sizes> displacementsOf(const Pairs &pairs, size_t rank) {
  std::vector<std::set<int64_t>> sets(rank);
  for (const auto &[p, q] : pairs)
    for (size_t i = 0; i < rank; ++i)
      sets[i].insert(std::abs(p[i] - q[i]));
  std::vector<Sizes> result;
  for (const auto &set : sets)
    result.emplace_back(set.begin(), set.end());
  return result;
}

std::vector<Sizes> displacementsOf(const kt::PlaneSet &planes, ArrayRef<int64_t> positions) {
  if (!planes.isAll())
    return planes.getSets();
  std::vector<Sizes> result;
  for (int64_t size : positions) {
    Sizes &set = result.emplace_back();
    for (int64_t d = 0; d < size; ++d)
      set.push_back(d);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

std::string listOf(const char *name, const Sizes &sizes) {
  std::string text = std::string(name) + " = array<i64: ";
  for (size_t i = 0; i < sizes.size(); ++i)
    text += (i ? ", " : "") + std::to_string(sizes[i]);
  return text + ">";
}

std::string typeOf(const Sizes &positions) {
  std::string text = "!kt.kernel<";
  for (size_t i = 0; i < positions.size(); ++i)
    text += (i ? "x" : "") + std::to_string(positions[i]);
  return text + (positions.empty() ? "point" : "") + ", planes = all, state = covariance, nngp, f64>";
}

// The attributes of a layer.
std::string spell(const Layer &layer) {
  switch (layer.kind) {
  case Layer::dual:
    return "{activation = \"relu\", parameters = array<f64>}";
  case Layer::normalize:
    return "{eps = 1.0e-12}";
  case Layer::trace:
  case Layer::mean:
    return "";
  default:
    break;
  }
  return "{" + listOf("size", layer.size) + ", " + listOf("stride", layer.stride) + ", " +
         listOf("pad_low", layer.low) + ", " + listOf("pad_high", layer.high) +
         (layer.kind == Layer::window ? ", " + listOf("dilation", layer.dilation) : "") +
         (layer.circular ? ", circular}" : "}");
}

class Network {
public:
  // A chain from the gram of `input` positions.
  Network(const Sizes &input, const std::vector<Layer> &layers) {
    static const char *names[] = {"window", "pool", "dual", "normalize", "trace", "mean"};
    std::string shape, body = "%0 = kt.gram {channels = 3 : i64} : () -> " + typeOf(input) + "\n";
    for (int64_t size : input)
      shape += std::to_string(size) + ", ";
    sizes.push_back(input);
    for (size_t i = 0; i < layers.size(); ++i) {
      const Layer &layer = layers[i];
      bool isReadout = layer.kind == Layer::trace || layer.kind == Layer::mean;
      bool slides = layer.kind == Layer::window || layer.kind == Layer::pool;
      Sizes output = isReadout ? Sizes() : slides ? outputOf(layer, sizes.back()) : sizes.back();
      body += "%" + std::to_string(i + 1) + " = kt." + names[layer.kind] + " %" + std::to_string(i) + " " +
              spell(layer) + " : (" + typeOf(sizes.back()) + ") -> " + typeOf(output) + "\n";
      sizes.push_back(output);
    }
    parse("kt.network @net input [" + shape + "3] {\n" + body + "kt.return %" + std::to_string(layers.size()) + " : " +
          typeOf(sizes.back()) + "\n}\n");
  }
  explicit Network(const std::string &text) { parse(text); }

  kt::NetworkOp get() { return *module->getOps<kt::NetworkOp>().begin(); }

  void chooseStates() {
    PassManager passes(&context);
    passes.nest<kt::NetworkOp>().addPass(createKtChooseState());
    ASSERT_TRUE(succeeded(passes.run(*module)));
  }

  // The result of the operation number `index`.
  /// Of the values of the network; distances to negated examples stand beside them.
  Value operator[](size_t index) {
    for (auto op : get().getOps<kt::KernelOpInterface>())
      if (!kt::typeOf(op->getResult(0)).getNegated() && index-- == 0)
        return op->getResult(0);
    return {};
  }

  std::vector<Sizes> sizes; // of each value

private:
  void parse(const std::string &text) {
    context.loadDialect<kt::KtDialect>();
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module) << text;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

struct Case {
  const char *name;
  Sizes input;
  std::vector<Layer> layers;
  bool exact = true; // false: the law counts windows that a stride behind them leaves out
  friend void PrintTo(const Case &value, std::ostream *os) { *os << value.name; }
};

const Layer relu{Layer::dual}, flatten{Layer::trace}, globalPool{Layer::mean};

const Case cases[] = {
    {"Flatten", {8, 7}, {conv({3, 3}, {1, 1}, {1, 1}, {1, 1}), relu, flatten}},
    {"Global", {8, 7}, {conv({3, 3}, {1, 1}, {1, 1}, {1, 1}), relu, globalPool}},
    {"ValidGlobal", {8, 7}, {conv({3, 4}, {1, 1}, {0, 0}, {0, 0}), relu, globalPool}},
    {"PoolFlatten", {8, 6}, {relu, pool({2, 2}, {2, 2}), relu, flatten}},
    {"OverlappingPools", {9}, {relu, pool({3}, {2}, {1}, {1}), pool({2}, {1}), flatten}},
    {"PoolUnderAStride", {16}, {relu, pool({2}, {2}), conv({3}, {2}, {0}, {1}), globalPool}},
    {"StrideUnderAPool", {16}, {conv({3}, {2}, {0}, {1}), relu, pool({2}, {2}), flatten}},
    {"StridedTwice",
     {16, 12},
     {conv({3, 3}, {2, 2}, {0, 0}, {1, 1}), relu, conv({3, 3}, {2, 2}, {0, 0}, {1, 1}), globalPool}},
    {"StridesPools", {24}, {conv({3}, {3}, {0}, {0}), pool({2}, {2}), relu, pool({2}, {1}), flatten}},
    {"Dilated", {12}, {conv({3}, {1}, {0}, {0}, false, {4}), relu, globalPool}},
    {"EvenWindows",
     {8, 7},
     {conv({2, 4}, {1, 1}, {0, 1}, {1, 2}), relu, pool({2, 2}, {1, 1}, {0, 0}, {1, 1}), flatten}},
    {"LocalReadout", {11}, {relu, pool({5}, {1}, {2}, {2}), flatten}},
    {"LocalReadoutStrided", {12}, {conv({3}, {2}, {0}, {1}), relu, pool({3}, {1}, {1}, {1}), flatten}},
    {"Circular", {9}, {relu, conv({3}, {1}, {1}, {1}, true), flatten}},
    {"CircularStrided", {12}, {relu, conv({3}, {2}, {0}, {1}, true), relu, conv({3}, {3}, {0}, {0}), globalPool}},
    {"CircularStridedOdd", {9}, {relu, conv({3}, {2}, {1}, {1}, true), relu, conv({1}, {2}, {0}, {0}), globalPool}},
    {"CircularPool", {9, 8}, {relu, pool({3, 2}, {2, 2}, {1, 0}, {1, 0}, true), flatten}},
    {"CircularPoolUnderAStride",
     {16},
     {relu, pool({3}, {2}, {0}, {1}, true), conv({1}, {4}, {0}, {0}), globalPool},
     false},
    {"CircularTwiceRound", {4}, {relu, pool({11}, {1}, {5}, {5}, true), flatten}},
    {"Volume",
     {4, 5, 3},
     {conv({2, 3, 3}, {1, 2, 1}, {0, 1, 1}, {1, 1, 1}), relu, pool({2, 1, 3}, {2, 1, 1}), flatten}},
};

class Demands : public testing::TestWithParam<Case> {
protected:
  static void expectDemand(const std::vector<Sizes> &demand, const std::vector<Sizes> &touched, size_t layer) {
    if (GetParam().exact) {
      EXPECT_EQ(demand, touched) << "before layer " << layer;
    }
    for (size_t i = 0; i < touched.size(); ++i)
      EXPECT_TRUE(std::includes(demand[i].begin(), demand[i].end(), touched[i].begin(), touched[i].end()))
          << "before layer " << layer << ", dimension " << i;
  }
};

// The planes that are demanded are those that are touched, in each dimension.
TEST_P(Demands, AreWhatIsTouched) {
  const Case &param = GetParam();
  Network network(param.input, param.layers);
  Demand demand(network.get());
  Pairs touched;
  for (size_t i = param.layers.size(); i-- > 0;) {
    touched = touch(param.layers[i], touched, network.sizes[i]);
    std::optional<kt::PlaneSet> planes = demand.getPlanes(network[i]);
    ASSERT_TRUE(planes) << i;
    expectDemand(displacementsOf(*planes, network.sizes[i]), displacementsOf(touched, network.sizes[i].size()), i);
  }
}

// The planes of the self kernels, likewise: a pair of examples reads variances, and D₁₁ under each window of a pool; an
// example's own kernel goes on from there.
TEST_P(Demands, OfSelfKernelsAreWhatIsTouched) {
  const Case &param = GetParam();
  Network network(param.input, param.layers);
  network.chooseStates();
  Demand demand(network.get());
  Pairs touched;
  bool variancesMatter = false;
  for (size_t i = param.layers.size(); i-- > 0;) {
    const Layer &layer = param.layers[i];
    if (layer.kind == Layer::dual) // reads the variances of its input; its own result's are made of them
      variancesMatter = true;
    if (!variancesMatter) // behind the last activation: not the business of this test
      continue;
    // what the arithmetic of a pair reads of a centered pool's input is what the variances of its result are made of
    if (layer.kind != Layer::window)
      forAll(network.sizes[i + 1], [&](const Sizes &p) { touched.insert({p, p}); });
    touched = touch(layer, touched, network.sizes[i]);
    std::optional<kt::PlaneSet> planes = demand.getSelfPlanes(network[i]);
    ASSERT_TRUE(planes) << i;
    expectDemand(displacementsOf(*planes, network.sizes[i]), displacementsOf(touched, network.sizes[i].size()), i);
  }
}

INSTANTIATE_TEST_SUITE_P(Chains, Demands, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

//===----------------------------------------------------------------------===//
// By hand
//===----------------------------------------------------------------------===//

// Two readers of one value, a flattened branch and one with a pool: the union, in each dimension.
TEST(Demand, JoinsTheDemandsOfBranches) {
  Network network(R"(
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f64>
!a = !kt.kernel<8x8, planes = all, state = covariance, nngp, f64>
!b = !kt.kernel<3x8, planes = all, state = covariance, nngp, f64>
kt.network @net input [8, 8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !a
  %1 = kt.trace %0 : (!a) -> !k
  %2 = kt.window %0 {size = array<i64: 1, 1>, stride = array<i64: 3, 1>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (!a) -> !b
  %3 = kt.mean %2 : (!b) -> !k
  %4 = kt.affine %0 {a2 = 2.0} : (!a) -> !a
  %5 = kt.pool %4 {size = array<i64: 2, 2>, stride = array<i64: 1, 1>, pad_low = array<i64: 0, 0>,
                   pad_high = array<i64: 1, 1>} : (!a) -> !a
  %6 = kt.trace %5 : (!a) -> !k
  %7 = kt.add %1, %3, %6 : (!k, !k, !k) -> !k
  kt.return %7 : !k
}
)");
  Demand demand(network.get());
  std::vector<Sizes> gram = {{0, 1, 3, 6}, {0, 1, 2, 3, 4, 5, 6, 7}}, branch = {{0, 1}, {0, 1}};
  EXPECT_EQ(demand.getPlanes(network[0])->getSets(), gram);
  EXPECT_EQ(demand.getPlanes(network[4])->getSets(), branch);
  // nobody reads a variance
  EXPECT_FALSE(demand.getSelfPlanes(network[0]));
}

// What no result needs is not demanded.
TEST(Demand, OfADeadValueIsNone) {
  Network network(R"(
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f64>
kt.network @net input [3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !k
  %1 = kt.affine %0 {a2 = 2.0} : (!k) -> !k
  kt.return %0 : !k
}
)");
  Demand demand(network.get());
  EXPECT_TRUE(demand.getPlanes(network[0]));
  EXPECT_FALSE(demand.getPlanes(network[1]));
}

// Myrtle networks: before the first pool an example needs 7 x 7 planes of itself, before the second 3 x 3, then one.
TEST(Demand, OfSelfKernelsBehindTwoPools) {
  Layer pool2 = pool({2, 2}, {2, 2}), same = conv({3, 3}, {1, 1}, {1, 1}, {1, 1});
  Network network({32, 32}, {same, relu, pool2, same, relu, pool2, same, relu, pool2, pool2, pool2, flatten});
  network.chooseStates();
  Demand demand(network.get());
  auto count = [&](size_t index, int64_t size) { return demand.getSelfPlanes(network[index])->count({size, size}); };
  EXPECT_EQ(count(0, 32), 49);
  EXPECT_EQ(count(2, 32), 49);
  EXPECT_EQ(count(3, 16), 9);
  EXPECT_EQ(count(5, 16), 9);
  EXPECT_EQ(count(6, 8), 1);
  EXPECT_EQ(count(8, 8), 1);
  // half the planes of a pair are those of d < 0
  EXPECT_EQ(demand.getPlanes(network[0])->count({32, 32}), 63 * 63);
}

// A strided network, as the share of planes that is left before each stride.
TEST(Demand, StridesLeaveAQuarterEach) {
  Layer strided = conv({3, 3}, {2, 2}, {0, 0}, {1, 1});
  Network network({32, 32}, {strided, relu, strided, globalPool});
  Demand demand(network.get());
  auto share = [&](size_t index, int64_t size) {
    double whole = static_cast<double>(kt::PlaneSet::all().count({size, size}));
    return static_cast<double>(demand.getPlanes(network[index])->count({size, size})) / whole;
  };
  EXPECT_EQ(demand.getPlanes(network[0])->count({32, 32}), 15 * 15);
  // 15² of 63² and of 31²: 1/16 and 1/4 but for the rims
  EXPECT_NEAR(share(0, 32), 1.0 / 16, 0.01);
  EXPECT_NEAR(share(1, 16), 1.0 / 4, 0.02);
  EXPECT_TRUE(demand.getPlanes(network[3])->isAll());
}

// A norm over channels reads variances as an activation does; a smooth network's pool reads Σ of the examples
// themselves.
TEST(Demand, OfCovariancesAndNorms) {
  Layer norm{Layer::normalize};
  Network network({8}, {norm, pool({2}, {2}), norm, globalPool});
  network.chooseStates();
  EXPECT_EQ(cast<kt::KernelType>(network[1].getType()).getState(), kt::State::covariance);
  Demand demand(network.get());
  std::vector<Sizes> close = {{0, 1}}, self = {{0}};
  EXPECT_EQ(demand.getSelfPlanes(network[0])->getSets(), close);
  EXPECT_EQ(demand.getSelfPlanes(network[1])->getSets(), close);
  EXPECT_EQ(demand.getSelfPlanes(network[2])->getSets(), self);
  EXPECT_FALSE(demand.getSelfPlanes(network[4]));
}

} // namespace
