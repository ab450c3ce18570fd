"""The blocks around a recurrence whose gates read the input alone."""

from keras import layers

from keraseq._checks import check_integer
from keraseq.models.layers.attention_block import feedforward
from keraseq.models.layers.masked_convolution import real_steps
from keraseq.models.layers.short_convolution import ShortConvolution


def minimal_stack(x, mask, recurrence, *, units, num_layers, dropout, kernel_size, feedforward_dim):
    """Convolution, recurrence and feed-forward part, each normalised first and added, in blocks.

    A gate that reads the input alone cannot know what came before; through the convolution and the
    blocks below it does.
    """
    check_integer("kernel_size", kernel_size, 1)
    hidden = 2 * units if feedforward_dim is None else feedforward_dim
    check_integer("feedforward_dim", hidden, 1)
    if x.shape[-1] != units:
        x = layers.Dense(units)(x)
    for _ in range(num_layers):
        for part in (
            ShortConvolution(kernel_size),
            recurrence,
            lambda y: feedforward(y, units, hidden, dropout=dropout),
        ):
            x = x + layers.Dropout(dropout)(part(layers.LayerNormalization()(x)))
    return real_steps(layers.LayerNormalization()(x), mask)
