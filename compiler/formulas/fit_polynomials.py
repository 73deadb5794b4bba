#!/usr/bin/env python3
"""Fits the minimax polynomials of Coefficients.h and prints that table. Needs mpmath, numpy and scipy.

Each function is smooth on its interval and far from 0, so what is minimised is the largest relative error. Single
precision: coefficients are rounded to float one after another, the constant term first, and after each rounding the
remaining ones are fitted again by linear programming, so that the rounded polynomial is as good as the real one.
Double precision: interpolation in Chebyshev points with 50 digits, then rounded; the rounding stays below 1 ulp.
"""
import mpmath as mp
import numpy as np
from scipy.optimize import linprog

mp.mp.dps = 50


def theta(v):
    """The angle with cos(theta) = 1 - v, without cancellation near 0."""
    return 2 * mp.asin(mp.sqrt(v / 2))


def arc(v):
    return theta(v) / (mp.pi * mp.sqrt(v))


def gap(v):
    t = theta(v)
    return (mp.sin(t) - t * mp.cos(t)) / (mp.pi * mp.sqrt(v) * v)


def arcsine(z):
    return mp.asin(mp.sqrt(z)) / mp.sqrt(z)


def exponential(r):
    if abs(r) < mp.mpf(10) ** -15:
        return mp.mpf(1) / 2 + r / 6
    return (mp.exp(r) - 1 - r) / r**2


HALF_LN2 = mp.log(2) / 2 * mp.mpf("1.0001")  # the rounding of x / ln 2 may go just beyond the half
# name, comment, function, interval, weight (relative to what), degree in single and in double precision
FITS = [
    ("arc", "P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]", arc, (mp.mpf(0), mp.mpf(1)), 6, 17),
    ("gap", "G(v) = (sin(theta) - theta cos(theta)) / (pi v sqrt(v)), on [0, 1]", gap, (mp.mpf(0), mp.mpf(1)), 5, 15),
    ("arcsine", "A(z) = asin(sqrt(z)) / sqrt(z), on [0, 1/2]", arcsine, (mp.mpf(0), mp.mpf(1) / 2), 6, 17),
    ("exponential", "Q(r) = (exp(r) - 1 - r) / r^2, on [-ln(2)/2, ln(2)/2]", exponential, (-HALF_LN2, HALF_LN2), 4, 10),
]


def nodes(interval, count):
    low, high = interval
    return [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def fit_double(function, interval, degree):
    points = nodes(interval, degree + 1)
    matrix = mp.matrix(degree + 1, degree + 1)
    for i, x in enumerate(points):
        for j in range(degree + 1):
            matrix[i, j] = x**j
    solution = mp.lu_solve(matrix, mp.matrix([function(x) for x in points]))
    return [float(c) for c in solution]


def fit_single(function, interval, degree):
    points = nodes(interval, 400)
    x = np.array([float(p) for p in points])
    f = np.array([float(function(p)) for p in points])
    fixed = []
    for first in range(degree + 1):
        # minimise e subject to |f - p| <= e f on the grid, the first coefficients being fixed
        rest = f - sum(c * x**i for i, c in enumerate(fixed))
        powers = np.stack([x**j for j in range(first, degree + 1)], axis=1)
        scale = 1e7  # keeps the tiny error variable well scaled
        a = np.block([[-powers / f[:, None] * scale, -np.ones((len(x), 1))], [powers / f[:, None] * scale, -np.ones((len(x), 1))]])
        b = np.concatenate([-rest / f * scale, rest / f * scale])
        cost = np.zeros(powers.shape[1] + 1)
        cost[-1] = 1
        result = linprog(cost, A_ub=a, b_ub=b, bounds=[(None, None)] * powers.shape[1] + [(0, None)], method="highs")
        assert result.success, result.message
        fixed.append(float(np.float32(result.x[0])))
    return fixed


def largest_error(function, interval, coefficients):
    points = nodes(interval, 997)
    return max(abs(mp.polyval([mp.mpf(c) for c in reversed(coefficients)], p) / function(p) - 1) for p in points)


def print_table(name, suffix, comment, function, interval, coefficients):
    error = largest_error(function, interval, coefficients)
    print(f"/// {comment}; relative error {mp.nstr(error, 2)}.")
    print(f"inline constexpr std::array<double, {len(coefficients)}> {name}{suffix} = {{")
    for start in range(0, len(coefficients), 4):
        print("    " + " ".join(f"{c.hex()}," for c in coefficients[start : start + 4]))
    print("};\n")


for name, comment, function, interval, single, double in FITS:
    print_table(name, "Single", comment, function, interval, fit_single(function, interval, single))
    print_table(name, "Double", comment, function, interval, fit_double(function, interval, double))
