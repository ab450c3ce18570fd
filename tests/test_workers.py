"""Fits go where joblib's active backend says, and the data to each worker once."""

import os
import threading

import joblib
import numpy as np
import pandas as pd
import pytest
from _worker_fits import Deadly, double, hoard, note, pids
from sklearn.dummy import DummyClassifier

import keraseq
from keraseq.training.workers import Lost, check_sendable, find_workers

draw = np.random.default_rng(0)
X = draw.normal(size=(40, 5))
Y = (X[:, 0] > 0).astype(int)
LOCK = threading.Lock()


@pytest.fixture
def shared(tmp_path):
    return {"path": str(tmp_path / "fits"), "values": np.arange(10.0), "texts": ["a", "b"]}


def ran(workers, shared, jobs):
    with workers.run(double, shared, jobs) as outcomes:
        return dict(outcomes)


def test_the_number_of_workers_is_the_active_backends():
    assert find_workers().is_here and find_workers(1).is_here
    assert (find_workers(3).n, find_workers(3).is_named) == (3, False)
    with joblib.parallel_config(n_jobs=2):
        assert (find_workers().n, find_workers().is_named) == (2, False)
        assert find_workers(n_fits=1).is_here
        assert find_workers(3).n == 3
    with joblib.parallel_config("loky", n_jobs=2):
        assert (find_workers().n, find_workers().is_named) == (2, True)
        assert find_workers(1).is_here
    with joblib.parallel_config("sequential"):
        assert find_workers(2).is_here
    with (
        joblib.parallel_config("multiprocessing", n_jobs=2),
        pytest.raises(ValueError, match="TensorFlow hangs; take 'loky'"),
    ):
        find_workers()


def test_inside_a_worker_is_no_further_worker():
    def inner():
        return find_workers(2).is_here

    assert joblib.Parallel(2, backend="threading")([joblib.delayed(inner)()]) == [True]


def test_loky_replaces_workers_that_have_grown_and_no_warning_ends_its_thread():
    with find_workers(2).run(hoard, None, range(6)) as outcomes:
        assert sorted(outcomes) == [(n, n) for n in range(6)]


# loky's own thread may look for work that it has given back when it saw a worker killed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_loky_opens_the_data_once_a_worker_and_outlives_a_killed_one(shared):
    jobs = [(0, 0, None), (1, 1, None), (2, 0, None), (3, 2, None), *((n, 0, None) for n in (4, 5))]
    found = ran(find_workers(2), shared, jobs)
    lost = found.pop(3)
    assert isinstance(lost, Lost)
    assert str(lost).startswith("WorkerDied: the worker ended while it fitted")
    assert {place: outcome[0] for place, outcome in found.items()} == {
        0: 0,
        1: 2,
        2: 4,
        4: 8,
        5: 10,
    }
    assert {outcome[1] for outcome in found.values()} == {45.0}
    at, where = zip(*(outcome[2:] for outcome in found.values()), strict=True)
    assert os.getpid() not in where
    # The same object for every fit of a process.
    assert len(set(zip(at, where, strict=True))) == len(set(where))
    # Once more for a death, and no third time.
    counts = [len(pids(f"{shared['path']}-{place}")) for place in range(6)]
    assert counts[1] == 2 and counts[3] == 2 and max(counts) == 2
    # What a fit raises is raised, with where it was.
    with pytest.raises(OSError, match="no such disk") as raised:
        ran(find_workers(2), shared, [(6, 0, OSError("no such disk")), (7, 0, None)])
    assert "On a worker:\nTraceback" in raised.value.__notes__[0]


def test_a_comparison_in_threads(tmp_path):
    models = {"one": Deadly(tmp_path / "one"), "other": DummyClassifier()}
    asked = {"n_seeds": 3, "baselines": False, "verbose": 0}
    alone = keraseq.compare(models, X, Y, **asked)
    with joblib.parallel_config("threading", n_jobs=2):
        found = keraseq.compare(models, X, Y, **asked)
    pd.testing.assert_frame_equal(found.scores, alone.scores)


def locked(text):
    with LOCK:
        return text.split()


def closed_over():
    lock = threading.Lock()

    def careful(text):
        with lock:
            return text.split()

    return careful


@pytest.mark.parametrize(
    ("tokenizer", "named"),
    [
        (locked, "tokenizer of SequenceClassifier: LOCK, used by locked() (lock)"),
        (closed_over(), "tokenizer of SequenceClassifier: lock, used by careful() (lock)"),
    ],
)
def test_what_cannot_be_sent_is_named_before_the_first_fit(tokenizer, named, monkeypatch):
    # As in a script or notebook, whose functions are sent by value.
    monkeypatch.setattr(tokenizer, "__module__", "__main__")
    texts = ["good day", "bad day"] * 10
    clf = keraseq.SequenceClassifier(tokenizer=tokenizer, units=2, epochs=1, random_state=0)
    calls = (
        lambda: keraseq.compare({"mine": clf}, texts, [1, 0] * 10, baselines=False, n_jobs=2),
        lambda: keraseq.ensemble(clf, 2, n_jobs=2).fit(texts, [1, 0] * 10),
    )
    for name, call in zip(("mine", "estimator"), calls, strict=True):
        with pytest.raises(TypeError, match=r"sent to workers \(.*pickle.*n_jobs=1") as told:
            call()
        assert f"{name}: {named}" in str(told.value)


def test_what_can_be_sent_is_not_complained_of():
    check_sendable({"a": lambda text: text.split(), "b": threading.Thread, "c": note})
