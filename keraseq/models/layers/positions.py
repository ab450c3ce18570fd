"""Positions for bodies that would otherwise see a set of steps."""

import keras
import numpy as np
from keras import ops

from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class SinusoidalPositions(ElementwiseLayer):
    """Add the sinusoids of Vaswani et al. (2017) to `(batch, time, channels)`, without weights.

    The pairs are laid out as sines, then cosines; an odd number of channels leaves the last cosine
    out.
    """

    def call(self, inputs):
        steps = ops.arange(ops.shape(inputs)[1])
        return inputs + ops.cast(self._table(steps, inputs.shape[-1]), inputs.dtype)[None]

    def initial_step_state(self, batch, inputs):
        """The number of the first step."""
        return ops.zeros((1,), dtype="int32")

    def step(self, state, inputs):
        """One step `(batch, 1, channels)`; returns the output and the number of the next."""
        table = self._table(state, inputs.shape[-1])
        return inputs + ops.cast(table, inputs.dtype)[None], state + 1

    def _table(self, steps, channels):
        half = (channels + 1) // 2
        rate = np.exp(-np.log(10_000.0) * np.arange(half) / max(half, 1)).astype("float32")
        angle = ops.cast(steps, "float32")[:, None] * rate[None]
        return ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)[:, :channels]

    def compute_output_shape(self, input_shape):
        return input_shape
