"""A Transformer whose tokens are channels."""

from keras import layers, ops

from keraseq.models._register import register_forecaster
from keraseq.models.layers.attention_block import check_widths, feedforward
from keraseq.models.layers.linear_over_time import answer_channels


@register_forecaster(
    title="iTransformer",
    authors="Yong Liu, Tengge Hu, Haoran Zhang, Haixu Wu, Shiyu Wang, Lintao Ma and Mingsheng Long",
    year=2024,
    paper="iTransformer: inverted transformers are effective for time series forecasting. ICLR, "
    "arXiv:2310.06625",
    family="attention",
    channels="mixed",
    second_size="feedforward_dim",
)
def itransformer(
    x,
    *,
    horizon,
    targets,
    past=None,
    units=256,
    num_layers=2,
    dropout=0.1,
    num_heads=None,
    feedforward_dim=None,
):
    """Each channel's whole history is one token, and attention is between channels.

    Covariates of the past are tokens too. Normalised behind each part, as in the paper. Attention
    has no biases (a key's gets no gradient, and layers around it absorb the others).

    Parameters
    ----------
    num_heads : int, default=8
        Attention heads, not more than there are units; each has ``units / num_heads`` channels,
        rounded up.
    feedforward_dim : int, default=units
        Hidden width behind the attention; a parameter budget may solve it.
    """
    num_heads = min(8, units) if num_heads is None else num_heads
    hidden = check_widths(units, num_heads, units if feedforward_dim is None else feedforward_dim)
    channels = x.shape[-1]
    series = x if past is None else ops.concatenate([x, past], axis=-1)
    tokens = layers.Dense(units, name="tokens")(ops.transpose(series, (0, 2, 1)))
    tokens = layers.Dropout(dropout)(tokens)
    for _ in range(num_layers):
        attend = layers.MultiHeadAttention(num_heads, -(-units // num_heads), use_bias=False)
        seen = layers.Dropout(dropout)(attend(tokens, tokens))
        tokens = layers.LayerNormalization()(tokens + seen)
        inner = feedforward(tokens, units, hidden, dropout=dropout)
        tokens = layers.LayerNormalization()(tokens + layers.Dropout(dropout)(inner))
    tokens = layers.LayerNormalization()(tokens)
    return answer_channels(tokens[:, :channels], horizon, targets, name="ahead")
