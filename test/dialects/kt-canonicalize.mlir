// RUN: inet-opt %s --canonicalize | FileCheck %s

!k = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
!image = !kt.kernel<4x5, planes = all, state = covariance, nngp + ntk, f32>

// linear ∘ linear: Σ'' = 3(2Σ + 1) + 5, Θ'' = 3(2Θ + 7Σ + 11) + 13(2Σ + 1) + 17
// CHECK-LABEL: kt.network @linear
// CHECK-NEXT: %[[GRAM:.*]] = kt.gram
// CHECK-NEXT: %[[LINEAR:.*]] = kt.linear %[[GRAM]] {alpha = 4.700000e+01 : f64, b2 = 8.000000e+00 : f64, beta = 6.300000e+01 : f64, w2 = 6.000000e+00 : f64}
// CHECK-NEXT: kt.return %[[LINEAR]]
kt.network @linear input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0 : f64, b2 = 1.0 : f64, alpha = 7.0 : f64, beta = 11.0 : f64} : (!k) -> !k
  %2 = kt.linear %1 {w2 = 3.0 : f64, b2 = 5.0 : f64, alpha = 13.0 : f64, beta = 17.0 : f64} : (!k) -> !k
  kt.return %2 : !k
}

// CHECK-LABEL: kt.network @identities
// CHECK-NEXT: %[[GRAM:.*]] = kt.gram
// CHECK-NEXT: kt.return %[[GRAM]]
kt.network @identities input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 1.0 : f64, b2 = 0.0 : f64, alpha = 0.0 : f64, beta = 0.0 : f64} : (!k) -> !k
  %2 = kt.affine %1 {a2 = 4.0 : f64} : (!k) -> !k
  %3 = kt.affine %2 {a2 = 0.25 : f64} : (!k) -> !k
  kt.return %3 : !k
}

// A flattened input has no spatial sizes.
// CHECK-LABEL: kt.network @flatten
// CHECK-NEXT: kt.gram {channels = 60 : i64} : () -> !kt.kernel<point
// CHECK-NEXT: kt.return
kt.network @flatten input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.trace %0 : (!image) -> !k
  kt.return %1 : !k
}

// What is the same at every position is done once, after the mean over positions.
// CHECK-LABEL: kt.network @scaled_flatten
// CHECK: kt.gram {channels = 60 : i64}
// CHECK-NEXT: kt.affine
// CHECK-NEXT: kt.linear
// CHECK-NEXT: kt.return
kt.network @scaled_flatten input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.affine %0 {a2 = 2.5e-1} : (!image) -> !image
  %2 = kt.linear %1 {alpha = 2.0, b2 = 0.5, beta = 0.5, w2 = 2.0} : (!image) -> !image
  %3 = kt.trace %2 : (!image) -> !k
  kt.return %3 : !k
}

// The weights of a convolution go into the dual before it, through its window and through pools: Σ is linear there.
// CHECK-LABEL: kt.network @gain
// CHECK: kt.dual {{.*}}gain = 2.000000e+00
// CHECK: kt.linear {{.*}}{alpha = 1.500000e+00 : f64, b2 = 5.000000e-01 : f64, beta = 0.000000e+00 : f64, w2 = 1.000000e+00 : f64}
kt.network @gain input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!image) -> !image
  %2 = kt.pool %1 {size = array<i64: 3, 3>, stride = array<i64: 1, 1>, pad_low = array<i64: 1, 1>,
                   pad_high = array<i64: 1, 1>} : (!image) -> !image
  %3 = kt.window %2 {size = array<i64: 3, 3>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (!image) -> !image
  %4 = kt.linear %3 {w2 = 2.0 : f64, b2 = 0.5 : f64, alpha = 3.0 : f64, beta = 0.0 : f64} : (!image) -> !image
  %5 = kt.mean %4 : (!image) -> !k
  kt.return %5 : !k
}
