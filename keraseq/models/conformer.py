"""The Conformer."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq.models._hints import ATTENTION
from keraseq.models._register import register_model
from keraseq.models.layers.attention_block import attend, check_widths, feedforward
from keraseq.models.layers.masked_convolution import normalize_batch, real_steps


@register_model(
    title="Conformer",
    authors="Anmol Gulati et al.",
    year=2020,
    paper="Conformer: convolution-augmented Transformer for speech recognition. Interspeech, "
    "arXiv:2005.08100",
    family="attention",
    parallel=True,
    second_size="feedforward_dim",
    hints=ATTENTION,
)
def conformer(
    x,
    mask,
    *,
    units=None,
    num_layers=None,
    dropout=None,
    num_heads=4,
    kernel_size=31,
    feedforward_dim=None,
):
    """Attention for what is far apart and a convolution for what is near, in every block.

    A block is half a feed-forward part, self-attention, a gated depthwise convolution with batch
    normalisation, and the other half. Distances enter attention as a bias learned for each (Raffel
    et al. 2020), where the paper has Transformer-XL's; its subsampling of speech is left to
    patches.

    Parameters
    ----------
    num_heads : int, default=4
        Attention heads; each has ``units / num_heads`` channels, rounded up.
    kernel_size : int, default=31
        Steps that the depthwise convolution multiplies.
    feedforward_dim : int, default=4 * units
        Width of the hidden layer of the feed-forward parts; a parameter budget may solve it.
    """
    hidden = check_widths(units, num_heads, feedforward_dim)
    check_integer("kernel_size", kernel_size, 1)
    if x.shape[-1] != units:
        x = layers.Dense(units)(x)
    for _ in range(num_layers):
        x = x + 0.5 * _feedforward(x, units, hidden, dropout)
        y = layers.LayerNormalization()(x)
        x = x + attend(y, mask, units, num_heads, dropout=dropout, positions="relative")
        x = x + _convolution(x, mask, units, kernel_size, dropout)
        x = x + 0.5 * _feedforward(x, units, hidden, dropout)
        x = layers.LayerNormalization()(x)
    return x


def _feedforward(x, units, hidden, dropout):
    y = layers.LayerNormalization()(x)
    y = feedforward(y, units, hidden, dropout=dropout, activation="silu")
    return layers.Dropout(dropout)(y)


def _convolution(x, mask, units, kernel_size, dropout):
    y = layers.LayerNormalization()(x)
    y = layers.Dense(units)(y) * ops.sigmoid(layers.Dense(units)(y))
    y = real_steps(y, mask)
    y = layers.DepthwiseConv1D(kernel_size, padding="same", use_bias=False)(y)
    y = layers.Activation("silu")(normalize_batch(y, mask))
    return layers.Dropout(dropout)(layers.Dense(units)(y))
