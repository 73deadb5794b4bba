#ifndef INETC_TRANSFORMS_PASSES_TD
#define INETC_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def KtInferDemand : Pass<"kt-infer-demand", "::inetc::kt::NetworkOp"> {
  let summary = "write into every kernel type which displacement planes are needed";
  let description = [{
    Walks backwards from the result; the law of each operation is its `getInputDemand` (analysis/Demand.h has the table).

    ```mlir
    %1 = kt.dual %0 ... -> !kt.kernel<8x7, planes = all, ...>       // becomes planes = diagonal
    %2 = kt.trace %1 ...
    ```
    After it, planes that a type leaves out are computed by nobody.

    Before, the network is cut into stretches that loops over planes can go through. Values that are joined are made to lie
    behind equally many pools: one that lies behind fewer goes through pools of window 1, which copy its planes. So does
    the input of a circular window that goes around another circle than the windows before it: after a stride that does
    not divide the size.
  }];
  let statistics = [Statistic<"restricted", "restricted", "values that need fewer planes than all">];
}

def KtChooseState : Pass<"kt-choose-state", "::inetc::kt::NetworkOp"> {
  let summary = "choose covariance or squared distance for every value, and convert where they meet";
  let description = [{
    Rectified activations lose half of the digits of nearly equal examples where Σ is carried as a covariance; they read
    D. Smooth activations read Σ. Operations that are linear take what comes or what their reader wants, so that
    conversions are few; but a sum over positions behind the last rectified activation is one of Σ. An analysis then marks the
    duals whose Σ is never negative. Where it may be, and inputs that are opposite come in opposite (behind linear layers and
    odd activations), a second chain of operations makes the distance to the second example negated, for angles near π.

    ```mlir
    %0 = kt.gram ... -> !kt.kernel<point, planes = all, state = covariance, ...>
    %1 = kt.dual %0 {activation = "relu"} ...
    // becomes
    %0 = kt.gram {refine} ... -> !kt.kernel<point, planes = all, state = distance scaled, ...>
    %n = kt.gram {refine} ... -> !kt.kernel<point, planes = all, state = distance scaled negated, ...>
    %1 = kt.dual %0, %n {activation = "relu"} : ... distance scaled ...
    %2 = kt.rescale %1 ... -> !kt.kernel<point, planes = all, state = covariance, ...>
    ```
  }];
  let statistics = [Statistic<"conversions", "conversions", "changes of state inserted">,
                    Statistic<"nonnegative", "nonnegative", "duals whose Σ is never negative">,
                    Statistic<"opposed", "opposed", "duals that read the distance to the second example negated too">];
}

def KtDeferFactors : Pass<"kt-defer-factors", "::inetc::kt::NetworkOp"> {
  let summary = "let constant factors wait until they cost nothing";
  let description = [{
    What a rectified network is made of takes a factor from its input to its result. So windows add up instead of taking
    means, weights are 1, duals get the gain with which their D' has no factor, and the result, which is divided by the
    scales of its examples in any case, is divided by all of this too: one operation less for each window, of 20 (NNGP) or
    35 (both kernels) in a layer.

    ```mlir
    %1 = kt.window %0 {size = array<i64: 3, 3>, ...} : ... distance scaled ...
    %2 = kt.dual %1 {activation = "relu", gain = 1.5} ...
    %3 = kt.rescale %2 ... -> ... state = covariance ...
    // becomes
    %1 = kt.window %0 {size = array<i64: 3, 3>, sum, ...}
    %2 = kt.dual %1 {activation = "relu", gain = 2.0} ...      // relu halves, and so D' = D - ...
    %3 = kt.rescale %2 {factor = 0.0833} ...
    ```
    Only behind the first rectifier, as angles beyond π/2 are sensitive to roundings, and only where values are in units of
    their examples' scales, and so have the size that the layers give them; before they outgrow f32, windows take means
    again. Branches that are joined get the factor of the largest by their weights.
  }];
  let statistics = [Statistic<"sums", "sums", "windows that add up">];
}

def KtSplitVariance : Pass<"kt-split-variance", "::inetc::kt::NetworkOp"> {
  let summary = "compute what belongs to one example once for each example";
  let description = [{
    Every operation that reads variances or scales gets them as operands, computed in one `kt.prepare` from the same
    operations on self kernels. O(n) work leaves the O(n²) code. A self kernel holds its variances, the plane 0, and where a
    pool in the middle reads more of it, the planes that the analysis of demand finds.

    ```mlir
    %1 = kt.dual %0 {activation = "relu"} ...
    // becomes
    %v = kt.prepare { ... kt.yield %3 ... } : !kt.kernel<point, planes = all, ..., self, nngp, f32>
    %1 = kt.dual %0 variance %v {activation = "relu"} ...
    ```
    After it every operation holds the variances and the scale that it needs.
  }];
  let statistics = [Statistic<"variances", "variances", "variances that pairs read">];
}

def KtFuse : Pass<"kt-fuse", "::inetc::kt::NetworkOp"> {
  let summary = "group everything that keeps the displacement of a plane";
  let description = [{
    Maximal groups: branches and their sums included. A pool or a readout ends a group. Groups become kt.fused.
    After it no pointwise operation stands outside a group.
  }];
  let statistics = [Statistic<"groups", "groups", "fusion groups">, Statistic<"fused", "fused", "operations in groups">];
}

def KtTile : Pass<"kt-tile", "::inetc::kt::NetworkOp"> {
  let summary = "choose lanes, rows in lockstep, the tile of pairs, and how the gram is computed";
  let description = [{
    From a description of the target; every choice can be set by an option (0 or empty: chosen).

    - lanes: what a vector register holds
    - rows: 4 chains in lockstep hide the latency of one; fewer in very deep networks, whose straight-line code would grow
      too long to compile. On positions 4 share what is loaded of the examples in lanes (fewer where their scratch memory
      would exceed 32 MB, kt-to-loops), and where the work at a position is short go through it side by side
    - bands: where the planes of these rows do not fit into L2, a few layers go through a band of rows of a plane before
      the next band, so that what is in work stays there; each layer is a few rows behind the one before, and nothing is
      computed twice. Where that cannot be (windows that wrap around, volumes), rows take turns at each line of a plane,
      so that at least the tables of an example stay near
    - gram: sums inside the group on positions, and of differences for narrow inputs; products that accumulate in
      registers, in those of matrices where the target has them; one matrix product (BLAS) for very wide ones
    - tile: its columns stay in L2 while its rows pass; for BLAS, large enough that packing costs 3%; on positions, a
      fraction of a second's work
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512", "bits of a vector register">,
    Option<"amx", "amx", "bool", "false", "the target multiplies matrices of bfloat16 and of 8-bit integers (AMX)">,
    Option<"cacheBytes", "cache-bytes", "int64_t", "2097152", "bytes of a core's L2">,
    Option<"columnBytes", "column-bytes", "int64_t", "786432", "bytes of the inputs that a tile's columns may fill">,
    Option<"gramBytes", "gram-bytes", "int64_t", "4194304", "bytes that a tile's product of matrices may fill">,
    Option<"lanes", "lanes", "int64_t", "0", "examples side by side in a vector">,
    Option<"rows", "rows", "int64_t", "0", "rows of a tile in lockstep">,
    Option<"tileRows", "tile-rows", "int64_t", "0", "rows of a tile">,
    Option<"tileColumns", "tile-columns", "int64_t", "0", "columns of a tile">,
    Option<"turns", "turns", "std::string", "\"\"", "nest or line: what rows in lockstep take turns at; of whole planes, unless bands are asked for">,
    Option<"bandRows", "band-rows", "int64_t", "0", "rows of a band of a plane">,
    Option<"bandLayers", "band-layers", "int64_t", "0", "layers that go through a band before the next">,
    Option<"abreast", "abreast", "int64_t", "0", "rows in lockstep side by side at a position">,
    Option<"gram", "gram", "std::string", "\"\"", "direct, registers, bf16x6, int8x28 or blas">,
  ];
}

#endif // INETC_TRANSFORMS_PASSES_TD
