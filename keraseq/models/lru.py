"""The linear recurrent unit."""

import math

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq.models._register import register_model
from keraseq.models.layers.linear_recurrent_unit import LinearRecurrentUnit


@register_model(
    title="Linear recurrent unit",
    authors="Antonio Orvieto et al.",
    year=2023,
    paper="Resurrecting recurrent neural networks for long sequences. ICML, arXiv:2303.06349",
    family="recurrent",
    causal=True,
    parallel=True,
)
def lru(
    x,
    mask,
    *,
    units=None,
    num_layers=2,
    dropout=None,
    state_size=None,
    r_min=0.0,
    r_max=1.0,
    max_phase=2 * math.pi,
):
    """Linear recurrences of complex numbers between gated layers: long memory, all steps at once.

    Behind a linear layer each block normalises, runs ``h[t] = lambda * h[t - 1] + gamma * B x[t]``,
    reads it by ``Re(C h[t]) + D * x[t]``, and adds a gated linear unit of that to its input. Layer
    normalisation in place of the paper's over the batch, since batches hold padding; two blocks in
    place of its six, which were for images and documents of thousands of steps.

    Parameters
    ----------
    state_size : int, default=units
        Complex numbers in the state of each block.
    r_min : float, default=0.0
        Least size of a decay at the beginning; 0.9 suits sequences of a thousand steps.
    r_max : float, default=1.0
        Largest size of a decay at the beginning; sizes are uniform on the area between.
    max_phase : float, default=2 * pi
        The decays' phases begin between 0 and it; a small one, such as pi / 50, suits memories
        that reach over a whole long sequence.
    """
    n = units if state_size is None else check_integer("state_size", state_size, 1)
    _check_ring(r_min, r_max, max_phase)
    x = layers.Dense(units)(x)
    for _ in range(num_layers):
        y = LinearRecurrentUnit(n, r_min, r_max, max_phase)(layers.LayerNormalization()(x))
        y = layers.Dropout(dropout)(layers.Activation("gelu")(y))
        y = layers.Dense(units)(y) * layers.Dense(units, activation="sigmoid")(y)
        x = x + layers.Dropout(dropout)(y)
    return x * ops.cast(mask, x.dtype)[..., None]


def _check_ring(r_min, r_max, max_phase):
    if not 0 <= r_min < r_max <= 1:
        raise ValueError(
            f"r_min={r_min} and r_max={r_max} must be such that 0 <= r_min < r_max <= 1: the "
            "decays of the state begin between them, and beyond 1 it would grow without bound."
        )
    if not 0 < max_phase <= 2 * math.pi:
        raise ValueError(
            f"max_phase={max_phase} must lie above 0 and be at most 2 * pi = {2 * math.pi:.4f}."
        )
