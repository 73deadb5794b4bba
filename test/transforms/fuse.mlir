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
