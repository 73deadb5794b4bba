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
  // expected-error @below {{(C2) planes are named by |d|, from 0 to 3, found -1}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<4, planes = [{-1, 0}], state = covariance, nngp, f32>
}

// -----

kt.network @state input [4] {
  // expected-error @below {{expected 'covariance' or 'distance', found 'correlation'}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<point, planes = all, state = correlation, nngp, f32>
}

// -----

kt.network @positions_of_a_type input [4] {
  // expected-error @below {{(C1) there are at most 2147483647 positions, found more}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<65536x65536, planes = all, state = covariance, nngp, f32>
}

// -----

kt.network @far input [4, 1] {
  // expected-error @below {{(C2) planes are named by |d|, from 0 to 3, found 4}}
  %0 = kt.gram {channels = 1 : i64} : () -> !kt.kernel<4, planes = [{0, 4}], state = covariance, nngp, f32>
}

// -----

kt.network @no_diagonal input [4, 1] {
  // expected-error @below {{(C2) the displacement 0 is in each set of planes, found one without it}}
  %0 = kt.gram {channels = 1 : i64} : () -> !kt.kernel<4, planes = [{}], state = covariance, nngp, f32>
}

// -----

kt.network @power input [4] {
  // expected-error @below {{(C3) the power of a scale is at most 8, found 4294967295}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<point, planes = all, state = distance scaled(4294967295), nngp, f32>
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!k64 = !kt.kernel<point, planes = all, state = covariance, nngp, f64>
kt.network @types input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(K1) has numbers of one type, found}}
  %1 = kt.affine %0 {a2 = 4.0} : (!k) -> !k64
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!self = !kt.kernel<point, planes = all, state = covariance, self, nngp, f32>
kt.network @self input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(K2) is of pairs of examples, or of each with itself, found}}
  %1 = kt.affine %0 {a2 = 4.0} : (!k) -> !self
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!both = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
kt.network @ntk input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(K2) carries the NTK on both sides or on none, found}}
  %1 = kt.affine %0 {a2 = 4.0} : (!k) -> !both
  kt.return %1 : !both
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!self = !kt.kernel<point, planes = all, state = covariance, self, nngp, f32>
kt.network @count_of_variances input [4] {
  %v = kt.prepare {
    %1 = kt.gram {channels = 4 : i64} : () -> !self
    kt.yield %1 : !self
  } : !self
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(K3) reads a variance of each kernel, found 2 for 1}}
  %1 = kt.dual %0 variance %v, %v {activation = "relu", parameters = array<f64>} : (!k, !self, !self) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @variance_of_pairs input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(K3) reads self kernels of the positions and the state of its kernels, found}}
  %1 = kt.dual %0 variance %0 {activation = "relu", parameters = array<f64>} : (!k, !k) -> !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!d = !kt.kernel<point, planes = all, state = distance, nngp, f32>
kt.network @kept input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(K4) keeps the state, found}}
  %1 = kt.affine %0 {a2 = 4.0} : (!k) -> !d
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
// expected-error @below {{(C2) has an input of positive sizes, found 0}}
kt.network @empty input [0] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
// expected-error @below {{(C2) has an input of at most 2147483647 numbers, found more}}
kt.network @huge input [4294967296, 4294967296] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
// expected-error @below {{(C3) has a body without arguments, found 1}}
kt.network @arguments input [4] {
^bb0(%x : !k):
  kt.return %x : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @stranger input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C3) stands in a kt.network, which holds transforms of pairs, kt.fused and kt.prepare}}
  %1 = builtin.unrealized_conversion_cast %0 : !k to !k
  kt.return %1 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @prepares input [4] {
  "kt.prepare"() ({
    kt.yield
  }) : () -> ()
  // expected-error @below {{(C3) is the second in a kt.network, which holds one at most}}
  "kt.prepare"() ({
    kt.yield
  }) : () -> ()
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @prepare_of_pairs input [4] {
  %v = kt.prepare {
    // expected-error @below {{(C1) stands in a kt.prepare, which holds transforms of self kernels and kt.scale}}
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %v : !k
}

// -----

!k = !kt.kernel<4, planes = all, state = covariance, nngp, f32>
!p = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @readout_in_a_group input [4, 1] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 1 : i64} : () -> !k
    // expected-error @below {{(C1) stands in a kt.fused, which holds transforms of pairs that keep the displacement}}
    %2 = kt.trace %1 : (!k) -> !p
    kt.yield %2 : !p
  } : !p
  kt.return %0 : !p
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @no_result input [4] {
  // expected-error @below {{(C2) needs a result at least}}
  "kt.fused"() ({
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield
  }) : () -> ()
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @rows input [4] {
  // expected-error @below {{attribute 'rows' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive whose maximum value is 32}}
  %0 = kt.fused attributes {rows = 2147483648 : i64} {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @tile input [4] {
  // expected-error @below {{(C3) has tile_columns = 20, which is no multiple of lanes = 16}}
  %0 = kt.fused attributes {lanes = 16 : i64, tile_rows = 16 : i64, tile_columns = 20 : i64} {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
kt.network @block input [4] {
  // expected-error @below {{(C4) has gram_rows times gram_vectors of at most 64, found 128}}
  %0 = kt.fused attributes {gram_rows = 16 : i64, gram_vectors = 8 : i64} {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// -----

kt.network @scale input [4] {
  // expected-error @below {{expects parent op 'kt.prepare'}}
  %0 = kt.scale : !kt.scale<f32>
}

// -----

kt.network @unscaled input [4] {
  // expected-error @below {{(C4) is a distance in units of the scale, found}}
  %0 = kt.gram {channels = 4 : i64} : () -> !kt.kernel<point, planes = all, state = distance, nngp, f32>
}

// -----

!s = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
kt.network @smooth input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !s
  // expected-error @below {{(C3) has the activation 'erf', which reads a covariance, found}}
  %1 = kt.dual %0 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!s) -> !s
}

// -----

!s = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
!d = !kt.kernel<point, planes = all, state = distance, nngp, f32>
kt.network @homogeneous input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !s
  // expected-error @below {{(C3) keeps the state, with the power 1 of the scale, found}}
  %1 = kt.dual %0 {activation = "relu", parameters = array<f64>} : (!s) -> !d
}

// -----

!s = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
kt.network @normalized input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !s
  // expected-error @below {{(C1) keeps the state, with scale 1, found}}
  %1 = kt.normalize %0 {eps = 0.0} : (!s) -> !s
}

// -----

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>
!d = !kt.kernel<point, planes = all, state = distance, nngp, f32>
kt.network @product_of_states input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  // expected-error @below {{(C3) multiplies values of the state of its result, found}}
  %1 = kt.mul %0, %0 : (!k, !k) -> !d
}

// -----

!s = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
kt.network @returned_distance input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !s
  // expected-error @below {{(C1) returns the covariance of pairs of examples, found}}
  kt.return %0 : !s
}

// -----

!image = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
kt.network @overflow input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C2) sizes, strides, dilations and paddings are at most 2147483647, found 9223372036854775807}}
  %1 = kt.window %0 {size = array<i64: 1>, stride = array<i64: 1>, dilation = array<i64: 9223372036854775807>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (!image) -> !image
}

// -----

!image = !kt.kernel<8, planes = all, state = covariance, nngp, f32>
kt.network @circle input [8, 3] {
  %0 = kt.gram {channels = 3 : i64} : () -> !image
  // expected-error @below {{(C2) a window over 1001 positions, with 1000 of padding, goes around a circle of 8 more than 16 times}}
  %1 = kt.window %0 {size = array<i64: 1001>, stride = array<i64: 1>, dilation = array<i64: 1>, pad_low = array<i64: 500>, pad_high = array<i64: 500>, circular} : (!image) -> !image
}

// -----

!d = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
kt.network @two_alike input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !d
  // expected-error @below {{(C4) reads one kernel, or a distance and the one that is negated, found}}
  %1 = kt.dual %0, %0 {activation = "relu", parameters = array<f64>} : (!d, !d) -> !d
  kt.return %1 : !d
}

// -----

!d = !kt.kernel<point, planes = all, state = distance scaled, nngp, f32>
!n = !kt.kernel<point, planes = all, state = distance scaled negated, nngp, f32>
kt.network @wrong_sign input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !d
  %1 = kt.gram {channels = 4 : i64} : () -> !n
  // expected-error @below {{(C5) makes '!kt.kernel<point, planes = all, state = distance scaled negated, nngp, f32>' of}}
  %2 = kt.dual %0, %1 {activation = "relu", parameters = array<f64>} : (!d, !n) -> !n
  kt.return %2 : !n
}

// -----

// expected-error @below {{(C5) only distances are negated, and have no ntk then}}
!k = !kt.kernel<point, planes = all, state = covariance negated, nngp, f32>

// -----

// expected-error @below {{(C5) only distances are negated, and have no ntk then}}
!k = !kt.kernel<point, planes = all, state = distance negated, nngp + ntk, f32>
