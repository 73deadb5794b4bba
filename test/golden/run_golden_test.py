#!/usr/bin/env python3
"""The comparison of run_golden.py itself: it must notice what it is for."""

import math
import unittest

import run_golden


class WorstEntry(unittest.TestCase):
    # Column 0 spans five decades, column 1 is zero.
    WANT = [1.0, 0.0, 1e-5, 0.0]

    def ratio(self, got, tolerance=1e-6):
        return run_golden.worst_entry(self.WANT, got, 2, 2, 1e-3, lambda i, j: tolerance)[0]

    def test_equal_matrices_agree(self):
        self.assertEqual(self.ratio(list(self.WANT)), 0.0)

    def test_an_entry_is_measured_against_itself(self):
        self.assertAlmostEqual(self.ratio([1.0 + 3e-6, 0.0, 1e-5, 0.0]), 3.0, places=6)

    def test_a_small_entry_is_measured_against_the_largest_of_its_column(self):
        self.assertAlmostEqual(self.ratio([1.0, 0.0, 1e-5 + 5e-10, 0.0]), 0.5, places=6)

    def test_a_zero_column_is_measured_against_the_whole_matrix(self):
        self.assertAlmostEqual(self.ratio([1.0, 2e-9, 1e-5, 0.0]), 2.0, places=6)

    def test_nan_and_infinity_disagree(self):
        for wrong in (math.nan, math.inf):
            for entry in range(4):
                got = list(self.WANT)
                got[entry] = wrong
                self.assertEqual(self.ratio(got), math.inf)

    def test_a_zero_matrix_must_be_exact(self):
        worst = run_golden.worst_entry([0.0], [1e-300], 1, 1, 1e-3, lambda i, j: 1e-6)
        self.assertEqual(worst[0], math.inf)


class Tolerances(unittest.TestCase):
    CASE = {"same_inputs": True, "rtol_f64": 1e-12, "rtol_f32": 1e-5}

    def test_the_peers_diagonal_is_wider_in_f64_only(self):
        self.assertEqual(run_golden.rtol(self.CASE, "fc_relu", "ntk", "f64", 1, 1), 1e-7)
        self.assertEqual(run_golden.rtol(self.CASE, "fc_relu", "ntk", "f64", 1, 0), 1e-12)
        self.assertEqual(run_golden.rtol(self.CASE, "fc_relu", "nngp", "f64", 1, 1), 1e-12)
        self.assertEqual(run_golden.rtol(self.CASE, "fc_relu", "ntk", "f32", 1, 1), 1e-5)

    def test_the_entry_of_equal_inputs_is_exact(self):
        case = {"same_inputs": False, "exact": True, "rtol_f64": 3e-7, "rtol_f32": 1e-5}
        self.assertEqual(run_golden.rtol(case, "fc_coincident_relu", "ntk", "f64", 0, 0), 1e-12)
        self.assertEqual(run_golden.rtol(case, "fc_coincident_relu", "ntk", "f64", 1, 0), 3e-7)


if __name__ == "__main__":
    unittest.main()
