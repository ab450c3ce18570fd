"""Where a forecast starts from."""

import keras
from keras import ops

from keraseq._checks import check_integer
from keraseq._elementwise import ElementwiseLayer

# A weight that moves by .1, which some hundred steps of training do, is a place moved by a quarter.
_STEEPNESS = 10.0


@keras.saving.register_keras_serializable("keraseq")
class Anchor(ElementwiseLayer):
    """A learned place between a history's mean level and its last value, for each step ahead.

    What returns to its level is forecast as a difference from it; what wanders, as one from its
    last value. Training starts half way and finds out, with one weight a step. A state of tanh or
    relu carries a last value with little precision, and small errors are all that counts where
    little changes.

    Parameters
    ----------
    horizon : int

    Returns
    -------
    tensor `(batch, horizon, channels)`
    """

    def __init__(self, horizon, **kwargs):
        super().__init__(**kwargs)
        self.horizon = check_integer("horizon", horizon, 1)

    def build(self, *shapes):
        self.place = self.add_weight(
            shape=(self.horizon, 1), initializer="zeros", name="place", dtype=self.variable_dtype
        )
        self.built = True

    def call(self, level, last):
        # Differences, since the forecast is added: TensorFlow's optimiser takes a sum of three in
        # another order once a model has met two sizes of batch, and last bits would differ.
        return level - ops.sigmoid(_STEEPNESS * self.place)[None] * (level - last)

    def compute_output_spec(self, level, last):
        return keras.KerasTensor((level.shape[0], self.horizon, level.shape[-1]), level.dtype)

    def get_config(self):
        return {**super().get_config(), "horizon": self.horizon}


def last_step(x, mask):
    """The last real step of `(batch, time, channels)`, `(batch, 1, channels)`."""
    index = ops.sum(ops.cast(mask, "int32"), axis=1) - 1
    return ops.take_along_axis(x, index[:, None, None], axis=1)
