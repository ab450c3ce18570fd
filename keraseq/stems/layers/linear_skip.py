"""A linear forecast beside every body."""

import keras
from keras import ops

from keraseq._checks import check_integer


@keras.saving.register_keras_serializable("keraseq")
class LinearSkip(keras.layers.Layer):
    """Map the last steps of each channel to the horizon by one matrix, the same for all.

    The highway of LSTNet (Lai et al. 2018): what a linear model would have said reaches the
    forecast past the body, which adds what is not linear. A state of some units carries the steps
    of a history less precisely, and bodies alone lost to a ridge on panels. It starts at zero, so
    that nothing is said until something is learned.

    Steps are counted from the last real one backwards; those before the first are zero, a
    normalised history's level.

    Parameters
    ----------
    horizon : int
    steps : int
        Of a history's end, at most all.

    Returns
    -------
    tensor `(batch, horizon, channels)`
    """

    def __init__(self, horizon, steps, **kwargs):
        super().__init__(**kwargs)
        self.horizon = check_integer("horizon", horizon, 1)
        self.steps = check_integer("steps", steps, 1)

    def build(self, *shapes):
        self.kernel = self.add_weight(
            shape=(self.steps, self.horizon), initializer="zeros", name="kernel"
        )
        self.built = True

    def call(self, x, mask):
        first = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True) - self.steps
        source = first + ops.arange(self.steps, dtype="int32")[None]
        ending = ops.take_along_axis(x, ops.maximum(source, 0)[..., None], axis=1)
        ending = ops.where((source >= 0)[..., None], ending, ops.zeros_like(ending))
        said = ops.matmul(ops.transpose(ending, (0, 2, 1)), self.kernel)
        return ops.transpose(said, (0, 2, 1))

    def compute_output_spec(self, x, mask):
        return keras.KerasTensor((x.shape[0], self.horizon, x.shape[-1]), self.compute_dtype)

    def count_flops(self, input_shape):
        batch, _, channels = input_shape
        return 2 * batch * channels * self.steps * self.horizon

    def get_config(self):
        return {**super().get_config(), "horizon": self.horizon, "steps": self.steps}
