"""A comparison of 20 fits on two worker processes beside one, one thread a worker, in one run.

python benchmarks/two_workers.py                 # some fifteen minutes on 2 cores
python benchmarks/two_workers.py --epochs 3

Each way runs in a process of its own and its time counts everything after the imports: the first
fit, which tells `compare` whether workers are worth their start, and that start. Two processes with
one thread each that know nothing of one another show what the machine can give at most: its two
processors may share a core. The last row is for the user who leaves `n_jobs` alone.
"""

import argparse
import contextlib
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
WAYS = {  # name: (workers, environment, how many of them at a time)
    "one worker, one thread": (1, ONE_THREAD, 1),
    "two workers, one thread each": (2, {}, 1),
    "the first twice, side by side": (1, ONE_THREAD, 2),
    "in process, all threads": (1, {}, 1),
}


def compare_once(epochs, backend=None, **named):
    """Compare two networks on generated series; return the seconds it took, and the result.

    What `backend`, a context manager, has to start is counted; imports are not.
    """
    generator = np.random.default_rng(0)
    X = generator.normal(size=(1500, 100, 4))
    y = (X[:, -1, 0] + X[:, 50, 1] > 0).astype(int)
    settings = {"units": 64, "epochs": epochs, "early_stopping": False}
    keraseq.SequenceClassifier("gru", **settings)
    begin = time.perf_counter()
    with backend or contextlib.nullcontext():
        result = keraseq.compare(
            ["gru", "lstm"], X, y, baselines=False, verbose=0, estimator_params=settings, **named
        )
        return time.perf_counter() - begin, result


def measure(n_jobs, epochs):
    """Compare once in this process and print what it took."""
    seconds, result = compare_once(epochs, n_seeds=10, n_jobs=n_jobs)
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
    for name, (n_jobs, environment, copies) in WAYS.items():
        took = in_processes(n_jobs, options.epochs, environment, copies)
        seconds = max(each["seconds"] for each in took) / copies
        first = first or seconds
        print(
            f"{name:30} {seconds:4.0f} s for 20 fits, {first / seconds:.2f} times as fast; "
            f"a fit {took[0]['median']:.1f} s, at least {took[0]['least']:.1f} s",
            flush=True,
        )


def in_processes(n_jobs, epochs, environment, copies):
    """Measure in so many new processes at a time; return what each found."""
    command = [sys.executable, __file__, "--epochs", str(epochs), "--only", str(n_jobs)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, **environment}
    started = [subprocess.Popen(command, env=environment, **pipes) for _ in range(copies)]
    answers = [process.communicate() for process in started]
    for process, (_, complaint) in zip(started, answers, strict=True):
        if process.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{complaint[-2000:]}")
    return [json.loads(answer.splitlines()[-1]) for answer, _ in answers]


if __name__ == "__main__":
    main()
