"""Five-fold cross-validation of a small GRU: keraseq beside scikeras and skorch, in one run.

python benchmarks/cross_validation.py            # needs: pip install scikeras skorch torch
python benchmarks/cross_validation.py --repeats 5 --epochs 5 --steps 30

The same network (keraseq's builder for both Keras wrappers, its like in PyTorch), optimiser, batch
size and epochs. Each library runs in a process of its own, in turn, so that a slow minute of the
machine hits all; imports are not counted. Memory is what the process grew by meanwhile. What a lent
model saves is a constant a fit, most of a small one: with more `--steps` the training itself, the
same for both Keras wrappers, counts more. Without scikeras or skorch the others are still measured.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import psutil
from sklearn.datasets import make_classification
from sklearn.model_selection import StratifiedKFold, cross_val_score

CHANNELS, UNITS = 4, 16
SETTINGS = {"batch_size": 32}


def data(steps):
    X, y = make_classification(
        600, steps * CHANNELS, n_informative=30, class_sep=2.0, random_state=0
    )
    return X.reshape(-1, steps, CHANNELS).astype(np.float32), y


def with_keraseq(epochs):
    import keraseq

    return keraseq.SequenceClassifier(
        "gru", units=UNITS, epochs=epochs, optimizer="adam", learning_rate=0.001,
        early_stopping=False, random_state=0, **SETTINGS,
    )  # fmt: skip


def with_scikeras(epochs):
    from scikeras.wrappers import KerasClassifier

    import keraseq

    def model():
        return keraseq.gru((None, CHANNELS), 2, units=UNITS, seed=0)

    return KerasClassifier(model, epochs=epochs, verbose=0, random_state=0, **SETTINGS)


def with_skorch(epochs):
    import torch
    from skorch import NeuralNetClassifier

    class Gru(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.projection = torch.nn.Linear(CHANNELS, 64)
            self.gru = torch.nn.GRU(64, UNITS, batch_first=True)
            self.head = torch.nn.Linear(2 * UNITS, 2)

        def forward(self, x):
            x = self.gru(self.projection(x))[0]
            return self.head(torch.cat([x.mean(dim=1), x.max(dim=1).values], dim=1))

    torch.manual_seed(0)
    return NeuralNetClassifier(
        Gru, criterion=torch.nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=0.001,
        max_epochs=epochs, train_split=None, verbose=0, **SETTINGS,
    )  # fmt: skip


LIBRARIES = {"keraseq": with_keraseq, "scikeras": with_scikeras, "skorch": with_skorch}


def measure(name, epochs, steps):
    """Cross-validate once in this process and print what it took."""
    X, y = data(steps)
    estimator = LIBRARIES[name](epochs)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    process = psutil.Process()
    before, begin = process.memory_info().rss, time.perf_counter()
    scores = cross_val_score(estimator, X, y, cv=folds, error_score="raise")
    seconds = time.perf_counter() - begin
    grown = (process.memory_info().rss - before) / 2**20
    print(json.dumps({"seconds": seconds, "megabytes": grown, "score": scores.mean()}))


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--repeats", type=int, default=3)
    made.add_argument("--epochs", type=int, default=5)
    made.add_argument("--steps", type=int, default=10)
    made.add_argument("--only", choices=LIBRARIES, help=argparse.SUPPRESS)
    options = made.parse_args()
    if options.only:
        measure(options.only, options.epochs, options.steps)
        return
    there = [name for name in LIBRARIES if importlib.util.find_spec(name)]
    found = {name: [] for name in there}
    sizes = ["--epochs", str(options.epochs), "--steps", str(options.steps)]
    command = [sys.executable, __file__, *sizes, "--only"]
    for _ in range(options.repeats):
        for name in there:
            done = subprocess.run([*command, name], capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{name} failed:\n{done.stderr[-2000:]}")
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    middle = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in found.items()
    }
    print(f"{'':10} seconds  ratio  megabytes  ratio  accuracy   (medians of {options.repeats})")
    ours = middle["keraseq"]
    for name, values in middle.items():
        times, memory = (values[key] / ours[key] for key in ("seconds", "megabytes"))
        print(
            f"{name:10} {values['seconds']:7.2f} {times:6.2f} {values['megabytes']:10.0f} "
            f"{memory:6.2f} {values['score']:9.3f}"
        )
    for name in set(LIBRARIES) - set(there):
        print(f"{name} is not installed: pip install {name}")


if __name__ == "__main__":
    main()
