"""A sequence from its end to its beginning."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class ReversedSteps(ElementwiseLayer):
    """Turn the real steps of `(batch, time, channels)` round; padding stays on the right."""

    def call(self, inputs, mask):
        shape = ops.shape(inputs)
        n_rows, n_steps = shape[0], shape[1]
        steps, counts = ops.arange(n_steps), ops.sum(ops.cast(mask, "int32"), axis=1)[:, None]
        places = ops.where(steps < counts, counts - 1 - steps, steps)
        # Rows of one long table: an index for each number would take as much room as the numbers.
        rows = ops.arange(n_rows)[:, None] * n_steps + places
        table = ops.reshape(inputs, (-1, inputs.shape[-1]))
        return ops.reshape(ops.take(table, ops.reshape(rows, (-1,)), axis=0), shape)

    def compute_output_spec(self, inputs, mask):
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)
