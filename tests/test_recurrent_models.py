"""Recurrent architectures against loops in NumPy, and what their papers say of first weights."""

import numpy as np
import pytest
import tensorflow as tf

import keraseq
from keraseq.builders import assemble, make_plan
from keraseq.models.layers import LinearRecurrentUnit
from keraseq.models.layers.complex_scan import complex_scan
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


def test_first_values_of_lru_are_drawn_again_without_a_build():
    plan = make_plan("lru", (None, 2), 3, units=4, num_layers=1)
    model = assemble(plan, 0)
    values = InitialValues(model, plan, 0)
    assert values.are_drawn
    values.put(model, 7)
    for got, wanted in zip(model.get_weights(), assemble(plan, 7).get_weights(), strict=True):
        np.testing.assert_array_equal(got, wanted)
