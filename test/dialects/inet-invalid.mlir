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
