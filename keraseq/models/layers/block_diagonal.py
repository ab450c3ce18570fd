"""A product with a matrix for each group of channels."""

import keras
from keras import initializers, layers, ops


@keras.saving.register_keras_serializable("keraseq")
class Spread(initializers.Initializer):
    """From `start` to `end` along the last axis, bent by a power."""

    def __init__(self, start, end, power=1.0):
        self.start, self.end, self.power = start, end, power

    def __call__(self, shape, dtype=None):
        share = ops.linspace(0.0, 1.0, shape[-1], dtype=dtype) ** self.power
        return ops.broadcast_to(self.start + (self.end - self.start) * share, shape)

    def get_config(self):
        return {"start": self.start, "end": self.end, "power": self.power}


@keras.saving.register_keras_serializable("keraseq")
class BlockDiagonal(layers.Layer):
    """A dense layer that mixes channels within each of `blocks` groups alone.

    Parameters
    ----------
    blocks : int
    bias_initializer : optional
        Without it there are no biases.
    """

    def __init__(
        self, blocks, kernel_initializer="glorot_uniform", bias_initializer=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.blocks = blocks
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape):
        size = input_shape[-1] // self.blocks
        shape = (self.blocks, size, size)
        self.kernel = self.add_weight(shape, self.kernel_initializer, name="kernel")
        self.bias = None
        if self.bias_initializer is not None:
            self.bias = self.add_weight(shape[:2], self.bias_initializer, name="bias")

    def call(self, inputs):
        shape = ops.shape(inputs)
        x = ops.reshape(inputs, (*shape[:-1], self.blocks, -1))
        x = ops.einsum("bthd,hde->bthe", x, self.kernel)
        return ops.reshape(x if self.bias is None else x + self.bias, shape)

    def compute_output_shape(self, input_shape):
        return input_shape

    def count_flops(self, input_shape):
        batch, time, channels = input_shape
        return 2 * batch * time * channels * (channels // self.blocks)

    def get_config(self):
        return {
            **super().get_config(),
            "blocks": self.blocks,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": self.bias_initializer
            and initializers.serialize(self.bias_initializer),
        }
