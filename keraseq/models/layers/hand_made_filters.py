"""Filters that nobody trains: they answer to rising, falling and peaks."""

import math

import keras
import numpy as np
from keras import ops

_TREND_LENGTHS = (2, 4, 8, 16, 32, 64)


@keras.saving.register_keras_serializable("keraseq")
class HandMadeFilters(keras.layers.Layer):
    """The seventeen filters of Ismail-Fawaz et al. (2022), applied to each channel by itself.

    Six of alternating signs answer to rising values and six, their negatives, to falling ones,
    2 to 64 steps long; five made of parabolas answer to peaks of 4 to 64 steps. Without weights.

    Returns
    -------
    tensor `(batch, time, 17 * channels)`
        What stands in for steps beyond the ends is zero.

    References
    ----------
    Ismail-Fawaz, Devanne, Weber & Forestier (2022). Deep learning for time series classification
    using new hand-crafted convolution filters. IEEE Big Data.
    """

    def call(self, inputs):
        channels = inputs.shape[-1]
        # A filter for each channel, which leaves the others out: one convolution for all.
        kernel = np.einsum("kf,cd->kcdf", hand_made_filters(), np.eye(channels, dtype="float32"))
        kernel = ops.convert_to_tensor(kernel.reshape(len(kernel), channels, -1), inputs.dtype)
        return ops.conv(inputs, kernel, padding="same")

    def count_flops(self, input_shape):
        """Those of the filters, each of its own length."""
        return 2 * math.prod(input_shape) * int(np.count_nonzero(hand_made_filters()))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] * hand_made_filters().shape[1])


def hand_made_filters():
    """Return the filters `(steps, 17)`, each where padding "same" would put it by itself."""
    rising = [np.where(np.arange(n) % 2, 1.0, -1.0) for n in _TREND_LENGTHS]
    peaks = [_peak(n) for n in _TREND_LENGTHS[1:]]
    filters = [*rising, *(-one for one in rising), *peaks]
    longest = max(map(len, filters))
    table = np.zeros((longest, len(filters)), "float32")
    for place, one in enumerate(filters):
        start = (longest - 1) // 2 - (len(one) - 1) // 2
        table[start : start + len(one), place] = one
    return table


def _peak(length):
    """A parabola's negative, twice the parabola, its negative."""
    half = np.linspace(0, 1, length // 4 + 1)[1:] ** 2
    hill = np.concatenate([half, half[::-1]])
    return np.concatenate([-hill, 2 * hill, -hill])
