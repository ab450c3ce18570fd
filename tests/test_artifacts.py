"""What is saved is loaded the same; what a file cannot hold is said."""

import functools
import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
from _artifact_cases import CASES, FUNCTIONS, LABELS, SERIES, TABLE, TEXTS, classifier, cut
from _artifacts import Parts
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

import keraseq

HERE = Path(__file__).parent


def check_same(one, other):
    """Equal in type, form, order and every bit."""
    assert type(one) is type(other)
    if isinstance(one, list | tuple):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            check_same(*pair)
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True, check_freq=True)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_exact=True, check_freq=True)
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    else:
        assert one == other


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What each estimator answers here, and loaded from its file in a process of its own."""
    folder, here = tmp_path_factory.mktemp("artifacts"), {}
    for name, (fit, ask) in CASES.items():
        estimator = fit()
        keraseq.save(estimator, folder / f"{name}.keraseq")
        here[name] = ask(estimator)
    program = [sys.executable, str(HERE / "_artifact_cases.py"), str(folder)]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return here, joblib.load(folder / "answers.joblib")


@pytest.mark.parametrize("name", CASES)
def test_a_fresh_process_answers_the_same_to_the_last_bit(name, answers):
    here, there = answers
    check_same(here[name], there[name])


def test_every_estimator_and_task_is_among_the_cases():
    fitted = {keraseq.SequenceClassifier, keraseq.SequenceRegressor, keraseq.SequenceTagger}
    fitted.add(keraseq.SequenceForecaster)
    fitted |= {keraseq.SequenceTransducer, keraseq.SequenceGenerator}
    tasks = {task for estimator in fitted for task in estimator._tasks}
    assert tasks == set(keraseq.tasks.task_names())


# From the day on which the file of format 1 was written, by tests/artifact_format_1.py.
FIRST_ANSWERS = [[0.4072377, 0.5927623], [0.6643458, 0.3356542], [0.5304474, 0.4695526]]


def test_the_first_format_loads_for_ever():
    path = HERE / "artifact_format_1.keraseq"
    assert keraseq.inspect(path).format_version == 1
    answers = keraseq.load(path).predict_proba(["good", "bad", "a film"])
    np.testing.assert_allclose(answers, FIRST_ANSWERS, atol=1e-5)


@pytest.fixture(scope="module")
def clf():
    return classifier("gru", tokenizer=cut).fit(TEXTS, LABELS)


def test_a_loaded_estimator_is_the_whole_one(tmp_path):
    """It is cloned, pickled, saved again and goes on training as if it had never been away."""
    settings = {"units": 3, "epochs": 1, "warm_start": True, "random_state": 0}
    clf = keraseq.SequenceClassifier("gru", **settings).fit(SERIES, LABELS)
    clf.save(tmp_path / "a.keraseq")
    loaded = keraseq.load(tmp_path / "a.keraseq")
    assert loaded.get_params() == clf.get_params()
    assert vars(loaded).keys() == vars(clf).keys() - {"callbacks_"}
    assert (loaded.history_, loaded.params_, loaded.n_iter_) == (clf.history_, clf.params_, 1)
    loaded.save(tmp_path / "b.keraseq")
    assert (tmp_path / "a.keraseq").read_bytes() == (tmp_path / "b.keraseq").read_bytes()
    joblib.dump(loaded, tmp_path / "a.joblib")
    expected = clf.fit(SERIES, LABELS).predict_proba(SERIES)
    for other in (loaded, joblib.load(tmp_path / "a.joblib")):
        np.testing.assert_array_equal(other.fit(SERIES, LABELS).predict_proba(SERIES), expected)


def test_parameters_may_be_numbers_of_numpy(tmp_path):
    """As a search over `np.arange` sets them."""
    settings = {"horizon": np.int64(2), "lookback": np.int32(4), "epochs": 0}
    forecaster = keraseq.SequenceForecaster("dlinear", **settings).fit(np.arange(20.0))
    forecaster.save(tmp_path / "a.keraseq")
    assert keraseq.inspect(tmp_path / "a.keraseq").facts["horizon"] == 2
    forecaster.export(tmp_path / "a.onnx")
    clf = classifier("fcn", max_length=np.int64(3), units=np.int16(3)).fit(TEXTS, LABELS)
    assert clf.export(tmp_path / "b.onnx") < 1e-5


def test_a_model_trained_further_is_what_is_saved(tmp_path):
    clf = classifier("gru").fit(SERIES, LABELS)
    clf.model_.set_weights([weight + 0.1 for weight in clf.model_.get_weights()])
    clf.save(tmp_path / "a.keraseq")
    loaded = keraseq.load(tmp_path / "a.keraseq")
    np.testing.assert_array_equal(loaded.predict_proba(SERIES), clf.predict_proba(SERIES))


def test_what_has_no_form_is_left_out_and_listed(tmp_path):
    clf = keraseq.SequenceClassifier(
        callbacks=[keras.callbacks.TerminateOnNaN()],
        checkpoint="somewhere",
        random_state=np.random.RandomState(0),
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 100)),
    )
    clf.save(tmp_path / "a.keraseq")
    assert keraseq.inspect(tmp_path / "a.keraseq").left_out == [
        "SequenceClassifier.checkpoint ('somewhere')",
        "SequenceClassifier.callbacks (TerminateOnNaN)",
        "SequenceClassifier.random_state (RandomState)",
    ]
    loaded = keraseq.load(tmp_path / "a.keraseq")
    left_out = {"callbacks", "checkpoint", "random_state", "optimizer"}
    assert all(getattr(loaded, name) is None for name in left_out - {"optimizer"})
    given = {k: v for k, v in clf.get_params().items() if k not in left_out}
    assert {k: v for k, v in loaded.get_params().items() if k not in left_out} == given
    # Keras numbers the names of optimisers in a process, which are no part of what they do.
    loaded, given = (e.optimizer.get_config() | {"name": None} for e in (loaded, clf))
    assert loaded == given


def test_an_optimizer_that_keras_does_not_find_by_name(tmp_path):
    keraseq.SequenceClassifier(optimizer=keras.optimizers.Lamb(0.25)).save(tmp_path / "a.keraseq")
    loaded = keraseq.load(tmp_path / "a.keraseq").optimizer
    assert isinstance(loaded, keras.optimizers.Lamb)
    assert float(loaded.learning_rate) == 0.25


def test_what_is_left_out_takes_nothing_else_along(tmp_path):
    """Parameters whose names begin alike, one of which has no form."""
    weights = np.arange(3.0)
    clf = keraseq.SequenceClassifier(model_params={"w": weights}, model=[weights + 1, object()])
    clf.save(tmp_path / "a.keraseq")
    loaded = keraseq.load(tmp_path / "a.keraseq")
    np.testing.assert_array_equal(loaded.model_params["w"], weights)
    assert loaded.model == "gru"


@pytest.mark.parametrize(
    ("function", "where"),
    [
        (functools.partial(cut), f"{cut.__module__}.cut"),
        (str.lower, "builtins.str.lower"),
        (len, "builtins.len"),
        (np.vectorize(len), "numpy.vectorize"),
    ],
)
def test_whatever_can_be_called_has_a_name(function, where, tmp_path):
    keraseq.SequenceClassifier(tokenizer=function).save(tmp_path / "a.keraseq")
    ((name, need),) = keraseq.inspect(tmp_path / "a.keraseq").needs.items()
    assert need["where"] == where
    assert keraseq.load(tmp_path / "a.keraseq", {name: function}).tokenizer is function


def test_functions_are_named_and_handed_in(clf, tmp_path):
    path = tmp_path / "a.keraseq"
    clf.save(path)
    needs = {"cut": {"what": "function", "where": f"{cut.__module__}.cut"}}
    assert keraseq.inspect(path).needs == needs
    with pytest.raises(keraseq.ArtifactError, match=r"function 'cut' .*functions={'cut': \.\.\.}"):
        keraseq.load(path)
    with pytest.raises(keraseq.ArtifactError, match="Did you mean 'cuts'"):
        keraseq.load(path, functions={"cuts": cut})
    with pytest.raises(TypeError, match=r"functions\['cut'\]='cut' cannot be called"):
        keraseq.load(path, functions={"cut": "cut"})
    with pytest.raises(TypeError, match="must be a dict of names to functions"):
        keraseq.load(path, functions=[cut])
    assert keraseq.load(path, functions=FUNCTIONS).tokenizer is cut


def test_two_functions_of_one_name_are_told_apart(tmp_path):
    def own(text):
        return text.split()

    own.__name__ = own.__qualname__ = "cut"
    keraseq.SequenceClassifier(model=cut, tokenizer=own).save(tmp_path / "a.keraseq")
    needs = keraseq.inspect(tmp_path / "a.keraseq").needs
    assert sorted(needs) == ["cut", f"{__name__}.cut"]
    loaded = keraseq.load(tmp_path / "a.keraseq", {"cut": cut, f"{__name__}.cut": own})
    assert (loaded.model, loaded.tokenizer) == (cut, own)


@pytest.mark.usefixtures("registry_as_before")
def test_a_registered_architecture_is_found_by_its_name(tmp_path, monkeypatch):
    from keraseq.models import _registry

    known = dict(_registry._registry)

    @keraseq.register_model
    def shifted(x, mask, *, units=3, num_layers=1, dropout=0.0):
        return keras.layers.Dense(units)(x)

    path = tmp_path / "a.keraseq"
    clf = classifier(shifted).fit(SERIES, LABELS)
    clf.save(path)
    assert keraseq.load(path).model is shifted
    monkeypatch.setattr(_registry, "_registry", known)
    with pytest.raises(keraseq.ArtifactError, match=r"registered model 'shifted' .*register_model"):
        keraseq.load(path)
    keraseq.register_model(shifted)
    loaded = keraseq.load(path, functions={"shifted": shifted})
    np.testing.assert_array_equal(loaded.predict_proba(SERIES), clf.predict_proba(SERIES))


def test_inspect_loads_neither_keras_nor_pandas(clf, tmp_path):
    clf.save(tmp_path / "a.keraseq")
    program = (
        f"import keraseq, sys; print(keraseq.inspect({str(tmp_path / 'a.keraseq')!r})); "
        "print([m for m in ('tensorflow', 'keras', 'sklearn', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("a.keraseq: SequenceClassifier, classification, ")
    assert lines[1].split() == ["model", "gru,", f"{clf.n_parameters_:,}", "weights"]
    assert lines[2].split() == ["classes", "neg,", "pos"]
    assert lines[3].split() == ["vocabulary", f"{clf.encoder_.vocabulary_size_:,}", "tokens"]
    assert lines[4].split()[:2] == ["needs", "function"]
    assert lines[-1] == "[]"


def test_inspect_shows_no_signs_that_move_a_cursor(tmp_path):
    keraseq.save(keraseq.SequenceClassifier(), tmp_path / "a.keraseq")
    parts = Parts(tmp_path / "a.keraseq")
    parts.manifest["left_out"] = ["\x1b[2Jgone"]
    parts.write(tmp_path / "b.keraseq")
    assert "?[2Jgone" in repr(keraseq.inspect(tmp_path / "b.keraseq"))


class Other:
    """What no artifact knows."""

    def get_params(self, deep=True):
        return {}


@pytest.mark.parametrize(
    ("obj", "words"),
    [
        (
            Pipeline([("ets", Other()), ("net", classifier())]),
            r"Pipeline\.steps.*\['ets'\] is a .*Other",
        ),
        (GridSearchCV(classifier(), {"units": [2]}), r"search\.best_estimator_"),
        (
            Pipeline([("forest", RandomForestClassifier(2).fit(TABLE, LABELS))]),
            r"\['forest'\] is a .*holds sklearn\.tree\._tree\.Tree",
        ),
        (keras.Sequential([keras.Input((2,))]), r"model\.save\('name\.keras'\)"),
        (keraseq.SequenceClassifier, "it is a class: make and fit"),
        ([1], "builtins.list, which is no estimator"),
    ],
)
def test_what_no_file_can_hold_is_named(obj, words, tmp_path):
    with pytest.raises(keraseq.ArtifactError, match=words):
        keraseq.save(obj, tmp_path / "a.keraseq")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("kind", "reader"),
    [
        ("joblib", r"joblib\.load"),
        ("keras", r"keraseq\.load_model"),
        ("folder", "give the file that keraseq.save wrote"),
        ("npz", r"numpy\.load"),
        ("onnx", "onnxruntime"),
        ("fifo", "is no file"),
        ("keraseq", "is no whole artifact of keraseq"),
    ],
)
def test_what_reads_a_file_of_another_kind_is_said(kind, reader, tmp_path):
    path = tmp_path / f"x.{kind}"
    if kind == "joblib":
        joblib.dump(classifier(), path)
    elif kind == "keras":
        keraseq.gru((None, 2), 2, units=2).save(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "npz":
        np.savez(path, x=np.zeros(3))
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.write_bytes(b"other")
    for read in (keraseq.load, keraseq.inspect):
        with pytest.raises(keraseq.ArtifactError, match=reader) as caught:
            read(path)
    assert ("damaged" in str(caught.value)) == (kind == "keraseq")


def test_load_model_names_the_loader_of_an_artifact(tmp_path):
    keraseq.save(classifier(), tmp_path / "a.keraseq")
    shutil.copy(tmp_path / "a.keraseq", tmp_path / "a.keras")
    with pytest.raises(ValueError, match=r"is an artifact of keraseq; read it with keraseq\.load"):
        keraseq.load_model(tmp_path / "a.keras")


def test_a_missing_file_is_named(tmp_path):
    for read in (keraseq.load, keraseq.inspect):
        with pytest.raises(FileNotFoundError, match="there is no such file"):
            read(tmp_path / "absent.keraseq")


def test_every_estimator_of_ours_has_a_place_in_the_table():
    """A new one is one line in keraseq/export/_classes.py.

    Those left out hold statsmodels' fits, or trees, by which a file could do harm.
    """
    from keraseq.export import _classes

    for module in pkgutil.walk_packages(keraseq.__path__, "keraseq."):
        importlib.import_module(module.name)
    ours, todo = set(), [BaseEstimator]
    while todo:
        kind = todo.pop()
        todo.extend(kind.__subclasses__())
        ours.update([kind] if kind.__module__.startswith("keraseq.") else [])
    abstract = {kind for kind in ours if kind.__subclasses__()}
    absent = {kind.__name__ for kind in ours - abstract if _classes.name_of(kind) is None}
    assert absent == {"ETS", "LagTrees", "Theta"}
    for name in _classes._OURS:
        assert _classes.name_of(_classes.class_of(name)) == name
