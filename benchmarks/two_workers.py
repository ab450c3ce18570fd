"""A comparison of 20 fits on two worker processes beside one, one thread a worker, in one run.

python benchmarks/two_workers.py                 # about ten minutes on 2 cores
python benchmarks/two_workers.py --epochs 3

Each way runs in a process of its own and its time counts everything after the imports: the first
fit, which tells `compare` whether workers are worth their start, and that start. Beside them, for
the user who leaves `n_jobs` alone: one process with all the threads that TensorFlow takes.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)

import numpy as np

import keraseq

ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}
WAYS = {
    "one worker, one thread": (1, ONE_THREAD),
    "two workers, one thread each": (2, {}),
    "in process, all threads": (1, {}),
}


def measure(n_jobs, epochs):
    """Compare once in this process and print what it took."""
    generator = np.random.default_rng(0)
    X = generator.normal(size=(1500, 100, 4))
    y = (X[:, -1, 0] + X[:, 50, 1] > 0).astype(int)
    settings = {"units": 64, "epochs": epochs, "early_stopping": False}
    keraseq.SequenceClassifier("gru", **settings)  # imports are not counted
    begin = time.perf_counter()
    result = keraseq.compare(
        ["gru", "lstm"], X, y, n_seeds=10, baselines=False, n_jobs=n_jobs, verbose=0,
        estimator_params=settings,
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    fits = result.runs["seconds"]
    print(json.dumps({"seconds": seconds, "median": fits.median(), "least": fits.min()}))


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--epochs", type=int, default=10)
    made.add_argument("--only", type=int, help=argparse.SUPPRESS)
    options = made.parse_args()
    if options.only:
        measure(options.only, options.epochs)
        return
    first = None
    for name, (n_jobs, environment) in WAYS.items():
        command = [sys.executable, __file__, "--epochs", str(options.epochs), "--only", str(n_jobs)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
        )
        if done.returncode:
            sys.exit(f"{name} failed:\n{done.stderr[-2000:]}")
        took = json.loads(done.stdout.splitlines()[-1])
        first = first or took["seconds"]
        print(
            f"{name:30} {took['seconds']:6.0f} s, {first / took['seconds']:.2f} times as fast; "
            f"a fit {took['median']:.1f} s, at least {took['least']:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
