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
  kt.return %0 : !kt.kernel<4x4, planes = all, state = covariance, nngp, f32>
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
