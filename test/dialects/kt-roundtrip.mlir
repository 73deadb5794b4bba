// Every operation and type prints what it parses.
// RUN: inet-opt %s | inet-opt | FileCheck %s

// CHECK-LABEL: kt.network @all
kt.network @all input [784] {
  // CHECK: kt.prepare
  %p:2 = kt.prepare {
    // CHECK: kt.scale {bias = 1.000000e-02 : f64} : <f32>
    %g = kt.scale {bias = 0.01 : f64} : <f32>
    // CHECK: kt.gram scale %{{.*}} {channels = 784 : i64} : (!kt.scale<f32>) -> !kt.kernel<point, planes = all, state = distance scaled, self, nngp, f32>
    %v = kt.gram scale %g {channels = 784 : i64} : (!kt.scale<f32>) -> !kt.kernel<point, planes = all, state = distance scaled, self, nngp, f32>
    kt.yield %v, %g : !kt.kernel<point, planes = all, state = distance scaled, self, nngp, f32>, !kt.scale<f32>
  } : !kt.kernel<point, planes = all, state = distance scaled, self, nngp, f32>, !kt.scale<f32>
  // CHECK: kt.fused attributes {gram = "blas", lanes = 16 : i64, rows = 4 : i64
  %0 = kt.fused attributes {lanes = 16 : i64, rows = 4 : i64, gram = "blas"} {
    // CHECK: kt.gram scale %{{.*}} {channels = 784 : i64, refine}
    %1 = kt.gram scale %p#1 {channels = 784 : i64, refine} : (!kt.scale<f32>) -> !kt.kernel<point, planes = all, state = distance scaled, nngp + ntk, f32>
    // CHECK: kt.dual %{{.*}} variance %{{.*}} {activation = "relu", nonnegative, parameters = array<f64>}
    %2 = kt.dual %1 variance %p#0 {activation = "relu", parameters = array<f64>, nonnegative} : (!kt.kernel<point, planes = all, state = distance scaled, nngp + ntk, f32>, !kt.kernel<point, planes = all, state = distance scaled, self, nngp, f32>) -> !kt.kernel<point, planes = all, state = distance scaled, nngp + ntk, f32>
    // CHECK: kt.rescale
    %3 = kt.rescale %2 variance %p#0 scale %p#1 : (!kt.kernel<point, planes = all, state = distance scaled, nngp + ntk, f32>, !kt.kernel<point, planes = all, state = distance scaled, self, nngp, f32>, !kt.scale<f32>) -> !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
    kt.yield %3 : !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
  } : !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
  kt.return %0 : !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
}

// Plane sets: sorted, without repetition.
// CHECK-LABEL: kt.network @planes
kt.network @planes input [8, 7, 3] {
  // CHECK: !kt.kernel<8x7, planes = {{\[}}{0, 2}, {0, 1}], state = covariance, nngp, f64>
  %0 = kt.gram {channels = 3 : i64} : () -> !kt.kernel<8x7, planes = [{2, 0, 2}, {1, 0}], state = covariance, nngp, f64>
  // CHECK: !kt.kernel<8x7, planes = diagonal, state = covariance, nngp, f64>
  %1 = kt.gram {channels = 3 : i64} : () -> !kt.kernel<8x7, planes = [{0}, {0}], state = covariance, nngp, f64>
  %2 = kt.trace %1 : (!kt.kernel<8x7, planes = diagonal, state = covariance, nngp, f64>) -> !kt.kernel<point, planes = all, state = covariance, nngp, f64>
  kt.return %2 : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
}

// CHECK-LABEL: kt.network @spatial
kt.network @spatial input [9, 3] {
  // CHECK: !kt.kernel<9, planes = {{\[}}{0, 2, 4 to 6, 8}], state = covariance, nngp, f64>
  %0 = kt.gram {channels = 3 : i64} : () -> !kt.kernel<9, planes = [{0, 2, 4, 5 to 6, 8}], state = covariance, nngp, f64>
  // CHECK: kt.window %{{.*}} {circular, dilation = array<i64: 2>, pad_high = array<i64: 1>, pad_low = array<i64: 0>, size = array<i64: 3>, stride = array<i64: 2>}
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 2>, dilation = array<i64: 2>, pad_low = array<i64: 0>, pad_high = array<i64: 1>, circular} : (!kt.kernel<9, planes = [{0, 2, 4 to 6, 8}], state = covariance, nngp, f64>) -> !kt.kernel<3, planes = all, state = covariance, nngp, f64>
  // CHECK: kt.pool %{{.*}} {normalize_edges, pad_high = array<i64: 1>, pad_low = array<i64: 1>, size = array<i64: 3>, stride = array<i64: 1>}
  %2 = kt.pool %1 {size = array<i64: 3>, stride = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>, normalize_edges} : (!kt.kernel<3, planes = all, state = covariance, nngp, f64>) -> !kt.kernel<3, planes = all, state = covariance, nngp, f64>
  // CHECK: kt.mean %{{.*}} {sum}
  %3 = kt.mean %2 {sum} : (!kt.kernel<3, planes = all, state = covariance, nngp, f64>) -> !kt.kernel<point, planes = all, state = covariance, nngp, f64>
  kt.return %3 : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
}

// CHECK-LABEL: kt.network @powers
kt.network @powers input [4] {
  // CHECK: kt.gram {{.*}} -> !kt.kernel<point, planes = all, state = distance scaled, nngp, f64>
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<point, planes = all, state = distance scaled(1), nngp, f64>
  // CHECK: kt.mul {{.*}} -> !kt.kernel<point, planes = all, state = distance scaled(2), nngp, f64>
  %1 = kt.mul %0, %0 : (!kt.kernel<point, planes = all, state = distance scaled, nngp, f64>, !kt.kernel<point, planes = all, state = distance scaled, nngp, f64>) -> !kt.kernel<point, planes = all, state = distance scaled(2), nngp, f64>
  %2 = kt.rescale %1 : (!kt.kernel<point, planes = all, state = distance scaled(2), nngp, f64>) -> !kt.kernel<point, planes = all, state = covariance, nngp, f64>
  kt.return %2 : !kt.kernel<point, planes = all, state = covariance, nngp, f64>
}
