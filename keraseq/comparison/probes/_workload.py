"""A training step and a prediction of some size, to be timed or weighed."""

import time

import numpy as np

from keraseq.builders import build
from keraseq.comparison._memory import PeakMemory

FEATURES = 8
_INTERVAL = 0.001


class Workload:
    """A model of one width on batches of random numbers.

    Parameters
    ----------
    name : str
    width : int
    """

    def __init__(self, name, width):
        shape = (None, FEATURES)
        self._model = build(name, shape, 1, task="regression", units=width, seed=0)
        # The first two shapes are traced as they are, later ones share a trace.
        for size in (2, 3):
            self.train(size, size)
            self.predict(size, size)

    def train(self, length, batch):
        """Return the seconds of a training step."""
        X, y = _numbers(length, batch)
        return _seconds(lambda: self._model.train_on_batch(X, y))

    def predict(self, length, batch):
        """Return the seconds of a prediction."""
        X, _ = _numbers(length, batch)
        return _seconds(lambda: self._model.predict_on_batch(X))

    def megabytes(self, length, batch, n_steps=3):
        """Return what the process rises by at most in training steps."""
        X, y = _numbers(length, batch)
        with PeakMemory(_INTERVAL) as memory:
            for _ in range(n_steps):
                self._model.train_on_batch(X, y)
        return memory.megabytes


def _numbers(length, batch):
    generator = np.random.default_rng(0)
    X = generator.normal(size=(batch, length, FEATURES)).astype(np.float32)
    return X, generator.normal(size=(batch, 1)).astype(np.float32)


def _seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def weigh(spec, sizes):
    """Return the megabytes of each of `sizes`, (width, length, batch); for a process of its own."""
    workloads = {}
    for width, _, _ in sizes:
        if width not in workloads:
            workloads[width] = Workload(spec.name, width)
    return [workloads[width].megabytes(length, batch) for width, length, batch in sizes]
