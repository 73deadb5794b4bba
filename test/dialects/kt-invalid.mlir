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
!d = !kt.kernel<point, planes = all, state = distance, nngp, f32>
kt.network @factor input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C3) has a factor beside a scale only, found 2}}
  %1 = kt.rescale %0 {factor = 2.0 : f64} : (!k) -> !d
  kt.return %1 : !d
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

// -----

!image = !kt.kernel<8x7, planes = all, state = covariance, nngp, f32>
kt.network @dimensions input [8, 7, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C1) needs a number for each spatial dimension, found 1 for 2 dimensions}}
  %1 = kt.pool %0 {size = array<i64: 1, 1>, stride = array<i64: 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (!image) -> !image
}

// -----

!image = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
kt.network @positive input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C2) sizes, strides and dilations are positive, and paddings not negative}}
  %1 = kt.window %0 {size = array<i64: 1>, stride = array<i64: 0>, dilation = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (!image) -> !image
}

// -----

!image = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
kt.network @fits input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C3) a window over 9 positions does not fit into 8}}
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 4>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (!image) -> !image
}

// -----

!image = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
kt.network @positions input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C3) has a result of 6 positions, not as its type says}}
  %1 = kt.window %0 {size = array<i64: 3>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (!image) -> !image
}

// -----

!image = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
kt.network @state input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C4) keeps the state}}
  %1 = kt.window %0 {size = array<i64: 1>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (!image) -> !kt.kernel<8, planes = all, state = distance, nngp, f32>
}

// -----

!image = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
kt.network @weights input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C5) either sums or normalizes}}
  %1 = kt.pool %0 {size = array<i64: 1>, stride = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, sum, normalize_edges} : (!image) -> !image
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @mean input [8] {
  %0 = kt.gram {channels = 8 : i64} : () -> !k
  // expected-error @below {{(C1) makes a point of spatial sizes}}
  %1 = kt.mean %0 : (!k) -> !k
}

// -----

kt.network @range input [8, 3] {
  // expected-error @below {{expected a range of displacements, found 3 to 1}}
  %0 = kt.gram {channels = 3 : i64} : () -> !kt.kernel<8, planes = [{3 to 1}], state = covariance, nngp, f64>
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @channels input [4] {
  // expected-error @below {{(C2) needs at least one channel, found 0}}
  %0 = kt.gram {channels = 0 : i64} : () -> !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @inputs input [4] {
  // expected-error @below {{(C3) is of all 4 inputs of the network, found 400 channels at the positions of}}
  %0 = kt.gram {channels = 400 : i64} : () -> !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @source input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C1) reads the inputs of the network, found a kernel operand}}
  %1 = kt.gram %0 {channels = 4 : i64} : (!k) -> !k
  kt.return %1 : !k
}

// -----

!s = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
kt.network @product_of_scaled input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !s
  // expected-error @below {{(C2) of values with powers of the scale that add up to 2 has that power, found}}
  %1 = kt.mul %0, %0 : (!s, !s) -> !s
  kt.return %1 : !s
}

// -----

// expected-error @below {{expected a power of the scale from 1 on, found 0}}
!s = !kt.kernel<point, planes = all, state = distance scaled(0), nngp, f32>

// -----

// expected-error @below {{only distances are in units of a scale, found a covariance}}
!s = !kt.kernel<point, planes = all, state = covariance scaled, nngp, f32>

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!image = !kt.kernel<4x5, planes = all, state = covariance, nngp, f32>
kt.network @returned input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C1) returns a kernel without spatial sizes, found}}
  kt.return %0 : !image
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
// expected-error @below {{ends in kt.return, found llvm.unreachable}}
kt.network @unreachable input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  llvm.unreachable
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!image = !kt.kernel<4x5, planes = all, state = covariance, nngp, f32>
kt.network @positions input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{works at each position alone, found}}
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!image) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @nothing input [4] {
  // expected-error @below {{needs a kernel at least}}
  %0 = "kt.add"() {operandSegmentSizes = array<i32: 0, 0, 0>} : () -> !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @product input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C1) multiplies two kernels, found 1}}
  %1 = kt.mul %0 : (!k) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @gain input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C2) the activation 'erf' has no gain}}
  %1 = kt.dual %0 {activation = "erf", gain = 2.0 : f64, parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!s = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
kt.network @scaled input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C2) goes to scale 1 only, found a scaled result}}
  %1 = kt.rescale %0 : (!k) -> !s
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!image = !kt.kernel<4x5, planes = all, state = covariance, nngp, f32>
kt.network @trace input [4, 5, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C1) leaves no spatial sizes, found a result of}}
  %1 = kt.trace %0 : (!image) -> !image
  %2 = kt.mean %1 : (!image) -> !k
  kt.return %2 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!d = !kt.kernel<point, planes = all, state = distance, nngp, f32>
kt.network @yields input [4] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    // expected-error @below {{(C1) yields other types than kt.fused has}}
    kt.yield %1 : !k
  } : !d
  kt.return %0 : !d
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @lanes input [4] {
  // expected-error @below {{attribute 'lanes' failed to satisfy constraint}}
  %0 = kt.fused attributes {lanes = 0 : i64} {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @method input [4] {
  // expected-error @below {{attribute 'gram' failed to satisfy constraint: string attribute one of direct, registers, bf16x6, int8x28, blas}}
  %0 = kt.fused attributes {gram = "foo"} {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

kt.network @sizes input [4] {
  // expected-error @below {{spatial sizes are positive, found 0}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<0x5, planes = all, state = covariance, nngp, f32>
}

// -----

kt.network @numbers input [4] {
  // expected-error @below {{kernels are of f32 or f64, found 'bf16'}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<point, planes = all, state = covariance, nngp, bf16>
}

// -----

kt.network @negative input [4] {
  // expected-error @below {{planes are named by |d|, found -1}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<4, planes = [{-1, 0}], state = covariance, nngp, f32>
}

// -----

kt.network @state input [4] {
  // expected-error @below {{expected 'covariance' or 'distance', found 'correlation'}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<point, planes = all, state = correlation, nngp, f32>
}

// -----

!d = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
kt.network @two_alike input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !d
  // expected-error @below {{(C3) reads one kernel, or a distance and the one that is negated, found}}
  %1 = kt.dual %0, %0 {activation = "relu", parameters = array<f64>} : (!d, !d) -> !d
  kt.return %1 : !d
}

// -----

!d = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
!n = !kt.kernel<point, planes = all, state = distance scaled negated, nngp, f32>
kt.network @wrong_sign input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !d
  %1 = kt.gram {channels = 4 : i64} : () -> !n
  // expected-error @below {{(C4) makes '!kt.kernel<point, planes = all, state = distance scaled negated, nngp, f32>' of}}
  %2 = kt.dual %0, %1 {activation = "sign", parameters = array<f64>} : (!d, !n) -> !n
  kt.return %2 : !n
}

// -----

// expected-error @below {{only distances are negated, and have no ntk then}}
!k = !kt.kernel<point, planes = all, state = covariance negated, nngp, f32>

// -----

// expected-error @below {{only distances are negated, and have no ntk then}}
!k = !kt.kernel<point, planes = all, state = distance negated, nngp + ntk, f32>
