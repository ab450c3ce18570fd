"""Quantiles that never cross."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class QuantileSteps(ElementwiseLayer):
    """Read the last axis as a central quantile and steps, and return rising quantiles.

    The quantile `centre` is taken as it comes; each further one is its neighbour plus or minus a
    positive step (softplus), so that a higher quantile is never below a lower one.
    """

    def __init__(self, centre, **kwargs):
        super().__init__(**kwargs)
        self.centre = centre

    def call(self, inputs):
        middle = inputs[..., self.centre : self.centre + 1]
        below = ops.softplus(inputs[..., : self.centre])
        above = ops.softplus(inputs[..., self.centre + 1 :])
        falling = ops.flip(ops.cumsum(ops.flip(below, axis=-1), axis=-1), axis=-1)
        rising = ops.cumsum(above, axis=-1)
        return ops.concatenate([middle - falling, middle, middle + rising], axis=-1)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "centre": self.centre}
