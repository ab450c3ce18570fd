"""One network of InceptionTime."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq.models._hints import CONVOLUTIONAL
from keraseq.models._register import register_model
from keraseq.models.layers.masked_convolution import (
    convolution_block,
    normalize_batch,
    real_steps,
)

_RESIDUAL_EVERY = 3
_BRANCHES = 4


@register_model(
    title="Inception network",
    authors="Hassan Ismail Fawaz et al.",
    year=2020,
    paper="InceptionTime: finding AlexNet for time series classification. Data Mining and "
    "Knowledge Discovery 34, arXiv:1909.04939",
    family="convolutional",
    parallel=True,
    pooling="mean",
    hints=CONVOLUTIONAL,
    second_size="bottleneck_size",
)
def inception_time(
    x, mask, *, units=128, num_layers=6, dropout=None, kernel_size=40, bottleneck_size=32
):
    """Convolutions of three lengths side by side: patterns of any duration in a time series.

    Each of the ``num_layers`` modules narrows its input to `bottleneck_size` channels, reads them
    with three convolutions of `kernel_size`, its half and its quarter, and adds a fourth branch
    that reads the maximum of three steps; batch normalisation and ReLU follow. Every third module
    ends in a residual connection. ``units`` is the width of a module in all: 128 is the paper's
    32 filters in each of four branches. InceptionTime itself is an ensemble of five such networks.

    Parameters
    ----------
    kernel_size : int, default=40
        Steps that the longest convolution multiplies.
    bottleneck_size : int, default=32
        Most channels that the convolutions of a module read; a parameter budget may solve it.
    """
    check_integer("kernel_size", kernel_size, 1)
    check_integer("bottleneck_size", bottleneck_size, 1)
    x = shortcut = real_steps(x, mask)
    for module in range(num_layers):
        x = _module(x, mask, units, kernel_size, bottleneck_size)
        if module % _RESIDUAL_EVERY == _RESIDUAL_EVERY - 1:
            x = x + convolution_block(shortcut, mask, units, 1, activation=None)
            x = shortcut = layers.Activation("relu")(x)
        x = layers.Dropout(dropout)(x)
    return x


def _module(x, mask, units, kernel_size, bottleneck_size):
    narrow = x
    if x.shape[-1] > bottleneck_size:
        narrow = layers.Conv1D(bottleneck_size, 1, use_bias=False)(x)
    sizes = [1, *(max(1, kernel_size // share) for share in (4, 2, 1))]
    # What does not divide by four goes to the shorter branches.
    filters = [(units + i) // _BRANCHES for i in reversed(range(_BRANCHES))]
    inputs = [_highest_of_three(x, mask), narrow, narrow, narrow]
    branches = [
        layers.Conv1D(n, size, padding="same", use_bias=False)(y)
        for y, n, size in zip(inputs, filters, sizes, strict=True)
        if n
    ]
    y = ops.concatenate(branches, axis=-1)
    return layers.Activation("relu")(normalize_batch(y, mask))


def _highest_of_three(x, mask):
    # Zeros in place of padding could be the highest.
    x = ops.where(mask[..., None], x, ops.full_like(x, -6e4))
    return real_steps(layers.MaxPooling1D(3, strides=1, padding="same")(x), mask)
