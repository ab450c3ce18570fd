"""Seconds and memory of one epoch against rows, length and width, from arrays and memory maps.

python benchmarks/growth.py --plot growth.png   # all of it; half an hour on 2 cores
python benchmarks/growth.py --rest              # goes on where it was cut
python benchmarks/growth.py --grows rows --most 10000 --dry  # a glance

One epoch of a GRU on random series, everything but one size at 1,000 rows, 50 steps, 32 units and
one channel; series of over 128 steps are read in patches, by default. Every number comes from a
process of its own: seconds of `fit` alone, and by how much the process's memory rose at its highest
over what it held before (of a memory map, pages that the system may drop at any time are counted by
the system as the process's own and are left out here). A line is straight where time or memory grow
in proportion to the size.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
import psutil
from _results import read_sections, speeds_path, write_section

TITLE = "Growth with rows, length and width"
SIZES = {"rows": 1_000, "steps": 50, "units": 32}
GRID = {
    "rows": (1_000, 10_000, 100_000, 1_000_000),
    "steps": (10, 50, 250, 1_000, 4_000),
    "units": (16, 64, 256, 512),
}


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--model", default="gru")
    made.add_argument("--grows", nargs="+", default=list(GRID), choices=list(GRID))
    made.add_argument("--most", type=int, default=10**6, help="leave out larger sizes")
    made.add_argument("--plot", type=Path, help="where to draw it")
    made.add_argument("--rest", action="store_true", help="leave out what the page has already")
    made.add_argument("--dry", action="store_true", help="print alone, write no page")
    made.add_argument("--one", help=argparse.SUPPRESS)
    options = made.parse_args()
    if options.one:
        print(json.dumps(measured(options.model, **json.loads(options.one))))
        return
    lines = {_work(line): line for line in _held(options.model)}
    for work in works(options.grows, options.most):
        if options.rest and work in lines:
            continue
        axis, value, source = work
        found = in_own_process(options.model, {**SIZES, axis: value, "source": source})
        lines[work] = {"grows": axis, "size": value, "from": source, **found}
        print(lines[work], flush=True)
        if not options.dry:
            write(options.model, lines)
    frame = in_order(lines)
    print(frame.to_string(index=False, float_format="{:.2f}".format))
    if options.plot:
        draw(frame, options.plot)


def works(axes, most):
    """Return what is to be measured: the size that grows, how large it is, and where X is."""
    return [
        (axis, value, source)
        for axis in axes
        for value in GRID[axis]
        if value <= most
        for source in (("array", "memory map") if axis == "rows" else ("array",))
    ]


def write(model, lines):
    """Write the page anew after each line, so that a run that is cut can go on."""
    notes = __doc__.split("\n\n")[2]
    command = f"python benchmarks/growth.py --model {model}"
    write_section(
        _title(model), in_order(lines), seeds=0, path=speeds_path(), notes=notes, command=command
    )


def in_order(lines):
    return pd.DataFrame([lines[work] for work in works(GRID, np.inf) if work in lines])


def _held(model):
    """The model's lines on this machine's page."""
    records = read_sections(speeds_path())
    return next((record["rows"] for record in records if record["title"] == _title(model)), [])


def _title(model):
    return f"{TITLE}: {model}"


def _work(line):
    return line["grows"], line["size"], line["from"]


def in_own_process(model, work):
    command = [sys.executable, __file__, "--model", model, "--one", json.dumps(work)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measured(model, rows, steps, units, source):
    """Seconds of a second fit's epoch, and megabytes above what was held before it."""
    import keraseq

    clf = keraseq.SequenceClassifier(
        model, units=units, epochs=1, early_stopping=False, batch_size=64, random_state=0
    )
    generator = np.random.default_rng(0)
    y = np.arange(rows) % 2
    with tempfile.TemporaryDirectory() as folder:
        X = np.lib.format.open_memmap(
            Path(folder) / "X.npy", mode="w+", dtype=np.float32, shape=(rows, steps)
        )
        for start in range(0, rows, 10_000):
            part = X[start : start + 10_000]
            part[:] = generator.normal(size=part.shape)
        X.flush()
        X = np.load(Path(folder) / "X.npy", mmap_mode="r" if source == "memory map" else None)
        clf.fit(X[:200], y[:200])
        with Peak() as peak:
            start = time.perf_counter()
            clf.fit(X, y)
            seconds = time.perf_counter() - start
    return {"seconds": seconds, "data_mb": rows * steps * 4 / 2**20, "rise_mb": peak.rise}


class Peak:
    """By how many megabytes the process's own memory rose at most within a block."""

    def __enter__(self):
        self._before = self._highest = self._now()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()
        self.rise = (self._highest - self._before) / 2**20

    def _watch(self):
        while not self._done.wait(0.02):
            self._highest = max(self._highest, self._now())

    @staticmethod
    def _now():
        held = psutil.Process().memory_info()
        return held.rss - held.shared


def draw(frame, path):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        2, frame["grows"].nunique(), figsize=(11, 6), squeeze=False, layout="constrained"
    )
    for column, (grows, part) in enumerate(frame.groupby("grows", sort=False)):
        for row, name in enumerate(("seconds", "rise_mb")):
            for source, line in part.groupby("from"):
                axes[row, column].loglog(line["size"], line[name], "o-", label=source)
            axes[row, column].set(xlabel=grows, ylabel=name)
            axes[row, column].set_xticks(GRID[grows], labels=[f"{size:,}" for size in GRID[grows]])
            axes[row, column].tick_params("x", which="minor", bottom=False, labelbottom=False)
    axes[0, 0].legend()
    figure.savefig(path)


if __name__ == "__main__":
    main()
