"""What linear forecasters share: all of it is head, so nothing of it is in half precision."""

from keras import layers, ops

from keraseq._precision import full_precision


def linear_over_time(x, horizon, targets, name):
    """Map each channel's history to the horizon by one matrix, the same for all.

    Parameters
    ----------
    x : tensor `(batch, lookback, channels)`
    horizon, targets : int
        As many targets as channels, or several for each (its quantiles).
    name : str
        Of the layer.

    Returns
    -------
    tensor `(batch, horizon, targets)`
    """
    channels = x.shape[-1]
    each = targets // channels
    y = layers.Dense(horizon * each, name=name, dtype=full_precision())(ops.transpose(x, (0, 2, 1)))
    y = ops.reshape(y, (-1, channels, horizon, each))
    return ops.reshape(ops.transpose(y, (0, 2, 1, 3)), (-1, horizon, targets))


def moving_average(x, size):
    """The mean of `size` steps around each of `(batch, time, channels)`; the ends are repeated."""
    before, after = (size - 1) // 2, size // 2
    first, last = ops.repeat(x[:, :1], before, axis=1), ops.repeat(x[:, -1:], after, axis=1)
    padded = ops.concatenate([first, x, last], axis=1)
    return layers.AveragePooling1D(size, strides=1, padding="valid", dtype=full_precision())(padded)
