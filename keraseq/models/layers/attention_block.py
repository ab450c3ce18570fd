"""The two halves of an attention block."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq.models.layers.positioned_attention import POSITIONS, PositionedAttention

# The default, which serves the narrowest body too: its heads have a channel each.
_MOST_HEADS_OF_ANY = 4


def attend(x, mask, units, num_heads, *, dropout, positions="none", causal=False):
    """Self-attention of ``num_heads`` heads that share out ``units`` channels, rounded up."""
    sizes = num_heads, -(-units // num_heads)
    if positions in POSITIONS:
        layer = PositionedAttention(*sizes, use_bias=False, positions=positions)
    else:
        layer = layers.MultiHeadAttention(*sizes, use_bias=False)
    x = layer(x, x, attention_mask=ops.expand_dims(mask, 1), use_causal_mask=causal)
    return layers.Dropout(dropout)(x)


def feedforward(x, units, hidden, *, dropout, activation="gelu"):
    """Each step by itself, through a wider layer."""
    x = layers.Dropout(dropout)(layers.Dense(hidden, activation=activation)(x))
    return layers.Dense(units)(x)


def check_widths(units, num_heads, feedforward_dim):
    """Return the width of the feed-forward part: four times ``units`` where none is given."""
    check_integer("num_heads", num_heads, 1)
    if num_heads > max(units, _MOST_HEADS_OF_ANY):
        raise ValueError(
            f"num_heads={num_heads} is more than units={units}, so that a head would have less "
            f"than a channel; give at most {units} heads, or more units."
        )
    return check_integer(
        "feedforward_dim", 4 * units if feedforward_dim is None else feedforward_dim, 1
    )
