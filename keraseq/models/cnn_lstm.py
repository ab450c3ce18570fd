"""A convolution before an LSTM."""

from keras import layers

from keraseq._checks import check_integer
from keraseq.models._register import register_model
from keraseq.models.layers.recurrent_stack import recurrent_stack


@register_model(
    title="Convolution and LSTM",
    authors="Chunting Zhou et al.",
    year=2015,
    paper="A C-LSTM neural network for text classification. arXiv:1511.08630",
    family="recurrent",
    causal=True,
)
def cnn_lstm(x, mask, *, units=None, num_layers=None, dropout=None, filters=None, kernel_size=3):
    """An LSTM over what a convolution finds: it remembers phrases or shapes, not single steps.

    As in the paper nothing is pooled between the two, so the order of all windows is kept; the
    convolution is padded at the front, where the paper's shortens the sequence, so that there is
    an answer at every step and none sees a later one.

    Parameters
    ----------
    filters : int, default=units
        Channels of the convolution.
    kernel_size : int, default=3
        Steps that it multiplies; the paper's best.
    """
    filters = units if filters is None else check_integer("filters", filters, 1)
    check_integer("kernel_size", kernel_size, 1)
    # Padding lies behind every real step, so a causal convolution never reads it.
    x = layers.Conv1D(filters, kernel_size, padding="causal", activation="relu")(x)
    x = layers.Dropout(dropout)(x)
    return recurrent_stack(
        x,
        mask,
        lambda: layers.LSTM(units, return_sequences=True),
        num_layers=num_layers,
        dropout=dropout,
    )
