// The plan of planes: what pools get, by brute force; slabs and forms that share memory, by acting the plan out.

#include "compiler/conversions/KtToLoops/PlanePlan.h"
#include "test/reference/Networks.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace inetc;
using namespace inetc::test;

namespace {

struct PlanCase {
  const char *name, *body;
  friend void PrintTo(const PlanCase &value, std::ostream *os) { *os << value.name; }
};

const PlanCase cases[] = {
    {"Chain", "input [6, 7, 2] return input -> conv(3, pad = same) -> relu -> conv(3, pad = same) -> relu -> "
              "conv([3, 1], pad = same) -> erf -> global_avg_pool -> dense"},
    {"Sequence", "input [11, 2] return input -> conv(3) -> relu -> avg_pool(3, stride = 2) -> conv(2) -> relu -> flatten -> dense"},
    {"PoolByPool", "input [12, 12, 2] default conv { pad = same } return input -> conv(3) -> relu -> avg_pool(2, stride = 2) -> "
                   "conv(3) -> relu -> avg_pool(2, stride = 2) -> conv(3) -> relu -> global_avg_pool -> dense"},
    {"Overlapping", "input [9, 8, 2] return input -> conv(3, pad = same) -> relu -> avg_pool(3, stride = 2, pad = same) -> "
                    "conv(2) -> relu -> sum_pool([2, 3], stride = 1) -> conv(1) -> relu -> flatten -> dense"},
    {"UnderAStride", "input [12, 11, 2] return input -> conv(3, pad = same) -> relu -> avg_pool(2, stride = 2) -> "
                     "conv(3, stride = 2, pad = same) -> relu -> avg_pool(2, stride = 1) -> conv(1) -> relu -> global_avg_pool"},
    {"Circular", "input [8, 6, 2] return input -> conv(3, pad = circular) -> relu -> avg_pool(3, stride = 1, pad = circular) -> "
                 "conv(3, pad = circular) -> relu -> sum_pool(2, stride = 2, pad = circular) -> conv(2) -> relu -> global_avg_pool"},
    {"CircleThenLine", "input [9, 6, 2] return input -> conv(3, pad = circular) -> relu -> avg_pool(3, stride = 1) -> conv(2) -> "
                       "relu -> avg_pool(2, stride = 2) -> conv(1) -> relu -> global_avg_pool"},
    {"WidePoolOnACircle", "input [5, 2] return input -> conv(2, pad = circular) -> relu -> sum_pool(4, stride = 3, pad = circular) -> "
                          "conv(2) -> relu -> global_avg_pool"},
    {"Branches", "input [8, 8, 2] default conv { pad = same } x = input -> conv(3) "
                 "a = x -> relu -> conv(3, stride = 2) b = x -> relu -> conv(3) -> abs -> conv(2, stride = 2) y = a + b "
                 "z = y + (y -> relu -> conv(3) -> relu -> conv([5, 3])) return z -> relu -> conv(3, dilation = 2) -> relu -> flatten"},
    {"JoinOverAPool", "input [6, 6, 2] default conv { pad = same } x = input -> conv(3) "
                      "a = x -> relu -> conv(3) -> avg_pool(3, stride = 1, pad = same) -> relu -> conv(3) "
                      "return (x + a) -> relu -> flatten -> dense"},
    {"TwoSumsFromOne", "input [6, 6, 3] default conv { pad = same } x = input -> conv(2) "
                       "b = (x -> relu -> conv(2) -> erf -> conv(2)) + (x -> abs -> conv(3)) "
                       "return ((x -> sigmoid_like -> conv(2)) + (b -> cos -> conv([1, 2]))) -> gaussian -> global_sum_pool"},
    {"Volume", "input [4, 5, 3, 2] return input -> conv([3, 3, 1], pad = same) -> relu -> avg_pool(2, stride = [2, 1, 1]) -> "
               "conv(2, pad = same) -> relu -> conv([1, 3, 1], pad = same) -> relu -> global_avg_pool"},
};

class PlanePlans : public testing::TestWithParam<PlanCase> {
protected:
  void SetUp() override {
    kt::NetworkOp network = networks.importText(std::string("network n { ") + GetParam().body + " }");
    ASSERT_TRUE(network);
    network = networks.runTo(KtStage::tiled);
    auto planned = planPlanes(network.getBlock(), /*streamed=*/true);
    ASSERT_TRUE(succeeded(planned));
    plan = std::move(*planned);
  }

  Networks networks;
  PlanePlan plan;
};

// (a, d) and (P, D): position and displacement of the pool's input, and of its output; and how often
using Additions = std::map<std::array<int64_t, 4>, int>;

Additions bruteForce(const kt::WindowDimension &window, int64_t size, int64_t outputs) {
  Additions result;
  auto under = [&](int64_t output, int64_t tap) {
    int64_t at = output * window.stride - window.padLow + tap;
    return window.circular ? ((at % size) + size) % size : at;
  };
  for (int64_t p = 0; p < outputs; ++p)
    for (int64_t q = 0; q < outputs; ++q)
      for (int64_t t = 0; t < window.size; ++t)
        for (int64_t u = 0; u < window.size; ++u) {
          int64_t a = under(p, t), b = under(q, u);
          if (a >= 0 && a < size && b >= 0 && b < size)
            ++result[{a, b - a, p, q - p}];
        }
  return result;
}

TEST_P(PlanePlans, PoolsGetEveryPairUnderTheirWindows) {
  for (const Level &level : plan.levels)
    for (const Sink &sink : level.sinks) {
      if (sink.source < 0)
        continue;
      const PlaneSource &source = plan.sources[sink.source];
      const Grid &grid = level.grids[level.gridOf.lookup(sink.input)];
      auto window = planeWindow(sink.operation);
      for (size_t i = 0; i < window.size(); ++i) {
        std::set<int64_t> wanted(source.displacements[i].begin(), source.displacements[i].end());
        Additions expected, got;
        for (auto &[addition, count] : bruteForce(window[i], grid.positions[i], source.positions[i]))
          if (wanted.count(addition[3]))
            expected[addition] = count;
        ASSERT_EQ(source.contributions[i].size(), level.displacements[i].size() * level.countParts(i));
        for (size_t index = 0; index < source.contributions[i].size(); ++index) {
          int64_t parts = level.countParts(i);
          int64_t base = level.displacements[i][index / parts] - static_cast<int64_t>(index) % parts * level.modulus[i];
          int64_t d = base / grid.stride[i];
          for (const Contribution &entry : source.contributions[i][index]) {
            int64_t displacement = source.displacements[i][entry.plane];
            for (int64_t p = entry.begin; p < entry.end; ++p)
              ++got[{window[i].stride * p + entry.shift + std::max<int64_t>(0, -d), d, p + std::max<int64_t>(0, -displacement),
                     displacement}];
          }
        }
        EXPECT_EQ(got, expected) << "dimension " << i;
      }
    }
}

// Acts out in which order slabs run, as EmitPlanes does, and what lies in memory.
class Slabs {
public:
  explicit Slabs(const PlanePlan &plan) : plan(plan) {
    lying.resize(plan.sources.size());
    read.resize(plan.sources.size());
  }

  void run() {
    for (size_t i = 0; i < plan.levels[0].displacements[0].size(); ++i) {
      runSlab(0, i);
      for (size_t k = 1; k < plan.levels.size(); ++k)
        for (int64_t next = plan.levels[k].runAfter[i]; next < plan.levels[k].runAfter[i + 1]; ++next)
          runSlab(k, plan.levels[k].order[next]);
    }
    for (size_t k = 0; k < plan.levels.size(); ++k)
      EXPECT_EQ(count[k], plan.levels[k].displacements[0].size()) << "level " << k;
    for (size_t s = 0; s < plan.sources.size(); ++s)
      EXPECT_EQ(read[s].size(), plan.sources[s].displacements[0].size()) << "source " << s;
  }

private:
  void use(size_t s, int64_t plane) {
    const PlaneSource &source = plan.sources[s];
    auto end = [&](int64_t slab) { return source.slabBegins[slab] + source.countRows(slab) * source.rowVectors; };
    EXPECT_LE(end(plane), source.vectors);
    for (int64_t other : lying[s])
      EXPECT_TRUE(other == plane || end(other) <= source.slabBegins[plane] || end(plane) <= source.slabBegins[other])
          << "planes " << other << " and " << plane << " of source " << s << " share memory";
    EXPECT_FALSE(read[s].count(plane)) << "plane " << plane << " of source " << s << " was read before";
    lying[s].insert(plane);
  }

  void runSlab(size_t k, int64_t slab) {
    const Level &level = plan.levels[k];
    ++count[k];
    for (int s : level.sources) {
      const PlaneSource &source = plan.sources[s];
      int64_t stride = level.grids[level.gridOf.lookup(source.result)].stride[0];
      for (size_t plane = 0; plane < source.displacements[0].size(); ++plane)
        if (level.findDisplacement(0, source.displacements[0][plane] * stride) == static_cast<size_t>(slab)) {
          use(s, plane);
          read[s].insert(plane);
          lying[s].erase(plane);
        }
    }
    for (const Sink &sink : level.sinks)
      if (sink.source >= 0)
        for (int64_t part = 0; part < level.countParts(0); ++part)
          for (const Contribution &entry : plan.sources[sink.source].contributions[0][slab * level.countParts(0) + part])
            use(sink.source, entry.plane);
  }

  const PlanePlan &plan;
  std::vector<std::set<int64_t>> lying; // planes that are alive
  std::vector<std::set<int64_t>> read;
  std::map<size_t, size_t> count;
};

TEST_P(PlanePlans, SlabsHoldOnePlaneAtATime) { Slabs(plan).run(); }

TEST_P(PlanePlans, FormsInTheSameMemoryAreNotAliveTogether) {
  int64_t arena = plan.scratchVectors;
  for (const PlaneSource &source : plan.sources)
    arena = std::min(arena, source.buffer);
  struct Buffer {
    int form;
    int64_t begin, end;
  };
  for (const Level &level : plan.levels) {
    std::vector<Buffer> buffers;
    for (size_t f = 0; f < level.forms.size(); ++f) {
      const Form &form = level.forms[f];
      for (int64_t begin : {form.buffer, form.ntkBuffer})
        if (begin >= 0)
          buffers.push_back({static_cast<int>(f), begin, begin + form.getSize(level.grids[form.grid]) * level.countParts()});
      EXPECT_LE(form.nest, form.lastReader);
    }
    for (const Buffer &first : buffers) {
      EXPECT_LE(first.end, arena);
      for (const Buffer &second : buffers) {
        if (&first == &second || first.end <= second.begin || second.end <= first.begin)
          continue;
        const Form &one = level.forms[first.form], &other = level.forms[second.form];
        // a skewed nest writes behind what it reads
        bool takesOver = (other.replaces == first.form && one.lastReader == other.nest && first.begin == second.begin) ||
                         (one.replaces == second.form && other.lastReader == one.nest && first.begin == second.begin);
        EXPECT_TRUE(takesOver || one.lastReader < other.nest || other.lastReader < one.nest)
            << "forms " << first.form << " and " << second.form;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Conversions, PlanePlans, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

// Through pools of stride = window, the slabs that are alive are few whatever the size of the image.
TEST(PlanePlan, PoolsAreStreamed) {
  Networks networks;
  networks.importText("network n { input [32, 32, 3] default conv { pad = same } return input -> conv(3) -> relu -> "
                      "avg_pool(2, stride = 2) -> conv(3) -> relu -> avg_pool(2, stride = 2) -> conv(3) -> relu -> global_avg_pool }");
  auto plan = planPlanes(networks.runTo(KtStage::tiled).getBlock(), /*streamed=*/true);
  ASSERT_TRUE(succeeded(plan));
  ASSERT_EQ(plan->sources.size(), 2u);
  for (const PlaneSource &source : plan->sources)
    EXPECT_LE(source.vectors, 3 * source.positions[0] * source.rowVectors);
  // a plane has 32 x 32 positions; all planes of the first pool would take 31 x 31 x 256 or so, twice
  EXPECT_LT(plan->scratchVectors, 200000);
}

// Around circles planes far from each other run together; still few of them are alive.
TEST(PlanePlan, PoolsOfCirclesAreStreamed) {
  for (const char *pad : {"same", "circular"}) {
    Networks networks;
    networks.importText("network n { input [96, 96, 3] return input -> conv(3, pad = circular) -> relu -> avg_pool(2, stride = 2) -> "
                        "conv(3, pad = " + std::string(pad) + ") -> relu -> avg_pool(2, stride = 2) -> conv(3, pad = " + pad +
                        ") -> relu -> global_avg_pool }");
    auto plan = planPlanes(networks.runTo(KtStage::tiled).getBlock(), /*streamed=*/true);
    ASSERT_TRUE(succeeded(plan));
    ASSERT_EQ(plan->sources.size(), 2u);
    for (const PlaneSource &source : plan->sources)
      EXPECT_LE(source.vectors, 4 * source.positions[0] * source.rowVectors) << pad;
  }
}

// What waits of a row lies on the stack.
TEST(PlanePlan, WideRowsAreNotSkewed) {
  for (int64_t width : {1024, 1025}) {
    Networks networks;
    networks.importText("network n { input [4, " + std::to_string(width) +
                        ", 1] default conv { pad = same } return input -> conv(3) -> relu -> conv(3) -> relu -> flatten }");
    auto plan = planPlanes(networks.runTo(KtStage::tiled).getBlock(), /*streamed=*/true);
    ASSERT_TRUE(succeeded(plan));
    for (const Nest &nest : plan->levels.front().nests) {
      bool hasWindow = llvm::any_of(nest.operations, llvm::IsaPred<kt::WindowOp>);
      EXPECT_TRUE(!hasWindow || nest.skewed == (width == 1024)) << width;
    }
  }
}

} // namespace
