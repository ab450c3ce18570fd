"""The independently recurrent network."""

from keras import layers

from keraseq._checks import check_integer
from keraseq.models._register import register_model
from keraseq.models.layers.independent_cell import IndependentCell
from keraseq.models.layers.masked_convolution import normalize_batch

# Steps that are taken for the length where it is left open.
_OPEN_STEPS = 1_000


@register_model(
    title="Independently recurrent network",
    authors="Shuai Li et al.",
    year=2018,
    paper="Independently recurrent neural network (IndRNN): building a longer and deeper RNN. "
    "CVPR, arXiv:1803.04831",
    family="recurrent",
    causal=True,
)
def indrnn(x, mask, *, units=None, num_layers=2, dropout=None, time_steps=None, residual=False):
    """Rectified recurrent units that see their own past alone: long memory without gates.

    ``h[t] = relu(W x[t] + u * h[t - 1] + b)`` with a weight u for each unit, never larger than
    ``2 ** (1 / time_steps)``: over that many steps a gradient at most doubles. In all layers but
    the last u begins uniform from 0 to that bound, in the last above ``0.5 ** (1 / time_steps)``,
    so that all its units remember; batch normalisation after every layer. Two layers are the
    paper's for adding; it has six for images and up to 21 with ``residual``.

    Parameters
    ----------
    time_steps : int, default=the input's length
        Steps to remember over; 1,000 where the input's length is left open.
    residual : bool, default=False
        Add each layer's input to its output, which lets many layers be stacked.
    """
    steps = x.shape[1] or _OPEN_STEPS if time_steps is None else time_steps
    steps = check_integer("time_steps", steps, 1)
    for layer in range(num_layers):
        smallest = 0.5 ** (1 / steps) if layer == num_layers - 1 else 0.0
        cell = IndependentCell(units, smallest, 2 ** (1 / steps))
        y = layers.RNN(cell, return_sequences=True)(layers.Dense(units)(x), mask=mask)
        y = normalize_batch(y, mask)
        y = layers.Dropout(dropout)(y)
        x = x + y if residual and x.shape[-1] == units else y
    return x
