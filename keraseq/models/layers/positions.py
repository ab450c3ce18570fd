"""Positions for bodies that would otherwise see a set of steps."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("keraseq")
class SinusoidalPositions(keras.layers.Layer):
    """Add the sinusoids of Vaswani et al. (2017) to `(batch, time, channels)`, without weights.

    The pairs are laid out as sines, then cosines; an odd number of channels leaves the last cosine
    out.
    """

    def call(self, inputs):
        time, channels = ops.shape(inputs)[1], inputs.shape[-1]
        half = (channels + 1) // 2
        rate = np.exp(-np.log(10_000.0) * np.arange(half) / max(half, 1)).astype("float32")
        angle = ops.cast(ops.arange(time), "float32")[:, None] * rate[None]
        table = ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)[:, :channels]
        return inputs + ops.cast(table, inputs.dtype)[None]

    def compute_output_shape(self, input_shape):
        return input_shape
