"""What TensorFlow says by itself is not shown, and all of it to whoever asks for it."""

import os
import subprocess
import sys
import textwrap

_FITS = """
import os, sys
{first}
import numpy as np, keraseq
X = np.random.default_rng(0).normal(size=(20, 3))
for units in range(2, 8):
    clf = keraseq.SequenceClassifier("simple_rnn", units=units, epochs=1, random_state=0)
    clf.fit(X, X[:, 0] > 0).predict(X)
os.write(2, b"the end")
"""
_MANY_TRACES = """
import tensorflow as tf
for size in range(7):
    tf.function(lambda x: x)(tf.zeros(size))
"""


def errors_of(code, level=None):
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    if level is not None:
        environment["TF_CPP_MIN_LOG_LEVEL"] = level
    run = [sys.executable, "-c", code]
    return subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stderr


def test_ordinary_use_is_silent():
    assert errors_of(_FITS.format(first="")) == "the end"


def test_who_asks_sees_everything():
    said = errors_of(_FITS.format(first=""), level="0")
    assert "absl" in said
    assert "triggered tf.function retracing" in said


def test_a_users_own_functions_are_warned_of():
    assert "triggered tf.function retracing" in errors_of("import keraseq" + _MANY_TRACES)


def test_what_others_write_while_tensorflow_starts_is_shown():
    # As a library does that TensorFlow loads; and a notice below the level that was set.
    spoken = "os.write(2, b'of another\\nE0000 broken\\nW0000 a warning\\n')"
    first = f"""
import importlib.abc
class Speak(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "tensorflow.python":
            {spoken}
sys.meta_path.insert(0, Speak())
"""
    said = errors_of(_FITS.format(first=first), level="2")
    assert "of another\nE0000 broken\n" in said
    assert "W0000" not in said
    assert "I0000" not in said


def test_workers_are_silent():
    code = """
import numpy as np, keraseq
from sklearn.model_selection import cross_val_score
X = np.random.default_rng(0).normal(size=(40, 3))
clf = keraseq.SequenceClassifier("simple_rnn", units=2, epochs=1, random_state=0)
cross_val_score(clf, X, X[:, 0] > 0, cv=2, n_jobs=2)
"""
    assert errors_of(code) == ""


def test_probes_are_silent():
    code = """
from keraseq.comparison import probes
probes.memory_horizon(
    ["simple_rnn", "gru", "lstm"], lags=(4,), steps=2, units=2, n_seeds=1, verbose=0
)
probes.scaling(["simple_rnn"], lengths=(2, 3, 4), widths=(), batches=(), width=2, memory=False)
"""
    assert errors_of(code) == ""


def test_a_recipe_is_silent_on_models_of_its_own():
    traces = textwrap.indent(_MANY_TRACES, "    ")
    code = f"from keraseq import cli\ndef run(options):{traces}\nmade = cli.parser('', model='gru'"
    assert errors_of(f"{code}, data='x', columns={{}})\ncli.main(run, made.parse_args())") == ""
