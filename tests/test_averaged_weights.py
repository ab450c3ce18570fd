"""The moving average of the weights, which is what a validated fit judges and ends with."""

import json
import warnings

import keras
import numpy as np
import pytest

import keraseq
from keraseq.training.optimizer import make_optimizer, optimizer_config


def made(optimizer, averaged=True):
    return make_optimizer(json.dumps(optimizer_config(optimizer, averaged=averaged)))


def averages(optimizer, steps):
    """The average after each step of a weight that grows by one a step."""
    optimizer.learning_rate = 1.0
    weight = keras.Variable(0.0)
    found = []
    for _ in range(steps):
        optimizer.apply([keras.ops.convert_to_tensor(-1.0)], [weight])
        found.append(
            float(keras.ops.convert_to_numpy(optimizer._model_variables_moving_average[0]))
        )
    return found


def test_it_is_over_the_last_fifth_of_the_steps_so_far():
    # By hand: 1, then 1 + 1 / 1.2, then + (3 - 1.8333) / 1.4, then + (4 - 2.6667) / 1.6.
    np.testing.assert_allclose(averages(made("sgd"), 4), [1, 11 / 6, 8 / 3, 3.5], rtol=1e-6)


def test_it_is_over_500_steps_at_most():
    optimizer = made("sgd")
    weight = keras.Variable(0.0)
    optimizer.build([weight])
    optimizer.iterations.assign(1_000_000)
    optimizer.learning_rate = 1.0
    optimizer.apply([keras.ops.convert_to_tensor(-500.0)], [weight])
    (average,) = optimizer._model_variables_moving_average
    assert float(keras.ops.convert_to_numpy(average)) == pytest.approx(1.0)


def test_a_users_own_is_kerass():
    given = keras.optimizers.SGD(use_ema=True, ema_momentum=0.5)
    np.testing.assert_allclose(averages(made(given), 3), [1, 1.5, 2.25])
    assert not made("sgd", averaged=False).use_ema


def test_averages_are_put_where_they_belong_though_some_are_frozen():
    optimizer = made("sgd")
    frozen, other = keras.Variable(5.0), keras.Variable(0.0)
    optimizer.build([frozen, other])
    optimizer.learning_rate = 1.0
    optimizer.apply([keras.ops.convert_to_tensor(-1.0)], [other])
    optimizer.finalize_variable_values([other])
    found = [float(keras.ops.convert_to_numpy(variable)) for variable in (frozen, other)]
    assert found == [5.0, 1.0]


class Freezing(keras.callbacks.Callback):
    """Freezes the first layer that has weights."""

    def on_train_begin(self, logs=None):
        self.layer = next(layer for layer in self.model.layers if layer.weights)
        self.layer.trainable, self.before = False, self.layer.get_weights()

    def on_train_end(self, logs=None):
        self.after = self.layer.get_weights()


def test_a_layer_that_a_callback_freezes_stays_as_it_was():
    X = np.random.default_rng(0).normal(size=(24, 5))
    settings = {"units": 4, "epochs": 1, "early_stopping": True, "random_state": 0}
    clf = keraseq.SequenceClassifier("gru", callbacks=Freezing(), **settings)
    (callback,) = clf.fit(X, np.arange(24) % 2).callbacks_
    for before, after in zip(callback.before, callback.after, strict=True):
        np.testing.assert_array_equal(after, before)


def test_a_small_fit_that_stops_early_has_learned():
    """Two steps an epoch: what is judged must be what these have learned, not the first weights."""
    draw = np.random.default_rng(0)
    y = np.arange(36) % 3
    phase = draw.uniform(0, 6.28, (36, 1))
    X = np.sin(phase + 6.28 * (2 + 2 * y[:, None]) * np.linspace(0, 1, 40))
    X += 0.1 * draw.normal(size=X.shape)
    clf = keraseq.SequenceClassifier("fcn", units=16, early_stopping=True, random_state=0).fit(X, y)
    assert clf.score(X, y) > 0.9


def test_a_fit_that_validates_runs_where_warnings_are_errors():
    X = np.random.default_rng(0).normal(size=(20, 3))
    clf = keraseq.SequenceClassifier("gru", units=2, epochs=1, early_stopping=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert clf.fit(X, [0, 1] * 10).n_iter_ == 1
