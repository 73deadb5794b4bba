// RUN: inet-opt %s --kt-fuse | FileCheck %s

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!image = !kt.kernel<4x5, planes = diagonal, state = covariance, nngp, f32>

// Branches and their sum are one group; a readout ends it.
// CHECK-LABEL: kt.network @branches
// CHECK-NEXT: %[[FIRST:.*]] = kt.fused {
// CHECK-NEXT: kt.gram
// CHECK-NEXT: kt.affine
// CHECK-NEXT: kt.dual
// CHECK-NEXT: kt.add
// CHECK-NEXT: kt.yield
// CHECK: %[[TRACE:.*]] = kt.trace %[[FIRST]]
// CHECK: kt.fused {
// CHECK-NEXT: kt.dual %[[TRACE]]
// CHECK-NOT: kt.dual
// CHECK: kt.return
kt.network @branches input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.affine %0 {a2 = 4.0 : f64} : (!image) -> !image
  %2 = kt.dual %0 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!image) -> !image
  %3 = kt.add %1, %2 : (!image, !image) -> !image
  %4 = kt.trace %3 : (!image) -> !k
  %5 = kt.dual %4 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  kt.return %5 : !k
}

!k8 = !kt.kernel<8x8, planes = all, state = covariance, nngp, f32>
!k4 = !kt.kernel<4x4, planes = all, state = covariance, nngp, f32>

// A convolution goes on with its group, strided or not; a pool ends it.
// CHECK-LABEL: kt.network @spatial
// CHECK-NEXT: %[[FIRST:.*]] = kt.fused {
// CHECK-NEXT: kt.gram
// CHECK-NEXT: kt.window
// CHECK-NEXT: kt.dual
// CHECK-NEXT: kt.window
// CHECK-NEXT: kt.yield
// CHECK: %[[POOL:.*]] = kt.pool %[[FIRST]]
// CHECK-NEXT: kt.fused {
// CHECK-NEXT: kt.dual %[[POOL]]
// CHECK-NEXT: kt.yield
// CHECK: kt.mean
kt.network @spatial input [8, 8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !k8
  %1 = kt.window %0 {size = array<i64: 3, 3>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (!k8) -> !k8
  %2 = kt.dual %1 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k8) -> !k8
  %3 = kt.window %2 {size = array<i64: 3, 3>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 0, 0>, pad_high = array<i64: 1, 1>} : (!k8) -> !k4
  %4 = kt.pool %3 {size = array<i64: 3, 3>, stride = array<i64: 1, 1>, pad_low = array<i64: 1, 1>,
                   pad_high = array<i64: 1, 1>} : (!k4) -> !k4
  %5 = kt.dual %4 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k4) -> !k4
  %6 = kt.mean %5 : (!k4) -> !k
  kt.return %6 : !k
}

// A readout of one branch stands between operations of the first group; it moves behind it.
// CHECK-LABEL: kt.network @between
// CHECK-NEXT: %[[FIRST:.*]]:2 = kt.fused {
// CHECK-NEXT: kt.gram
// CHECK-NEXT: kt.affine
// CHECK-NEXT: kt.yield
// CHECK: kt.trace %[[FIRST]]#
// CHECK: kt.trace %[[FIRST]]#
// CHECK: kt.fused {
// CHECK-NEXT: kt.add
kt.network @between input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.trace %0 : (!image) -> !k
  %2 = kt.affine %0 {a2 = 4.0 : f64} : (!image) -> !image
  %3 = kt.trace %2 : (!image) -> !k
  %4 = kt.add %1, %3 : (!k, !k) -> !k
  kt.return %4 : !k
}
