// RUN: inet-opt %s --kt-infer-demand | FileCheck %s

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!image = !kt.kernel<4x5, planes = all, state = covariance, nngp, f32>

// Flatten reads equal positions only: one plane of 63, back to the inputs.
// CHECK-LABEL: kt.network @flatten
// CHECK: kt.gram {{.*}} -> !kt.kernel<4x5, planes = diagonal
// CHECK: kt.dual {{.*}} -> !kt.kernel<4x5, planes = diagonal
kt.network @flatten input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.dual %0 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!image) -> !image
  %2 = kt.trace %1 : (!image) -> !k
  kt.return %2 : !k
}
