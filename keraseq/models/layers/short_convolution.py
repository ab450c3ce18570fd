"""A causal convolution of every channel with its own few weights."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("keraseq")
class ShortConvolution(layers.DepthwiseConv1D):
    """Each channel's last `kernel_size` steps, weighted; zeros stand before the first.

    Keras's depthwise convolution is never causal.
    """

    def __init__(self, kernel_size, **kwargs):
        super().__init__(kernel_size, **{**kwargs, "padding": "valid"})

    def call(self, inputs):
        return super().call(ops.pad(inputs, ((0, 0), (self._reach, 0), (0, 0))))

    def compute_output_shape(self, input_shape):
        return input_shape

    def initial_step_state(self, batch, inputs):
        """The steps before the first."""
        return ops.zeros((batch, self._reach, inputs.shape[-1]), dtype=self.compute_dtype)

    def step(self, state, inputs):
        """One step: inputs `(batch, 1, channels)`; returns the output and the next state."""
        seen = ops.concatenate([state, ops.cast(inputs, state.dtype)], axis=1)
        return super().call(seen), seen[:, 1:]

    def count_flops(self, input_shape):
        batch, time, channels = input_shape
        return 2 * batch * time * channels * self.kernel_size[0]

    @property
    def _reach(self):
        return self.kernel_size[0] - 1
