"""Numbers, or their quantiles on a last axis."""

import math

from keraseq._keras import layers
from keraseq._precision import full_precision
from keraseq.tasks import layers as task_layers
from keraseq.tasks._central_quantile import central_quantile


def quantile_head(x, shape, quantiles):
    """Project to `shape`, with a last axis of rising quantiles where `quantiles` are asked for."""
    dtype = full_precision()
    shape = shape if quantiles is None else (*shape, len(quantiles))
    x = layers.Dense(math.prod(shape), name="outputs", dtype=dtype)(x)
    x = layers.Reshape(shape, dtype=dtype)(x)
    return x if quantiles is None else rising(x, quantiles)


def rising(x, quantiles):
    """Put a last axis of as many numbers as quantiles in order, so that they never cross."""
    return task_layers.QuantileSteps(central_quantile(quantiles), dtype=full_precision())(x)
