"""Recurrent architectures against loops in NumPy, and what their papers say of first weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keraseq
from keraseq.builders import assemble, make_plan
from keraseq.models import find_model
from keraseq.models.layers import (
    ExponentialCell,
    IndependentCell,
    LinearRecurrentUnit,
    MatrixMemory,
    ShortConvolution,
)
from keraseq.models.layers.complex_scan import complex_scan
from keraseq.models.layers.linear_scan import LinearScan
from keraseq.training.initial_values import InitialValues

draw = np.random.default_rng(0)


def parts(z):
    return np.concatenate([z.real, z.imag], axis=-1).astype("float32")


def loop_and_its_gradient(decay, u, weights):
    """The states of the recurrence, and the gradient of their sum under complex weights."""
    n = u.shape[1]
    h, back = np.zeros_like(u), np.zeros_like(u)
    for t in range(n):
        h[:, t] = u[:, t] + (decay * h[:, t - 1] if t else 0)
    for t in reversed(range(n)):
        back[:, t] = weights[:, t] + (decay.conj() * back[:, t + 1] if t + 1 < n else 0)
    of_decay = (back[:, 1:] * h[:, :-1].conj()).sum(axis=(0, 1))
    return h, back, of_decay


def scan_and_its_gradient(decay, inputs, weights):
    with tf.GradientTape() as tape:
        tape.watch([decay, inputs])
        states = complex_scan(decay, inputs)
        total = tf.reduce_sum(states * weights)
    return states, *tape.gradient(total, [decay, inputs])


def test_the_scan_of_complex_numbers_is_the_loop():
    decay = draw.uniform(0.5, 0.999, 3) * np.exp(1j * draw.uniform(0, 6, 3))
    given = tf.constant(np.stack([decay.real, decay.imag]).astype("float32"))
    any_length = tf.TensorSpec((None, None, 6))
    signature = [tf.TensorSpec((2, 3)), any_length, any_length]
    open_scan = tf.function(scan_and_its_gradient, input_signature=signature)
    for n, scan in ((1, open_scan), (300, open_scan), (16, scan_and_its_gradient)):
        u, weights = (draw.normal(size=(2, n, 6)).view(complex) for _ in range(2))
        h, of_inputs, of_decay = loop_and_its_gradient(decay, u, weights)
        tensors = (tf.constant(parts(z)) for z in (u, weights))
        states, to_decay, to_inputs = map(np.array, scan(given, *tensors))
        np.testing.assert_allclose(states, parts(h), atol=2e-5)
        np.testing.assert_allclose(to_inputs, parts(of_inputs), atol=2e-5)
        wanted = np.stack([of_decay.real, of_decay.imag])
        np.testing.assert_allclose(to_decay, wanted, atol=1e-5 * max(1, abs(wanted).max()))


def test_lru_begins_on_its_ring_with_inputs_scaled_to_it():
    layer = LinearRecurrentUnit(4000, r_min=0.5, r_max=0.9, max_phase=0.3)
    layer.build((None, None, 2))
    size = np.exp(-np.exp(np.array(layer.nu)))
    phase = np.exp(np.array(layer.theta))
    # Uniform on the ring's area: the mean of the squares is that of the edges' squares.
    assert 0.5 <= size.min() < size.max() <= 0.9
    assert np.mean(size**2) == pytest.approx((0.5**2 + 0.9**2) / 2, abs=0.01)
    assert 0 < phase.min() < phase.max() <= 0.3
    assert phase.mean() == pytest.approx(0.15, abs=0.01)
    np.testing.assert_allclose(np.exp(np.array(layer.gamma)), np.sqrt(1 - size**2), rtol=1e-4)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"r_min": 0.9, "r_max": 0.5}, "r_min=0.9 and r_max=0.5 must be such that"),
        ({"r_max": 1.1}, "grow without bound"),
        ({"max_phase": 0}, "max_phase=0 must lie above 0"),
        ({"state_size": 0}, "state_size=0 is too small"),
    ],
)
def test_a_ring_that_is_none_is_refused(own, says):
    with pytest.raises(ValueError, match=says):
        keraseq.lru((None, 2), 2, **own)


@pytest.mark.parametrize(
    ("name", "own"),
    [("lru", {}), ("xlstm", {}), ("lstm", {"t_max": 9}), ("min_lstm", {"t_max": 9})],
)
def test_first_values_are_drawn_again_without_a_build(name, own):
    plan = make_plan(name, (None, 2), 3, units=4, **own)
    model = assemble(plan, 0)
    values = InitialValues(model, plan, 0)
    assert values.are_drawn
    values.put(model, 7)
    for got, wanted in zip(model.get_weights(), assemble(plan, 7).get_weights(), strict=True):
        np.testing.assert_array_equal(got, wanted)


def body(name, x, mask, **sizes):
    """What a body gives for arrays, and the model that gave it."""
    inputs = keras.Input(x.shape[1:]), keras.Input(mask.shape[1:], dtype="bool")
    model = keras.Model(inputs, find_model(name).function(*inputs, dropout=0.0, **sizes))
    return np.array(model([x, mask])), model


def test_lstm_attention_gives_every_step_the_weighted_sum_of_the_real_ones():
    x, lengths = draw.normal(size=(3, 6, 2)).astype("float32"), (1, 4, 6)
    mask = np.arange(6) < np.array(lengths)[:, None]
    found, model = body("lstm_attention", x, mask, units=3, num_layers=1)
    (score,) = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    score.set_weights([9 * score.get_weights()[0]])
    found = np.array(model([x, mask]))
    for row, n in zip(found, lengths, strict=True):
        h, context = row[:n, :3], row[:n, 3:]
        weights = np.exp(np.tanh(h) @ score.get_weights()[0])
        wanted = np.tanh((weights / weights.sum() * h).sum(axis=0))
        np.testing.assert_allclose(context, np.tile(wanted, (n, 1)), atol=1e-5)


def test_an_independent_cell_sees_its_own_past_alone():
    layer = keras.layers.RNN(IndependentCell(3, -0.9, 0.9), return_sequences=True)
    x = draw.normal(size=(2, 5, 3)).astype("float32")
    found, h = np.array(layer(x)), np.zeros((2, 3))
    for t in range(5):
        h = np.maximum(x[:, t] + np.array(layer.cell.recurrent) * h, 0)
        np.testing.assert_allclose(found[:, t], h, atol=1e-6)


def test_indrnn_never_lets_a_gradient_more_than_double():
    model = keraseq.indrnn((7, 2), 2, units=50, seed=0)
    first, last = (layer.cell for layer in model.layers if isinstance(layer, keras.layers.RNN))
    bound = 2 ** (1 / 7)
    assert 0 <= np.min(first.recurrent) < 0.2
    assert np.min(last.recurrent) >= 0.5 ** (1 / 7)
    assert max(map(np.max, (first.recurrent, last.recurrent))) <= bound
    model.optimizer.learning_rate = 10.0
    model.train_on_batch(draw.normal(size=(8, 7, 2)), np.arange(8) % 2)
    assert np.max(np.abs(first.recurrent)) == pytest.approx(bound)
    deep = keraseq.indrnn((7, 2), 2, units=4, num_layers=9, time_steps=100, residual=True)
    cells = [layer.cell for layer in deep.layers if isinstance(layer, keras.layers.RNN)]
    assert len(cells) == 9
    assert cells[0].largest == pytest.approx(2**0.01)
    assert [type(made).__name__ for made in deep.operations].count("Add") == 8


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("largest", [1.0, 60.0], ids=["small gates", "large gates"])
def test_a_matrix_memory_is_its_recurrence(largest):
    """In float64 and without anything taken off the exponents."""
    n, heads, size = 70, 2, 3
    q, k, v = (draw.normal(size=(2, n, heads * size)) for _ in range(3))
    enter, forget = largest * draw.normal(size=(2, n, heads)), draw.normal(size=(2, n, heads))
    given = [x.astype("float32") for x in (q, k, v, enter, forget)]
    found = np.array(MatrixMemory(heads)(*given)).reshape(2, n, heads, size)
    q, k, v = (x.reshape(2, n, heads, size) for x in (q, k, v))
    matrix, keys = np.zeros((2, heads, size, size)), np.zeros((2, heads, size))
    for t in range(n):
        keep, add = sigmoid(forget[:, t])[..., None], np.exp(enter[:, t])[..., None]
        key = k[:, t] / np.sqrt(size)
        matrix = keep[..., None] * matrix + (add * v[:, t])[..., None] * key[..., None, :]
        keys = keep * keys + add * key
        read = np.einsum("bhvk,bhk->bhv", matrix, q[:, t])
        seen = np.abs(np.einsum("bhk,bhk->bh", keys, q[:, t]))
        wanted = read / np.maximum(seen, 1)[..., None]
        np.testing.assert_allclose(found[:, t], wanted, rtol=2e-3, atol=2e-4)


def test_an_exponential_cell_is_its_recurrence():
    layer = keras.layers.RNN(ExponentialCell(4, 2), return_sequences=True)
    x = (3 * draw.normal(size=(2, 9, 16))).astype("float32")
    layer(x)
    layer.set_weights([draw.normal(size=(2, 2, 8))])
    found, (kernel,) = np.array(layer(x)), layer.get_weights()
    h, c, n = (np.zeros((2, 4)) for _ in range(3))
    for t in range(9):
        recalled = np.einsum("bhd,hde->bhe", h.reshape(2, 2, 2), kernel)
        recalled = recalled.reshape(2, 2, 4, 2).swapaxes(1, 2).reshape(2, 16)
        i, f, z, o = np.split(x[:, t] + recalled, 4, axis=-1)
        c = sigmoid(f) * c + np.exp(i) * np.tanh(z)
        n = sigmoid(f) * n + np.exp(i)
        h = sigmoid(o) * c / n
        np.testing.assert_allclose(found[:, t], h, atol=1e-5)


def test_a_short_convolution_weighs_each_channels_own_past():
    layer = ShortConvolution(3)
    x = draw.normal(size=(2, 5, 2)).astype("float32")
    found, kernel = np.array(layer(x)), np.array(layer.kernel)[:, :, 0]
    before = np.concatenate([np.zeros((2, 2, 2)), x], axis=1)
    wanted = sum(before[:, i : i + 5] * kernel[i] for i in range(3))
    np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("name", ["min_gru", "min_lstm"])
def test_a_minimal_gate_knows_the_step_before_and_none_to_come(name):
    """A bare one, of its own step alone, cannot tell a series' shapes apart."""
    model = keraseq.build(name, (None, 2), 2, units=4, num_layers=1, seed=0)
    scan = next(layer for layer in model.layers if isinstance(layer, LinearScan))
    kept = keras.Model(model.input, scan.input[0])
    x = draw.normal(size=(1, 4, 2)).astype("float32")
    moved = x.copy()
    moved[0, 1] += 1
    same = np.isclose(kept(x), kept(moved), atol=1e-6).all(axis=(0, 2))
    assert same.tolist() == [True, False, False, False]


@pytest.mark.parametrize("name", ["gru", "lstm", "min_gru", "min_lstm"])
def test_units_begin_to_forget_after_two_to_t_max_steps(name):
    """A unit that keeps the share s of its state a step forgets over 1 / (1 - s) of them."""
    units = 400
    model = keraseq.build(name, (None, 2), 2, units=units, num_layers=1, t_max=50, seed=0)
    biases = [w.numpy() for w in model.trainable_weights if w.name == "bias"]
    drawn = [bias for bias in biases if bias.any()]
    kept = {
        "gru": lambda: sigmoid(drawn[0][0, :units]),
        "lstm": lambda: sigmoid(drawn[0][units : 2 * units]),
        "min_gru": lambda: 1 - sigmoid(drawn[0]),
        "min_lstm": lambda: sigmoid(drawn[0]) / (sigmoid(drawn[0]) + sigmoid(drawn[1])),
    }[name]()
    steps = 1 / (1 - kept)
    assert 1.99 < steps.min() < 4 < 48 < steps.max() < 50.01
    assert steps.mean() == pytest.approx(26, abs=2)
    if name == "lstm":
        np.testing.assert_allclose(drawn[0][:units], -drawn[0][units : 2 * units])
    with pytest.raises(ValueError, match="t_max=2 is too small"):
        keraseq.build(name, (None, 2), 2, t_max=2)


@pytest.mark.parametrize("name", ["gru", "lstm", "min_gru", "min_lstm"])
def test_layers_and_copies_have_memories_of_their_own(name):
    model = keraseq.build(name, (None, 2), 2, units=9, num_layers=2, t_max=50, seed=0)

    def drawn(model):
        biases = [np.array(w).reshape(-1)[:9] for w in model.trainable_weights if w.name == "bias"]
        return [np.abs(bias) for bias in biases if len(np.unique(bias)) > 2]

    first, *_, last = drawn(model)
    assert not np.allclose(first, last)
    if name == "min_lstm":
        # Of a copy, too, one gate keeps as much as the other lets in.
        keeps, lets_in, *_ = drawn(keras.models.clone_model(model))
        np.testing.assert_array_equal(keeps, lets_in)
