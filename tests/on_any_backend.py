"""What holds whichever backend runs; `make test-backends` runs it under JAX and PyTorch."""

import json
import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from _backend_cases import FITS, THEIRS, answers, sequences_written
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

import keraseq
from keraseq.training import only_tensorflow, xla

BACKEND = keras.backend.backend()
OTHERS = {"tensorflow", "jax", "torch"} - {BACKEND}
every_task = pytest.mark.parametrize("task", FITS)
SERIES = np.random.default_rng(0).normal(size=(24, 4, 2))
CLASSES = np.arange(24) % 2


@pytest.fixture(scope="module")
def fitted():
    """An estimator of each task, fitted when first asked for."""
    found = {}

    def get(task):
        if task not in found:
            found[task] = FITS[task]()
        return found[task]

    return get


def classifier(**given):
    settings = {"units": 4, "epochs": 2, "random_state": 0, **given}
    return keraseq.SequenceClassifier(settings.pop("model", "gru"), **settings)


@every_task
def test_a_task_is_fitted_answered_saved_and_loaded(task, fitted, tmp_path):
    model = fitted(task)
    expected = answers(task, model)
    assert np.isfinite(expected).all()
    model.save(tmp_path / "model.keraseq")
    assert BACKEND in keraseq.inspect(tmp_path / "model.keraseq").versions
    for other in (keraseq.load(tmp_path / "model.keraseq"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_allclose(answers(task, other), expected, rtol=1e-5, atol=1e-6)


def test_one_seed_one_answer_whatever_was_fitted_before():
    one, other = classifier(), classifier(random_state=1)
    first = one.fit(SERIES, CLASSES).predict_proba(SERIES)
    assert not np.array_equal(other.fit(SERIES, CLASSES).predict_proba(SERIES), first)
    again = clone(one).fit(SERIES, CLASSES).predict_proba(SERIES)
    np.testing.assert_array_equal(again, first)


@pytest.mark.parametrize("task", ["language_model", "transduction"])
def test_what_is_written_is_the_same_each_time(task, fitted):
    for one, other in zip(*(sequences_written(task, fitted(task)) for _ in range(2)), strict=True):
        assert len(one) > 0
        assert list(one) == list(other)


def test_what_only_tensorflow_does_faster_is_counted_and_told_once(caplog, monkeypatch):
    only_tensorflow.COUNTS.clear()
    monkeypatch.setattr(only_tensorflow, "_told", set())
    with caplog.at_level(logging.INFO, logger="keraseq"):
        for _ in range(2):
            classifier().fit(SERIES, CLASSES).predict(SERIES)
    told = [record.getMessage() for record in caplog.records]
    about = [line for line in told if line.startswith(f"Keras runs on {BACKEND}: Keras's own loop")]
    expected = 0 if BACKEND == "tensorflow" else 2
    assert only_tensorflow.COUNTS["training"] == expected
    assert len(about) == (expected > 0)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
def test_precision_is_a_setting(policy):
    model = classifier(dtype_policy=policy, epochs=1)
    if policy == "float64" and BACKEND == "jax":
        with pytest.raises(ValueError, match="JAX_ENABLE_X64=1"):
            model.fit(SERIES, CLASSES)
        return
    model.fit(SERIES, CLASSES)
    chances = model.predict_proba(SERIES)
    assert model.params_["dtype_policy"] == policy
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-6)


def test_a_training_step_is_compiled_where_the_backend_can():
    before = xla.COUNTS.n_fits
    classifier(epochs=1).fit(SERIES, CLASSES)
    assert xla.COUNTS.n_fits - before == (BACKEND == "jax")
    if BACKEND == "torch":
        with pytest.raises(ValueError, match="runs on torch, which has no XLA"):
            classifier(jit_compile=True).fit(SERIES, CLASSES)


def test_training_goes_on_and_stops_early_and_keeps_an_average(tmp_path):
    model = classifier(warm_start=True).fit(SERIES, CLASSES).fit(SERIES, CLASSES)
    assert model.n_iter_ == 2
    short = classifier(early_stopping=True, n_iter_no_change=1, epochs=3, checkpoint=tmp_path)
    assert np.isfinite(short.fit(SERIES, CLASSES).predict_proba(SERIES)).all()


def test_each_of_two_workers_has_the_same_backend():
    scores = [
        cross_val_score(classifier(epochs=1), SERIES, CLASSES, cv=2, n_jobs=n_jobs)
        for n_jobs in (None, 2)
    ]
    np.testing.assert_allclose(*scores)


def test_a_comparison_names_the_backend_and_no_other(tmp_path):
    settings = {"n_seeds": 1, "verbose": 0, "baselines": False, "estimator_params": {"epochs": 1}}
    journal = tmp_path / "runs.jsonl"
    result = keraseq.compare(["gru", "tcn"], SERIES, CLASSES, resume=journal, **settings)
    assert not result.runs["error"].any()
    versions = json.loads(journal.read_text().splitlines()[0])["versions"]
    assert BACKEND in versions
    assert not OTHERS & set(versions)


def test_files_of_another_backend_answer_alike(fitted, tmp_path):
    """A fresh process of another backend answers as we did, and we answer as it did."""
    other = "jax" if BACKEND == "tensorflow" else "tensorflow"
    for task in FITS:
        model = fitted(task)
        model.save(tmp_path / f"{BACKEND}-{task}.keraseq")
        np.save(tmp_path / f"{BACKEND}-{task}.npy", answers(task, model))
    script = Path(__file__).with_name("_backend_files.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path, BACKEND, *FITS],
        env={**os.environ, "KERAS_BACKEND": other},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for task in THEIRS:
        expected = np.load(tmp_path / f"{other}-{task}.npy")
        found = answers(task, keraseq.load(tmp_path / f"{other}-{task}.keraseq"))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_tensorflow_is_imported_for_itself_alone(tmp_path):
    """Of what we do: a test that calls Keras's own `save` in this process would import it."""
    code = """
import sys
from _backend_cases import FITS, answers
import keraseq
for task, fit in FITS.items():
    model = fit()
    model.save(sys.argv[1])
    answers(task, keraseq.load(sys.argv[1]))
rows = [[[float(i % 5)], [1.0]] for i in range(24)]
settings = {"n_seeds": 1, "verbose": 0, "baselines": False, "estimator_params": {"epochs": 1}}
keraseq.compare(["gru", "bilstm"], rows, [0, 1] * 12, **settings)
print("tensorflow" in sys.modules)
"""
    command = [sys.executable, "-c", code, tmp_path / "model.keraseq"]
    folder = Path(__file__).parent
    path = os.pathsep.join([str(folder), str(folder.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(BACKEND == "tensorflow")], done.stderr[-3000:]


def test_what_cannot_work_names_the_backend(fitted, tmp_path):
    if BACKEND != "tensorflow":
        with pytest.raises(keraseq.ArtifactError, match=f"Keras runs on {BACKEND}"):
            fitted("classification").export(tmp_path / "model.onnx")
