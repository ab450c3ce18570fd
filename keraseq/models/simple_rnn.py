"""The simple (Elman) recurrent network."""

from keras import layers

from keraseq.models._register import register_model
from keraseq.models.layers.recurrent_stack import recurrent_stack


@register_model(
    title="Simple recurrent network",
    authors="Jeffrey L. Elman",
    year=1990,
    paper="Finding structure in time. Cognitive Science 14(2), 179-211",
    causal=True,
    family="recurrent",
)
def simple_rnn(x, mask, *, units=None, num_layers=None, dropout=None):
    """One tanh layer that reads its own last output; the baseline that gates were made to beat.

    Its gradients shrink or grow exponentially with the number of steps, so it forgets what is
    more than some tens of steps ago.
    """
    return recurrent_stack(
        x,
        mask,
        lambda: layers.SimpleRNN(units, return_sequences=True),
        num_layers=num_layers,
        dropout=dropout,
    )
