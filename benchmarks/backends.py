"""The contract of every architecture, and an estimator of each task, on each backend.

    python benchmarks/backends.py jax torch

runs tests/test_models.py and tests/on_any_backend.py in a process of their own for each backend
named, prints for each architecture how many tests passed and how long they took, and ends with 1 if
one failed. With ``--write`` the table goes into docs/backends.md. Some 5 minutes of one core under
TensorFlow and PyTorch, 20 under JAX, which compiles each model for itself.
"""

import argparse
import datetime
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd

import keraseq

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "backends.md"
BEGIN, END = "<!-- table: benchmarks/backends.py -->\n", "<!-- end of table -->"
FILES = ("tests/test_models.py", "tests/on_any_backend.py")
OTHERS, ESTIMATORS = "(all together)", "(estimators)"


def run(backend, options, folder):
    """Return a row for each test: architecture, backend, whether it passed, seconds."""
    report = Path(folder, f"{backend}.xml").absolute()
    if not report.exists():
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *FILES, *options]
        # Compiled once and run once: optimising takes longer than it saves.
        environment = {"KERAS_BACKEND": backend, "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
    if not report.exists():
        raise SystemExit(f"pytest gave no report under {backend}.")
    return [_row(backend, case) for case in ElementTree.parse(report).iter("testcase")]


def _row(backend, case):
    troubles = ("failure", "error", "skipped")
    passed = not any(case.find(trouble) is not None for trouble in troubles)
    return _of(case), backend, passed, float(case.get("time"))


def _of(case):
    """The architecture that a test is of."""
    if "on_any_backend" in case.get("classname"):
        return ESTIMATORS
    parameters = case.get("name").partition("[")[2].rstrip("]").split("-")
    named = [part for part in parameters if part in keraseq.models.model_file_names()]
    return named[0] if named else OTHERS


def table(rows, backends):
    """The Markdown table."""
    tests = pd.DataFrame(rows, columns=["of", "backend", "passed", "seconds"])
    each = tests.groupby(["of", "backend"]).agg(
        passed=("passed", "sum"), tests=("passed", "size"), seconds=("seconds", "sum")
    )
    last = [ESTIMATORS, OTHERS]
    names = [name for name in tests["of"].unique() if name not in last]
    lines = [
        "| architecture | " + " | ".join(f"{name}: passed | seconds" for name in backends) + " |",
        "|---" + "|--:" * 2 * len(backends) + "|",
    ]
    for name in [*sorted(names), *last]:
        cells = [each.loc[name, backend] for backend in backends]
        told = [f"{c.passed:.0f} of {c.tests:.0f} | {c.seconds:.1f}" for c in cells]
        label = name if name in last else f"`{name}`"
        lines.append(f"| {label} | " + " | ".join(told) + " |")
    sums = tests.groupby("backend").agg(
        passed=("passed", "sum"), tests=("passed", "size"), seconds=("seconds", "sum")
    )
    cells = [sums.loc[backend] for backend in backends]
    told = [f"{c.passed:.0f} of {c.tests:.0f} | {c.seconds:.0f}" for c in cells]
    return "\n".join([*lines, "| **sum** | " + " | ".join(told) + " |"])


def about(backends):
    """When, with what and on what it ran."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("keras", *backends)]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    return f"{datetime.date.today()}, {', '.join(versions)}, {machine}."


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("backends", nargs="*", default=["jax", "torch"])
    parser.add_argument("--write", action="store_true", help="put the table into docs/backends.md")
    parser.add_argument("-n", default="0", help="processes that share the tests")
    parser.add_argument(
        "--reports",
        help="keep pytest's reports in this folder; of a backend that has one there "
        "nothing runs again",
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.reports or scratch
        rows = [row for name in given.backends for row in run(name, ["-n", given.n], folder)]
    text = f"{table(rows, given.backends)}\n\n{about(given.backends)}\n"
    print(text)
    if given.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}{text}{END}{rest.partition(END)[2]}")
    return 0 if all(passed for _, _, passed, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
