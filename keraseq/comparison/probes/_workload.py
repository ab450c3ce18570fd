"""A training step and a prediction of some size, to be timed or weighed."""

import time

import numpy as np

from keraseq.builders import build
from keraseq.comparison.probes._tensorflow import peak_bytes

FEATURES = 8


class Workload:
    """A model of one width on batches of random numbers.

    Parameters
    ----------
    name : str
    width : int
    """

    task = "regression"

    def __init__(self, name, width):
        shape = (None, FEATURES)
        self._model = build(name, shape, 1, task=self.task, units=width, seed=0)
        # The first two shapes are traced as they are, later ones share a trace. TensorFlow warns of
        # many traces within ten calls, of however many models.
        for size in (2, *[3] * 6):
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

    def megabytes(self, length, batch):
        """Return the most that tensors take in a training step, beside weights and optimiser."""
        X, y = _numbers(length, batch)
        with peak_bytes() as peak:
            self._model.train_on_batch(X, y)
        return peak() / 2**20


def _numbers(length, batch):
    generator = np.random.default_rng(0)
    X = generator.normal(size=(batch, length, FEATURES)).astype(np.float32)
    return X, generator.normal(size=(batch, 1)).astype(np.float32)


def _seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def weigh(specs, sizes, n_repeats):
    """Return the megabytes of each of `sizes`, (width, length, batch), for each model and repeat.

    For a process that was started with `COUNTING` in its environment.
    """
    return [_weigh(spec.name, sizes, n_repeats) for spec in specs]


def _weigh(name, sizes, n_repeats):
    workloads = {width: Workload(name, width) for width in {width for width, _, _ in sizes}}
    return [
        [workloads[width].megabytes(length, batch) for width, length, batch in sizes]
        for _ in range(n_repeats)
    ]
