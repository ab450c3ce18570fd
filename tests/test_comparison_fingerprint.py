"""What a journal of runs takes for the same model, and for another one."""

import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import keraseq
from keraseq import _version
from keraseq.comparison import compare
from keraseq.comparison._fingerprint import fingerprint

PACKAGE = Path(keraseq.__file__).parent
NOTEBOOK = """
import keras
import keraseq
import helpers
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

SCALE = 2.0
NAMES = {"relu", "tanh", "gelu"}
unused = 1
shape = (1, 2)

def activate(x):
    return keras.activations.relu(x)

def twice(function):
    def both(x):
        return function(x) * 2
    return both

doubled = twice(activate)

class Block(keras.layers.Layer):
    slope = 0.5
    def call(self, x):
        return self.bend(x) * self.slope
    def bend(self, x):
        return x + 1

class Wide(Block):
    pass

class Halver(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        return X / 2

class Watch(keras.callbacks.Callback):
    def __init__(self, limit=3):
        super().__init__()
        self.limit = limit

@keraseq.register_model
def notebook_body(x, mask, *, units=8, num_layers=1, dropout=0.0):
    "A body."
    steps = x.shape[1]  # not the global
    x = Wide()(doubled(x)) * SCALE
    assert "relu" in NAMES
    return helpers.inner.mix(keras.layers.Dense(units)(x))

def whole_model(input_shape, outputs):
    return notebook_body

def make():
    return {
        "body": keraseq.SequenceClassifier("notebook_body"),
        "function": keraseq.SequenceClassifier(whole_model),
        "transformer": make_pipeline(Halver(), FunctionTransformer(lambda X: X + 1)),
        "callback": keraseq.SequenceClassifier(callbacks=[Watch()]),
    }
"""
HELPERS = "def mix(x):\n    return x + 1\n"
CHANGES = {
    "the code of a function behind a closure": ("activations.relu", "activations.tanh", "body"),
    "a global": ("SCALE = 2.0", "SCALE = 3.0", "body"),
    "a global set": ('"gelu"', '"silu"', "body"),
    "a nested function": ("function(x) * 2", "function(x) * 3", "body"),
    "a class's method": ("return x + 1\n\nclass Wide", "return x + 2\n\nclass Wide", "body"),
    "a class's attribute": ("slope = 0.5", "slope = 0.25", "body"),
    "a default": ("units=8", "units=9", "body"),
    "the order of operations": ("x + 1\n\nclass Wide", "x - 1\n\nclass Wide", "body"),
    "a body that a function reaches": ("activations.relu", "activations.tanh", "function"),
    "a transformer": ("X / 2", "X / 3", "transformer"),
    "a lambda": ("lambda X: X + 1", "lambda X: X + 2", "transformer"),
    "a callback's class": ("limit=3", "limit=4", "callback"),
}
SAME = {
    "a comment": ("# not the global", "# another"),
    "a global that it does not name": ("unused = 1", "unused = 2"),
    "a global of an attribute's name": ("shape = (1, 2)", "shape = (3, 4)"),
}


def prints(monkeypatch, source=NOTEBOOK, helpers=HELPERS):
    """The fingerprints of a notebook's estimators."""
    modules = {name: types.ModuleType(name) for name in ("helpers", "helpers.inner", "notebook")}
    modules["helpers"].inner = modules["helpers.inner"]
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    exec(helpers, vars(modules["helpers.inner"]))
    exec(source, vars(modules["notebook"]))
    return {name: fingerprint(est) for name, est in modules["notebook"].make().items()}


@pytest.mark.parametrize(("old", "new", "name"), CHANGES.values(), ids=CHANGES)
def test_changed_code_is_another_model(monkeypatch, old, new, name):
    assert NOTEBOOK.count(old) == 1
    before = prints(monkeypatch)
    assert prints(monkeypatch) == before
    after = prints(monkeypatch, NOTEBOOK.replace(old, new))
    assert after[name] != before[name]


def test_changed_code_of_a_users_module_is_another_model(monkeypatch):
    before = prints(monkeypatch)
    after = prints(monkeypatch, helpers=HELPERS.replace("1", "2"))
    assert after["body"] != before["body"]
    assert after["transformer"] == before["transformer"]


@pytest.mark.parametrize(("old", "new"), SAME.values(), ids=SAME)
def test_what_changes_no_score_changes_no_fingerprint(monkeypatch, old, new):
    assert NOTEBOOK.count(old) == 1
    assert prints(monkeypatch, NOTEBOOK.replace(old, new)) == prints(monkeypatch)


def test_settings_count_and_seeds_do_not():
    def gru(**settings):
        return fingerprint(keraseq.SequenceClassifier("gru", **settings))

    stop = keras.callbacks.EarlyStopping
    assert gru(random_state=1) == gru(random_state=np.random.RandomState(2)) == gru()
    assert gru(units=8) != gru(units=16)
    assert gru(callbacks=[stop(patience=1)]) != gru(callbacks=[stop(patience=2)])
    assert gru(callbacks=[stop()]) == gru(callbacks=[stop()])
    adam = keras.optimizers.Adam
    assert gru(optimizer=adam(1e-3)) != gru(optimizer=adam(1e-2))
    assert gru(optimizer=adam(1e-3)) == gru(optimizer=adam(1e-3))
    assert gru() != fingerprint(keraseq.SequenceClassifier("lstm"))
    assert gru() != fingerprint(keraseq.SequenceRegressor("gru"))
    scaled, plain = make_pipeline(StandardScaler()), make_pipeline(StandardScaler(with_std=False))
    assert fingerprint(scaled) != fingerprint(plain)


def test_a_circle_ends():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    own = [even]
    own.append(own)
    first = fingerprint(FunctionTransformer(even, kw_args={"own": own}))
    assert first == fingerprint(FunctionTransformer(even, kw_args={"own": own}))
    assert first != fingerprint(FunctionTransformer(odd, kw_args={"own": own}))


def test_every_process_has_the_same_fingerprint(monkeypatch, tmp_path):
    script = tmp_path / "notebook.py"
    script.write_text(
        "import sys, types\n"
        "for name in ('helpers', 'helpers.inner'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "sys.modules['helpers'].inner = sys.modules['helpers.inner']\n"
        f"exec({HELPERS!r}, vars(sys.modules['helpers.inner']))\n"
        + NOTEBOOK
        + "\nimport json\nfrom keraseq.comparison._fingerprint import fingerprint\n"
        "print(json.dumps({name: fingerprint(est) for name, est in make().items()}))\n"
    )
    run = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(PACKAGE.parent)},
    )  # fmt: skip
    assert json.loads(run.stdout.splitlines()[-1]) == prints(monkeypatch)


def halve(X):
    return X / 2


def third(X):
    return X / 3


def test_a_journal_computes_again_what_was_changed(tmp_path):
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    path, shared = tmp_path / "runs.jsonl", {"n_seeds": 2, "verbose": 0, "baselines": False}

    def run(function):
        models = {"changed": make_pipeline(FunctionTransformer(function), LogisticRegression()),
                  "same": LogisticRegression()}  # fmt: skip
        return compare(models, X, y, resume=path, **shared).runs.set_index(["model", "run"])

    first, again = run(halve), run(halve)
    assert again["seconds"].equals(first["seconds"])
    third.__name__, third.__qualname__ = halve.__name__, halve.__qualname__
    changed = run(third)
    assert (changed.loc["changed", "seconds"] != first.loc["changed", "seconds"]).all()
    assert changed.loc["same", "seconds"].equals(first.loc["same", "seconds"])


def test_a_journal_of_other_versions_is_refused_naming_both(tmp_path):
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    path, shared = tmp_path / "runs.jsonl", {"n_seeds": 1, "verbose": 0, "baselines": False}
    compare([LogisticRegression()], X, y, resume=path, **shared)
    header, *lines = path.read_text().splitlines()
    kept = json.loads(header)["versions"]
    assert kept == {
        "keraseq": keraseq.__version__,
        "keras": keras.__version__,
        "tensorflow": sys.modules["tensorflow"].__version__,
    }
    other = header.replace(kept["keras"], "3.11.0")
    path.write_text("\n".join([other, *lines, ""]))
    named = rf"keras 3\.11\.0.* and this is .*keras {re.escape(kept['keras'])}"
    with pytest.raises(ValueError, match=named):
        compare([LogisticRegression()], X, y, resume=path, **shared)
    path.write_text(json.dumps({"format": 1, "data": "x"}) + "\n")
    with pytest.raises(ValueError, match="an earlier version"):
        compare([LogisticRegression()], X, y, resume=path, **shared)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository with a package in it, as `_version` sees its own; git's answers are git's."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "_version.py").write_text("")
    monkeypatch.setattr(_version, "__file__", str(package / "_version.py"))
    return package


def git(folder, *command):
    who = ["-c", "user.name=n", "-c", "user.email=e@e"]
    return subprocess.run(
        ["git", *who, "-C", str(folder), *command], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_checkouts_version_names_its_commit_and_its_changes(checkout):
    version = _version.find_version.__wrapped__
    assert version() == _version.RELEASE  # an installed wheel: no repository
    git(checkout.parent, "init", "-q")
    assert version() == _version.RELEASE  # no commit yet
    git(checkout.parent, "add", ".")
    git(checkout.parent, "commit", "-qm", "one")
    commit = git(checkout, "rev-parse", "--short=9", "HEAD")
    clean = f"{_version.RELEASE}+g{commit}"
    assert version() == clean
    (checkout.parent / "notes.txt").write_text("beside the package")
    assert version() == clean
    (checkout / "new.py").write_text("a = 1")
    one = version()
    (checkout / "new.py").write_text("a = 2")
    assert re.fullmatch(re.escape(clean) + r"\.d[0-9a-f]{9}", one) and version() != one


def test_a_version_needs_no_git(checkout, monkeypatch):
    git(checkout.parent, "init", "-q")
    monkeypatch.setenv("PATH", "")
    assert _version.find_version.__wrapped__() == _version.RELEASE
