"""A training step of parallel recurrences beside gru's and lstm's, in turns in one run.

    python benchmarks/parallel_recurrence.py --write                # 16 x 64, 1,000 steps
    python benchmarks/parallel_recurrence.py --rows 64 --units 128
    KERAS_BACKEND=jax python benchmarks/parallel_recurrence.py

Same stem, reading, head and optimiser, one layer each; random numbers of two features, two
classes. Printed are the fastest and the median step of each, and how many times as fast as the
better of gru and lstm its fastest is. The aim is 2 for min_gru and lru.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As `import keraseq` does where it is the first.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import numpy as np

import keraseq

MODELS = ["min_gru", "min_lstm", "lru", "xlstm", "gru", "lstm"]
RIVALS = ("gru", "lstm")


def main():
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    made.add_argument("--models", nargs="+", default=MODELS, help="gru and lstm are always run")
    made.add_argument("--rows", type=int, default=16)
    made.add_argument("--units", type=int, default=64)
    made.add_argument("--steps", type=int, default=1_000)
    made.add_argument("--layers", type=int, default=1)
    made.add_argument("--repeats", type=int, default=10)
    made.add_argument("--write", action="store_true", help="into this machine's page of results")
    options = made.parse_args()
    print(f"keras {keras.__version__} on {keras.backend.backend()}")
    table = compared(measure(options))
    for row in table:
        print(*(f"{name} {value}  " for name, value in row.items()))
    if options.write:
        from _results import speeds_path, write_section

        title = (
            f"A training step of recurrences: {options.rows} x {options.units} units x "
            f"{options.steps:,} steps"
        )
        notes = f"{options.layers} layer each, {options.repeats} steps in turns after two."
        write_section(title, table, seeds=0, path=speeds_path(), notes=notes)


def measure(options):
    """Seconds of each step of each model, taken in turns after two that compile."""
    draw = np.random.default_rng(0)
    X = draw.normal(size=(options.rows, options.steps, 2)).astype("float32")
    y = draw.integers(0, 2, options.rows)
    sizes = {"units": options.units, "num_layers": options.layers, "seed": 0}
    models = {
        name: keraseq.build(name, (options.steps, 2), 2, **sizes)
        for name in dict.fromkeys([*options.models, *RIVALS])
    }
    for model in models.values():
        for _ in range(2):
            model.train_on_batch(X, y)
    seconds = {name: [] for name in models}
    for _ in range(options.repeats):
        for name, model in models.items():
            start = time.perf_counter()
            model.train_on_batch(X, y)
            seconds[name].append(time.perf_counter() - start)
    return seconds


def compared(seconds):
    """A row for each model."""
    rival = min(min(seconds[name]) for name in RIVALS)
    return [
        {
            "model": name,
            "fastest, ms": round(1000 * min(times), 1),
            "median, ms": round(1000 * statistics.median(times), 1),
            "times as fast": round(rival / min(times), 2),
        }
        for name, times in seconds.items()
    ]


if __name__ == "__main__":
    main()
