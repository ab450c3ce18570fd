"""Recurrent layers that go back by hand train as Keras's own do."""

import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keraseq
from keraseq.training import recurrences, xla
from keraseq.training.pool import POOL
from keraseq.training.recurrences import COUNTS, by_hand, recur
from keraseq.training.recurrent_steps import GRUStep, LSTMStep, SimpleRNNStep


@pytest.fixture(autouse=True)
def _without_a_card(monkeypatch):
    monkeypatch.setattr(recurrences, "has_gpu", lambda: False)


draw = np.random.default_rng(0)
# Two parts of twelve and seventeen rows.
X = draw.normal(size=(29, 5, 3)).astype("float32")
MASK = np.arange(5) < draw.integers(1, 6, (29, 1))
# Steps that are left out at the beginning and between others, and a row of none.
HOLES = draw.random((29, 5)) < 0.6
HOLES[3] = False
KINDS = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def functional(layer, is_masked=True):
    x, mask = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
    return keras.Model([x, mask], layer(x, mask=mask if is_masked else None))


def gradients(model, mask, hand):
    """The outputs, and the gradients by inputs and weights of a sum that knows places apart."""
    weights = [v.value for v in model.trainable_variables]

    @tf.function(autograph=False)
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            parts = keras.tree.flatten(model([x, tf.constant(mask)], training=True))
            loss = sum(tf.reduce_sum(tf.sin(3 * part + 1)) for part in parts)
        return parts, tape.gradient(loss, [x, *weights])

    if not hand:
        return run(tf.constant(X))
    with by_hand(model):
        return run(tf.constant(X))


def check_equal(model, mask, n_layers):
    before = COUNTS.n_traces
    ours = gradients(model, mask, hand=True)
    assert COUNTS.n_traces == before + n_layers
    keras_own = gradients(model, mask, hand=False)
    assert COUNTS.n_traces == before + n_layers
    for found, expected in zip(
        keras.tree.flatten(ours), keras.tree.flatten(keras_own), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("mask", [None, MASK, HOLES], ids=["full", "padded", "holes"])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_gradients_are_keras_own(kind, mask):
    layer = KINDS[kind](4, return_sequences=True, return_state=True)
    model = functional(layer, is_masked=mask is not None)
    check_equal(model, MASK if mask is None else mask, 1)


@pytest.mark.parametrize("mask", [MASK, HOLES], ids=["padded", "holes"])
@pytest.mark.parametrize("returns", [True, False], ids=["all", "last"])
@pytest.mark.parametrize("kind", KINDS)
def test_both_directions_are_keras_own(kind, returns, mask):
    layer = layers.Bidirectional(KINDS[kind](4, return_sequences=returns), merge_mode="concat")
    check_equal(functional(layer), mask, 2)


@pytest.mark.parametrize(
    ("step", "gates", "n_states"), [(SimpleRNNStep, 1, 1), (LSTMStep, 4, 2), (GRUStep, 3, 1)]
)
@pytest.mark.parametrize("n_rows", [1, 11, 12, 29])
def test_two_halves_give_the_same_bits_as_one(step, gates, n_states, n_rows):
    def array(*shape):
        return tf.constant(draw.normal(size=shape).astype("float32"))

    given = [array(n_rows, 7, 3), array(3, gates * 4), array(4, gates * 4)]
    given.append(array(2, gates * 4) if step is GRUStep else array(gates * 4))
    states = [array(n_rows, 4) for _ in range(n_states)]

    @tf.function(autograph=False)
    def run(in_halves):
        with tf.GradientTape() as tape:
            tape.watch([*given, *states])
            found = recur(step, given[0], None, states, *given[1:], in_halves=in_halves)
            loss = sum(tf.reduce_sum(tf.sin(part)) for part in found)
        return [*found, *tape.gradient(loss, [*given, *states])]

    for whole, halves in zip(run(False), run(True), strict=True):
        np.testing.assert_array_equal(whole, halves)


def test_one_unit_by_hand():
    # h1 = tanh(1/2), h2 = tanh(1/4 + h1): d h2 / d recurrent weight = (1 - h2^2) h1.
    x, weight = tf.constant([[[0.5], [0.25]]]), tf.constant([[1.0]])
    given = tf.constant([[1.0]]), weight, tf.constant([0.0])
    with tf.GradientTape() as tape:
        tape.watch(weight)
        *_, last = recur(SimpleRNNStep, x, None, [tf.zeros((1, 1))], *given, in_halves=False)
    h1 = np.tanh(0.5)
    h2 = np.tanh(0.25 + h1)
    assert last.numpy() == pytest.approx(h2, abs=1e-6)
    assert tape.gradient(last, weight).numpy() == pytest.approx((1 - h2**2) * h1, abs=1e-6)


LABELS = np.arange(29) % 2
SETTINGS = {"units": 4, "epochs": 1, "early_stopping": False, "random_state": 0}


@pytest.mark.parametrize(
    ("model", "n_layers"),
    [("simple_rnn", 1), ("lstm", 1), ("bigru", 2), ("cnn_lstm", 1), ("indrnn", 0), ("fcn", 0)],
)
def test_every_architecture_trains_so_without_a_line_of_its_own(monkeypatch, model, n_layers):
    monkeypatch.setattr(POOL, "_idle", [])
    before = COUNTS.n_traces
    settings = SETTINGS if model != "fcn" else {**SETTINGS, "units": "auto"}
    clf = keraseq.SequenceClassifier(model, **settings).fit(list(X), LABELS)
    assert COUNTS.n_traces == before + n_layers
    assert not any("inner_loop" in vars(layer) for layer in clf.model_._flatten_layers())


@pytest.mark.parametrize(
    "changes",
    [
        {"activation": "relu"},
        {"recurrent_activation": "hard_sigmoid"},
        {"use_bias": False},
        {"recurrent_dropout": 0.1},
        {"dropout": 0.1},
        {"reset_after": False},
        {"unroll": True},
        {"dtype": "mixed_float16"},
    ],
)
def test_layers_that_compute_something_else_are_left_to_keras(changes):
    before, x = COUNTS.n_traces, keras.Input((5, 3))
    model = keras.Model(x, layers.GRU(4, **changes)(x))
    with by_hand(model):
        model(tf.constant(X), training=True)
    assert COUNTS.n_traces == before


def test_a_subclass_and_a_state_to_begin_with_are_left_to_keras():
    class Own(layers.LSTM):
        pass

    before, x, h = COUNTS.n_traces, keras.Input((None, 3)), keras.Input((4,))
    models = [
        keras.Model([x, h], Own(4)(x)),
        keras.Model([x, h], layers.GRU(4)(x, initial_state=h)),
        keras.Model([x, h], layers.LSTM(4)(x, initial_state=[h, h])),
    ]
    # And what stands within a model of a user's.
    models.append(keras.Model([x, h], keras.Sequential([layers.LSTM(4)])(x)))
    for model in models:
        with by_hand(model):
            model([tf.constant(X), tf.zeros((29, 4))], training=True)
    assert COUNTS.n_traces == before


def test_another_thread_computes_as_ever():
    model, found = functional(layers.LSTM(4)), []
    expected, before = model([tf.constant(X), tf.constant(MASK)]), COUNTS.n_traces

    def work():
        found.append(model([tf.constant(X), tf.constant(MASK)]))

    with by_hand(model):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert COUNTS.n_traces == before
    np.testing.assert_array_equal(found[0], expected)


def test_a_graphics_card_keeps_its_own_kernels(monkeypatch):
    monkeypatch.setattr(recurrences, "has_gpu", lambda: True)
    before, model = COUNTS.n_traces, functional(layers.LSTM(4))
    with by_hand(model):
        model([tf.constant(X), tf.constant(MASK)], training=True)
    assert COUNTS.n_traces == before


def test_what_xla_compiles_is_left_to_keras(monkeypatch):
    monkeypatch.setattr(POOL, "_idle", [])
    before, compiled = COUNTS.n_traces, xla.COUNTS.n_fits
    keraseq.SequenceClassifier("gru", jit_compile=True, **SETTINGS).fit(X, LABELS)
    assert (COUNTS.n_traces, xla.COUNTS.n_fits) == (before, compiled + 1)


class OfBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


@pytest.mark.parametrize("model", ["gru", "bilstm"])
def test_keras_own_loop_ends_with_the_same_bits(monkeypatch, model):
    monkeypatch.setattr(POOL, "_idle", [])
    rows = [row[: 1 + i % 5] for i, row in enumerate(X)]
    clf = keraseq.SequenceClassifier(model, **{**SETTINGS, "epochs": 2, "batch_size": 13})
    ours = clf.fit(rows, LABELS).model_.get_weights()
    before = COUNTS.n_traces
    clf.set_params(callbacks=[OfBatches()]).fit(rows, LABELS)
    assert COUNTS.n_traces > before
    assert "train_step" not in vars(clf.model_)
    for found, expected in zip(clf.model_.get_weights(), ours, strict=True):
        np.testing.assert_array_equal(found, expected)
