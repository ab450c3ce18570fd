"""One fit shared by devices or machines ends with the weights of one."""

import json
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import _sharded_fits
import keras
import numpy as np
import pytest
from sklearn.base import clone

import keraseq
from keraseq.training import distributed

X, Y = _sharded_fits.X, _sharded_fits.Y
SCRIPT = Path(__file__).with_name("_sharded_fits.py")


def started(strategy, path, **environment):
    command = [sys.executable, str(SCRIPT), strategy, str(path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, env={**os.environ, **environment}, **pipes)


def ended(process):
    try:
        said, _ = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 0, said


def check(path, names):
    with np.load(path) as found:
        n_distributed, n_compiled = found["counted"].tolist()
        # Training and, where there is a validation part, that too.
        assert n_distributed >= len(names)
        assert n_compiled == 0
        for name in names:
            for place, expected in enumerate(_sharded_fits.weights(name)):
                np.testing.assert_allclose(found[f"{name}/{place}"], expected, atol=1e-4)


def test_two_devices_of_one_machine(tmp_path):
    path = tmp_path / "weights.npz"
    ended(started("mirrored", path))
    check(path, ["classifier", "stream", "forecaster"])
    with np.load(path) as found:
        loss, nats = found["written"]
    # A loss that takes its own mean is shared like others.
    assert loss == pytest.approx(nats, rel=0.01)


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def test_two_processes_that_know_of_each_other(tmp_path):
    workers = [f"127.0.0.1:{port}" for port in free_ports(2)]
    processes = []
    for index in range(2):
        task = {"type": "worker", "index": index}
        said = json.dumps({"cluster": {"worker": workers}, "task": task})
        path = tmp_path / f"{index}.npz"
        processes.append(started("multi_worker", path, TF_CONFIG=said))
    try:
        for process in processes:
            ended(process)
    finally:
        for process in processes:
            process.kill()
    for index in range(2):
        check(tmp_path / f"{index}.npz", ["stream"])


def make_strategy():
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(["CPU:0"])


@pytest.mark.parametrize("strategy", ["mirrored", make_strategy])
def test_one_device_trains_as_without(strategy):
    clf = keraseq.SequenceClassifier(
        _sharded_fits.dense, epochs=1, random_state=0, strategy=strategy
    )
    again = clone(pickle.loads(pickle.dumps(clf)))
    before = distributed.COUNTS.n_fits
    expected = clone(clf).set_params(strategy=None).fit(X, Y)
    np.testing.assert_array_equal(again.fit(X, Y).predict_proba(X), expected.predict_proba(X))
    assert distributed.COUNTS.n_fits == before


def test_what_is_no_strategy_is_refused(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    for strategy, error, words in [
        ("mirror", ValueError, "Did you mean 'mirrored'"),
        (make_strategy(), TypeError, "give the function that makes it"),
        (lambda: 3, TypeError, "returned 3; it must return a tf.distribute.Strategy"),
        ("multi_worker", ValueError, "needs the environment variable TF_CONFIG"),
    ]:
        for estimator, data in (
            (keraseq.SequenceClassifier(strategy=strategy), (X, Y)),
            (keraseq.SequenceForecaster(strategy=strategy), (_sharded_fits.SERIES,)),
            (keraseq.SequenceGenerator(strategy=strategy), ("to be or not to be",)),
            (keraseq.SequenceTransducer(strategy=strategy), (["a"], ["b"])),
        ):
            with pytest.raises(error, match=words):
                estimator.fit(*data)
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(ValueError, match="Keras runs on jax"):
        keraseq.SequenceRegressor(strategy="mirrored").fit(X, np.arange(75))


def test_a_file_holds_no_strategy(tmp_path):
    clf = keraseq.SequenceClassifier(
        "gru", units=2, epochs=0, random_state=0, strategy=make_strategy
    )
    clf.fit(X, Y).save(tmp_path / "clf.keraseq")
    assert keraseq.load(tmp_path / "clf.keraseq").strategy is None
