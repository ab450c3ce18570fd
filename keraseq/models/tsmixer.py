"""Layers that mix steps, then channels."""

from keras import layers, ops

from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_over_time import linear_over_time


@register_forecaster(
    title="TSMixer",
    authors="Si-An Chen, Chun-Liang Li, Nate Yoder, Sercan O. Arik and Tomas Pfister",
    year=2023,
    paper="TSMixer: an all-MLP architecture for time series forecasting. TMLR, arXiv:2303.06053",
    family="other",
    channels="mixed",
)
def tsmixer(x, *, horizon, targets, units=64, num_layers=2, dropout=0.1):
    """Blocks of two small networks: one over the steps of each channel, one over the channels.

    Each is added to what it reads, which is normalised over the batch, step by step and channel
    by channel; one matrix maps time to horizon. ``units`` is the hidden width over the channels.
    The paper's widths, blocks and dropout (to .9) were searched for each set and horizon.
    """
    for _ in range(num_layers):
        steps = ops.transpose(_normalised(x), (0, 2, 1))
        steps = layers.Dense(x.shape[1], activation="relu")(steps)
        x = x + layers.Dropout(dropout)(ops.transpose(steps, (0, 2, 1)))
        hidden = layers.Dense(units, activation="relu")(_normalised(x))
        mixed = layers.Dense(x.shape[-1])(layers.Dropout(dropout)(hidden))
        x = x + layers.Dropout(dropout)(mixed)
    return linear_over_time(x, horizon, targets, name="ahead")


def _normalised(x):
    """Batch normalisation of every step and channel by itself."""
    _, time, channels = x.shape
    flat = layers.BatchNormalization()(layers.Flatten()(x))
    return layers.Reshape((time, channels))(flat)
