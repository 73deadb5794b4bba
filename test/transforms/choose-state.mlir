// RUN: inet-opt %s --kt-choose-state | FileCheck %s

!k = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>

// A rectified network carries distances from the inputs to its result; the first dual reads those to the negated example
// too, the second knows that Σ ≥ 0.
// CHECK-LABEL: kt.network @rectified
// CHECK: %[[X:.*]] = kt.gram {channels = 4 : i64, refine} : () -> !kt.kernel<point, planes = all, state = distance scaled,
// CHECK: %[[N:.*]] = kt.gram {channels = 4 : i64, refine} : () -> !kt.kernel<point, planes = all, state = distance scaled negated, nngp,
// CHECK: kt.dual %[[X]], %[[N]] {activation = "relu", parameters = array<f64>, zero_inert}
// CHECK: kt.dual %{{[^,{]*}} {activation = "relu", nonnegative, parameters = array<f64>, zero_inert}
// CHECK: %[[RESULT:.*]] = kt.rescale {{.*}} -> !kt.kernel<point, planes = all, state = covariance
// CHECK: kt.return %[[RESULT]]
kt.network @rectified input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %2 = kt.linear %1 {w2 = 2.0 : f64, b2 = 0.0 : f64, alpha = 2.0 : f64, beta = 0.0 : f64} : (!k) -> !k
  %3 = kt.dual %2 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %3 : !k
}

// A smooth one carries covariances and needs no conversion.
// CHECK-LABEL: kt.network @smooth
// CHECK-NOT: distance
// CHECK-NOT: kt.rescale
// CHECK: kt.return
kt.network @smooth input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  kt.return %1 : !k
}

// Where a smooth activation meets a rectified one the state changes, in units of the values themselves.
// CHECK-LABEL: kt.network @mixed
// CHECK: kt.dual {{.*}}"relu"{{.*}} -> !kt.kernel<point, planes = all, state = distance scaled
// CHECK: kt.rescale {{.*}} -> !kt.kernel<point, planes = all, state = covariance
// CHECK: kt.dual {{.*}}"erf"
// CHECK: kt.rescale {{.*}} -> !kt.kernel<point, planes = all, state = distance, nngp
// CHECK: kt.dual {{.*}}"abs"
kt.network @mixed input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %2 = kt.dual %1 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  %3 = kt.dual %2 {activation = "abs", parameters = array<f64>} : (!k) -> !k
  kt.return %3 : !k
}

// What is opposite stays so behind linear layers and odd activations; the chain of the negated example follows.
// CHECK-LABEL: kt.network @odd
// CHECK: %[[X:.*]] = kt.gram {{.*}} state = distance scaled,
// CHECK: %[[N:.*]] = kt.gram {{.*}} state = distance scaled negated,
// CHECK: %[[S:.*]] = kt.dual {{.*}} {activation = "sign"{{.*}} -> !kt.kernel<point, planes = all, state = distance,
// CHECK: %[[T:.*]] = kt.dual {{.*}} {activation = "sign"{{.*}} -> !kt.kernel<point, planes = all, state = distance negated,
// CHECK: %[[L:.*]] = kt.linear %[[S]]
// CHECK: %[[M:.*]] = kt.linear %[[T]]
// CHECK: kt.dual %[[L]], %[[M]] {activation = "relu"
kt.network @odd input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0 : f64, b2 = 0.1 : f64, alpha = 2.0 : f64, beta = 0.1 : f64} : (!k) -> !k
  %2 = kt.dual %1 {activation = "sign", parameters = array<f64>} : (!k) -> !k
  %3 = kt.linear %2 {w2 = 2.0 : f64, b2 = 0.1 : f64, alpha = 2.0 : f64, beta = 0.1 : f64} : (!k) -> !k
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %4 : !k
}

// A residual sum with a rectified branch keeps examples from being opposite.
// CHECK-LABEL: kt.network @residual
// CHECK: kt.dual %{{[^,{]*}}, %{{[^,{]*}} {activation = "relu"
// CHECK: %[[SUM:.*]] = kt.add
// CHECK: kt.dual %[[SUM]] {activation = "relu"
kt.network @residual input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %2 = kt.add %0, %1 : (!k, !k) -> !k
  %3 = kt.dual %2 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %3 : !k
}

// A product of two values in units of a scale is one in units of its square, up to the result.
// CHECK-LABEL: kt.network @product
// CHECK: %[[A:.*]] = kt.dual {{.*}} -> !kt.kernel<point, planes = all, state = distance scaled,
// CHECK-NOT: kt.rescale
// CHECK: kt.mul %[[A]], %[[A]] : {{.*}} -> !kt.kernel<point, planes = all, state = distance scaled(2),
// CHECK-NOT: kt.rescale
// CHECK: kt.dual {{.*}} -> !kt.kernel<point, planes = all, state = distance scaled(2),
// CHECK: kt.rescale {{.*}}distance scaled(2), nngp + ntk, f32>) -> !kt.kernel<point, planes = all, state = covariance
kt.network @product input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %2 = kt.mul %1, %1 : (!k, !k) -> !k
  %3 = kt.dual %2 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %3 : !k
}

// A sum of that with a value in units of the scale itself has neither.
// CHECK-LABEL: kt.network @powers
// CHECK: kt.mul
// CHECK: kt.add {{.*}} -> !kt.kernel<point, planes = all, state = distance, nngp
kt.network @powers input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  %2 = kt.mul %1, %1 : (!k, !k) -> !k
  %3 = kt.add %1, %2 : (!k, !k) -> !k
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %4 : !k
}

// A constant that is added to Θ alone keeps Θ from vanishing with the variance: the duals may not rely on it.
// CHECK-LABEL: kt.network @standard
// CHECK-NOT: zero_inert
// CHECK: kt.return
kt.network @standard input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.linear %0 {w2 = 2.0 : f64, b2 = 0.0 : f64, alpha = 4.0 : f64, beta = 1.0 : f64} : (!k) -> !k
  %2 = kt.dual %1 {activation = "relu", parameters = array<f64>} : (!k) -> !k
  kt.return %2 : !k
}

!k8 = !kt.kernel<8x8, planes = all, state = covariance, nngp + ntk, f32>
!k4 = !kt.kernel<4x4, planes = all, state = covariance, nngp + ntk, f32>

// Behind the last activation pools sum up Σ, not D. A window keeps Σ ≥ 0, and so does a pool.
// CHECK-LABEL: kt.network @pools
// CHECK: kt.pool {{.*}}stride = array<i64: 2, 2>} :
// CHECK: kt.dual {{.*}}nonnegative
// CHECK: kt.rescale
// CHECK: kt.pool {{.*}}state = covariance
// CHECK: kt.mean {{.*}}state = covariance
// CHECK-NOT: kt.rescale
kt.network @pools input [8, 8, 4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k8
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!k8) -> !k8
  %2 = kt.window %1 {size = array<i64: 3, 3>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (!k8) -> !k8
  %3 = kt.pool %2 {size = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad_low = array<i64: 0, 0>,
                   pad_high = array<i64: 0, 0>} : (!k8) -> !k4
  %4 = kt.dual %3 {activation = "relu", parameters = array<f64>} : (!k4) -> !k4
  %5 = kt.pool %4 {size = array<i64: 3, 3>, stride = array<i64: 1, 1>, pad_low = array<i64: 1, 1>,
                   pad_high = array<i64: 1, 1>} : (!k4) -> !k4
  %6 = kt.mean %5 : (!k4) -> !k
  kt.return %6 : !k
}
