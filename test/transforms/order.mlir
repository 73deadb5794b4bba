// Passes on networks that other passes have changed already: refused, or without a change.
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-fuse,kt-infer-demand))' 2>&1 | FileCheck %s --check-prefix=FUSED -DPASS=kt-infer-demand
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-fuse,kt-choose-state))' 2>&1 | FileCheck %s --check-prefix=FUSED -DPASS=kt-choose-state
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-fuse,kt-defer-factors))' 2>&1 | FileCheck %s --check-prefix=FUSED -DPASS=kt-defer-factors
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-fuse,kt-split-variance))' 2>&1 | FileCheck %s --check-prefix=FUSED -DPASS=kt-split-variance
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-split-variance,kt-infer-demand))' 2>&1 | FileCheck %s --check-prefix=SPLIT -DPASS=kt-infer-demand
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-split-variance,kt-choose-state))' 2>&1 | FileCheck %s --check-prefix=SPLIT -DPASS=kt-choose-state
// RUN: not inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-split-variance,kt-defer-factors))' 2>&1 | FileCheck %s --check-prefix=SPLIT -DPASS=kt-defer-factors
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-split-variance,kt-fuse))' > %t.once
// RUN: inet-opt %s --pass-pipeline='builtin.module(kt.network(kt-split-variance,kt-split-variance,kt-fuse,kt-fuse))' > %t.twice
// RUN: cmp %t.once %t.twice
// RUN: FileCheck %s < %t.once

// FUSED: 'kt.network' op is fused: run [[PASS]] before kt-fuse
// SPLIT: 'kt.network' op has its variances in kt.prepare: run [[PASS]] before kt-split-variance

!k = !kt.kernel<point, planes = all, state = covariance, nngp, f32>

// What nobody reads is gone.
// CHECK-LABEL: kt.network @unread
// CHECK-NOT: erf
// CHECK: kt.return
kt.network @unread input [4] {
  %0 = kt.gram {channels = 4 : i64} : () -> !k
  %1 = kt.dual %0 {activation = "erf", parameters = array<f64: 1.0, 1.0, 0.0>} : (!k) -> !k
  kt.return %0 : !k
}
