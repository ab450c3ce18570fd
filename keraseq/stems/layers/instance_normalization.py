"""Reversible instance normalisation."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class InstanceNormalization(ElementwiseLayer):
    """Normalise each history by its own level and spread, channel by channel, padding left out.

    Reversible instance normalisation (Kim et al. 2022): the forecast is scaled back by the same
    numbers, so that a model trained on one level serves another. Without the paper's learned
    scale and shift, which the projection behind it can express.

    Returns
    -------
    values : tensor `(batch, time, channels)`
        Zero at padding.
    level, spread : tensors `(batch, 1, channels)`
        Mean and standard deviation over the real steps; a constant history has spread 0.001.
    """

    def call(self, inputs, mask):
        weight = ops.cast(mask, inputs.dtype)[..., None]
        count = ops.sum(weight, axis=1, keepdims=True)
        level = ops.sum(inputs * weight, axis=1, keepdims=True) / count
        centred = (inputs - level) * weight
        variance = ops.sum(ops.square(centred), axis=1, keepdims=True) / count
        spread = ops.sqrt(variance + 1e-6)
        return centred / spread, level, spread

    def compute_output_spec(self, inputs, mask):
        moment = (inputs.shape[0], 1, inputs.shape[-1])
        shapes = (inputs.shape, moment, moment)
        return tuple(keras.KerasTensor(shape, dtype=inputs.dtype) for shape in shapes)
