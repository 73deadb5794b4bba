// RUN: inet-opt %s --split-input-file --verify-diagnostics

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @activation input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C1) unknown activation 'reluu'}}
  %1 = kt.dual %0 {activation = "reluu", parameters = array<f64>} : (!k) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @variances input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C1) w2 and b2 are variances and cannot be negative}}
  %1 = kt.linear %0 {w2 = -1.0 : f64, b2 = 0.0 : f64, alpha = 0.0 : f64, beta = 0.0 : f64} : (!k) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @rescale input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C1) changes nothing}}
  %1 = kt.rescale %0 : (!k) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @concat input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C1) needs a weight for each kernel, found 1 for 2}}
  %1 = kt.concat %0, %0 {weights = array<f64: 1.0>} : (!k, !k) -> !k
  kt.return %1 : !k
}

// -----

kt.network @planes input [8, 7, 3] {
  // expected-error @below {{expected 2 sets of displacements, found 1}}
  %0 = kt.gram {channels = 3 : i64} : () -> !kt.kernel<8x7, planes = [{0}], state = covariance, nngp, f32>
}
