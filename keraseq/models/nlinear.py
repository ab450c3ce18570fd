"""The history's last value, and a linear map of what differs from it."""

from keras import ops

from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_over_time import linear_over_time


@register_forecaster(
    title="NLinear",
    authors="Ailing Zeng, Muxi Chen, Lei Zhang and Qiang Xu",
    year=2023,
    paper="Are transformers effective for time series forecasting? AAAI, arXiv:2205.13504",
    family="linear",
    normalize=False,
    # Lower errors on ETTh1's validation part (96 steps) than with .001 and a fifth of the steps.
    hints={"forecast": {"learning_rate": 0.005, "steps": 4_900}},
)
def nlinear(x, *, horizon, targets):
    """The last value of a history, and one matrix from what differs from it to the horizon.

    (lookback + 1) horizon weights, shared by all channels; a change of level passes through.
    """
    last = x[:, -1:]
    change = linear_over_time(x - last, horizon, targets, name="change")
    # The level first: behind, a batch as large as the horizon would make it a bias of the steps.
    return ops.repeat(last, targets // x.shape[-1], axis=-1) + change
