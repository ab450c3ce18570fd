"""Layer normalisation of each head's channels by themselves."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer

_EPSILON = 1e-5


@keras.saving.register_keras_serializable("keraseq")
class HeadNormalization(ElementwiseLayer):
    """Bring each of `num_heads` groups of channels of a step to mean 0 and variance 1, and scale.

    Keras's group normalisation takes all steps together, later ones and padding too.
    """

    def __init__(self, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.num_heads = num_heads

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        shape = ops.shape(inputs)
        x = ops.reshape(ops.cast(inputs, "float32"), (*shape[:-1], self.num_heads, -1))
        mean, variance = ops.moments(x, axes=[-1], keepdims=True)
        x = (x - mean) * ops.rsqrt(variance + _EPSILON)
        x = ops.cast(ops.reshape(x, shape), inputs.dtype)
        return x * ops.cast(self.scale, x.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "num_heads": self.num_heads}
