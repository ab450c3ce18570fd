"""Channels as rows of the batch."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class FoldChannels(ElementwiseLayer):
    """Turn `(batch, time, channels)` into `(batch * channels, time, 1)`, the mask likewise.

    Every channel then passes through the same weights as a series of its own
    (``channels="independent"``).
    """

    def call(self, inputs, mask):
        time, channels = ops.shape(inputs)[1], inputs.shape[-1]
        if channels == 1:
            return inputs, mask
        values = ops.reshape(ops.transpose(inputs, (0, 2, 1)), (-1, time, 1))
        return values, ops.repeat(mask, channels, axis=0)

    def compute_output_spec(self, inputs, mask):
        batch, time, channels = inputs.shape
        rows = None if batch is None else batch * channels
        return (
            keras.KerasTensor((rows, time, 1), dtype=inputs.dtype),
            keras.KerasTensor((rows, time), dtype="bool"),
        )
