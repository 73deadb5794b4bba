#!/usr/bin/env python3
"""Fits the minimax polynomials of Coefficients.h and prints that table. Needs mpmath, numpy and scipy.

What is minimised is the largest error relative to what the polynomial is used for: the function itself; or, where sqrt(v) times
the function is taken from 1 (the duals of rectifiers), that difference: near v = 0 errors of the function then matter
little, and the largest error is 3 to 5 times smaller.

Double precision: Remez exchange with 50 digits, then rounding. Single precision: coefficients are rounded to float one after
another, the constant term first, and after each rounding the remaining ones are fitted again by linear programming, so
that the rounded polynomial is as good as the real one.
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


def itself(function):
    return lambda x: 1 / function(x)


def beside_one(function):
    return lambda v: mp.sqrt(v) / (1 - mp.sqrt(v) * function(v))


def of_exponential(r):
    """Q enters exp(r) - 1 = r + r^2 Q(r)."""
    return r**2 / abs(mp.expm1(r)) if r else mp.mpf(0)


UNIT = (mp.mpf(0), mp.mpf(1))
HALF = (mp.mpf(0), mp.mpf(1) / 2)
HALF_LN2 = mp.log(2) / 2 * mp.mpf("1.0001")  # the rounding of x / ln 2 may go just beyond the half
P = "P(v) = theta / (pi sqrt(v)), cos(theta) = 1 - v, on [0, 1]; error relative to "
G = "G(v) = (sin(theta) - theta cos(theta)) / (pi v sqrt(v)), on [0, 1]; error relative to "
A = "A(z) = asin(sqrt(z)) / sqrt(z), on [0, 1/2]; error relative to A(z): "
Q = "Q(r) = (exp(r) - 1 - r) / r^2, on [-ln(2)/2, ln(2)/2]; error relative to exp(r) - 1: "
# name, comment, function, weight of its errors, interval, degree in single and in double precision
FITS = [
    ("arc", P + "P(v): ", arc, itself(arc), UNIT, 6, 16),
    ("arcBesideOne", P + "1 - sqrt(v) P(v): ", arc, beside_one(arc), UNIT, 6, 16),
    ("gapBesideOne", G + "1 - sqrt(v) G(v): ", gap, beside_one(gap), UNIT, 5, 14),
    ("arcsine", A, arcsine, itself(arcsine), HALF, 6, 17),
    ("exponential", Q, exponential, of_exponential, (-HALF_LN2, HALF_LN2), 4, 9),
]


def nodes(interval, count):
    """Chebyshev points, ascending."""
    low, high = interval
    return [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def evaluate(coefficients, x):
    return mp.polyval([mp.mpf(c) for c in reversed(coefficients)], x)


def fit_double(function, weight, interval, degree):
    """Remez: solve for errors of equal size and alternating sign at degree + 2 points, move each to the nearest extremum."""
    grid = nodes(interval, 60 * (degree + 2))
    values, weights = [function(x) for x in grid], [weight(x) for x in grid]
    reference = [60 * i + 30 for i in range(degree + 2)]
    for _ in range(20):
        matrix = mp.matrix(degree + 2, degree + 2)
        for row, i in enumerate(reference):
            for power in range(degree + 1):
                matrix[row, power] = grid[i] ** power
            matrix[row, degree + 1] = (-1) ** row / weights[i]
        solution = list(mp.lu_solve(matrix, mp.matrix([values[i] for i in reference])))
        errors = [w * (f - evaluate(solution[:-1], x)) for x, f, w in zip(grid, values, weights)]
        # the largest error of each run of errors of one sign
        extrema = []
        for i, e in enumerate(errors):
            if extrema and (errors[extrema[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[extrema[-1]]):
                    extrema[-1] = i
            else:
                extrema.append(i)
        while len(extrema) > degree + 2:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        assert len(extrema) == degree + 2
        if extrema == reference:
            break
        reference = extrema
    return [float(c) for c in solution[:-1]]


def fit_single(function, weight, interval, degree):
    points = nodes(interval, 400)
    x = np.array([float(p) for p in points])
    f = np.array([float(function(p)) for p in points])
    w = np.array([float(weight(p)) for p in points]) * 1e6  # keeps the tiny error variable well scaled
    fixed = []
    for first in range(degree + 1):
        # minimise e subject to w |f - p| <= e on the grid, the first coefficients being fixed
        rest = (f - sum(c * x**i for i, c in enumerate(fixed))) * w
        powers = np.stack([x**j for j in range(first, degree + 1)], axis=1) * w[:, None]
        ones = np.ones((len(x), 1))
        constraints = np.block([[-powers, -ones], [powers, -ones]])
        cost = np.zeros(powers.shape[1] + 1)
        cost[-1] = 1
        bounds = [(None, None)] * powers.shape[1] + [(0, None)]
        result = linprog(cost, A_ub=constraints, b_ub=np.concatenate([-rest, rest]), bounds=bounds, method="highs")
        assert result.success, result.message
        fixed.append(float(np.float32(result.x[0])))
    return fixed


def hexadecimal(value):
    """As float.hex, without the zeros at the end."""
    mantissa, exponent = value.hex().split("p")
    return (mantissa.rstrip("0") + "0" if mantissa.rstrip("0").endswith(".") else mantissa.rstrip("0")) + "p" + exponent


def print_table(name, suffix, comment, function, weight, interval, coefficients):
    points = nodes(interval, 997)
    error = max(weight(p) * abs(evaluate(coefficients, p) - function(p)) for p in points)
    print(f"/// {comment}{mp.nstr(error, 2)}.")
    print(f"inline constexpr std::array<double, {len(coefficients)}> {name}{suffix} = {{")
    for start in range(0, len(coefficients), 4):
        print("    " + " ".join(f"{hexadecimal(c)}," for c in coefficients[start : start + 4]))
    print("};\n")


for name, comment, function, weight, interval, single, double in FITS:
    coefficients = fit_single(function, weight, interval, single)
    print_table(name, "Single", comment, function, weight, interval, coefficients)
    coefficients = fit_double(function, weight, interval, double)
    print_table(name, "Double", comment, function, weight, interval, coefficients)
