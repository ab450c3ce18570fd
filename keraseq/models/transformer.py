"""The Transformer encoder."""

from keras import layers

from keraseq._checks import check_choice
from keraseq.models._hints import ATTENTION
from keraseq.models._register import register_model
from keraseq.models.layers.attention_block import attend, check_widths, feedforward
from keraseq.models.layers.positioned_attention import POSITIONS
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
    hints=ATTENTION,
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
    positions : {"sinusoidal", "rotary", "relative", "none"}, default="sinusoidal"
        What tells the steps apart: the paper's sinusoids, added once; queries and keys turned by
        their step in every block (rotary, Su et al. 2021); or a bias for each distance, learned by
        each head of each block (Raffel et al. 2020). None of them has a maximum length.
    causal : bool, default=False
        Let a step look at itself and at earlier ones alone.
    """
    hidden = check_widths(units, num_heads, feedforward_dim)
    check_choice("positions", positions, ("sinusoidal", *POSITIONS, "none"))
    options = {"positions": positions, "causal": causal, "dropout": dropout}
    if x.shape[-1] != units:
        x = layers.Dense(units)(x)
    if positions == "sinusoidal":
        x = SinusoidalPositions()(x)
    for _ in range(num_layers):
        x = x + attend(layers.LayerNormalization()(x), mask, units, num_heads, **options)
        x = x + feedforward(layers.LayerNormalization()(x), units, hidden, dropout=dropout)
    return layers.LayerNormalization()(x)
