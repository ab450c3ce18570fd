"""What a network computes in, and whether XLA compiles its steps: parameters of every estimator."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

import keraseq
from keraseq.training import compiled_loop, xla

draw = np.random.default_rng(0)
X = draw.normal(size=(24, 6, 2))
Y = np.arange(24) % 2
RAGGED = [row[: 3 + place // 12] for place, row in enumerate(X)]
SETTINGS = {"model": "simple_rnn", "units": 4, "epochs": 2, "batch_size": 8, "random_state": 0}


def classifier(**settings):
    return keraseq.SequenceClassifier(**{**SETTINGS, **settings})


@pytest.fixture
def global_policy():
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


def computes_in(estimator):
    return estimator.model_.get_layer("projection").compute_dtype


def test_a_policy_holds_for_one_estimator_wherever_it_goes(global_policy, tmp_path):
    policy = keras.DTypePolicy("mixed_bfloat16")
    clf = classifier(dtype_policy=policy)
    assert clf.get_params()["dtype_policy"] is policy
    expected = clf.fit(X, Y).predict_proba(X)
    assert (clf.params_["dtype_policy"], expected.dtype) == ("mixed_bfloat16", np.float32)
    assert keras.config.dtype_policy().name == "float32"
    again = clone(clf)
    assert again.dtype_policy == policy
    clf.save(tmp_path / "clf.keraseq")
    loaded = keraseq.load(tmp_path / "clf.keraseq")
    assert loaded.dtype_policy == policy
    with pytest.raises(keraseq.ArtifactError, match=r"bfloat16, which.*format='saved_model'"):
        clf.export(tmp_path / "clf.onnx")
    # What was trained so answers so, whatever Keras is told meanwhile.
    global_policy("mixed_float16")
    for other in (loaded, pickle.loads(pickle.dumps(clf)), again.fit(X, Y)):
        np.testing.assert_array_equal(other.predict_proba(X), expected)
        assert computes_in(other) == "bfloat16"


def test_auto_is_keras_own_policy_and_a_named_one_comes_before_it(global_policy):
    global_policy("mixed_bfloat16")
    clf = classifier(epochs=0).fit(X, Y)
    assert (computes_in(clf), clf.params_["dtype_policy"]) == ("bfloat16", "mixed_bfloat16")
    clf.set_params(dtype_policy="float32").fit(X, Y)
    assert (computes_in(clf), clf.params_["dtype_policy"]) == ("float32", "float32")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (keraseq.SequenceRegressor, (X, X[:, 0, 0])),
        (keraseq.SequenceTagger, (list(X), [[0, 1, 0, 1, 2, 2]] * 24)),
        (keraseq.SequenceForecaster, (np.sin(np.arange(60) / 3),)),
    ],
)
def test_every_estimator_has_them(kind, data):
    given = {"dtype_policy": "mixed_bfloat16", "jit_compile": False}
    fitted = kind(**{**SETTINGS, "epochs": 0}, **given).fit(*data)
    assert {name: fitted.params_[name] for name in given} == given
    policies = {layer.compute_dtype for layer in fitted.model_.layers}
    assert policies == {"bfloat16", "float32"}


def test_an_ensemble_and_a_users_function_have_them():
    several = keraseq.ensemble(classifier(epochs=0, dtype_policy="mixed_bfloat16"), n=2).fit(X, Y)
    assert [computes_in(member) for member in several.estimators_] == ["bfloat16"] * 2

    def make(input_shape, outputs):
        inputs = keras.Input(input_shape)
        values = keras.layers.Dense(outputs, name="projection")(keras.layers.Flatten()(inputs))
        model = keras.Model(inputs, values)
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    clf = keraseq.SequenceClassifier(make, epochs=1, dtype_policy="mixed_bfloat16").fit(X, Y)
    assert (computes_in(clf), clf.predict_proba(X).dtype) == ("bfloat16", np.float32)
    with pytest.raises(ValueError, match=r"jit_compile: model=.*compiled"):
        clf.set_params(jit_compile=True).fit(X, Y)


def test_what_is_no_policy_and_no_way_to_compile_is_refused(monkeypatch):
    for given, error, text in (
        ({"dtype_policy": "mixed_bfloat"}, ValueError, "Did you mean 'mixed_bfloat16'"),
        ({"dtype_policy": "bfloat16"}, ValueError, "give dtype_policy='mixed_bfloat16'"),
        ({"dtype_policy": 16}, TypeError, "dtype_policy=16 must be"),
        ({"dtype_policy": keras.DTypePolicy("int8")}, TypeError, "quantises"),
        ({"jit_compile": "yes"}, TypeError, "True, False or 'auto'"),
    ):
        with pytest.raises(error, match=text):
            classifier(**given).fit(X, Y)
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(ValueError, match="tensorflow and jax have it"):
        xla.resolve_jit(True)
    assert (xla.resolve_jit("auto"), xla.resolve_jit(False)) == (None, False)
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    assert xla.resolve_jit("auto") is None
    assert xla.resolve_jit(True)


def far_away(input_shape, outputs):
    inputs = keras.Input(input_shape)
    x = keras.layers.Rescaling(1e6)(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Dense(outputs, activation="softmax")(x))


def test_float16_that_runs_out_of_range_is_told():
    settings = {"epochs": 8, "batch_size": 8, "random_state": 0, "dtype_policy": "mixed_float16"}
    clf = keraseq.SequenceClassifier(far_away, **settings)
    with pytest.warns(ConvergenceWarning, match="100% of the training steps.*mixed_bfloat16"):
        clf.fit(X, Y)
    with pytest.warns(ConvergenceWarning, match="fell to 4.1e"):
        clone(clf).partial_fit(X, Y)


def far_ahead(input_shape, outputs):
    inputs = keras.Input(input_shape)
    x = keras.layers.Rescaling(3e3)(keras.layers.Flatten()(inputs))
    x = keras.layers.Dense(int(np.prod(outputs)))(x)
    return keras.Model(inputs, keras.layers.Reshape(outputs)(x))


def test_so_is_a_second_fit_that_calibrates_intervals():
    settings = {"lookback": 8, "epochs": 8, "early_stopping": False, "shrinkage": 0}
    forecaster = keraseq.SequenceForecaster(
        far_ahead, horizon=2, dtype_policy="mixed_float16", random_state=0, **settings
    )
    with pytest.warns(ConvergenceWarning, match="of SequenceForecaster"):
        forecaster.fit(np.sin(np.arange(120) / 3))
    with pytest.warns(ConvergenceWarning, match="the second fit, .* steps were left out"):
        forecaster.predict_interval()


class OfBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


def dense(input_shape, outputs):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, keras.layers.Dense(outputs)(keras.layers.Flatten()(inputs)))


@pytest.mark.parametrize(
    ("model", "rows", "callbacks", "ours"),
    # Lengths that differ are shapes of their own.
    [("simple_rnn", RAGGED, None, 1), (dense, X, [OfBatches()], 0)],
)
def test_xla_compiles_the_steps_of_either_loop(model, rows, callbacks, ours):
    units = 4 if callbacks is None else "auto"
    clf = classifier(model=model, units=units, batch_size=12, callbacks=callbacks)
    expected = clf.fit(rows, Y).predict_proba(rows)
    fits, compiled = compiled_loop.COUNTS.n_fits, xla.COUNTS.n_fits
    clf.set_params(jit_compile=True).fit(rows, Y)
    assert (compiled_loop.COUNTS.n_fits - fits, xla.COUNTS.n_fits - compiled) == (ours, 1)
    assert clf.params_["jit_compile"] is True
    np.testing.assert_allclose(clf.predict_proba(rows), expected, atol=1e-5)


class Unknown(keras.layers.Layer):
    """Runs Python, of which XLA knows nothing."""

    def call(self, x):
        import tensorflow as tf

        more = tf.numpy_function(np.zeros_like, [x], x.dtype)
        more.set_shape(x.shape)
        return x + tf.stop_gradient(more)

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


def uncompilable(input_shape, outputs):
    inputs = keras.Input(input_shape)
    x = Unknown()(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Dense(outputs)(x), name="of_python")


@pytest.mark.parametrize("callbacks", [None, [OfBatches()]])
def test_what_xla_cannot_compile_is_trained_without_and_told_once(caplog, monkeypatch, callbacks):
    monkeypatch.setattr(xla, "_told", set())
    settings = {"epochs": 2, "batch_size": 8, "random_state": 0, "callbacks": callbacks}
    clf = keraseq.SequenceClassifier(uncompilable, **settings)
    expected = clf.fit(X, Y).predict_proba(X)
    refused, compiled = xla.COUNTS.n_refused, xla.COUNTS.n_fits
    for _ in range(2):
        clf.set_params(jit_compile=True).fit(X, Y)
        np.testing.assert_array_equal(clf.predict_proba(X), expected)
    assert (xla.COUNTS.n_refused - refused, xla.COUNTS.n_fits - compiled) == (2, 0)
    assert clf.params_["jit_compile"] is False
    assert clf.get_params()["jit_compile"] is True
    assert caplog.text.count("XLA cannot compile the training step of 'of_python'") == 1


def test_a_batch_larger_than_the_rows_is_all_of_them():
    found, expected = (classifier(batch_size=n).fit(X, Y).predict_proba(X) for n in (1000, 24))
    np.testing.assert_array_equal(found, expected)
    for given, error in ((0, ValueError), (-8, ValueError), (2.5, TypeError)):
        with pytest.raises(error, match="batch_size="):
            classifier(batch_size=given).fit(X, Y)
