"""The bidirectional GRU."""

from keras import layers

from keraseq.models._register import register_model
from keraseq.models.layers.recurrent_stack import recurrent_stack


@register_model(
    title="Bidirectional GRU",
    authors="Dzmitry Bahdanau et al.",
    year=2015,
    paper="Neural machine translation by jointly learning to align and translate. ICLR, "
    "arXiv:1409.0473 (its encoder)",
    family="recurrent",
)
def bigru(x, mask, *, units=None, num_layers=None, dropout=None):
    """Two GRUs, one reading forwards and one backwards, side by side at every step.

    ``units`` counts one direction, so the output has twice as many channels; each step sees the
    whole sequence, so it is not causal. Three quarters of bilstm's weights.
    """
    return recurrent_stack(
        x,
        mask,
        lambda: layers.Bidirectional(layers.GRU(units, return_sequences=True)),
        num_layers=num_layers,
        dropout=dropout,
    )
