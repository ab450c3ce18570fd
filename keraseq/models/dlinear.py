"""Trend and remainder, each mapped linearly."""

from keras import layers

from keraseq._checks import check_integer
from keraseq._precision import full_precision
from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_over_time import linear_over_time, moving_average


@register_forecaster(
    title="DLinear",
    authors="Ailing Zeng, Muxi Chen, Lei Zhang and Qiang Xu",
    year=2023,
    paper="Are transformers effective for time series forecasting? AAAI, arXiv:2205.13504",
    family="linear",
    normalize=False,
    # Lower errors on ETTh1's validation part (96 steps) than with .001 and a fifth of the steps.
    hints={"forecast": {"learning_rate": 0.005, "steps": 4_900}},
)
def dlinear(x, *, horizon, targets, kernel_size=25):
    """Trend and remainder of a history, each mapped to the horizon by one matrix.

    The trend is a moving average; 2 (lookback + 1) horizon weights, shared by all channels.

    Parameters
    ----------
    kernel_size : int, default=25
        Steps of the moving average that is the trend.
    """
    trend = moving_average(x, check_integer("kernel_size", kernel_size, 1))
    ahead = linear_over_time(x - trend, horizon, targets, name="remainder")
    return layers.Add(dtype=full_precision())(
        [ahead, linear_over_time(trend, horizon, targets, name="trend")]
    )
