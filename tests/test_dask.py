"""Comparisons, ensembles, backtests and searches on a Dask cluster of two worker processes."""

import json
import os
import sys
import threading

import dask
import joblib
import numpy as np
import pandas as pd
import pytest
from _greedy import greedy
from _worker_fits import Deadly, Noted, pids
from scipy.stats import loguniform
from sklearn.dummy import DummyClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV

import keraseq
from keraseq.comparison._journal import Journal
from keraseq.training.workers import Lost, dask_workers, find_workers
from keraseq.training.workers.task import TURN, Task

draw = np.random.default_rng(0)
X = draw.normal(size=(40, 5))
Y = (X[:, 0] > 0).astype(int)
# By default a worker that is away 15 s after it was killed never comes back, and a second kill may
# fall on that very moment.
PATIENT = {"distributed.deploy.lost-worker-timeout": "1h"}
ASKED = {"baselines": False, "verbose": 0}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    from distributed import Client, LocalCluster

    os.environ["KERASEQ_TEST_PIDS"] = str(tmp_path_factory.mktemp("fits") / "scores")
    settings = {"dashboard_address": ":0", "memory_limit": 0, "silence_logs": "ERROR"}
    with (
        dask.config.set(PATIENT),
        LocalCluster(n_workers=2, threads_per_worker=1, **settings) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def on_dask(client):
    with joblib.parallel_config("dask"):
        yield client


def classifier(**changes):
    settings = {"model": "gru", "units": 4, "epochs": 2, "random_state": 0}
    return Noted(**{**settings, **changes})


def test_the_table_is_the_one_of_one_process(on_dask):
    assert (find_workers().n, find_workers(1).n, find_workers(-1).n) == (2, 1, 2)
    models = {"gru": classifier(), "dummy": DummyClassifier(strategy="uniform")}
    found = keraseq.compare(models, X, Y, n_seeds=2, tune=2, **ASKED)
    with joblib.parallel_config("sequential"):
        alone = keraseq.compare(models, X, Y, n_seeds=2, tune=2, **ASKED)
    pd.testing.assert_frame_equal(found.scores, alone.scores)
    same = ["seed", "split", "tuned", "parameters", "epochs"]
    pd.testing.assert_frame_equal(found.runs[same], alone.runs[same])
    # Threads had been set before TensorFlow started.
    assert set(found.runs["threads"]) == {1}
    losses = [result.learning_curves().frame for result in (found, alone)]
    pd.testing.assert_frame_equal(*losses, rtol=1e-5)
    assert found.runs["latency_ms"].count() == 2


def test_ensembles_and_backtests_follow(on_dask):
    several = keraseq.ensemble(classifier(), n=3)
    there = several.fit(X, Y)
    assert os.getpid() not in {member.pid_ for member in there.estimators_}
    answered = there.predict_proba(X)
    forecaster = keraseq.SequenceForecaster(
        "dlinear", lookback=8, horizon=2, epochs=2, random_state=0
    )
    series = np.sin(np.arange(90) / 3)
    asked = {"start": 80, "refit": True, "coverage": None, "verbose": 0}
    found = forecaster.backtest(series, **asked)
    with joblib.parallel_config("sequential"):
        np.testing.assert_allclose(answered, several.fit(X, Y).predict_proba(X), atol=1e-6)
        alone = forecaster.backtest(series, **asked)
    assert found.forecasts["origin"].nunique() == 5
    pd.testing.assert_frame_equal(found.forecasts, alone.forecasts, rtol=1e-4)


def test_searches(on_dask):
    # Workers inside workers would wait for each other for ever.
    several = keraseq.ensemble(classifier(epochs=1), n=2, n_jobs=2)
    grid = GridSearchCV(several, {"estimator__learning_rate": [0.001, 0.05]}, cv=2)
    halving = HalvingRandomSearchCV(
        classifier(), {"learning_rate": loguniform(1e-4, 1e-1)}, n_candidates=3, cv=2,
        factor=3, min_resources=20, random_state=0,
    )  # fmt: skip
    for search in (grid, halving):
        found = search.fit(X, Y).cv_results_["mean_test_score"]
        with joblib.parallel_config("sequential"):
            np.testing.assert_allclose(found, search.fit(X, Y).cv_results_["mean_test_score"])
    by = set(pids(os.environ["KERASEQ_TEST_PIDS"]))
    assert len(by - {os.getpid()}) >= 1


def count_received():
    """On a worker: count from now on the bytes that come through its sockets."""
    import tornado.iostream

    kind = tornado.iostream.IOStream
    read = kind.read_from_fd

    def counted(self, buffer):
        n = read(self, buffer)
        kind.n_received += n or 0
        return n

    kind.n_received, kind.read_from_fd, kind.uncounted = 0, counted, read


def end_count():
    import tornado.iostream

    kind = tornado.iostream.IOStream
    kind.read_from_fd = kind.uncounted
    return kind.n_received


def test_data_travel_once_a_worker_and_not_once_a_fit(on_dask):
    big = draw.normal(size=(2_000, 1_000))
    on_dask.run(count_received)
    try:
        result = keraseq.compare([DummyClassifier()], big, (big[:, 0] > 0) * 1, n_seeds=12, **ASKED)
    finally:
        received = on_dask.run(end_count)
    assert len(result.runs) == 12
    for n in received.values():
        assert big.nbytes < n < 1.2 * big.nbytes


def test_other_versions_are_refused_before_the_first_fit(on_dask, monkeypatch, tmp_path):
    mine = {"mine": Deadly(tmp_path / "fits")}
    monkeypatch.setattr(keraseq, "__version__", "0.0.7")
    with pytest.raises(RuntimeError, match="one table would hold fits of both") as told:
        keraseq.compare(mine, X, Y, **ASKED)
    monkeypatch.undo()
    assert f"has keraseq {keraseq.__version__}, keras" in str(told.value)
    assert "this process has keraseq 0.0.7, keras" in str(told.value)

    def swap():
        sys.modules["keraseq"], sys.kept = getattr(sys, "kept", None), sys.modules["keraseq"]

    on_dask.run(swap)
    try:
        with pytest.raises(RuntimeError, match=r"lacks a package.*keraseq.*Install keraseq"):
            keraseq.compare(mine, X, Y, **ASKED)
    finally:
        on_dask.run(swap)
    assert not (tmp_path / "fits").exists()


def test_resume_outlives_a_restart_of_all_workers(on_dask, monkeypatch, tmp_path):
    mine, journal = {"mine": Deadly(tmp_path / "fits")}, tmp_path / "runs.jsonl"
    add, before = Journal.add, set(on_dask.run(os.getpid).values())

    def cut(self, record):
        add(self, record)
        if len(self.records) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "add", cut)
    with pytest.raises(KeyboardInterrupt):
        keraseq.compare(mine, X, Y, n_seeds=5, resume=journal, **ASKED)
    monkeypatch.undo()
    assert len(journal.read_text().splitlines()) == 4
    on_dask.restart()
    done = len(pids(tmp_path / "fits"))
    result = keraseq.compare(mine, X, Y, n_seeds=5, resume=journal, **ASKED)
    again = pids(tmp_path / "fits")[done:]
    assert len(again) == 2 and not before & set(again)
    assert result.scores["mine"].notna().all()


def test_a_killed_worker_costs_its_fit_which_is_tried_once_more(on_dask, tmp_path):
    models = {"once": Deadly(tmp_path / "once", 1), "well": DummyClassifier()}
    whole = keraseq.compare(models, X, Y, n_seeds=2, **ASKED)
    assert whole.runs["error"].isna().all() and whole.runs["score"].notna().all()
    assert len(pids(tmp_path / "once")) == 3
    # Killed twice, with what all its copies of the data were lost.
    models["twice"] = Deadly(tmp_path / "twice", 2)
    journal = tmp_path / "runs.jsonl"
    result = keraseq.compare(models, X, Y, n_seeds=2, resume=journal, **ASKED)
    failed = result.runs[result.runs["error"].notna()]
    assert list(failed["model"]) == ["twice"]
    assert failed["error"].str.startswith("WorkerDied: the worker ended while it fitted").all()
    assert len(pids(tmp_path / "twice")) == 3
    kept = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
    assert len(kept) == 6


class Cluster:
    """Stands for the scheduler's notes and a worker, so that what ends a worker can be staged."""

    address = "tcp://127.0.0.1:1"

    def __init__(self):
        self.notes = {}

    def get_metadata(self, name, default):
        return self.notes.get(name[1], default)

    def set_metadata(self, name, value):
        self.notes[name[1]] = value


class WorkerEnds(BaseException):
    """Nothing that runs in it goes on."""


def begin(how, place=0):
    return dask_workers._fit_there(Task(end, None, None), None, how, "run", place)


def end(shared, how):
    if how == "dies":
        raise WorkerEnds
    return how


@pytest.fixture
def cluster(monkeypatch):
    staged = Cluster()
    monkeypatch.setattr(dask_workers, "get_client", lambda: staged)
    monkeypatch.setattr(dask_workers, "get_worker", lambda: staged)
    return staged


def test_a_fit_is_blamed_for_the_workers_that_end_before_it_does_alone(cluster):
    # What has ended begins again where its answer was lost with its worker.
    assert [begin("well", 0) for _ in range(3)] == ["well"] * 3
    for _ in range(2):
        with pytest.raises(WorkerEnds):
            begin("dies", 1)
    assert isinstance(begin("well", 1), Lost)
    # An answer that ends whoever sends it is not computed for ever.
    assert begin("well", 0) == "well" and isinstance(begin("well", 0), Lost)


def test_a_fit_that_waits_for_another_threads_has_not_begun(cluster):
    thread = threading.Thread(target=begin, args=("well",))
    with TURN:
        thread.start()
        thread.join(0.5)
        assert thread.is_alive() and not cluster.notes
    thread.join(60)
    assert cluster.notes == {"0": (1, 1)}


def test_a_cluster_that_stays_without_workers_is_named(monkeypatch):
    class Empty:
        def wait_for_workers(self, n, timeout):
            raise TimeoutError

    workers = object.__new__(dask_workers.DaskWorkers)
    monkeypatch.setattr(workers, "_client", Empty(), raising=False)
    with pytest.raises(ConnectionError, match=r"scale\(n\).*resume=.*lost-worker-timeout"):
        workers._send({})


def test_a_worker_out_of_memory_costs_its_fit(tmp_path):
    from distributed import Client, LocalCluster

    settings = {"dashboard_address": ":0", "silence_logs": 60, "memory_limit": "1GB"}
    jobs = [(str(tmp_path / "greedy"), 2), (str(tmp_path / "once"), 1), (str(tmp_path / "well"), 0)]
    with (
        dask.config.set(PATIENT),
        LocalCluster(n_workers=1, threads_per_worker=1, **settings) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
        find_workers().run(greedy, None, jobs) as outcomes,
    ):
        found = dict(outcomes)
    assert "its memory did not suffice: give each worker more" in str(found.pop(0))
    assert found == {1: 2, 2: 1}
