"""A training step of parallel recurrences beside gru's and lstm's, in turns in one run.

    python benchmarks/parallel_recurrence.py                       # both sizes, 1,000 steps
    KERAS_BACKEND=jax python benchmarks/parallel_recurrence.py --models min_gru gru lstm

Same stem, reading, head and optimiser; random numbers of two features, two classes. Printed are
the fastest and the median step of each and their ratio to the better of gru and lstm.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import keraseq

SIZES = [(16, 64), (64, 128)]


def main():
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    made.add_argument("--models", nargs="+", default=["min_gru", "gru", "lstm"])
    made.add_argument("--steps", type=int, default=1_000)
    made.add_argument("--repeats", type=int, default=10)
    options = made.parse_args()
    print(f"keras {keras.__version__} on {keras.backend.backend()}, {options.steps} steps")
    for rows, units in SIZES:
        print(f"\nbatch {rows} x {units} units")
        seconds = measure(options.models, rows, units, options.steps, options.repeats)
        rival = min(min(seconds[name]) for name in ("gru", "lstm"))
        for name, times in seconds.items():
            print(
                f"{name:12} fastest {1000 * min(times):8.1f} ms   median "
                f"{1000 * statistics.median(times):8.1f} ms   "
                f"{rival / min(times):6.2f} times as fast as the better of gru and lstm"
            )


def measure(names, rows, units, steps, repeats):
    """Seconds of each step of each model, taken in turns after two that compile."""
    draw = np.random.default_rng(0)
    X = draw.normal(size=(rows, steps, 2)).astype("float32")
    y = draw.integers(0, 2, rows)
    models = {name: keraseq.build(name, (steps, 2), 2, units=units, seed=0) for name in names}
    for model in models.values():
        for _ in range(2):
            model.train_on_batch(X, y)
    seconds = {name: [] for name in names}
    for _ in range(repeats):
        for name, model in models.items():
            start = time.perf_counter()
            model.train_on_batch(X, y)
            seconds[name].append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    main()
