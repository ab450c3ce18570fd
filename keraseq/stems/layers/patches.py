"""Patches of consecutive steps."""

import keras
from keras import ops

from keraseq._checks import check_integer
from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class Patches(ElementwiseLayer):
    """Cut `(batch, time, channels)` into patches of `patch_length` steps, as one step each.

    A row's patches end at its last real step, so that the most recent patch is always whole; the
    first one is filled up by repeating the first step. Rows of differing length stay right-padded.

    Parameters
    ----------
    patch_length : int
    patch_stride : int, optional
        Steps between the starts of two patches; `patch_length` by default, so that none is read
        twice.

    Returns
    -------
    patches : tensor `(batch, patches, patch_length * channels)`
        ``ceil((time - patch_length) / patch_stride) + 1`` of them, and at least one.
    mask : bool tensor `(batch, patches)`
    """

    def __init__(self, patch_length, patch_stride=None, **kwargs):
        super().__init__(**kwargs)
        self.patch_length = check_integer("patch_length", patch_length, 1)
        stride = patch_length if patch_stride is None else patch_stride
        self.patch_stride = check_integer("patch_stride", stride, 1)

    def call(self, inputs, mask):
        size, stride = self.patch_length, self.patch_stride
        # By name and not as -1, which would hide a batch of known size from LiteRT's converter.
        batch, time, channels = ops.shape(inputs)
        n_patches = self._count(time)
        length = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
        own = self._count(length)
        # Where a row's first patch begins, before its first step if it is to be filled up.
        first = length - size - (own - 1) * stride
        start = ops.arange(n_patches, dtype="int32")[None] * stride + first
        source = ops.reshape(
            start[..., None] + ops.arange(size, dtype="int32"), (batch, n_patches * size)
        )
        index = ops.clip(source, 0, time - 1)
        values = ops.take_along_axis(inputs, index[..., None], axis=1)
        values = ops.where((source < length)[..., None], values, ops.zeros_like(values))
        patches = ops.reshape(values, (batch, n_patches, size * channels))
        return patches, ops.arange(n_patches, dtype="int32")[None] < own

    def _count(self, time):
        """Patches of so many steps, a number or a tensor of them."""
        beyond = time - self.patch_length + self.patch_stride - 1
        if isinstance(time, int):
            return max(beyond, 0) // self.patch_stride + 1
        return ops.maximum(beyond, 0) // self.patch_stride + 1

    def compute_output_spec(self, inputs, mask):
        time = inputs.shape[1]
        n_patches = None if time is None else self._count(time)
        channels = self.patch_length * inputs.shape[-1]
        return (
            keras.KerasTensor((inputs.shape[0], n_patches, channels), dtype=inputs.dtype),
            keras.KerasTensor((inputs.shape[0], n_patches), dtype="bool"),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "patch_length": self.patch_length,
            "patch_stride": self.patch_stride,
        }
