"""What needs no network is done without Keras and TensorFlow, which take seconds to import."""

import subprocess
import sys
import textwrap

import pytest

import keraseq._keras

CODE = """
    import pickle, sys

    def without_keras(what):
        loaded = {"keras", "tensorflow", "jax", "torch"} & set(sys.modules)
        assert not loaded, f"{what} loaded {loaded}"

    import keraseq

    from keraseq import (
        Comparison, SequenceClassifier, SequenceForecaster, SequenceRegressor, SequenceTagger,
        compare, ensemble, load, save, list_models,
    )
    import keraseq.stems.layers, keraseq.tasks.layers
    from sklearn.base import clone

    without_keras("importing")
    numbers = [[1.0, 2.0], [2.0, 1.0]] * 4
    for kind in (SequenceClassifier, SequenceForecaster, SequenceRegressor, SequenceTagger):
        for estimator in (clone(kind("lstm", units=3)), pickle.loads(pickle.dumps(kind()))):
            repr(estimator), estimator.get_params(), estimator.set_params(epochs=2)
        without_keras(kind.__name__)
    help_text = SequenceClassifier.__doc__ + compare.__doc__

    def refused(what, call):
        try:
            call()
        except (ValueError, TypeError, AttributeError) as error:
            without_keras(what)
            return str(error)
        raise AssertionError(f"{what} was not refused")

    classes = [0, 1] * 4
    for kind in (SequenceClassifier, SequenceRegressor):
        refused("X of a wrong shape", lambda: kind().fit(numbers[:3], classes))
        refused("X of nothing", lambda: kind().fit([], []))
        refused("infinite X", lambda: kind().fit([[float("inf"), 1.0]] * 8, classes))
        refused("y of strings and numbers", lambda: kind().fit(numbers, [[1, 2], 3] * 4))
        refused("predict before fit", lambda: kind().predict(numbers))
        said = refused("a misspelt model", lambda: kind("lsmt").fit(numbers, classes))
        assert "lstm" in said
        refused("a misspelt parameter", lambda: kind().set_params(unit=3))
        refused("a misspelt setting", lambda: kind(input="txt").fit(numbers, classes))
    refused("y of one class", lambda: SequenceClassifier().fit(numbers, [0] * 8))
    refused("y that is no series", lambda: SequenceForecaster().fit("no series"))
    refused("a misspelt model", lambda: SequenceForecaster("dlinaer").fit(list(range(99))))
    refused("tags of other lengths", lambda: SequenceTagger().fit([["a", "b"]] * 8, [["x"]] * 8))
    refused("compare's X", lambda: compare(["lstm", "gru"], [], []))
    refused("compare's misspelt model", lambda: compare(["lstm", "gur"], numbers, classes))
    refused("an ensemble's y", lambda: ensemble(SequenceClassifier(), 2).fit(numbers, [1]))
    refused("a builder's name", lambda: keraseq.lsmt)
    refused("build's name", lambda: keraseq.build("lsmt", (None, 1), 2))
"""


def test_nothing_but_a_network_loads_keras():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CODE)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_stand_in_is_keras():
    import keras

    assert keraseq._keras.keras.Model is keras.Model
    assert keraseq._keras.ops.add is keras.ops.add
    assert keraseq._keras.is_keras_model(keras.Sequential())
    assert not keraseq._keras.is_keras_model(keras)
    with pytest.raises(AttributeError, match="no attribute 'modle'"):
        _ = keraseq._keras.keras.modle


def test_a_name_is_not_its_module_whatever_was_imported_before():
    """As a pickle imports it, for instance, that holds what the module defines."""
    code = """
import importlib, keraseq.datasets
importlib.import_module("keraseq.datasets.scan_parquet")
print(callable(keraseq.datasets.scan_parquet))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr[-2000:]
