"""The fully convolutional network for time series."""

from keras import layers

from keraseq.models._hints import CONVOLUTIONAL
from keraseq.models._register import register_model
from keraseq.models.layers.masked_convolution import convolution_block, real_steps

_KERNEL_SIZES = (8, 5, 3)


@register_model(
    title="Fully convolutional network",
    authors="Zhiguang Wang, Weizhong Yan and Tim Oates",
    year=2017,
    paper="Time series classification from scratch with deep neural networks: a strong baseline. "
    "IJCNN, arXiv:1611.06455",
    family="convolutional",
    parallel=True,
    hints=CONVOLUTIONAL,
)
def fcn(x, mask, *, units=128, num_layers=3, dropout=None):
    """Three convolutions with batch normalisation: the plainest strong network for time series.

    Kernels of 8, 5 and then 3 steps; the first and the last block have ``units`` filters, those
    between twice as many: 128, 256, 128 in the paper.
    """
    x = real_steps(x, mask)
    for block in range(num_layers):
        inner = 0 < block < num_layers - 1
        kernel_size = _KERNEL_SIZES[min(block, len(_KERNEL_SIZES) - 1)]
        x = convolution_block(x, mask, 2 * units if inner else units, kernel_size)
        x = layers.Dropout(dropout)(x)
    return x
