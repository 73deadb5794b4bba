/// Minimax polynomials of the formulas, lowest power first. Printed by fit_polynomials.py, which also says how they
/// were fitted; the coefficients named Single are exact in float.
#ifndef INETC_COMPILER_FORMULAS_COEFFICIENTS_H
#define INETC_COMPILER_FORMULAS_COEFFICIENTS_H

#include <array>

namespace inetc::formulas::coefficients {

/// P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]; relative error 1.1e-7.
inline constexpr std::array<double, 7> arcSingle = {
    0x1.ccf646p-2, 0x1.334524p-5, 0x1.16d396p-7, 0x1.17e60ap-9, 0x1.daefb8p-10, -0x1.c50134p-11, 0x1.8479c2p-11,
};

/// P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]; relative error 1.7e-16.
inline constexpr std::array<double, 18> arcDouble = {
    0x1.ccf6429be6621p-2,   0x1.334ed7129a57fp-5,  0x1.1493c18f79867p-7,   0x1.4942306a6dc27p-9,
    0x1.c028044fc1a1fp-11,  0x1.4a09a24b3a02ap-12, 0x1.fed6586517449p-14,  0x1.a990e0fca9717p-15,
    0x1.b741a274314b7p-17,  0x1.0f1b9347974c3p-15, -0x1.c993eab37bfdfp-15, 0x1.c85bc09d25d67p-14,
    -0x1.33f453455a1b7p-13, 0x1.3afd73ef08e2ap-13, -0x1.c9fe106625e74p-14, 0x1.c8f29a78c829dp-15,
    -0x1.170928586fee1p-16, 0x1.451ab0630cf41p-19,
};

/// G(v) = (sin(theta) - theta cos(theta)) / (pi v sqrt(v)), on [0, 1]; relative error 1.5e-7.
inline constexpr std::array<double, 6> gapSingle = {
    0x1.334ed4p-2, 0x1.ebca80p-7, 0x1.37f2e2p-9, 0x1.632bcap-11, -0x1.46be6ep-15, 0x1.74d610p-13,
};

/// G(v) = (sin(theta) - theta cos(theta)) / (pi v sqrt(v)), on [0, 1]; relative error 4.0e-16.
inline constexpr std::array<double, 16> gapDouble = {
    0x1.334ed7129996ap-2,   0x1.ebb1581dc6bd7p-7,  0x1.3c16940d948f1p-9,   0x1.24ac9ef5c9b6dp-11,
    0x1.45edfb7f14e97p-13,  0x1.964a9804e5b9ep-15, 0x1.0f4328fee3856p-16,  0x1.a5083c2b725adp-18,
    0x1.05184a5f5c0d7p-21,  0x1.40de0e96a9bbbp-18, -0x1.b8e2d126d2e88p-18, 0x1.2590d088cabc7p-17,
    -0x1.fa1aaee1870f5p-18, 0x1.2f40ab1f40ac1p-18, -0x1.b17d671c11d0bp-20, 0x1.2e1e438a87f0bp-22,
};

/// A(z) = asin(sqrt(z)) / sqrt(z), on [0, 1/2]; relative error 1.2e-7.
inline constexpr std::array<double, 7> arcsineSingle = {
    0x1.000002p+0, 0x1.5549f8p-3, 0x1.35d164p-4, 0x1.34a716p-5, 0x1.0c713cp-4, -0x1.048a60p-4, 0x1.b5dfd6p-4,
};

/// A(z) = asin(sqrt(z)) / sqrt(z), on [0, 1/2]; relative error 1.5e-16.
inline constexpr std::array<double, 18> arcsineDouble = {
    0x1.fffffffffffffp-1,  0x1.55555555562c0p-3,  0x1.33333331cb6ebp-4,  0x1.6db6dc5bf6d15p-5, 0x1.f1c6c981f10adp-6,
    0x1.6e94636732e9ap-6,  0x1.1bb2e37038dc5p-6,  0x1.d8af55fb58d88p-7,  0x1.e7e424069593ep-8, 0x1.2d1ffd7a6c19dp-5,
    -0x1.fc3dbc03d2f6ap-4, 0x1.fae301c7ffad5p-2,  -0x1.560d2420717fep+0, 0x1.5dddb0dd70075p+1, -0x1.fcb3a267962b5p+1,
    0x1.fb8a8f6fd1641p+1,  -0x1.35ee4a0e35efep+1, 0x1.69199bf163367p-1,
};

/// Q(r) = (exp(r) - 1 - r) / r^2, on [-ln(2)/2, ln(2)/2]; relative error 1.3e-7.
inline constexpr std::array<double, 5> exponentialSingle = {
    0x1.0p-1, 0x1.5554e0p-3, 0x1.555584p-5, 0x1.12098ep-7, 0x1.6c8dc2p-10,
};

/// Q(r) = (exp(r) - 1 - r) / r^2, on [-ln(2)/2, ln(2)/2]; relative error 4.9e-18.
inline constexpr std::array<double, 11> exponentialDouble = {
    0x1.0p-1,
    0x1.5555555555557p-3,
    0x1.5555555555556p-5,
    0x1.11111111100dcp-7,
    0x1.6c16c16c162d4p-10,
    0x1.a01a01abe7fe1p-13,
    0x1.a01a01a6d889cp-16,
    0x1.71de0231960ebp-19,
    0x1.27e4db646b17ep-22,
    0x1.af4de97ca4194p-26,
    0x1.1f730349868cep-29,
};

} // namespace inetc::formulas::coefficients

#endif // INETC_COMPILER_FORMULAS_COEFFICIENTS_H
