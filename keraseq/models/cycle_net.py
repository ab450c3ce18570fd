"""A learned season, and a map of what differs from it."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq._precision import full_precision
from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_over_time import linear_over_time
from keraseq.models.layers.recurrent_cycle import RecurrentCycle


@register_forecaster(
    title="CycleNet",
    authors="Shengsheng Lin, Weiwei Lin, Xinyi Hu, Wentai Wu, Ruichao Mo and Haocheng Zhong",
    year=2024,
    paper="CycleNet: enhancing time series forecasting through modeling periodic patterns. "
    "NeurIPS, arXiv:2409.18479",
    family="linear",
    channels="mixed",
    # The authors' rate for ETTh1, and twice their steps, of a fourth of their batches.
    hints={"forecast": {"learning_rate": 0.005, "steps": 1_900}},
)
def cycle_net(x, *, horizon, targets, phase, season=24, d_model=None):
    """A season learned for each channel, taken off the history and put back on the forecast.

    What is left is mapped to the horizon by a backbone that all channels share. The season repeats
    exactly all through the series; its place is told by the input ``phase``, the steps from the
    series' first row to the first step to come.

    Parameters
    ----------
    season : int, default=24
        Steps of the season (the paper's cycle), one weight each for every channel. An estimator
        takes that of the dates.
    d_model : int, optional
        Rectified units between two matrices (512 in the paper); by default one matrix, which has
        the lower errors there where channels are few.
    """
    lookback, channels = x.shape[1:]
    season = check_integer("season", season, 1)
    cycle = RecurrentCycle(season, channels, name="cycle", dtype=full_precision())
    x = x - cycle(phase - lookback, steps=lookback)
    if d_model is not None:
        hidden = layers.Dense(check_integer("d_model", d_model, 1), "relu", name="hidden")
        x = ops.swapaxes(hidden(ops.swapaxes(x, 1, 2)), 1, 2)
    ahead = linear_over_time(x, horizon, targets, name="backbone")
    return ahead + ops.repeat(cycle(phase, steps=horizon), targets // channels, axis=-1)
