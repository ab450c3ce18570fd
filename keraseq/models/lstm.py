"""Long short-term memory."""

from keras import layers

from keraseq.models._register import register_model
from keraseq.models.layers.chrono_bias import chrono_options
from keraseq.models.layers.recurrent_stack import recurrent_stack


@register_model(
    title="Long short-term memory",
    authors="Sepp Hochreiter and Jürgen Schmidhuber",
    year=1997,
    paper="Long short-term memory. Neural Computation 9(8), 1735-1780",
    causal=True,
    family="recurrent",
)
def lstm(x, mask, *, units=None, num_layers=None, dropout=None, t_max=None):
    """A recurrent network with a gated memory cell that keeps gradients alive over long gaps.

    Input, forget and output gates decide what the cell takes in, keeps and shows; 4(F + H + 1)H
    weights for F input channels and H units. The forget gate's bias starts at 1 (Gers et al. 2000).

    Parameters
    ----------
    t_max : int, optional
        The longest memory to begin with, in steps: biases drawn so that units forget after 2 to
        ``t_max`` of them (chrono initialisation, Tallec & Ollivier 2018). None begins with the
        forget gate's bias at 1.
    """

    def layer():
        # Anew for each: one initialiser draws the same biases wherever it is asked.
        begins = chrono_options(t_max, (-1, 1, 0, 0))
        return layers.LSTM(units, return_sequences=True, unit_forget_bias=not begins, **begins)

    return recurrent_stack(x, mask, layer, num_layers=num_layers, dropout=dropout)
