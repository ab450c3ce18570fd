"""What forecasters share that map time to horizon; their answers are never in half precision."""

from keras import initializers, layers, ops

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
    return answer_channels(ops.transpose(x, (0, 2, 1)), horizon, targets, name)


def answer_channels(x, horizon, targets, name):
    """Map what is known of each channel, `(batch, channels, features)`, to its whole horizon."""
    channels = x.shape[1]
    each = targets // channels
    start = {"kernel_initializer": fan_in_uniform(), "dtype": full_precision()}
    y = layers.Dense(horizon * each, name=name, **start)(x)
    return as_forecast(ops.reshape(y, (-1, channels, horizon, each)), horizon)


def fan_in_uniform():
    """Initial weights up to one over the root of what is summed, PyTorch's, for which rates are.

    Where many steps are summed to few, Keras's are larger, and what training does not move stays.
    """
    return initializers.VarianceScaling(1 / 3, "fan_in", "uniform")


def as_forecast(y, horizon):
    """Turn `(batch, channels, steps, each)` into `(batch, horizon, channels * each)`.

    Steps beyond the horizon are cut off.
    """
    _, channels, _, each = y.shape
    y = ops.transpose(y[:, :, :horizon], (0, 2, 1, 3))
    return ops.reshape(y, (-1, horizon, channels * each))


def whole_segments(x, size):
    """Cut the oldest steps of `(batch, time, channels)` off, so that segments of `size` are left.

    A history shorter than one segment is lengthened by its oldest value.
    """
    time = x.shape[1]
    if time < size:
        return ops.concatenate([ops.repeat(x[:, :1], size - time, axis=1), x], axis=1)
    return x[:, time % size :]


def moving_average(x, size):
    """The mean of `size` steps around each of `(batch, time, channels)`; the ends are repeated."""
    before, after = (size - 1) // 2, size // 2
    first, last = ops.repeat(x[:, :1], before, axis=1), ops.repeat(x[:, -1:], after, axis=1)
    padded = ops.concatenate([first, x, last], axis=1)
    return layers.AveragePooling1D(size, strides=1, padding="valid", dtype=full_precision())(padded)
