// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{vector-bits=512}))' | FileCheck %s
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{vector-bits=256}))' | FileCheck %s --check-prefix=NARROW
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{amx=true}))' | FileCheck %s --check-prefix=AMX
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{gram=registers tile-rows=5 tile-columns=5}))' | FileCheck %s --check-prefix=GIVEN
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{vector-bits=128}))' | FileCheck %s --check-prefix=SSE
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{rows=3}))' | FileCheck %s --check-prefix=THREE
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{amx=true lanes=8}))' | FileCheck %s --check-prefix=EIGHT
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{lanes=-8}))' 2>&1 | FileCheck %s --check-prefix=LANES
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{lanes=512}))' 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{tile-rows=-5}))' 2>&1 | FileCheck %s --check-prefix=ROWS
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{gram=foo}))' 2>&1 | FileCheck %s --check-prefix=GRAM
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{gram=bf16x6}))' 2>&1 | FileCheck %s --check-prefix=MATRIX
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{turns=never}))' 2>&1 | FileCheck %s --check-prefix=TURNS
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{rows=1000000}))' 2>&1 | FileCheck %s --check-prefix=LOCKSTEP
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{vector-bits=0}))' 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-tile{cache-bytes=0}))' 2>&1 | FileCheck %s --check-prefix=CACHE

// LOCKSTEP: error: option 'rows' is from 1 to 32, or 0, found 1000000
// BITS: error: option 'vector-bits' is 128, 256 or 512, found 0
// CACHE: error: option 'cache-bytes' is from 1 to 1099511627776, found 0
// LANES: error: option 'lanes' is from 1 to 256, or 0, found -8
// MANY: error: option 'lanes' is from 1 to 256, or 0, found 512
// ROWS: error: option 'tile-rows' is from 1 to 1048320, or 0, found -5
// GRAM: error: option 'gram' is direct, registers, bf16x6, int8x28 or blas, found 'foo'
// MATRIX: error: option 'gram' is bf16x6, which needs a processor with AMX
// TURNS: error: option 'turns' is nest or line, found 'never'

!k = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f32>
!d = !kt.kernel<point, planes = all, state = covariance, nngp + ntk, f64>
!image = !kt.kernel<8x8, planes = all, state = covariance, nngp + ntk, f32>
!volume = !kt.kernel<64x64x64, planes = diagonal, state = covariance, nngp + ntk, f32>

// How the gram is computed depends on the number of features.
// CHECK-LABEL: kt.network @few
// CHECK: kt.fused attributes {gram = "direct", lanes = 16 : i64, rows = 4 : i64, tile_columns = 512 : i64, tile_rows = 512 : i64}
// NARROW-LABEL: kt.network @few
// NARROW: kt.fused attributes {gram = "direct", lanes = 8 : i64
// GIVEN-LABEL: kt.network @few
// GIVEN: gram = "registers", {{.*}}tile_columns = 16 : i64, tile_rows = 16 : i64
kt.network @few input [12] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 12 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// CHECK-LABEL: kt.network @some
// CHECK: gram = "registers", gram_rows = 8 : i64, gram_vectors = 3 : i64, lanes = 16 : i64
// NARROW-LABEL: kt.network @some
// NARROW: gram = "registers", gram_rows = 4 : i64
// AMX-LABEL: kt.network @some
// AMX: gram = "registers"
kt.network @some input [13] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 13 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// CHECK-LABEL: kt.network @more
// CHECK: gram = "registers"
// AMX-LABEL: kt.network @more
// AMX: gram = "bf16x6", {{.*}}rows = 2 : i64
// Whole rows in lockstep make up a block of products, and other lanes than matrix registers have do without them.
// THREE-LABEL: kt.network @more
// THREE: gram = "registers", gram_rows = 6 : i64, {{.*}}rows = 3 : i64
// EIGHT-LABEL: kt.network @more
// EIGHT: gram = "registers", {{.*}}lanes = 8 : i64
kt.network @more input [160] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 160 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// CHECK-LABEL: kt.network @double
// CHECK: lanes = 8 : i64
// AMX-LABEL: kt.network @double
// AMX: gram = "int8x28", lanes = 16 : i64, rows = 1 : i64
// SSE-LABEL: kt.network @double
// SSE: gram = "registers", gram_rows = 2 : i64, gram_vectors = 3 : i64, lanes = 2 : i64, rows = 2 : i64
kt.network @double input [160] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 160 : i64} : () -> !d
    kt.yield %1 : !d
  } : !d
  kt.return %0 : !d
}

// What an earlier run chose is forgotten.
// CHECK-LABEL: kt.network @again
// CHECK: kt.fused attributes {gram = "direct", lanes = 16 : i64, rows = 4 : i64, tile_columns = 512 : i64, tile_rows = 512 : i64}
kt.network @again input [4] {
  %0 = kt.fused attributes {gram = "registers", gram_rows = 3 : i64, gram_vectors = 3 : i64, turns = "nest", band_rows = 2 : i64} {
    %1 = kt.gram {channels = 4 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// CHECK-LABEL: kt.network @many
// CHECK: gram = "blas"
kt.network @many input [4097] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 4097 : i64} : () -> !k
    kt.yield %1 : !k
  } : !k
  kt.return %0 : !k
}

// On positions, and behind them, where there is no gram: whatever is asked for.
// CHECK-LABEL: kt.network @image
// CHECK: gram = "direct", lanes = 16 : i64, rows = 4 : i64, {{.*}}turns = "nest"
// CHECK: gram = "direct"
// GIVEN-LABEL: kt.network @image
// GIVEN: gram = "direct"
// GIVEN: gram = "direct"
kt.network @image input [8, 8, 100] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 100 : i64} : () -> !image
    kt.yield %1 : !image
  } : !image
  %2 = kt.mean %0 : (!image) -> !k
  %3 = kt.fused {
    %4 = kt.linear %2 {w2 = 2.0, b2 = 0.0, alpha = 2.0, beta = 0.0} : (!k) -> !k
    kt.yield %4 : !k
  } : !k
  kt.return %3 : !k
}

// Volumes that outgrow L2 have no bands.
// CHECK-LABEL: kt.network @volume
// CHECK: turns = "line"
// CHECK-NOT: band_rows
kt.network @volume input [64, 64, 64, 1] {
  %0 = kt.fused {
    %1 = kt.gram {channels = 1 : i64} : () -> !volume
    %2 = kt.window %1 {size = array<i64: 3, 3, 3>, stride = array<i64: 1, 1, 1>, dilation = array<i64: 1, 1, 1>, pad_low = array<i64: 1, 1, 1>, pad_high = array<i64: 1, 1, 1>} : (!volume) -> !volume
    kt.yield %2 : !volume
  } : !volume
  %3 = kt.trace %0 : (!volume) -> !k
  kt.return %3 : !k
}
