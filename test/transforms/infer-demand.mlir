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

!k16 = !kt.kernel<16x16, planes = all, state = covariance, nngp, f32>
!k8 = !kt.kernel<8x8, planes = all, state = covariance, nngp, f32>
!k4 = !kt.kernel<4x4, planes = all, state = covariance, nngp, f32>

// A global pool reads every plane; before a stride of 2 every other one in each dimension is dead, a quarter of all is left,
// and before two strides 1/16.
// CHECK-LABEL: kt.network @strided
// CHECK: kt.gram {{.*}} -> !kt.kernel<16x16, planes = {{\[}}{0, 4, 8, 12}, {0, 4, 8, 12}],
// CHECK: kt.window {{.*}} -> !kt.kernel<8x8, planes = {{\[}}{0, 2, 4, 6}, {0, 2, 4, 6}],
// CHECK: kt.window {{.*}} -> !kt.kernel<4x4, planes = all,
kt.network @strided input [16, 16, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !k16
  %1 = kt.window %0 {size = array<i64: 3, 3>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 0, 0>, pad_high = array<i64: 1, 1>} : (!k16) -> !k8
  %2 = kt.window %1 {size = array<i64: 3, 3>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 0, 0>, pad_high = array<i64: 1, 1>} : (!k8) -> !k4
  %3 = kt.mean %2 : (!k4) -> !k
  kt.return %3 : !k
}

// pool(2), then flatten: 3 x 3 planes before the pool, one behind it.
// CHECK-LABEL: kt.network @pool_flatten
// CHECK: kt.gram {{.*}} -> !kt.kernel<8x8, planes = {{\[}}{0, 1}, {0, 1}],
// CHECK: kt.window {{.*}} -> !kt.kernel<8x8, planes = {{\[}}{0, 1}, {0, 1}],
// CHECK: kt.pool {{.*}} -> !kt.kernel<4x4, planes = diagonal,
kt.network @pool_flatten input [8, 8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !k8
  %1 = kt.window %0 {size = array<i64: 3, 3>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>,
                     pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (!k8) -> !k8
  %2 = kt.pool %1 {size = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad_low = array<i64: 0, 0>,
                   pad_high = array<i64: 0, 0>} : (!k8) -> !k4
  %3 = kt.trace %2 : (!k4) -> !k
  kt.return %3 : !k
}

// On a circle of 8 positions, 2 apart one way are 6 apart the other way. Of 4 positions, 2 windows of 3 lie 1 apart at most.
!c8 = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
!c4 = !kt.kernel<4, planes = all, state = covariance, nngp, f32>
!c2 = !kt.kernel<2, planes = all, state = covariance, nngp, f32>
// CHECK-LABEL: kt.network @circular
// CHECK: kt.gram {{.*}} -> !kt.kernel<8, planes = {{\[}}{0, 2, 6}],
// CHECK: kt.window {{.*}} -> !kt.kernel<4, planes = {{\[}}{0, 1}],
kt.network @circular input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !c8
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 2>, dilation = array<i64: 1>, pad_low = array<i64: 0>,
                     pad_high = array<i64: 1>, circular} : (!c8) -> !c4
  %2 = kt.window %1 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 0>,
                     pad_high = array<i64: 0>} : (!c4) -> !c2
  %3 = kt.mean %2 : (!c2) -> !k
  kt.return %3 : !k
}

// Around 5 positions, 2 of 9 apart, goes another circle than around 9: planes mix between them, in a pool with a window of 1.
!c9 = !kt.kernel<9, planes = all, state = covariance, nngp, f32>
!c5 = !kt.kernel<5, planes = all, state = covariance, nngp, f32>
// CHECK-LABEL: kt.network @circles
// CHECK: kt.window {{.*}}circular{{.*}} -> !kt.kernel<5,
// CHECK-NEXT: kt.pool {{.*}}size = array<i64: 1>{{.*}} -> !kt.kernel<5,
// CHECK-NEXT: kt.window {{.*}}circular{{.*}} -> !kt.kernel<5,
// CHECK-NEXT: kt.window {{.*}}circular{{.*}} -> !kt.kernel<5,
kt.network @circles input [9, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !c9
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 2>, dilation = array<i64: 1>, pad_low = array<i64: 1>,
                     pad_high = array<i64: 1>, circular} : (!c9) -> !c5
  %2 = kt.window %1 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>,
                     pad_high = array<i64: 1>, circular} : (!c5) -> !c5
  %3 = kt.window %2 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>,
                     pad_high = array<i64: 1>, circular} : (!c5) -> !c5
  %4 = kt.mean %3 : (!c5) -> !k
  kt.return %4 : !k
}

// Where the stride divides the size the circle stays: 4 positions, 2 of 8 apart.
// CHECK-LABEL: kt.network @one_circle
// CHECK-NOT: kt.pool
// CHECK: kt.return
kt.network @one_circle input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !c8
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 2>, dilation = array<i64: 1>, pad_low = array<i64: 0>,
                     pad_high = array<i64: 1>, circular} : (!c8) -> !c4
  %2 = kt.window %1 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 1>,
                     pad_high = array<i64: 1>, circular} : (!c4) -> !c4
  %3 = kt.mean %2 : (!c4) -> !k
  kt.return %3 : !k
}
