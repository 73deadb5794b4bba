#!/usr/bin/env python3
"""scripts/count_tests: a test that did not run has not passed."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts" / "count_tests"


def count(kind, content):
    """The numbers that the script prints, or None where it refuses."""
    with tempfile.NamedTemporaryFile("w") as report:
        report.write(content)
        report.flush()
        done = subprocess.run([sys.executable, SCRIPT, kind, report.name], capture_output=True, text=True, check=False)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None


def ctest(*cases):
    return "<testsuite>" + "".join(f'<testcase status="{status}">{body}</testcase>' for status, body in cases) + "</testsuite>"


class CountTests(unittest.TestCase):
    def test_ctest(self):
        self.assertEqual(count("ctest", ctest(("run", ""), ("run", ""), ("fail", "<failure/>"))), (2, 1, 0))

    def test_a_test_that_skips_itself(self):
        skipped = '<skipped message="SKIP_RETURN_CODE=77"/>'
        self.assertEqual(count("ctest", ctest(("notrun", skipped), ("disabled", ""))), (0, 0, 2))

    def test_a_test_that_cannot_start_has_failed(self):
        missing = '<skipped message="Unable to find executable"/>'
        self.assertEqual(count("ctest", ctest(("notrun", missing))), (0, 1, 0))

    def test_lit(self):
        codes = ["PASS", "XFAIL", "FAIL", "XPASS", "UNRESOLVED", "TIMEOUT", "UNSUPPORTED"]
        self.assertEqual(count("lit", json.dumps({"tests": [{"code": code} for code in codes]})), (2, 4, 1))

    def test_no_tests_or_no_report(self):
        for kind, content in [("ctest", ctest()), ("ctest", ""), ("lit", '{"tests": []}'), ("lit", "{}"), ("lit", "")]:
            self.assertIsNone(count(kind, content))


if __name__ == "__main__":
    unittest.main()
