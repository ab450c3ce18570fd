"""What leaves for other runtimes answers as the estimator does."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import keraseq

TEXTS = ["a good film", "good fun, isn't it", "a bad film", "bad & dull ...", "", "né 我爱你"] * 2
LABELS = np.array(["pos", "pos", "neg", "neg", "neg", "pos"] * 2)
SERIES = np.random.default_rng(0).normal(size=(12, 5, 2)).cumsum(axis=1)
RAGGED = [row[: place % 6] for place, row in enumerate(SERIES)]
GAPS = np.where(np.random.default_rng(1).random(SERIES.shape) < 0.2, np.nan, SERIES)
DAYS = pd.date_range("2024-03-01", periods=60, freq="D", tz="Europe/Berlin", name="day")
SALES = pd.DataFrame(np.random.default_rng(2).normal(size=(60, 2)).cumsum(0), DAYS, ["a", "b"])
ENDINGS = {"onnx": ".onnx", "litert": ".tflite", "saved_model": ""}
SMALL = {"units": 3, "epochs": 0, "random_state": 0}


def script_of(path):
    spec = importlib.util.spec_from_file_location("exported", f"{path}_predict.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exported(estimator, folder, format="onnx", **given):
    """Export it and return the script as a module."""
    path = folder / f"model{ENDINGS[format]}"
    assert estimator.export(path, format=format, **given) < 1e-5
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [path.name, f"{path.name}.json", f"{path.name}_predict.py"]
    )
    text = (folder / f"{path.name}_predict.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120 and max(map(len, text.splitlines())) <= 100
    return script_of(path)


@pytest.fixture(scope="module")
def classifier():
    return keraseq.SequenceClassifier("lstm", **SMALL).fit(TEXTS, LABELS)


@pytest.mark.parametrize("format", ENDINGS)
def test_a_classifier_of_texts(classifier, format, tmp_path):
    script = exported(classifier, tmp_path, format, X=TEXTS, y=LABELS)
    assert script.predict(TEXTS) == classifier.predict(TEXTS).tolist()
    np.testing.assert_allclose(
        script.predict_proba(pd.Series(TEXTS)), classifier.predict_proba(TEXTS), atol=1e-6
    )
    with pytest.raises(TypeError, match="put it in a list"):
        script.predict("one text")


@pytest.mark.parametrize("format", ENDINGS)
def test_a_regressor_of_ragged_series_with_gaps(format, tmp_path):
    rows = [row[: 1 + place % 5] for place, row in enumerate(GAPS)]
    y = np.arange(12) * [[1.0], [1e6]]
    reg = keraseq.SequenceRegressor("fcn", missing="fill", **SMALL).fit(rows, y.T)
    script = exported(reg, tmp_path, format)
    np.testing.assert_allclose(script.predict(rows), reg.predict(rows), rtol=1e-5)
    assert script.predict([np.empty((0, 2))]).shape == (1, 2)
    with pytest.raises(ValueError, match=r"has shape \(3, 1\), not \(time, 2\)"):
        script.predict([np.zeros((3, 1))])


@pytest.mark.parametrize("format", ENDINGS)
def test_a_forecaster_of_days(format, tmp_path):
    settings = {"horizon": 3, "lookback": 14, "epochs": 1, "shrinkage": 0.25, "random_state": 0}
    forecaster = keraseq.SequenceForecaster("nlinear", quantiles=(0.1, 0.5), **settings)
    forecaster.fit(SALES)
    script = exported(forecaster, tmp_path, format)
    pd.testing.assert_frame_equal(script.predict(SALES), forecaster.predict(), check_freq=False)
    history = SALES[:-20] * 2
    pd.testing.assert_frame_equal(
        script.predict(history, 7), forecaster.predict(7, y=history), check_freq=False
    )
    pd.testing.assert_frame_equal(
        script.predict_quantiles(history), forecaster.predict_quantiles(y=history), check_freq=False
    )
    with pytest.raises(ValueError, match="lacks rows"):
        script.predict(history.drop(history.index[-3]))


def test_the_script_needs_no_keraseq(classifier, tmp_path):
    classifier.export(tmp_path / "model.onnx")
    code = (
        "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__'); "
        "print(*{'keraseq', 'keras', 'tensorflow', 'sklearn', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "model.onnx_predict.py"],
        input="\n".join(TEXTS[:4]),
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    *answers, imported = done.stdout.splitlines()
    assert imported == ""
    assert [json.loads(answer) for answer in answers] == classifier.predict(TEXTS[:4]).tolist()
