"""The bidirectional LSTM."""

from keras import layers

from keraseq.models._register import register_model
from keraseq.models.layers.recurrent_stack import recurrent_stack


@register_model(
    title="Bidirectional LSTM",
    authors="Alex Graves and Jürgen Schmidhuber",
    year=2005,
    paper="Framewise phoneme classification with bidirectional LSTM and other neural network "
    "architectures. Neural Networks 18(5-6), 602-610",
    family="recurrent",
)
def bilstm(x, mask, *, units=None, num_layers=None, dropout=None):
    """Two LSTMs, one reading forwards and one backwards, side by side at every step.

    ``units`` counts one direction, so the output has twice as many channels; each step sees the
    whole sequence, so it is not causal.
    """
    return recurrent_stack(
        x,
        mask,
        lambda: layers.Bidirectional(layers.LSTM(units, return_sequences=True)),
        num_layers=num_layers,
        dropout=dropout,
    )
