"""What tells segments to come, and channels, apart."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keraseq")
class SegmentCodes(keras.layers.Layer):
    """A learned code of each segment's place joined to one of its channel (Lin et al. 2023).

    Parameters
    ----------
    segments, channels, units : int
        The first half of the units are the place's, the others the channel's.

    Returns
    -------
    tensor `(batch * channels * segments, 1, units)`
        A step for each segment of each channel, where the input is `(batch * channels, units)`.
    """

    def __init__(self, segments, channels, units, **kwargs):
        super().__init__(**kwargs)
        self.segments, self.channels, self.units = segments, channels, units
        # Kept, so that first values can be drawn again from another seed.
        self.place_initializer = keras.initializers.RandomNormal(stddev=1.0)
        self.channel_initializer = keras.initializers.RandomNormal(stddev=1.0)

    def build(self, state_shape):
        half = self.units // 2
        shape = self.segments, self.units - half
        self.place = self.add_weight(shape, self.place_initializer, name="place")
        shape = self.channels, half
        self.channel = self.add_weight(shape, self.channel_initializer, name="channel")

    def call(self, state):
        place = ops.repeat(self.place[None], self.channels, axis=0)
        channel = ops.repeat(self.channel[:, None], self.segments, axis=1)
        codes = ops.concatenate([place, channel], axis=-1)
        rows = ops.reshape(ops.zeros_like(state[:, :1]), (-1, self.channels, 1, 1))
        return ops.reshape(rows + codes, (-1, 1, self.units))

    def compute_output_shape(self, state_shape):
        rows = state_shape[0]
        return (None if rows is None else rows * self.segments, 1, self.units)

    def count_flops(self, input_shape):
        return 0

    def get_config(self):
        sizes = {"segments": self.segments, "channels": self.channels, "units": self.units}
        return {**super().get_config(), **sizes}
