/// Minimax polynomials of the formulas, lowest power first. Printed by fit_polynomials.py, which also says how they
/// were fitted; the coefficients named Single are exact in float.
///
/// One degree less would make the error some 6 times as large: for rectifiers in float 3.1e-7 (P) and 2.4e-7 (G), for
/// two instructions fewer of thirty.
#ifndef INETC_COMPILER_FORMULAS_COEFFICIENTS_H
#define INETC_COMPILER_FORMULAS_COEFFICIENTS_H

#include <array>

namespace inetc::formulas::coefficients {

/// P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]; error relative to P(v): 1.1e-7.
inline constexpr std::array<double, 7> arcSingle = {
    0x1.ccf646p-2, 0x1.334524p-5, 0x1.16d396p-7, 0x1.17e60ap-9, 0x1.daefb8p-10, -0x1.c50134p-11, 0x1.8479c2p-11,
};

/// P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]; error relative to P(v): 6.4e-16.
inline constexpr std::array<double, 17> arcDouble = {
    0x1.ccf6429be6626p-2,  0x1.334ed712940bbp-5,   0x1.1493c198d3db2p-7,  0x1.49422ae9a97b2p-9,
    0x1.c029b8e8a5e86p-11, 0x1.49e08ffb85579p-12,  0x1.01f7b8a54fda3p-13, 0x1.713cd89d7aeacp-15,
    0x1.4dc70b85f8892p-15, -0x1.7ff0e3c72a2ecp-15, 0x1.e498bf90d11fep-14, -0x1.60abd3dabe0eep-13,
    0x1.8bf59822b8356p-13, -0x1.36719437a4aep-13,  0x1.4d07d743856e8p-14, -0x1.b1ed5c9493902p-16,
    0x1.0e35a56ba52dep-18,
};

/// P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]; error relative to 1 - sqrt(v) P(v): 4.3e-8.
inline constexpr std::array<double, 7> arcBesideOneSingle = {
    0x1.ccf668p-2, 0x1.33291p-5, 0x1.1a2d8ap-7, 0x1.d76c5cp-10, 0x1.3494b8p-9, -0x1.50b3d4p-10, 0x1.c64c86p-11,
};

/// P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]; error relative to 1 - sqrt(v) P(v): 3.0e-16.
inline constexpr std::array<double, 17> arcBesideOneDouble = {
    0x1.ccf6429be66bfp-2,  0x1.334ed7125fc9p-5,    0x1.1493c1c3d8fddp-7,  0x1.49421a385847p-9,
    0x1.c02d6d51cb1e7p-11, 0x1.499da435b1b7fp-12,  0x1.052bbb301c85cp-13, 0x1.39bcb757f6081p-15,
    0x1.fc4afc635b24bp-15, -0x1.8a37667cfb4a8p-14, 0x1.a01e64b29ac41p-13, -0x1.1ec96fa4a9d92p-12,
    0x1.2c58192ae82fdp-12, -0x1.bce2bd33f0a0dp-13, 0x1.c38607cae0179p-14, -0x1.17ce6a988a1acp-15,
    0x1.4ad472736487cp-18,
};

/// G(v) = (sin(theta) - theta cos(theta)) / (pi v sqrt(v)), on [0, 1]; error relative to 1 - sqrt(v) G(v): 2.7e-8.
inline constexpr std::array<double, 6> gapBesideOneSingle = {
    0x1.334ec2p-2, 0x1.ebf2e6p-7, 0x1.34bff8p-9, 0x1.7db614p-11, -0x1.640ccp-14, 0x1.949216p-13,
};

/// G(v) = (sin(theta) - theta cos(theta)) / (pi v sqrt(v)), on [0, 1]; error relative to 1 - sqrt(v) G(v): 4.1e-16.
inline constexpr std::array<double, 15> gapBesideOneDouble = {
    0x1.334ed71299a42p-2,  0x1.ebb1581cc7942p-7,   0x1.3c1694c2ffe2p-9,   0x1.24ac622ae3f42p-11,
    0x1.45f99dfe399fbp-13, 0x1.94e134c4e63c9p-15,  0x1.1e106ed3b9ab6p-16, 0x1.96224a7043529p-19,
    0x1.30cb567d5e2b2p-17, -0x1.8b16b69b06314p-17, 0x1.174a9e359debep-16, -0x1.ed6b16f54150ep-17,
    0x1.30a5d2b5eef2cp-17, -0x1.bd912b0ae82dep-19, 0x1.3eed0146e622bp-21,
};

/// A(z) = asin(sqrt(z)) / sqrt(z), on [0, 1/2]; error relative to A(z): 1.2e-7.
inline constexpr std::array<double, 7> arcsineSingle = {
    0x1.000002p+0, 0x1.5549f8p-3, 0x1.35d164p-4, 0x1.34a716p-5, 0x1.0c713cp-4, -0x1.048a6p-4, 0x1.b5dfd6p-4,
};

/// A(z) = asin(sqrt(z)) / sqrt(z), on [0, 1/2]; error relative to A(z): 1.1e-16.
inline constexpr std::array<double, 18> arcsineDouble = {
    0x1.fffffffffffffp-1,  0x1.55555555566c6p-3,  0x1.3333333169f2cp-4,  0x1.6db6dc9658446p-5, 0x1.f1c6b71e882c1p-6,
    0x1.6e9624df4c496p-6,  0x1.1b969bb4e0621p-6,  0x1.db283c9efb698p-7,  0x1.c01b87335edb6p-8, 0x1.4a88ad8fa7673p-5,
    -0x1.1e79d2079791ap-3, 0x1.1809f783f8d5dp-1,  -0x1.7691c47807908p+0, 0x1.7b0021c7d3436p+1, -0x1.10eb7f13f85bcp+2,
    0x1.0db52c8a7d8e5p+2,  -0x1.467022837dbf9p+1, 0x1.78afabcbc4bf2p-1,
};

/// Q(r) = (exp(r) - 1 - r) / r^2, on [-ln(2)/2, ln(2)/2]; error relative to exp(r) - 1: 1.4e-8.
inline constexpr std::array<double, 5> exponentialSingle = {
    0x1.fffffep-2, 0x1.5554b4p-3, 0x1.5556f6p-5, 0x1.12253ep-7, 0x1.6b9712p-10,
};

/// Q(r) = (exp(r) - 1 - r) / r^2, on [-ln(2)/2, ln(2)/2]; error relative to exp(r) - 1: 3.4e-17.
inline constexpr std::array<double, 10> exponentialDouble = {
    0x1.0000000000005p-1,  0x1.5555555555539p-3,  0x1.55555555522b8p-5,  0x1.1111111118fb5p-7,  0x1.6c16c17edb7e6p-10,
    0x1.a01a017510664p-13, 0x1.a019a76fbfe91p-16, 0x1.71de8812b285ap-19, 0x1.28a1df87dc213p-22, 0x1.ae6b9265db5a8p-26,
};

} // namespace inetc::formulas::coefficients

#endif // INETC_COMPILER_FORMULAS_COEFFICIENTS_H
