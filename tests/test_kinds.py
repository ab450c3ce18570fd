"""Bodies, forecasters and presets: how they are made known, and whose defaults count."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

import keraseq
from keraseq.models import find_model

pytestmark = pytest.mark.usefixtures("registry_as_before")
draw = np.random.default_rng(0)


def narrow(x, mask, *, units=3, num_layers=2, dropout=0.0):
    for _ in range(num_layers):
        x = layers.Dense(units, activation="tanh", name=None)(x)
    return x


def repeat_last(x, *, horizon, targets, scale=1.0):
    """The last value and a learned move."""
    move = layers.Dense(horizon * targets, kernel_initializer="zeros")(layers.Flatten()(x))
    level = keras.ops.repeat(x[:, -1:, :targets], horizon, axis=1)
    return layers.Reshape((horizon, targets))(move) * scale + level


def n_dense(model):
    stem_and_head = 2
    return sum(isinstance(layer, layers.Dense) for layer in model.layers) - stem_and_head


def test_a_forecasters_signature_is_no_bodys_and_the_reverse():
    with pytest.raises(TypeError, match="use register_forecaster"):
        keraseq.register_model(repeat_last)
    with pytest.raises(TypeError, match="use register_model"):
        keraseq.register_forecaster(narrow)
    with pytest.raises(TypeError, match="takes a function"):
        keraseq.register_forecaster("dlinear")


def test_flags_that_a_kind_does_not_know_are_refused():
    with pytest.raises(TypeError, match="normalize"):
        keraseq.register_model(normalize=False)
    with pytest.raises(TypeError, match="tasks"):
        keraseq.register_forecaster(tasks=("forecasting",))
    with pytest.raises(ValueError, match="Did you mean 'recurrent'"):
        keraseq.register_model(narrow, family="recurent")
    with pytest.raises(TypeError, match="causal='yes'"):
        keraseq.register_model(narrow, causal="yes")
    with pytest.raises(ValueError, match="hints='sound' is not known"):
        keraseq.register_model(narrow, hints={"sound": {"learning_rate": 0.1}})


@pytest.mark.parametrize(
    ("name", "of", "settings", "error", "says"),
    [
        ("wide", "gruu", {"units": 9}, ValueError, "Did you mean 'gru'"),
        ("wide", "gru", {}, ValueError, "would be gru itself"),
        ("wide", "gru", {"unit": 9}, TypeError, "Did you mean 'units'"),
        ("wide", "gru", {"task": "tagging"}, TypeError, "sets 'task'"),
        ("no word", "gru", {"units": 9}, ValueError, "could name a function"),
        ("lstm", "gru", {"units": 9}, ValueError, r"'lstm' is already registered by keraseq"),
    ],
)
def test_presets_are_checked(name, of, settings, error, says):
    with pytest.raises(error, match=says):
        keraseq.register_preset(name, of, **settings)


def test_the_user_comes_before_the_preset_and_the_preset_before_the_signature():
    keraseq.register_model(narrow)
    keraseq.register_preset("deep", "narrow", num_layers=4, patch_length=2)
    assert n_dense(keraseq.build("narrow", (None, 2), 2)) == 2
    preset = keraseq.build("deep", (None, 2), 2)
    assert n_dense(preset) == 4
    assert preset.get_layer("patches").patch_length == 2
    assert preset.name == "deep"
    assert n_dense(keraseq.build("deep", (None, 2), 2, num_layers=1)) == 1
    assert find_model("deep").function is narrow


def test_a_preset_of_a_preset_keeps_both_settings():
    keraseq.register_preset("wide", "gru", units=7)
    keraseq.register_preset("wide_patches", "wide", patch_length=3)
    model = keraseq.build("wide_patches", (None, 2), 2, pooling="last")
    assert model.get_layer("pooling").output.shape == (None, 7)
    assert model.get_layer("patches").patch_length == 3


X, y = draw.normal(size=(24, 6)), np.arange(24) % 2


def test_estimators_build_what_the_signature_says_and_show_it():
    keraseq.register_model(narrow, hints={"series": {"learning_rate": 0.003}})
    clf = keraseq.SequenceClassifier("narrow", epochs=1, random_state=0).fit(X, y)
    assert n_dense(clf.model_) == 2
    assert {name: clf.params_[name] for name in ("units", "num_layers", "dropout")} == {
        "units": 3,
        "num_layers": 2,
        "dropout": 0.0,
    }
    assert clf.params_["learning_rate"] == 0.003
    clf.set_params(num_layers=1, learning_rate=0.01).fit(X, y)
    assert n_dense(clf.model_) == 1
    assert clf.params_["learning_rate"] == 0.01


def test_a_tcn_has_its_six_blocks_wherever_nobody_says_otherwise():
    model = keraseq.tcn((None, 2), 3)
    dilations = [la.dilation_rate[0] for la in model.layers if isinstance(la, layers.Conv1D)]
    assert sorted(set(dilations)) == [1, 2, 4, 8, 16, 32]
    assert keraseq.SequenceClassifier("tcn").get_params()["num_layers"] == "auto"


def test_a_users_forecaster_forecasts_is_backtested_and_compared():
    keraseq.register_forecaster(repeat_last, title="Last value, moved")
    days = pd.date_range("2024-01-01", periods=80, freq="D")
    series = pd.Series(np.arange(80.0), days, name="sold")
    settings = {"horizon": 3, "lookback": 6, "epochs": 1, "random_state": 0}
    forecaster = keraseq.SequenceForecaster("repeat_last", **settings).fit(series)
    assert forecaster.predict().index[0] == pd.Timestamp("2024-03-21")
    assert forecaster.params_["units"] is None
    assert "repeat_last" in {*forecaster.backtest(series, coverage=None).scores.index} | {
        *forecaster.backtest(series, coverage=None).forecasts["model"]
    }
    result = keraseq.compare(
        ["repeat_last"], series, n_seeds=2, estimator_params=settings, verbose=0
    )
    assert "repeat_last" in result.table.index


def test_what_a_forecaster_cannot_do_is_refused_with_those_that_can():
    keraseq.register_forecaster(repeat_last)
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    series, promo = pd.Series(np.arange(60.0), days), pd.Series(np.arange(60.0) % 7, days)
    forecaster = keraseq.SequenceForecaster("repeat_last", lookback=6, epochs=1)
    with pytest.raises(ValueError, match=r"no covariates of 'future'.*reads them: .*gru"):
        forecaster.fit(series, future=promo.to_frame("promo"))
    with pytest.raises(ValueError, match="serves forecasting"):
        keraseq.build("repeat_last", (6, 2), 3)
    with pytest.raises(ValueError, match="fixed length"):
        keraseq.build("repeat_last", (None, 2), (3, 2), task="forecasting")
    with pytest.raises(ValueError, match="pooling"):
        keraseq.build("repeat_last", (6, 2), (3, 2), task="forecasting", pooling="mean")
    with pytest.raises(ValueError, match="no size of its own"):
        keraseq.build("repeat_last", (6, 2), (3, 2), task="forecasting", parameter_budget=900)
    with pytest.raises(TypeError, match=r"no parameter 'scal'.*Did you mean 'scale'"):
        keraseq.build("repeat_last", (6, 2), (3, 2), task="forecasting", scal=2)


def test_linear_forecasters_are_the_papers_arithmetic():
    x = draw.normal(size=(2, 30, 2)).astype("float32")
    dlinear = keraseq.dlinear((30, 2), (4, 2), task="forecasting", kernel_size=5, seed=0)
    (kernel, bias), (trend_kernel, trend_bias) = (
        dlinear.get_layer(name).get_weights() for name in ("remainder", "trend")
    )
    padded = np.pad(x, ((0, 0), (2, 2), (0, 0)), mode="edge")
    trend = np.stack([padded[:, t : t + 5].mean(axis=1) for t in range(30)], axis=1)
    wanted = (x - trend).swapaxes(1, 2) @ kernel + bias
    wanted = wanted + trend.swapaxes(1, 2) @ trend_kernel + trend_bias
    np.testing.assert_allclose(dlinear(x), wanted.swapaxes(1, 2), atol=1e-5)

    nlinear = keraseq.nlinear((30, 2), (4, 2), task="forecasting", seed=0)
    kernel, bias = nlinear.get_layer("change").get_weights()
    last = x[:, -1:]
    wanted = (x - last).swapaxes(1, 2) @ kernel + bias
    np.testing.assert_allclose(nlinear(x), wanted.swapaxes(1, 2) + last, atol=1e-5)


def test_list_models_by_family():
    assert {"dlinear", "nlinear"} <= set(keraseq.list_models(family="linear"))
    assert {"gru", "lstm", "min_gru"} <= set(keraseq.list_models(family="recurrent"))
    assert keraseq.list_models("*gru", family="linear") == []
    with pytest.raises(ValueError, match="Did you mean 'linear'"):
        keraseq.list_models(family="liner")


def test_only_the_file_of_the_name_asked_for_is_imported():
    import subprocess
    import sys

    code = (
        "import sys, keraseq; keraseq.models.find_model('gru'); "
        "print(sorted(m for m in sys.modules if m.startswith('keraseq.models.') "
        "and m.rpartition('.')[2] in keraseq.models.model_file_names()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['keraseq.models.gru']"


def test_an_architecture_s_own_reading_comes_after_the_user_s_and_not_in_forecasts():
    spec = find_model("fcn")
    assert spec.pooling == "mean"
    reading = {}
    for task, outputs in (("classification", 2), ("forecasting", (3, 1))):
        model = keraseq.fcn((8, 1), outputs, task=task, units=2)
        reading[task] = model.get_layer("pooling").pooling
    assert reading == {"classification": "mean", "forecasting": "ends"}
    asked = keraseq.fcn((8, 1), 2, units=2, pooling="max")
    assert asked.get_layer("pooling").pooling == "max"
