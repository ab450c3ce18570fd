"""Short histories made as long as a model of fixed length reads."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class WholeHistory(ElementwiseLayer):
    """Let each history end with its last real step, and begin with its first value held.

    A model that maps steps to steps knows a step by its distance from the last one, so padding
    behind it would move everything. Before the first step nothing is known; a value that stays
    adds no change of its own, where zeros would add a jump.

    Returns
    -------
    tensor `(batch, time, channels)`
    """

    def call(self, x, mask):
        n_absent = x.shape[1] - ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
        source = ops.arange(x.shape[1], dtype="int32")[None] - n_absent
        return ops.take_along_axis(x, ops.maximum(source, 0)[..., None], axis=1)

    def compute_output_spec(self, x, mask):
        return keras.KerasTensor(x.shape, self.compute_dtype)
