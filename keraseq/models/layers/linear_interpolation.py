"""Few values stretched to many."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("keraseq")
class LinearInterpolation(keras.layers.Layer):
    """Stretch the last axis to so many steps, along lines between the values.

    Each value stands at the middle of its share of the steps, as in N-HiTS; before the first
    middle and behind the last one the value stays.

    Parameters
    ----------
    steps : int
    """

    def __init__(self, steps, **kwargs):
        super().__init__(**kwargs)
        self.steps = steps

    def call(self, inputs):
        knots = inputs.shape[-1]
        places = (np.arange(self.steps) + 0.5) * knots / self.steps - 0.5
        distance = np.abs(places.clip(0, knots - 1) - np.arange(knots)[:, None])
        weights = np.maximum(0, 1 - distance)
        return ops.matmul(inputs, ops.cast(weights, inputs.dtype))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.steps)

    def count_flops(self, input_shape):
        return 2 * int(np.prod(input_shape)) * self.steps

    def get_config(self):
        return {**super().get_config(), "steps": self.steps}
