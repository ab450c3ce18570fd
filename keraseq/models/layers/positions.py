"""Positions for bodies that would otherwise see a set of steps."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer
from keraseq.tasks.layers import sinusoids


@keras.saving.register_keras_serializable("keraseq")
class SinusoidalPositions(ElementwiseLayer):
    """Add the sinusoids of Vaswani et al. (2017) to `(batch, time, channels)`, without weights.

    The pairs are laid out as sines, then cosines; an odd number of channels leaves the last cosine
    out.
    """

    def call(self, inputs):
        steps = ops.arange(ops.shape(inputs)[1])
        return inputs + ops.cast(sinusoids(steps, inputs.shape[-1]), inputs.dtype)[None]

    def initial_step_state(self, batch, inputs):
        """The number of the first step."""
        return ops.zeros((1,), dtype="int32")

    def step(self, state, inputs):
        """One step `(batch, 1, channels)`; returns the output and the number of the next."""
        table = sinusoids(state, inputs.shape[-1])
        return inputs + ops.cast(table, inputs.dtype)[None], state + 1

    def compute_output_shape(self, input_shape):
        return input_shape
