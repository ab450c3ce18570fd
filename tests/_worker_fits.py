"""What tests send to workers, which import it from here: each fit leaves a line in a file."""

import os
import signal
import time
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

import keraseq


def note(path):
    """Write down this process; return how many lines there are."""
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return len(Path(path).read_text().splitlines())


def pids(path):
    return [int(line) for line in Path(path).read_text().splitlines()]


def die():
    """Kill this process, but not before those that watch over it know that it runs.

    Dask does not replace a worker that ends while it starts.
    """
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)


class Deadly(ClassifierMixin, BaseEstimator):
    """Kills the process of its first fits, all of one seed, and then gives the first class."""

    def __init__(self, path, deaths=0, random_state=None):
        self.path = path
        self.deaths = deaths
        self.random_state = random_state

    def fit(self, X, y):
        note(self.path)
        # Whoever comes first, where two workers fit at once.
        seeds = Path(f"{self.path}-seeds")
        with seeds.open("a") as file:
            file.write(f"{self.random_state}\n")
        first, *others = seeds.read_text().split()
        mine = str(self.random_state)
        if mine == first and others.count(mine) < self.deaths:
            die()
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


class Noted(keraseq.SequenceClassifier):
    """Tells where it was fitted."""

    def fit(self, X, y):
        super().fit(X, y)
        self.pid_ = os.getpid()
        return self

    def score(self, X, y):
        note(os.environ["KERASEQ_TEST_PIDS"])
        return super().score(X, y)


_hoard = []


def hoard(shared, job):
    """Keep as much memory as loky allows a worker to grow by, and a moment's time."""
    _hoard.append(np.ones(320_000_000, "uint8"))
    time.sleep(1.1)
    return job


def double(shared, job):
    """A job: its number, how often it kills its worker, or an error that it raises."""
    number, deaths, error = job
    times = note(f"{shared['path']}-{number}")
    if times <= deaths:
        die()
    if error is not None:
        raise error
    return 2 * number, float(shared["values"].sum()), id(shared), os.getpid()
