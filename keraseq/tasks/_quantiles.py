"""Numbers, or their quantiles on a last axis."""

import math

from keras import layers

from keraseq.tasks.layers import QuantileSteps


def quantile_head(x, shape, quantiles):
    """Project to `shape`, with a last axis of rising quantiles where `quantiles` are asked for."""
    if quantiles is None:
        return layers.Reshape(shape)(layers.Dense(math.prod(shape), name="outputs")(x))
    x = layers.Dense(math.prod(shape) * len(quantiles), name="outputs")(x)
    return rising(layers.Reshape((*shape, len(quantiles)))(x), quantiles)


def rising(x, quantiles):
    """Put a last axis of as many numbers as quantiles in order, so that they never cross."""
    return QuantileSteps(central_quantile(quantiles))(x)


def central_quantile(quantiles):
    """The place of the quantile nearest to the median."""
    return min(range(len(quantiles)), key=lambda i: abs(quantiles[i] - 0.5))
