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
