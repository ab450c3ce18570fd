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
from keraseq.export._sequences import _labels
from keraseq.export._together import replacing_together

TEXTS = ["a good film", "good fun, isn't it", "a bad film", "bad & dull ...", "", "né 我爱你"] * 2
LABELS = np.array(["pos", "pos", "neg", "neg", "neg", "pos"] * 2)
SERIES = np.random.default_rng(0).normal(size=(12, 5, 2)).cumsum(axis=1)
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
    with pytest.raises(ValueError, match="score by backtest"):
        forecaster.export(tmp_path / "other.onnx", X=SALES, y=SALES)
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


def test_words_cut_already_and_a_label_a_step(tmp_path):
    words = [text.split() for text in TEXTS]
    tags = [[len(word) > 3 for word in row] for row in words]
    tagger = keraseq.SequenceTagger("fcn", **SMALL).fit(words, tags)
    script = exported(tagger, tmp_path)
    assert script.predict(words) == tagger.predict(words)
    for found, wanted in zip(script.predict_proba(words), tagger.predict_proba(words), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-6)
    with pytest.raises(TypeError, match="lists of words"):
        script.predict(TEXTS)


def test_subwords_and_ids(tmp_path):
    clf = keraseq.SequenceClassifier("fcn", tokenizer="subwords", max_tokens=300, **SMALL)
    odd = [*TEXTS, "<b>Bold</b> &amp; e" + 40 * "\u0301", "\ud800 lone", "[EOS]"]
    script = exported(clf.fit(TEXTS, LABELS), tmp_path, "litert", X=odd)
    assert script.predict(odd) == clf.predict(odd).tolist()
    ids = [[1, 2, 3], [4, 0, 0], [2]] * 2
    clf = keraseq.SequenceClassifier("fcn", input="tokens", max_length=2, **SMALL)
    clf.fit(ids, [1.0, 2.0, 3.0] * 2)
    (folder := tmp_path / "ids").mkdir()
    script = exported(clf, folder, "litert", X=[*ids, [99]])
    assert script.predict([[99, 1], []]) == clf.predict([[99, 1], []]).tolist()
    with pytest.raises(ValueError, match="ids from 1 up"):
        script.predict([[0, 1]])


def cut(text):
    return text.split("o")


def test_a_users_tokenizer_and_model(tmp_path):
    def own(input_shape, outputs):
        import keras

        x = keras.Input(input_shape, dtype="int32")
        ids, mask = keraseq.Padding()(x)
        h = keras.layers.Embedding(100, 4)(ids) * keras.ops.cast(mask, "float32")[..., None]
        h = keras.ops.sum(h, axis=1)
        return keras.Model(x, keras.layers.Dense(outputs, activation="softmax")(h))

    clf = keraseq.SequenceClassifier(own, tokenizer=cut, epochs=1, callbacks=[], random_state=0)
    clf.fit(TEXTS, LABELS)
    script = exported(clf, tmp_path)
    with pytest.raises(ValueError, match="Set TOKENIZE to the function cut"):
        script.predict(TEXTS)
    script.TOKENIZE = cut
    np.testing.assert_allclose(script.predict_proba(TEXTS), clf.predict_proba(TEXTS), atol=1e-6)


def flat(input_shape, outputs):
    import keras

    x = keras.Input(input_shape)
    return keras.Model(x, keras.layers.Dense(outputs)(keras.layers.Flatten()(x)))


def test_a_fixed_shape_takes_no_other_length(tmp_path):
    clf = keraseq.SequenceClassifier(flat, epochs=0).fit(
        SERIES, np.c_[LABELS == "pos", LABELS > "n"]
    )
    script = exported(clf, tmp_path, X=SERIES)
    assert (script.predict(SERIES) == clf.predict(SERIES)).all()
    np.testing.assert_allclose(script.predict_proba(SERIES), clf.predict_proba(SERIES), atol=1e-6)
    with pytest.raises(ValueError, match="has 3 steps; this network reads 5"):
        script.predict([SERIES[0], SERIES[1, :3]])


def test_a_panel_with_covariates(tmp_path):
    months = pd.period_range("2015-01", periods=60, freq="M")
    rows = np.arange(60.0)
    sales = pd.concat(
        pd.DataFrame({"shop": shop, "month": months, "sold": rows % 12 + place, "kind": shop[0]})
        for place, shop in enumerate(["north", "south"])
    )
    sales["promo"] = sales.sold.round() % 5 == 0
    forecaster = keraseq.SequenceForecaster(
        "fcn", horizon=2, lookback=12, series_col="shop", date_col="month", calendar=True, **SMALL
    ).fit(sales, future=["promo"], static=["kind"])
    script = exported(forecaster, tmp_path, "litert")
    months = pd.period_range("2020-01", periods=2, freq="M")
    ahead = [
        pd.DataFrame({"shop": s, "month": months, "promo": [1, 0]}) for s in ("north", "south")
    ]
    wanted = forecaster.predict(future=pd.concat(ahead))
    south = sales[sales.shop == "south"].set_index("month")
    promo = pd.concat([south, ahead[1].set_index("month")])[["promo"]]
    found = script.predict(south[["sold"]], series="south", future=promo)
    np.testing.assert_allclose(found.sold, wanted.sold[2:], rtol=1e-6)
    assert found.index.equals(pd.PeriodIndex(months, name="month"))
    with pytest.raises(ValueError, match="'east' was not in training"):
        script.predict(south[["sold"]], series="east", future=promo)


def test_gaps_and_the_place_in_the_season(tmp_path):
    y = np.where(np.arange(80) == 70, np.nan, np.arange(80) % 7.0)
    days = pd.bdate_range("2024-01-01", periods=80)
    settings = {"horizon": 2, "lookback": 14, "epochs": 0, "random_state": 0, "season": 5}
    forecaster = keraseq.SequenceForecaster("cycle_net", missing="interpolate", **settings)
    forecaster.fit(pd.Series(y, days, name="y"))
    script = exported(forecaster, tmp_path)
    history = pd.Series(y, days, name="y")[3:].drop(days[50])
    pd.testing.assert_series_equal(
        script.predict(history, 5), forecaster.predict(5, y=history), check_freq=False
    )


def test_scores_take_the_targets_as_score_does(tmp_path):
    classifier = keraseq.SequenceClassifier("fcn", units=4, epochs=0, random_state=0)
    marks = pd.DataFrame({"pos": [label == "pos" for label in LABELS], "any": True}).astype(int)
    classifier.fit(TEXTS, marks)
    y = pd.DataFrame(classifier.predict(TEXTS), columns=marks.columns).iloc[:, ::-1]
    assert (y["pos"] != y["any"]).any()
    given = {"X": TEXTS, "y": y, "format": "saved_model"}
    assert classifier.export(tmp_path / "model", **given).scores == {"before": 1.0, "after": 1.0}


def test_dates_are_no_labels_of_a_script():
    with pytest.raises(keraseq.ArtifactError, match="is a datetime64, which JSON cannot hold"):
        _labels(np.array(["2024-01-01", "2025-01-01"], "M8[ns]"))


def test_int8_and_float16_are_smaller(tmp_path):
    classifier = keraseq.SequenceClassifier("fcn", units=32, epochs=0, random_state=0)
    classifier.fit(TEXTS, LABELS)
    sizes = {}
    for quantize in (None, "float16", "int8"):
        path = tmp_path / f"{quantize}.tflite"
        given = {"X": TEXTS, "y": LABELS, "quantize": quantize, "format": "litert"}
        found = classifier.export(path, **given)
        sizes[quantize] = found.size
        assert abs(found.scores["before"] - classifier.score(TEXTS, LABELS)) < 1e-9
        assert json.loads((tmp_path / f"{path.name}.json").read_text())["quantize"] == quantize
    assert sizes["int8"] < sizes["float16"] < sizes[None]


@pytest.mark.parametrize(
    ("name", "given", "error", "words"),
    [
        ("m.onnx", {"format": "onxx"}, ValueError, "Did you mean 'onnx'"),
        ("m.tflite", {}, ValueError, r"ends in '.tflite'; for format='onnx'.*m.onnx"),
        ("m", {"format": "litert"}, ValueError, "has no ending"),
        ("no/m.onnx", {}, ValueError, "no such folder"),
        ("folder.onnx", {}, ValueError, "is a folder; give a name in it"),
        ("folder.onnx", {"format": "saved_model"}, ValueError, "is a folder"),
        ("m.onnx", {"quantize": "int8"}, ValueError, "is for format='litert', not for 'onnx'"),
        ("m.tflite", {"format": "litert", "quantize": "int4"}, ValueError, "Did you mean 'int8'"),
        ("m.tflite", {"format": "litert", "quantize": "int8"}, ValueError, "needs X"),
        ("m.onnx", {"y": LABELS}, ValueError, "give X too"),
        ("m.onnx", {"X": [1.0, 2.0]}, ValueError, "single numbers"),
        ("m.onnx", {"X": []}, ValueError, "is empty"),
        ("m.onnx", {"X": TEXTS, "y": LABELS[:3]}, ValueError, "3"),
    ],
)
def test_what_cannot_be_is_said_and_leaves_no_file(classifier, tmp_path, name, given, error, words):
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(error, match=words):
        classifier.export(tmp_path / name, **given)
    assert [file.name for file in tmp_path.iterdir()] == ["folder.onnx"]


def test_a_missing_runtime_names_the_extra(classifier, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    with pytest.raises(ImportError, match=r"pip install 'keraseq\[export\]'"):
        classifier.export(tmp_path / "m.tflite", format="litert")


def test_labels_that_json_cannot_hold_and_ensembles(classifier, tmp_path):
    dates = pd.Series(pd.to_datetime(["2024-03-31", "2024-10-27"] * 6))
    clf = keraseq.SequenceClassifier("fcn", **SMALL).fit(TEXTS, dates)
    with pytest.raises(keraseq.ArtifactError, match=r"y.astype\(str\)"):
        clf.export(tmp_path / "m.onnx")
    both = keraseq.ensemble(classifier, n=2)
    both.estimators_ = [classifier, classifier]
    with pytest.raises(keraseq.ArtifactError, match="Export its members"):
        both.export(tmp_path / "m.onnx")
    with pytest.raises(ValueError, match="not fitted"):
        keraseq.SequenceClassifier().export(tmp_path / "m.onnx")


def test_a_layer_that_a_format_cannot_hold_is_named(tmp_path):
    def spectral(input_shape, outputs):
        import keras

        x = keras.Input(input_shape)
        h = keras.layers.Dense(4, name="before")(x)
        real, _ = keras.ops.fft((h, keras.ops.zeros_like(h)))
        h = keras.layers.GlobalMaxPooling1D()(real)
        return keras.Model(x, keras.layers.Dense(outputs)(h))

    clf = keraseq.SequenceClassifier(spectral, epochs=0).fit(SERIES, LABELS)
    with pytest.raises(keraseq.ArtifactError, match=r"the layer 'fft\w*' .*'saved_model' can"):
        clf.export(tmp_path / "m.tflite", format="litert")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("n", range(1, 6))
def test_a_fault_leaves_the_old_files(tmp_path, monkeypatch, n):
    """Of five moves: two old files aside, three new ones in."""
    path = tmp_path / "m"
    for name in ("m", "m.json"):
        (tmp_path / name).write_text("old")
    moves, move = [], os.rename

    def fails(*places):
        moves.append(places)
        if len(moves) == n:
            raise OSError(28, "No space left on device")
        move(*places)

    monkeypatch.setattr(os, "rename", fails)
    full = pytest.raises(keraseq.ArtifactError, match="disk is full")
    with full, replacing_together(path) as folder:
        for name in ("m", "m.json", "m_predict.py"):
            (folder / name).write_text("new")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "m": "old",
        "m.json": "old",
    }


def gelu(input_shape, outputs):
    import keras

    x = keras.Input(input_shape)
    h = keras.layers.Dense(4, activation="gelu")(keras.layers.Flatten()(x))
    return keras.Model(x, keras.layers.Dense(outputs)(h))


def regressor(model, **settings):
    settings = {"epochs": 0, "random_state": 0, **settings}
    return keraseq.SequenceRegressor(model, **settings).fit(SERIES, np.arange(12.0))


def forecaster(model):
    settings = {"horizon": 3, "lookback": 8, "epochs": 0, "random_state": 0}
    return keraseq.SequenceForecaster(model, **settings).fit(np.arange(40) % 7.0)


@pytest.mark.parametrize(
    ("make", "format"),
    [
        # Patches of an open number, whose batch must not look open.
        (lambda: regressor("gru", units=3, model_params={"patch_length": 2}), "litert"),
        # GELU by erfc, and the remainder of a negative number.
        (lambda: regressor(gelu), "onnx"),
        # Normalised over three units, a rounding of the input grows to 5e-5.
        (lambda: regressor("min_gru", units=4), "onnx"),
        # What Keras takes for a bias in a batch of one, and a mask behind one channel.
        (lambda: forecaster("dlinear"), "litert"),
        (lambda: forecaster("fcn"), "litert"),
        (lambda: forecaster("lite"), "litert"),
    ],
)
def test_what_converters_stumble_over(make, format, tmp_path):
    exported(make(), tmp_path, format)
