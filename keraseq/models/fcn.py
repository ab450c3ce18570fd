"""The fully convolutional network for time series."""

from keraseq.models._hints import CONVOLUTIONAL
from keraseq.models._register import register_model
from keraseq.models.layers.masked_convolution import fcn_blocks, real_steps


@register_model(
    title="Fully convolutional network",
    authors="Zhiguang Wang, Weizhong Yan and Tim Oates",
    year=2017,
    paper="Time series classification from scratch with deep neural networks: a strong baseline. "
    "IJCNN, arXiv:1611.06455",
    family="convolutional",
    parallel=True,
    pooling="mean",
    hints=CONVOLUTIONAL,
)
def fcn(x, mask, *, units=128, num_layers=3, dropout=None):
    """Three convolutions with batch normalisation: the plainest strong network for time series.

    Kernels of 8, 5 and then 3 steps; the first and the last block have ``units`` filters, those
    between twice as many: 128, 256, 128 in the paper.
    """
    return fcn_blocks(real_steps(x, mask), mask, units, num_layers, dropout)
