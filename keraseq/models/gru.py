"""The gated recurrent unit."""

from keras import layers

from keraseq.models._register import register_model
from keraseq.models.layers.chrono_bias import chrono_options
from keraseq.models.layers.recurrent_stack import recurrent_stack


@register_model(
    title="Gated recurrent unit",
    authors="Kyunghyun Cho et al.",
    year=2014,
    paper="Learning phrase representations using RNN encoder-decoder for statistical machine "
    "translation. EMNLP, arXiv:1406.1078",
    causal=True,
    family="recurrent",
)
def gru(x, mask, *, units=None, num_layers=None, dropout=None, t_max=None):
    """A gated recurrent network without a separate memory cell: three quarters of LSTM's weights.

    Update and reset gates decide how much of the last state is kept; 3(F + H + 2)H weights for F
    input channels and H units (two biases: the reset gate is applied after the matrix product,
    the form that cuDNN computes).

    Parameters
    ----------
    t_max : int, optional
        The longest memory to begin with, in steps: biases drawn so that units forget after 2 to
        ``t_max`` of them (chrono initialisation, Tallec & Ollivier 2018). None begins at 0.
    """
    return recurrent_stack(
        x,
        mask,
        lambda: layers.GRU(units, return_sequences=True, **chrono_options(t_max, (1, 0, 0))),
        num_layers=num_layers,
        dropout=dropout,
    )
