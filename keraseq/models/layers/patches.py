"""Patches of consecutive steps."""

import keras
from keras import ops

from keraseq._checks import check_integer


@keras.saving.register_keras_serializable("keraseq")
class Patches(keras.layers.Layer):
    """Cut `(batch, time, channels)` into patches of `patch_length` steps, as one step each.

    A row's patches end at its last real step, so that the most recent patch is always whole; the
    first one is filled up by repeating the first step. Rows of differing length stay right-padded.

    Returns
    -------
    patches : tensor `(batch, ceil(time / patch_length), patch_length * channels)`
    mask : bool tensor `(batch, ceil(time / patch_length))`
    """

    def __init__(self, patch_length, **kwargs):
        super().__init__(**kwargs)
        self.patch_length = check_integer("patch_length", patch_length, 1)

    def call(self, inputs, mask):
        size = self.patch_length
        time, channels = ops.shape(inputs)[1], inputs.shape[-1]
        n_patches = (time + size - 1) // size
        length = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
        shift = (-length) % size
        source = ops.arange(n_patches * size, dtype="int32")[None] - shift
        index = ops.clip(source, 0, time - 1)
        values = ops.take_along_axis(inputs, index[..., None], axis=1)
        values = ops.where((source < length)[..., None], values, ops.zeros_like(values))
        patches = ops.reshape(values, (-1, n_patches, size * channels))
        start = ops.arange(n_patches, dtype="int32")[None] * size
        return patches, start < length + shift

    def compute_output_spec(self, inputs, mask):
        time = inputs.shape[1]
        n_patches = None if time is None else -(-time // self.patch_length)
        channels = self.patch_length * inputs.shape[-1]
        return (
            keras.KerasTensor((inputs.shape[0], n_patches, channels), dtype=inputs.dtype),
            keras.KerasTensor((inputs.shape[0], n_patches), dtype="bool"),
        )

    def get_config(self):
        return {**super().get_config(), "patch_length": self.patch_length}
