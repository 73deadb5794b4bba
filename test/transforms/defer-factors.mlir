// RUN: inet-opt %s --kt-choose-state --kt-defer-factors | FileCheck %s

!k = !kt.kernel<8, planes = all, state = covariance, nngp + ntk, f32>
!p = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>

// Behind the first rectifier windows add up, weights are 1, duals have the gain with which D' is D less something
// (leaky_relu of 1: (1 + 1)/2 of it), and the result is divided by all of it: 3 of the window, 2/0.5 of the gain, 1/4 of the
// weights. Biases are in units of what they are added to: 3 · 4 / 4.
// CHECK-LABEL: kt.network @chain
// CHECK: kt.window
// CHECK-NOT: sum
// CHECK: kt.linear {{.*}}w2 = 5.000000e+00
// CHECK: kt.dual {{.*}}activation = "relu", gain = 2.000000e+00
// CHECK: kt.window {{.*}}size = array<i64: 3>{{.*}}sum}
// CHECK: kt.linear {{.*}}alpha = 1.000000e+00 : f64, b2 = 3.000000e+00 : f64, beta = 6.000000e+00 : f64, w2 = 1.000000e+00
// CHECK: kt.dual {{.*}}activation = "leaky_relu"
// CHECK-NOT: gain
// CHECK: kt.rescale {{.*}} {factor = 0.33333333333333331 : f64}
kt.network @chain input [8, 2] {
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (!k) -> !k
  %2 = kt.linear %1 {w2 = 5.0 : f64, b2 = 1.0 : f64, alpha = 5.0 : f64, beta = 2.0 : f64} : (!k) -> !k
  %3 = kt.dual %2 {activation = "relu", gain = 0.5 : f64, parameters = array<f64>} : (!k) -> !k
  %4 = kt.window %3 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (!k) -> !k
  %5 = kt.linear %4 {w2 = 4.0 : f64, b2 = 1.0 : f64, alpha = 4.0 : f64, beta = 2.0 : f64} : (!k) -> !k
  %6 = kt.dual %5 {activation = "leaky_relu", parameters = array<f64: 1.0>} : (!k) -> !k
  %r = kt.trace %6 : (!k) -> !p
  kt.return %r : !p
}

// A branch without a window lacks a factor 3 where it is joined.
// CHECK-LABEL: kt.network @residual
// CHECK: %[[SKIP:.*]] = kt.dual
// CHECK: %[[MAIN:.*]] = kt.window %[[SKIP]] {{.*}}sum}
// CHECK: %[[SUM:.*]] = kt.concat %[[MAIN]], %[[SKIP]] {weights = array<f64: 1.000000e+00, 3.000000e+00>}
// CHECK-NOT: kt.add
// CHECK: kt.dual %[[SUM]]
// CHECK: factor = 0.33333333333333331
kt.network @residual input [8, 2] {
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %2 = kt.window %1 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (!k) -> !k
  %3 = kt.add %1, %2 : (!k, !k) -> !k
  %4 = kt.dual %3 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %r = kt.trace %4 : (!k) -> !p
  kt.return %r : !p
}

// Layer norm divides by whatever factor there is; what it adds to the variance has it too.
// CHECK-LABEL: kt.network @normalized
// CHECK: kt.window {{.*}}sum}
// CHECK: kt.normalize {{.*}}eps = 1.500000e+00
// CHECK-NOT: kt.rescale {{.*}}factor
// CHECK: kt.return
kt.network @normalized input [8, 2] {
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %2 = kt.window %1 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (!k) -> !k
  %3 = kt.normalize %2 {eps = 0.5 : f64} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %r = kt.trace %4 : (!k) -> !p
  kt.return %r : !p
}

// A smooth activation reads Σ as it is: nothing waits for a result.
// CHECK-LABEL: kt.network @smooth
// CHECK-NOT: sum
// CHECK-NOT: factor
// CHECK: kt.return
kt.network @smooth input [8, 2] {
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (!k) -> !k
  %2 = kt.dual %1 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  %r = kt.trace %2 : (!k) -> !p
  kt.return %r : !p
}

// Where the weights are 0 the bias is all there is: in the units of what it stands for. No signal says how large it is beside an
// example's, so from there on nothing waits for the result.
// CHECK-LABEL: kt.network @zero
// CHECK: kt.window {{.*}}sum}
// CHECK: kt.linear {{.*}}b2 = 1.500000e+00 : f64, beta = 3.000000e+00 : f64, w2 = 0.000000e+00
// CHECK-NOT: sum}
// CHECK: kt.rescale {{.*}} {factor = 0.3333333333333333{{[0-9]*}} : f64}
kt.network @zero input [8, 2] {
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %2 = kt.window %1 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 0.0 : f64, b2 = 0.5 : f64, alpha = 0.0 : f64, beta = 1.0 : f64} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %5 = kt.window %4 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (!k) -> !k
  %6 = kt.dual %5 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %r = kt.trace %6 : (!k) -> !p
  kt.return %r : !p
}

// A window that adds up already does so because the network says so.
// CHECK-LABEL: kt.network @sum
// CHECK: kt.window {{.*}}sum}
// CHECK-NOT: factor
// CHECK: kt.return
kt.network @sum input [8, 2] {
  %0 = kt.gram {channels = 2 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %2 = kt.window %1 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>, sum} : (!k) -> !k
  %3 = kt.dual %2 {activation = "relu", gain = 2.0 : f64, parameters = array<f64>} : (!k) -> !k
  %r = kt.trace %3 : (!k) -> !p
  kt.return %r : !p
}
