"""The Transformer encoder."""

from keras import layers, ops

from keraseq._checks import check_choice, check_integer
from keraseq.models._register import register_model
from keraseq.models.layers.positions import SinusoidalPositions


@register_model(
    title="Transformer encoder",
    authors="Ashish Vaswani et al.",
    year=2017,
    paper="Attention is all you need. NeurIPS, arXiv:1706.03762; pre-norm after Xiong et al. 2020, "
    "arXiv:2002.04745",
    family="attention",
    causal=lambda causal, **others: causal,
    parallel=True,
    second_size="feedforward_dim",
)
def transformer(
    x,
    mask,
    *,
    units=None,
    num_layers=None,
    dropout=None,
    num_heads=4,
    feedforward_dim=None,
    positions="sinusoidal",
    causal=False,
):
    """Self-attention and feed-forward blocks: every step looks at every other, in parallel.

    Pre-norm, so that it trains without a warm-up. Attention has no biases: a key's bias gets no
    gradient (softmax ignores what is added to all scores), and the others are absorbed by the
    layers around it.

    Parameters
    ----------
    num_heads : int, default=4
        Attention heads; each has ``units / num_heads`` channels, rounded up.
    feedforward_dim : int, default=4 * units
        Width of the hidden layer of the feed-forward part; a parameter budget may solve it.
    positions : {"sinusoidal", "none"}, default="sinusoidal"
        What tells the steps apart; the sinusoids of the paper need no weights and no maximum
        length.
    causal : bool, default=False
        Let a step look at itself and at earlier ones alone.
    """
    check_integer("num_heads", num_heads, 1)
    check_choice("positions", positions, ("sinusoidal", "none"))
    hidden = 4 * units if feedforward_dim is None else feedforward_dim
    check_integer("feedforward_dim", hidden, 1)
    if x.shape[-1] != units:
        x = layers.Dense(units)(x)
    if positions == "sinusoidal":
        x = SinusoidalPositions()(x)
    for _ in range(num_layers):
        x = x + _attention(layers.LayerNormalization()(x), mask, units, num_heads, dropout, causal)
        x = x + _feedforward(layers.LayerNormalization()(x), units, hidden, dropout)
    return layers.LayerNormalization()(x)


def _attention(x, mask, units, num_heads, dropout, causal):
    attend = layers.MultiHeadAttention(num_heads, -(-units // num_heads), use_bias=False)
    x = attend(x, x, attention_mask=ops.expand_dims(mask, 1), use_causal_mask=causal)
    return layers.Dropout(dropout)(x)


def _feedforward(x, units, hidden, dropout):
    x = layers.Dense(hidden, activation="gelu")(x)
    return layers.Dropout(dropout)(layers.Dense(units)(x))
