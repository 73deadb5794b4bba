// What kt-tile decides must be there, and fit.
// RUN: not inet-opt %s -split-input-file --kt-to-loops 2>&1 | FileCheck %s

// CHECK: 'kt.fused' op (C3) needs gram_rows and gram_vectors where gram = "registers"
kt.network @registers input [784] {
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "registers"} {
    %1 = kt.gram {channels = 784 : i64} : () -> !kt.kernel<point, planes = all, state = covariance, nngp, f32>
    kt.yield %1 : !kt.kernel<point, planes = all, state = covariance, nngp, f32>
  } : !kt.kernel<point, planes = all, state = covariance, nngp, f32>
  kt.return %0 : !kt.kernel<point, planes = all, state = covariance, nngp, f32>
}

// -----

// CHECK: 'kt.fused' op (C4) is on positions, where gram = "direct" is expected, found "blas"
kt.network @positions input [4, 4, 3] {
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "blas"} {
    %1 = kt.gram {channels = 3 : i64} : () -> !kt.kernel<4x4, planes = all, state = covariance, nngp, f32>
    kt.yield %1 : !kt.kernel<4x4, planes = all, state = covariance, nngp, f32>
  } : !kt.kernel<4x4, planes = all, state = covariance, nngp, f32>
  %1 = kt.trace %0 : (!kt.kernel<4x4, planes = all, state = covariance, nngp, f32>) -> !kt.kernel<point, planes = all, state = covariance, nngp, f32>
  kt.return %1 : !kt.kernel<point, planes = all, state = covariance, nngp, f32>
}

// -----

// CHECK: 'kt.fused' op (C5) has gram = "bf16x6", which is of f32 in 16 lanes, found 'f64' in 8
kt.network @matrices input [784] {
  %0 = kt.fused attributes {lanes = 8 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "bf16x6"} {
    %1 = kt.gram {channels = 784 : i64} : () -> !kt.kernel<point, planes = all, state = covariance, nngp, f64>
    kt.yield %1 : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
  } : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
  kt.return %0 : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
}

// -----

// CHECK: 'kt.fused' op (C6) has gram = "int8x28", which is of at most 18660 features, found 20000
kt.network @digits input [20000] {
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 1 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "int8x28"} {
    %1 = kt.gram {channels = 20000 : i64} : () -> !kt.kernel<point, planes = all, state = covariance, nngp, f64>
    kt.yield %1 : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
  } : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
  kt.return %0 : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
}

// -----

// CHECK: 'kt.fused' op (C7) has rows = 3, which does not divide the 32 rows of a block of products
kt.network @rows input [784] {
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 3 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "bf16x6"} {
    %1 = kt.gram {channels = 784 : i64} : () -> !kt.kernel<point, planes = all, state = covariance, nngp, f32>
    kt.yield %1 : !kt.kernel<point, planes = all, state = covariance, nngp, f32>
  } : !kt.kernel<point, planes = all, state = covariance, nngp, f32>
  kt.return %0 : !kt.kernel<point, planes = all, state = covariance, nngp, f32>
}

// -----

// CHECK: 'kt.network' op (C1) is not fused: run kt-fuse and kt-tile before
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @unfused input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.network' op (C2) is not tiled: run kt-tile before
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @untiled input [4] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.dual' op (C8) has no variances or scale to read: run kt-split-variance before
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!v = !kt.kernel<point, planes = all, state = covariance, self, nngp, f32>
kt.network @variances input [4] {
  %s, %v = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    %2 = kt.gram scale %1 {channels = 4 : i64} : (!kt.scale<f32>) -> !v
    kt.yield %1, %2 : !kt.scale<f32>, !v
  } : !kt.scale<f32>, !v
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 4 : i64} : (!kt.scale<f32>) -> !k
    %2 = kt.dual %1 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
    kt.yield %2 : !k
  } : !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.network' op (C9) has one group where nothing has positions, found 2
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @groups input [4] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 4 : i64} : (!kt.scale<f32>) -> !k
    kt.yield %1 : !k
  } : !k
  %2 = kt.trace %0 : (!k) -> !k
  %3 = kt.fused {
    %4 = kt.affine %2 {a2 = 4.0 : f64} : (!k) -> !k
    kt.yield %4 : !k
  } : !k
  kt.return %3 : !k
}

// -----

// CHECK: 'kt.gram' op (C10) is the second in the network, where one is expected
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @grams input [4] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 4 : i64} : (!kt.scale<f32>) -> !k
    %2 = kt.gram scale %s {channels = 4 : i64} : (!kt.scale<f32>) -> !k
    %3 = kt.add %1, %2 : (!k, !k) -> !k
    kt.yield %3 : !k
  } : !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.fused' op (C11) is the first group and does not hold the gram: run kt-fuse on all of the network
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @gram_outside input [4] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.gram scale %s {channels = 4 : i64} : (!kt.scale<f32>) -> !k
  %2 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.affine %0 {a2 = 4.0} : (!k) -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %2 : !k
}

// -----

// CHECK: 'kt.dual' op (C12) reads distances, found a covariance: run kt-choose-state before
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!v = !kt.kernel<point, planes = all, state = covariance, self, nngp, f32>
kt.network @states input [4] {
  %s, %v = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    %2 = kt.gram {channels = 4 : i64} : () -> !v
    kt.yield %1, %2 : !kt.scale<f32>, !v
  } : !kt.scale<f32>, !v
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 4 : i64} : (!kt.scale<f32>) -> !k
    %2 = kt.dual %1 variance %v {activation = "relu", parameters = array<f64>} : (!k, !v) -> !k
    kt.yield %2 : !k
  } : !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.network' op (C13) returns something else than the first result of its group
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @second_result input [4] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0, %2 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 4 : i64} : (!kt.scale<f32>) -> !k
    %3 = kt.affine %1 {a2 = 4.0} : (!k) -> !k
    kt.yield %1, %3 : !k, !k
  } : !k, !k
  kt.return %2 : !k
}

// -----

// CHECK: 'kt.fused' op (C13) has gram = "direct", which is of at most 1024 features, found 1025
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @direct input [1025] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 1025 : i64} : (!kt.scale<f32>) -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.fused' op (C13) has gram = "registers", which is of at most 65536 features, found 65537
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @registers_of_many input [65537] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "registers", gram_rows = 8 : i64, gram_vectors = 3 : i64} {
    %1 = kt.gram scale %s {channels = 65537 : i64} : (!kt.scale<f32>) -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.fused' op (C14) has gram_rows = 8, more than a vector has lanes, which are 4
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @gram_rows input [20] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.fused attributes {lanes = 4 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "registers", gram_rows = 8 : i64, gram_vectors = 3 : i64} {
    %1 = kt.gram scale %s {channels = 20 : i64} : (!kt.scale<f32>) -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

// CHECK: 'kt.mean' op (C15) needs more planes than there are of {{.*}}: run kt-infer-demand before
!image = !kt.kernel<4x4, planes = diagonal, state = covariance, nngp, f32>
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @planes input [4, 4, 3] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 3 : i64} : (!kt.scale<f32>) -> !image
    kt.yield %1 : !image
  } : !image
  %2 = kt.mean %0 : (!image) -> !k
  kt.return %2 : !k
}

// -----

// CHECK: 'kt.mean' op (C15) needs pairs of positions that are 1999999 displacements apart in a dimension, where at most 131071 can be
!image = !kt.kernel<1000000, planes = all, state = covariance, nngp, f32>
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @long input [1000000, 1] {
  %s = kt.prepare {
    %1 = kt.scale : !kt.scale<f32>
    kt.yield %1 : !kt.scale<f32>
  } : !kt.scale<f32>
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, tile_rows = 64 : i64, tile_columns = 64 : i64, gram = "direct"} {
    %1 = kt.gram scale %s {channels = 1 : i64} : (!kt.scale<f32>) -> !image
    kt.yield %1 : !image
  } : !image
  %2 = kt.mean %0 : (!image) -> !k
  kt.return %2 : !k
}

// -----

// CHECK: error: one network is compiled at a time, found 2
!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @first input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  kt.return %0 : !k
}
kt.network @second input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  kt.return %0 : !k
}
