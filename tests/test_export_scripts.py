"""The scripts beside exported models: how long they are, and what they refuse."""

import ast
import itertools
import runpy
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq.export._forecasts import Forecasts
from keraseq.export._script import write_script


def test_every_forecaster_has_a_script_of_at_most_120_lines():
    """Whatever it reads and answers, in the runtime that takes most lines."""
    days = pd.date_range("2024-01-01", periods=3)
    local = SimpleNamespace(offset=None, elapsed=False, zone_rule=("shift_forward", True))
    steps = {
        "arrays": (None, None),
        "numbers": (pd.RangeIndex(3), SimpleNamespace(n=1)),
        "days": (days, local),
        "local days": (days.tz_localize("Europe/Berlin"), local),
        "local hours": (days.tz_localize("UTC"), SimpleNamespace(offset=None, elapsed=True)),
        "periods": (days.to_period("D"), local),
    }
    always = dict.fromkeys(("static", "phase", "shrinkage", "named", "several"), True)
    switches = ("past", "future", "calendar", "quantiles")
    longest = 0
    for index, step in steps.values():
        for missing, series, *on in itertools.product(
            ["error", "interpolate", "ignore"], ["own", "known", "one"], *[(False, True)] * 4
        ):
            facts = dict(zip(switches, on, strict=True)) | {"missing": missing, **always}
            facts |= {"own": series == "own", "known": series == "known"}
            facts["dated"] = step is not None
            facts["calendar"] &= hasattr(step, "offset")
            subject = object.__new__(Forecasts)
            subject._facts, subject._estimator = facts, SimpleNamespace(_fitted_name="transformer")
            subject._first = SimpleNamespace(index=index, step=step)
            features = SimpleNamespace(time_of_day=True, day_of_week=True)
            subject._core = SimpleNamespace(reader=SimpleNamespace(_calendar=features))
            given = {"what": subject.what, "usage": subject.usage}
            text = write_script("model.tflite", "litert, fixed", subject.script(None), **given)
            compile(text, "script", "exec")
            longest = max(longest, len(text.splitlines()))
            assert all(len(line) <= 100 for line in text.splitlines()), text
    assert longest <= 120


def test_a_script_may_have_any_name():
    name = 'a\\N"""b.onnx'
    text = write_script(name, "onnx", [], what="a model", usage="python {script}")
    said = ast.get_docstring(ast.parse(text))
    assert f"beside it {name}" in said and f"python {name}_predict.py" in said


def test_a_table_has_the_columns_of_training(tmp_path):
    """As for the estimator, rows of other lengths come as a list."""
    table = np.arange(48.0).reshape(12, 4)
    clf = keraseq.SequenceClassifier("fcn", units=3, epochs=0, random_state=0)
    clf.fit(pd.DataFrame(table, columns=list("abcd")), ["a", "b"] * 6)
    clf.export(tmp_path / "model.onnx")
    found = runpy.run_path(tmp_path / "model.onnx_predict.py")
    assert found["predict"](table) == clf.predict(table.tolist()).tolist()
    assert found["predict"]([[1.0, 2.0]]) == clf.predict([[1.0, 2.0]]).tolist()
    with pytest.raises(ValueError, match=r"in the same order: .*'a', 'b'"):
        found["predict"](pd.DataFrame(table, columns=list("dcba")))
    for wider in (np.ones((2, 5)), pd.DataFrame(np.ones((2, 5)))):
        with pytest.raises(ValueError, match=r"X has 5 columns, training 4; .*a list"):
            found["predict"](wider)


def test_frames_are_matched_by_the_names_of_their_columns(tmp_path):
    random = np.random.default_rng(0)
    frames = [pd.DataFrame(random.normal(size=(n, 2)), columns=["u", "v"]) for n in (3, 4, 5, 3)]
    clf = keraseq.SequenceClassifier("fcn", units=3, epochs=0, random_state=0)
    clf.fit(frames, ["a", "b"] * 2).export(tmp_path / "model.onnx")
    found = runpy.run_path(tmp_path / "model.onnx_predict.py")["predict_proba"]
    for turned in (["u", "v"], ["v", "u"]):
        given = [frame[turned] for frame in frames]
        np.testing.assert_allclose(found(given), clf.predict_proba(frames), atol=1e-6)


def test_a_history_has_the_columns_of_training(tmp_path):
    days = pd.date_range("2024-03-01", periods=30)
    sales = pd.DataFrame(np.arange(60.0).reshape(30, 2), days, ["a", "b"])
    forecaster = keraseq.SequenceForecaster("dlinear", horizon=2, lookback=6, epochs=0)
    forecaster.fit(sales).export(tmp_path / "model.onnx")
    predict = runpy.run_path(tmp_path / "model.onnx_predict.py")["predict"]
    assert predict(sales).shape == (2, 2)
    with pytest.raises(ValueError, match=r"the columns \['b', 'a'\], not those"):
        predict(sales[["b", "a"]])


def test_a_list_of_series_with_all_that_may_be_known(tmp_path):
    """As many quantiles as steps, which Keras adds along either axis in a batch of one."""
    random, days = (
        np.random.default_rng(0),
        pd.date_range("2024-03-05", periods=46, tz="Asia/Tokyo"),
    )
    series = [pd.Series(random.normal(size=40).cumsum(), days[:40], name="y") for _ in range(2)]
    series[0].iloc[20] = np.nan
    future = [pd.DataFrame({"price": random.normal(size=46)}, days) for _ in series]
    static = pd.DataFrame({"kind": ["a", "b"], "size": [1.0, 3.0]})
    forecaster = keraseq.SequenceForecaster(
        "fcn", horizon=3, lookback=12, quantiles=(0.1, 0.5, 0.9), missing="interpolate",
        calendar=True, shrinkage=0.3, units=3, epochs=1, random_state=0,
    )  # fmt: skip
    forecaster.fit(series, future=future, static=static)
    assert forecaster.export(tmp_path / "m.tflite", format="litert") < 1e-5
    predict = runpy.run_path(tmp_path / "m.tflite_predict.py")["predict"]
    wanted = forecaster.predict(6, y=series, future=future, static=static)
    for one, known, (_, same), answer in zip(
        series, future, static.iterrows(), wanted, strict=True
    ):
        found = predict(one, 6, future=known, static=dict(same))
        pd.testing.assert_series_equal(found, answer, check_freq=False)


def test_a_full_disk_in_the_words_of_tensorflow(tmp_path, monkeypatch):
    import keras
    import tensorflow as tf

    def full(*_, **__):
        raise tf.errors.UnknownError(None, None, "part-00000-of-00001; No space left on device")

    monkeypatch.setattr(type(keras.export.ExportArchive()), "write_out", full)
    clf = keraseq.SequenceClassifier("fcn", units=3, epochs=0, random_state=0)
    clf.fit(np.eye(4), ["a", "b"] * 2)
    with pytest.raises(keraseq.ArtifactError, match="the disk is full"):
        clf.export(tmp_path / "model", format="saved_model")
    assert not list(tmp_path.iterdir())
