// RUN: inet-opt %s --split-input-file --verify-diagnostics

inet.network @sum {
  // expected-error @below {{a sum has a branch at least, found none}}
  // expected-error @below {{failed to infer returned types}}
  %0 = "inet.add"() : () -> !inet.signal<4, gaussian>
  inet.return %0 : !inet.signal<4, gaussian>
}

// -----

inet.network @product {
  // expected-error @below {{a product has a branch at least, found none}}
  // expected-error @below {{failed to infer returned types}}
  %0 = "inet.mul"() : () -> !inet.signal<4>
  inet.return %0 : !inet.signal<4>
}

// -----

inet.network @concat {
  // expected-error @below {{'concat' has a branch at least, found none}}
  // expected-error @below {{failed to infer returned types}}
  %0 = "inet.concat"() : () -> !inet.signal<4>
  inet.return %0 : !inet.signal<4>
}

// -----

// expected-error @below {{(C1) expected at least a number of channels}}
!nothing = !inet.signal<>

// -----

// expected-error @below {{expected '>'}}
!nothing = !inet.signal<gaussian>

// -----

// expected-error @below {{(C2) channels are unknown or from 1 to 9007199254740992, found 0}}
!channels = !inet.signal<4x0>

// -----

// expected-error @below {{(C2) spatial sizes are positive, found 0}}
!sizes = !inet.signal<0x4>

// -----

// expected-error @below {{(C2) there are at most 2147483647 positions, found more}}
!positions = !inet.signal<65536x65536x1>

// -----

inet.network @width {
  %0 = inet.input [4] : !inet.signal<4>
  // expected-error @below {{the width of 'dense' is at most 9007199254740992, found 9223372036854775807}}
  // expected-error @below {{failed to infer returned types}}
  %1 = inet.dense %0 {width = 9223372036854775807 : i64} : (!inet.signal<4>) -> !inet.signal<?, gaussian>
  inet.return %1 : !inet.signal<?, gaussian>
}

// -----

inet.network @window {
  %0 = inet.input [4, 1] : !inet.signal<4x1>
  // expected-error @below {{argument 'window' of 'conv' is from 1 to 2147483647, found 9223372036854775807}}
  // expected-error @below {{failed to infer returned types}}
  %1 = inet.conv %0 {window = array<i64: 9223372036854775807>, pad = "same"} : (!inet.signal<4x1>) -> !inet.signal<4x?, gaussian>
}

// -----

inet.network @half_width {
  %0 = inet.input [4, 1] : !inet.signal<4x1>
  // expected-error @below {{argument 'half_width' of 'local_avg_pool' is from 1 to 2147483647, found 9223372036854775807}}
  // expected-error @below {{failed to infer returned types}}
  %1 = inet.local_avg_pool %0 {half_width = array<i64: 9223372036854775807>} : (!inet.signal<4x1>) -> !inet.signal<4>
}

// -----

inet.network @flatten {
  %0 = inet.input [65536, 1] : !inet.signal<65536x1>
  %1 = inet.dense %0 {width = 9007199254740992 : i64} : (!inet.signal<65536x1>) -> !inet.signal<65536x9007199254740992, gaussian>
  // expected-error @below {{'flatten' makes more than 9007199254740992 channels of 65536x9007199254740992}}
  // expected-error @below {{failed to infer returned types}}
  %2 = inet.flatten %1 : (!inet.signal<65536x9007199254740992, gaussian>) -> !inet.signal<1>
}

// -----

inet.network @concat {
  %0 = inet.input [4] : !inet.signal<4>
  %1 = inet.dense %0 {width = 9007199254740992 : i64} : (!inet.signal<4>) -> !inet.signal<9007199254740992, gaussian>
  // expected-error @below {{'concat' has at most 9007199254740992 channels, found more}}
  // expected-error @below {{failed to infer returned types}}
  %2 = inet.concat %1, %1 : (!inet.signal<9007199254740992, gaussian>, !inet.signal<9007199254740992, gaussian>) -> !inet.signal<1>
}

// -----

// expected-error @below {{(C3) has a body without arguments, found 1}}
inet.network @arguments {
^bb0(%x : !inet.signal<4, gaussian>):
  %0 = inet.input [4] : !inet.signal<4>
  inet.return %x : !inet.signal<4, gaussian>
}
