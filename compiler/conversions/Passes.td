#ifndef INETC_CONVERSIONS_PASSES_TD
#define INETC_CONVERSIONS_PASSES_TD

include "mlir/Pass/PassBase.td"

def InetToKt : Pass<"inet-to-kt", "::mlir::ModuleOp"> {
  let summary = "derive the kernel recursion of every network";
  let description = [{
    Replaces each inet.network by a kt.network that computes its kernel, one kt operation or two for each layer. What is
    asked for (`get`) decides what is built: without the NTK no kernel type carries it.

    ```mlir
    %1 = inet.dense %0 {w_std = 1.5} : (!inet.signal<784>) -> !inet.signal<?, gaussian>
    // becomes
    %1 = kt.linear %0 {w2 = 2.25, b2 = 0.0, alpha = 2.25, beta = 0.0} : ...
    ```
    After it no inet operation is left, and all states are covariances.
  }];
  let options = [
    Option<"get", "get", "std::string", "\"both\"", "nngp, ntk or both">,
    Option<"precision", "precision", "std::string", "\"f32\"", "f32 or f64">,
  ];
  let statistics = [Statistic<"layers", "layers", "layers converted">];
  let dependentDialects = ["::inetc::kt::KtDialect"];
}

def KtToLoops : Pass<"kt-to-loops", "::mlir::ModuleOp"> {
  let summary = "emit the loops of a tiled network: the functions `prepare` and `block` of the ABI";
  let description = [{
    From the fused and tiled groups of a network makes two functions on memory (runtime/Abi.h says what they do): the
    per-example work, and a tile of pairs. Without positions a tile is one loop nest of straight-line vector code; on
    positions it is, for each pair, the levels, planes and nests of KtToLoops/PlanePlan.h. The attribute `inet.kernel` of
    the module holds the sizes of the descriptor.

    A network is (C1) fused and (C2) tiled; (C3) gram = "registers" says of how many rows and vectors; (C4) on positions
    the gram is "direct"; (C5), (C6) products in matrix registers are of their element type, lanes and at most so many
    features; (C7) a block of products is whole rows in lockstep. (C8) What operations read of an example is there. (C9)
    Without positions there is one group, and (C10) in any case one gram, (C11) in the first group. (C12) Rectified
    activations read distances. (C13) Without positions the network returns the first result of its group, and a gram that
    is "direct" is of at most 1,024 features, one in "registers" of 65,536. (C14) A block of products has at most as many rows as a vector has lanes. (C15)
    Every plane that is needed is there, and in each dimension at most 131,071 displacements are.

    After it no kt operation is left: func, scf, arith, math, vector, memref, and the target's intrinsics.
  }];
  let options = [
    Option<"avx512", "avx512", "bool", "false", "may use AVX-512 intrinsics (approximate reciprocal square root)">,
    Option<"cacheBytes", "cache-bytes", "int64_t", "2097152", "bytes of a core's L2, which tables are fetched into">,
  ];
  let statistics = [Statistic<"normalizers", "normalizers", "numbers stored for each prepared example">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // INETC_CONVERSIONS_PASSES_TD
