#!/usr/bin/env python3
"""inetc tune on the digits: its scores are those of executables, a killed search goes on where it stopped, and nothing
depends on threads or on where it was interrupted.

run_tune.py --inetc INETC
"""

import argparse
import csv
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "examples"
DATA = [f"--train-x={EXAMPLES}/data/digits_train_x.npy", f"--train-y={EXAMPLES}/data/digits_train_y.npy"]
SETTINGS = ["-D", "depth=1..6:6", "--subset", "300", "--final", "600", "--diag-reg", "1e-4..1e-1"]
NETWORK = EXAMPLES / "mlp.inet"
KILLED_AFTER = 3  # results


class Tuner:
    def __init__(self, inetc, folder):
        self.inetc, self.folder, self.faults = inetc, folder, []

    def command(self, *options, settings=SETTINGS, network=NETWORK):
        return [str(word) for word in (self.inetc, "tune", network, *settings, *DATA, *options)]

    def run(self, *options, **more):
        return subprocess.run(self.command(*options, **more), capture_output=True, text=True, check=False)

    def table(self, name, *options, **more):
        """The text of a table that a search writes."""
        path = self.folder / name
        done = self.run("--out", path, *options, **more)
        if done.returncode != 0:
            sys.exit(f"exit status {done.returncode}\n{done.stderr}")
        self.expect(f"{name}: the journal is gone", not path.with_name(f"{name}.journal").exists())
        return path.read_text(encoding="utf-8")

    def expect(self, what, true):
        print(f"{what}: {'yes' if true else 'NO'}")
        if not true:
            self.faults.append(what)

    def expect_error(self, what, text, *options, **more):
        done = self.run(*options, **more)
        self.expect(f"{what}: {text}", done.returncode == 1 and text in done.stderr)
        if text not in done.stderr:
            print(done.stderr)

    def start_and_kill(self, path):
        """A search that SIGKILL ends after some results."""
        journal = path.with_name(f"{path.name}.journal")
        process = subprocess.Popen(self.command("--out", path, "--quiet"))
        while process.poll() is None:
            if journal.exists() and journal.read_bytes().count(b"\n") > KILLED_AFTER:
                process.kill()
            time.sleep(0.01)
        if process.wait() != -signal.SIGKILL:
            sys.exit("the search was over before it could be killed")
        return journal


def check_executable(tuner):
    """All examples and one setting, against what the executable of the printed command says of its training set."""
    for score in ("loo", "evidence"):
        found = json.loads(tuner.table("best.json", "--score", score, "--kernel", "nngp",
                                       settings=["-D", "depth=2", "--diag-reg", "1e-2"]))
        compile_it, evaluate = found["commands"]
        tuner.expect("the commands name the setting", "-D depth=2" in compile_it and "--diag-reg 0.01" in evaluate)
        subprocess.run(compile_it.replace("inetc", str(tuner.inetc), 1).replace("-o mlp", f"-o {tuner.folder}/mlp"),
                       shell=True, check=True)
        evaluate = evaluate.replace("./mlp", f"{tuner.folder}/mlp").replace(
            "--test-x ...", f"--test-x {EXAMPLES}/data/digits_test_x.npy --test-y {EXAMPLES}/data/digits_test_y.npy")
        done = subprocess.run(f"{evaluate} --leave-one-out --json", shell=True, check=True, capture_output=True, text=True)
        figures, trial = json.loads(done.stdout), found["trials"][0]
        left_out = figures["leave_one_out"]
        tuner.expect("the error is that of --leave-one-out", abs(1 - left_out["accuracy"] - trial["error"]) < 1e-12)
        # f64: from a spectrum here, from a Cholesky factor there
        tuner.expect("and the likelihood", is_near(left_out["negative_log_likelihood"], trial["negative_log_likelihood"]))
        if score == "evidence":
            targets = figures["train_examples"] * figures["outputs"]
            tuner.expect("and the evidence", is_near(-figures["evidence"] / targets, trial["score"]))


def is_near(a, b):
    return abs(a - b) <= 1e-9 * max(1, abs(a))


def check_table(tuner, whole):
    rows = list(csv.DictReader(whole.splitlines()))
    tuner.expect("every setting has a row", sorted(row["depth"] for row in rows) == list("123456"))
    tuner.expect("three are scored on all examples", [row["examples"] for row in rows] == ["600"] * 3 + ["300"] * 3)
    scores = [float(row["score"]) for row in rows]
    tuner.expect("the best come first", scores[:3] == sorted(scores[:3]) and scores[3:] == sorted(scores[3:]))


def check_resume(tuner, whole):
    path = tuner.folder / "killed.csv"
    journal = tuner.start_and_kill(path)
    tuner.expect("a killed search leaves no table", not path.exists())
    tuner.expect_error("not resumed", "--resume goes on with it", "--out", path)
    for what, options in (("-D", ["-D", "depth=1..7:7"]), ("--seed", ["--seed", "5"]), ("--held-out", ["--held-out", "0.3"]),
                          ("--loss", ["--loss", "likelihood"]), ("the hash of the training labels", ["--classes", "11"])):
        tuner.expect_error(f"another {what}", f"the journal of another search: {what} is", "--resume", "--out", path,
                           *options)
    other = tuner.folder / "mlp.inet"
    other.write_text(NETWORK.read_text(encoding="utf-8").replace("0.1 }", "0.2 }"), encoding="utf-8")
    tuner.expect_error("another network", "the hash of the networks is", "--resume", "--out", path, network=other)
    kept = journal.read_bytes()
    kept = kept[:kept.rindex(b"\n") + 1]
    journal.write_bytes(kept + b'{"key":"half a li')
    tuner.expect("resumed, with a torn line, it is what it would have been", tuner.table("killed.csv", "--resume") == whole)
    # What the journal has is taken from it: the best setting is then the worst.
    lines = kept.decode().splitlines()
    first = json.loads(lines[1])
    first["result"]["score"] = first["result"]["error"] = 0.99
    journal.write_text("\n".join([lines[0], json.dumps(first)]) + "\n", encoding="utf-8")
    changed = tuner.table("killed.csv", "--resume")
    tuner.expect("what the journal has is not computed again", changed != whole)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tuner = Tuner(arguments.inetc, pathlib.Path(name))
        whole = tuner.table("whole.csv")
        tuner.expect("one thread finds the same", tuner.table("one.csv", "--threads", "1") == whole)
        tuner.expect("another seed does not", tuner.table("seed.csv", "--seed", "1") != whole)
        check_table(tuner, whole)
        check_executable(tuner)
        check_resume(tuner, whole)
    sys.exit("\n".join(tuner.faults) or 0)


if __name__ == "__main__":
    main()
