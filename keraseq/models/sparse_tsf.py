"""One matrix from past seasons to seasons to come, shared by all steps of a season."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq._precision import full_precision
from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_over_time import (
    as_forecast,
    fan_in_uniform,
    whole_segments,
)


@register_forecaster(
    title="SparseTSF",
    authors="Shengsheng Lin, Weiwei Lin, Wentai Wu, Haojun Chen and Junjie Yang",
    year=2024,
    paper="SparseTSF: modeling long-term time series forecasting with 1k parameters. ICML, "
    "arXiv:2405.00946",
    family="linear",
    normalize=False,
    # On ETTh1's validation part (96 steps) rates of .003 and .01 are alike: MSE .729 and .728.
    hints={"forecast": {"learning_rate": 0.005, "steps": 4_900}},
)
def sparse_tsf(x, *, horizon, targets, season=24):
    """Forecast each step of a season from the same step of past seasons, with under 1,000 weights.

    The history, its mean taken off, is smoothed by one convolution over a season's width, cut into
    seasons, and each of their steps mapped by the same matrix: ``(lookback / season) (horizon /
    season)`` weights and those of the kernel, shared by all channels. Oldest steps that fill no
    season are left out.

    Parameters
    ----------
    season : int, default=24
        Steps of a season (the paper's period). An estimator takes that of the dates.
    """
    season = check_integer("season", season, 1)
    channels = x.shape[-1]
    each = targets // channels
    level = ops.mean(x, axis=1, keepdims=True)
    x = whole_segments(x - level, season)
    n_past, n_ahead = x.shape[1] // season, -(-horizon // season)
    rows = ops.reshape(ops.transpose(x, (0, 2, 1)), (-1, n_past * season, 1))

    def start():
        kernel = fan_in_uniform()
        return {"kernel_initializer": kernel, "use_bias": False, "dtype": full_precision()}

    around = layers.Conv1D(1, 1 + 2 * (season // 2), padding="same", name="around", **start())
    rows = rows + around(rows)
    by_step = ops.transpose(ops.reshape(rows, (-1, n_past, season)), (0, 2, 1))
    seasons = layers.Dense(n_ahead * each, name="seasons", **start())(by_step)
    y = ops.reshape(seasons, (-1, season, n_ahead, each))
    y = ops.reshape(ops.transpose(y, (0, 2, 1, 3)), (-1, channels, n_ahead * season, each))
    return ops.repeat(level, each, axis=-1) + as_forecast(y, horizon)
