"""A season that is learned."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keraseq")
class RecurrentCycle(keras.layers.Layer):
    """One weight for each step of a season and each channel, repeated for ever (Lin et al. 2024).

    Parameters
    ----------
    season, channels : int

    Returns
    -------
    tensor `(batch, steps, channels)`
        What the season says of ``steps`` steps from the one at ``phase`` `(batch,)` on.
    """

    def __init__(self, season, channels, **kwargs):
        super().__init__(**kwargs)
        self.season, self.channels = season, channels

    def build(self, phase_shape):
        self.cycle = self.add_weight(
            name="cycle", shape=(self.season, self.channels), initializer="zeros"
        )

    def call(self, phase, steps):
        places = ops.cast(phase, "int32")[:, None] + ops.arange(steps, dtype="int32")
        return ops.take(self.cycle, ops.mod(places, self.season), axis=0)

    def compute_output_spec(self, phase, steps):
        return keras.KerasTensor((phase.shape[0], steps, self.channels), dtype=self.compute_dtype)

    def count_flops(self, input_shape):
        return 0

    def get_config(self):
        return {**super().get_config(), "season": self.season, "channels": self.channels}
