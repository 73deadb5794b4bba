// RUN: inet-opt %s --kt-choose-state --kt-split-variance --kt-fuse --kt-tile | FileCheck %s

!k = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>

// What belongs to one example stands in kt.prepare; the group reads it and computes no variance itself.
// CHECK-LABEL: kt.network @bias
// CHECK: %[[P:.*]]:{{[0-9]+}} = kt.prepare {
// b²/w² of the first layer decides the scale
// CHECK: kt.scale {bias = 5.000000e-01 : f64}
// CHECK: kt.dual {{.*}} self
// CHECK: kt.yield
// CHECK: kt.fused attributes {gram = "direct", lanes = 16 : i64, rows = {{[0-9]+}} : i64, tile_columns = {{[0-9]+}} : i64, tile_rows = {{[0-9]+}} : i64}
// CHECK-NOT: self,{{.*}} -> {{.*}} self
// CHECK: kt.linear %{{.*}} variance %[[P]]#{{[0-9]}} scale %[[P]]#{{[0-9]}}
// CHECK: kt.dual %{{.*}} variance %[[P]]#{{[0-9]}} {activation = "relu"
// CHECK: kt.yield
// CHECK-NOT: kt.dual
// CHECK: kt.return
kt.network @bias input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0 : f64, b2 = 1.0 : f64, alpha = 2.0 : f64, beta = 1.0 : f64} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 2.0 : f64, b2 = 1.0 : f64, alpha = 2.0 : f64, beta = 1.0 : f64} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %4 : !k
}

!k8 = !kt.kernel<8, planes = all, state = covariance, nngp + ntk, f32>
!k4 = !kt.kernel<4, planes = all, state = covariance, nngp + ntk, f32>

// Two pools in the middle: behind the second the variances are enough, before it an example's own planes |d| <= 1 (of 4
// positions), before the first |d| <= 3. The halo of a zero-padded window is made of variances; without padding or behind the
// last activation none are read.
// CHECK-LABEL: kt.network @pools
// CHECK: %[[P:.*]]:{{[0-9]+}} = kt.prepare {
// the bias of a convolution counts for the scale
// CHECK: kt.scale {bias = 5.000000e-01 : f64}
// CHECK: kt.gram {{.*}} -> !kt.kernel<8, planes = [{0 to 3}], {{.*}}self
// CHECK: kt.dual {{.*}} -> !kt.kernel<8, planes = [{0 to 3}], {{.*}}self
// CHECK: kt.pool {{.*}} -> !kt.kernel<4, planes = [{0, 1}], {{.*}}self
// CHECK: kt.dual {{.*}} -> !kt.kernel<4, planes = [{0, 1}], {{.*}}self
// CHECK: kt.pool {{.*}} -> !kt.kernel<2, planes = diagonal, {{.*}}self
// CHECK: kt.dual {{.*}} -> !kt.kernel<2, planes = diagonal, {{.*}}self
// CHECK: kt.fused
// CHECK: kt.window %{{[0-9]+}} variance %[[P]]#{{[0-9]+}} {
// CHECK: kt.pool %{{[0-9]+}} variance %[[P]]#{{[0-9]+}} {
// CHECK: kt.window %{{[0-9]+}} {
// CHECK: kt.pool %{{[0-9]+}} variance %[[P]]#{{[0-9]+}} {
// CHECK: kt.mean %{{[0-9]+}} :
kt.network @pools input [8, 4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k8
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>,
                     pad_high = array<i64: 1>} : (!k8) -> !k8
  %2 = kt.linear %1 {w2 = 2.0 : f64, b2 = 1.0 : f64, alpha = 2.0 : f64, beta = 1.0 : f64} : (!k8) -> !k8
  %3 = kt.dual %2 {activation = "relu", parameters = array<f64>} : (!k8) -> !k8
  %4 = kt.pool %3 {size = array<i64: 2>, stride = array<i64: 2>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (!k8) -> !k4
  %5 = kt.window %4 {size = array<i64: 1>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 0>,
                     pad_high = array<i64: 0>} : (!k4) -> !k4
  %6 = kt.dual %5 {activation = "relu", parameters = array<f64>} : (!k4) -> !k4
  %7 = kt.pool %6 {size = array<i64: 2>, stride = array<i64: 2>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (!k4) -> !kt.kernel<2, planes = all, state = covariance, nngp + ntk, f32>
  %8 = kt.dual %7 {activation = "relu", parameters = array<f64>}
      : (!kt.kernel<2, planes = all, state = covariance, nngp + ntk, f32>) -> !kt.kernel<2, planes = all, state = covariance, nngp + ntk, f32>
  %9 = kt.mean %8 : (!kt.kernel<2, planes = all, state = covariance, nngp + ntk, f32>) -> !k
  kt.return %9 : !k
}
