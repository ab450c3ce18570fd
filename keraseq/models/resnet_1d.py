"""The residual network for time series."""

from keras import layers

from keraseq.models._hints import CONVOLUTIONAL
from keraseq.models._register import register_model
from keraseq.models.layers.masked_convolution import (
    KERNEL_SIZES,
    convolution_block,
    normalize_batch,
    real_steps,
)


@register_model(
    title="Residual network of convolutions",
    authors="Zhiguang Wang, Weizhong Yan and Tim Oates",
    year=2017,
    paper="Time series classification from scratch with deep neural networks: a strong baseline. "
    "IJCNN, arXiv:1611.06455",
    family="convolutional",
    parallel=True,
    pooling="mean",
    hints=CONVOLUTIONAL,
)
def resnet_1d(x, mask, *, units=64, num_layers=3, dropout=None):
    """Residual blocks of three convolutions: deeper than FCN, and steadier from seed to seed.

    Each block has kernels of 8, 5 and 3 steps; the first has ``units`` filters, the others twice
    as many: 64, 128, 128 in the paper. A block's input is normalised before it is added, through a
    convolution of one step where its width differs.
    """
    x = real_steps(x, mask)
    for block in range(num_layers):
        filters = units if block == 0 else 2 * units
        y = x
        for kernel_size in KERNEL_SIZES:
            last = kernel_size == KERNEL_SIZES[-1]
            y = convolution_block(
                y, mask, filters, kernel_size, activation=None if last else "relu"
            )
        x = layers.Activation("relu")(y + _shortcut(x, mask, filters))
        x = layers.Dropout(dropout)(x)
    return x


def _shortcut(x, mask, filters):
    if x.shape[-1] == filters:
        return normalize_batch(x, mask)
    return convolution_block(x, mask, filters, 1, activation=None)
