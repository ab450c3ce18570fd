"""Half precision is for bodies: what is answered, and what is measured on raw data, is exact."""

import keras
import numpy as np
import pandas as pd
import pytest

import keraseq

draw = np.random.default_rng(0)
X = draw.normal(size=(48, 6, 2))
SETTINGS = {"model": "simple_rnn", "units": 4, "epochs": 2, "random_state": 0}


@pytest.fixture(params=["mixed_bfloat16", "mixed_float16"])
def half(request):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(before)


def test_probabilities_sum_to_one(half):
    three = np.arange(48) % 3
    clf = keraseq.SequenceClassifier(**SETTINGS, early_stopping=True).fit(X, three)
    assert clf.model_.get_layer("projection").compute_dtype == half.removeprefix("mixed_")
    found = clf.predict_proba(X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6, rtol=0)
    assert set(clf.predict(X)) <= {0, 1, 2}
    # Averaged weights are judged in half precision too: the same decision as in full.
    assert len(clf.history_["val_loss"]) == 2
    many = np.stack([three == 0, three > 0], axis=1).astype(int)
    several = keraseq.SequenceClassifier(**SETTINGS).fit(X, many).predict_proba(X)
    assert several.dtype == np.float32
    tags = [[0, 1, 0, 1, 2, 2]] * 48
    found = keraseq.SequenceTagger(**SETTINGS).fit(list(X), tags).predict_proba(list(X))
    np.testing.assert_allclose(np.concatenate(found).sum(axis=1), 1, atol=1e-6, rtol=0)


def test_texts(half):
    clf = keraseq.SequenceClassifier(**SETTINGS).fit(["good", "bad"] * 8, [1, 0] * 8)
    np.testing.assert_allclose(clf.predict_proba(["good"]).sum(axis=1), 1, atol=1e-6, rtol=0)


def test_numbers(half):
    y = X[:, :, 0].sum(axis=1)
    found = keraseq.SequenceRegressor(**{**SETTINGS, "epochs": 20}).fit(X, y).predict(X)
    assert np.isfinite(found).all()
    assert np.corrcoef(found, y)[0, 1] > 0.8
    # One of three digits would give few different ones.
    assert len(np.unique(found)) == 48


@pytest.mark.parametrize("model", ["simple_rnn", "transformer", "min_gru", "dlinear", "nlinear"])
def test_forecasts_keep_a_high_level(half, model):
    days = pd.date_range("2024-01-01", periods=120)
    y = pd.Series(10_000 + np.sin(np.arange(120) / 3), days)
    # The first weights, so that precision alone makes a difference.
    settings = {"horizon": 2, "lookback": 12, "epochs": 0, "shrinkage": 0, "random_state": 0}
    settings["model"] = model
    found = keraseq.SequenceForecaster(**settings).fit(y).predict(6)
    keras.config.set_dtype_policy("float32")
    expected = keraseq.SequenceForecaster(**settings).fit(y).predict(6)
    # Half precision knows of numbers near 10,000 every eighth or, as bfloat16, every 64th.
    assert (found - expected).abs().max() < 0.1


@pytest.mark.parametrize("pooling", ["mean", "max", "mean_max", "last", "ends"])
def test_long_sequences_are_pooled_exactly(half, pooling):
    x = keras.Input((3001, 1))
    mask = keras.ops.ones_like(x[..., 0], dtype="bool")
    model = keraseq.lstm((3001, 1), 2, units=2, pooling=pooling)
    layer = model.get_layer("pooling")
    found = keras.Model(x, layer(x, mask)).predict_on_batch(np.ones((1, 3001, 1), "float32"))
    np.testing.assert_allclose(found, 1, rtol=1e-6)


def test_a_builders_outputs(half):
    rows = X.astype("float32")
    for arguments in (
        {"outputs": 3, "logits": False},
        {"outputs": 3, "task": "tagging", "logits": False},
        {"outputs": 2, "task": "multilabel", "logits": False},
        {"outputs": 1, "task": "regression", "quantiles": (0.1, 0.5, 0.9)},
        {"outputs": (4, 2), "task": "forecasting"},
        {"outputs": (4, 2), "task": "forecasting", "quantiles": (0.1, 0.5, 0.9)},
    ):
        model = keraseq.gru((6, 2), **arguments, units=4)
        assert model.predict_on_batch(rows).dtype == np.float32


def test_a_users_own_model_answers_in_numbers_that_numpy_knows(half):
    def make(input_shape, outputs):
        inputs = keras.Input(input_shape)
        x, mask = keraseq.Padding()(inputs)
        x = keras.layers.GRU(4)(x, mask=mask)
        return keras.Model(inputs, keras.layers.Dense(outputs, activation="softmax")(x))

    clf = keraseq.SequenceClassifier(make, epochs=1, random_state=0).fit(X, np.arange(48) % 2)
    found = clf.predict_proba(X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6, rtol=0)
