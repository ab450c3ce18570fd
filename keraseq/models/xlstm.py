"""The extended LSTM."""

import math

from keras import initializers, layers, ops

from keraseq._checks import check_integer
from keraseq.models._register import register_model
from keraseq.models.layers.block_diagonal import BlockDiagonal, Spread
from keraseq.models.layers.exponential_cell import ExponentialCell
from keraseq.models.layers.head_normalization import HeadNormalization
from keraseq.models.layers.masked_convolution import real_steps
from keraseq.models.layers.matrix_memory import MatrixMemory
from keraseq.models.layers.short_convolution import ShortConvolution

_PROJECTION_BLOCK = 4
# On held-back training rows .765, .975 and .889 of SwedishLeaf, SyntheticControl and PowerCons; at
# .01, which suits most recurrent networks, .610, .958 and .889.
_SLOWER = {"series": {"learning_rate": 0.003}}


@register_model(
    title="Extended LSTM",
    authors="Maximilian Beck et al.",
    year=2024,
    paper="xLSTM: extended long short-term memory. NeurIPS, arXiv:2405.04517",
    family="recurrent",
    causal=True,
    hints=_SLOWER,
)
def xlstm(
    x,
    mask,
    *,
    units=None,
    num_layers=2,
    dropout=None,
    num_heads=None,
    kernel_size=4,
    slstm_every=8,
):
    """LSTMs with exponential gates in residual blocks: a matrix of memory, or cells that mix.

    The second of every ``slstm_every`` blocks is an sLSTM, whose cells see each other within a
    head and so walk step by step; the others are mLSTMs, which store ``v k'`` in a matrix a head
    and take all steps at once. Two blocks, one of each, in place of the paper's 48 for language;
    biases of the gates, projections and convolutions begin as in the authors' code.

    Parameters
    ----------
    num_heads : int, default=4
        Of each block; fewer by default where a head would have under 8 units. Within a block the
        width is rounded up to what they share evenly.
    kernel_size : int, default=4
        Steps that the convolution before queries, keys and gates sees.
    slstm_every : int, default=8
        Blocks for each sLSTM, the paper's xLSTM[7:1]; 0 for none, xLSTM[1:0].
    """
    num_heads = max(1, min(4, units // 8)) if num_heads is None else num_heads
    for name, value, least in (
        ("num_heads", num_heads, 1),
        ("kernel_size", kernel_size, 1),
        ("slstm_every", slstm_every, 0),
    ):
        check_integer(name, value, least)
    x = layers.Dense(units)(x)
    for block in range(num_layers):
        depth = block / max(num_layers - 1, 1)
        down = _normal(2 / num_layers / math.sqrt(units))
        if slstm_every and block % slstm_every == min(1, slstm_every - 1):
            y = _slstm(layers.LayerNormalization()(x), mask, num_heads, kernel_size, depth)
            x = x + layers.Dropout(dropout)(y)
            y = _gated(layers.LayerNormalization()(x), down)
        else:
            y = _mlstm(layers.LayerNormalization()(x), num_heads, kernel_size, down)
        x = x + layers.Dropout(dropout)(y)
    return real_steps(layers.LayerNormalization()(x), mask)


def _mlstm(x, num_heads, kernel_size, down):
    units = x.shape[-1]
    inner = _rounded(2 * units, math.lcm(num_heads, _PROJECTION_BLOCK))
    y, gate = (_dense(width, units)(x) for width in (inner, 2 * units))
    seen = layers.Activation("silu")(ShortConvolution(kernel_size)(y))
    q, k, v = (
        BlockDiagonal(inner // _PROJECTION_BLOCK, _small(units))(part) for part in (seen, seen, y)
    )
    enter, forget = (
        layers.Dense(num_heads, kernel_initializer="zeros", bias_initializer=begin)(
            layers.Concatenate()([q, k, v])
        )
        for begin in (_normal(0.1), Spread(3.0, 6.0))
    )
    h = HeadNormalization(num_heads)(MatrixMemory(num_heads)(q, k, v, enter, forget))
    skip = ShortConvolution(1, use_bias=False, depthwise_initializer="ones")(seen)
    # Heads alone need the rounded width; with it everywhere a budget would be met too coarsely.
    h = (h + skip)[..., : 2 * units] * layers.Activation("silu")(gate)
    return layers.Dense(units, use_bias=False, kernel_initializer=down)(h)


def _slstm(x, mask, num_heads, kernel_size, depth):
    units = x.shape[-1]
    width = _rounded(units, num_heads)
    x = ops.pad(x, ((0, 0), (0, 0), (0, width - units)))
    seen = layers.Activation("silu")(ShortConvolution(kernel_size)(x))
    # Forget gates begin from open to shut, of which the deeper blocks have more.
    begins = "zeros", Spread(5.0, -7.0, 0.3 + 1.3 * depth), "zeros", "zeros"
    gates = [
        BlockDiagonal(num_heads, _small(units), begin)(part)
        for part, begin in zip((seen, seen, x, x), begins, strict=True)
    ]
    cell = ExponentialCell(width, num_heads)
    h = layers.RNN(cell, return_sequences=True)(layers.Concatenate()(gates), mask=mask)
    # A product carries no implicit mask, which the layers after it do not know.
    return HeadNormalization(num_heads)(real_steps(h, mask))[..., :units]


def _gated(x, down):
    """The feed-forward part after an sLSTM, 4/3 as wide as its input."""
    units = x.shape[-1]
    hidden = math.ceil(4 * units / 3)
    gate, y = (_dense(hidden, units)(x) for _ in range(2))
    y = layers.Activation("gelu")(gate) * y
    return layers.Dense(units, use_bias=False, kernel_initializer=down)(y)


def _dense(width, units):
    return layers.Dense(width, use_bias=False, kernel_initializer=_small(units))


def _small(units):
    return _normal(math.sqrt(2 / (5 * units)))


def _normal(deviation):
    return initializers.RandomNormal(stddev=deviation)


def _rounded(width, multiple):
    return multiple * math.ceil(width / multiple)
