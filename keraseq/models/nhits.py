"""Blocks that see a history pooled more or less, and answer with few or many values."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq._precision import full_precision
from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_interpolation import LinearInterpolation
from keraseq.models.layers.linear_over_time import as_forecast


@register_forecaster(
    title="N-HiTS",
    authors="Cristian Challu, Kin G. Olivares, Boris N. Oreshkin, Federico Garza, Max Mergenthaler "
    "and Artur Dubrawski",
    year=2023,
    paper="N-HiTS: neural hierarchical interpolation for time series forecasting. AAAI, "
    "arXiv:2201.12886",
    family="other",
)
def nhits(
    x,
    *,
    horizon,
    targets,
    units=512,
    num_layers=2,
    dropout=0.0,
    n_pool_kernel_size=(2, 2, 1),
    n_freq_downsample=(4, 2, 1),
    n_blocks=1,
):
    """Blocks from coarse to fine: each explains a part of the history and adds to the forecast.

    A block reads the history pooled by its maximum, answers with a part of the history, which the
    next block no longer sees, and with a few values to come, between which lines are drawn. All
    channels share the weights. The forecast starts from the last value, as in the authors' code;
    the history comes normalised by its own level and spread, which theirs does not.

    Parameters
    ----------
    n_pool_kernel_size : tuple of int, default=(2, 2, 1)
        For each stack of blocks, the steps that are pooled to one.
    n_freq_downsample : tuple of int, default=(4, 2, 1)
        For each stack, the steps to come for one value.
    n_blocks : int, default=1
        Blocks of each stack.
    """
    pools = _check_stacks("n_pool_kernel_size", n_pool_kernel_size, x.shape[1], "lookback")
    ratios = _check_stacks("n_freq_downsample", n_freq_downsample, None, None)
    if len(pools) != len(ratios):
        raise ValueError(
            f"n_pool_kernel_size={pools} names {len(pools)} stacks and n_freq_downsample={ratios} "
            f"{len(ratios)}; give one number a stack in each."
        )
    n_blocks = check_integer("n_blocks", n_blocks, 1)
    stacks = [stack for stack in zip(pools, ratios, strict=True) for _ in range(n_blocks)]
    channels = x.shape[-1]
    each = targets // channels
    rest, total = x, ops.repeat(x[:, -1:], each, axis=-1)
    for place, (pool, ratio) in enumerate(stacks):
        knots = max(1, horizon // ratio)
        hidden = _hidden(rest, pool, units, num_layers, dropout)
        total = total + _interpolated(hidden, knots, each, horizon)
        if place < len(stacks) - 1:
            backcast = layers.Dense(x.shape[1], name=f"backcast_{place}")(hidden)
            rest = rest - ops.transpose(backcast, (0, 2, 1))
    return total


def _hidden(x, pool, units, num_layers, dropout):
    """What a block knows of each channel, `(batch, channels, units)`."""
    pooled = layers.MaxPooling1D(pool, padding="same")(x) if pool > 1 else x
    hidden = ops.transpose(pooled, (0, 2, 1))
    for _ in range(num_layers):
        hidden = layers.Dropout(dropout)(layers.Dense(units, activation="relu")(hidden))
    return hidden


def _interpolated(hidden, knots, each, horizon):
    values = layers.Dense(each * knots, dtype=full_precision())(hidden)
    values = ops.reshape(values, (-1, hidden.shape[1], each, knots))
    steps = LinearInterpolation(horizon, dtype=full_precision())(values)
    return as_forecast(ops.transpose(steps, (0, 1, 3, 2)), horizon)


def _check_stacks(name, sizes, most, of):
    sizes = tuple(sizes) if isinstance(sizes, list | tuple) else (sizes,)
    if not sizes:
        raise ValueError(f"{name}=() names no stack; give one at least, such as (1,).")
    for size in sizes:
        check_integer(name, size, 1)
        if most is not None and size > most:
            raise ValueError(
                f"{name}={sizes} pools {size} steps, more than the {of} of {most}; lower it, or "
                f"give a longer {of}."
            )
    return sizes
