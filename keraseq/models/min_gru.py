"""The minimal gated recurrent unit."""

from keras import layers, ops

from keraseq.models._register import register_model
from keraseq.models.layers.chrono_bias import chrono_options
from keraseq.models.layers.linear_scan import LinearScan
from keraseq.models.layers.minimal_stack import minimal_stack


@register_model(
    title="Minimal gated recurrent unit",
    authors="Leo Feng et al.",
    year=2024,
    paper="Were RNNs all we needed? arXiv:2410.01201",
    family="recurrent",
    causal=True,
    parallel=True,
    second_size="feedforward_dim",
)
def min_gru(
    x,
    mask,
    *,
    units=None,
    num_layers=2,
    dropout=None,
    kernel_size=4,
    feedforward_dim=None,
    t_max=None,
):
    """A GRU whose gate and candidate read the input alone, so that all steps run at once.

    ``h[t] = (1 - z[t]) h[t - 1] + z[t] c[t]`` with gate z and candidate c linear in ``x[t]``:
    2(H + 1)H weights for H units, a third of GRU's. A block, as in the paper's language models,
    is a convolution of ``kernel_size`` steps, the recurrence and a feed-forward part, each
    normalised first and added to its input; two blocks in place of its three. In the paper's linear
    form; its logarithmic one asks for positive states.

    Parameters
    ----------
    kernel_size : int, default=4
        Steps that the convolution before the gates sees, in each channel by itself; the paper's.
    feedforward_dim : int, default=2 * units
        Width of the hidden layer of the feed-forward part; a parameter budget may solve it.
    t_max : int, optional
        The longest memory to begin with, in steps: biases drawn so that units forget after 2 to
        ``t_max`` of them (chrono initialisation, Tallec & Ollivier 2018). None begins at 0.
    """

    def recurrence(x):
        gate = layers.Dense(units, **chrono_options(t_max, (-1,)))(x)
        candidate = layers.Dense(units)(x)
        return LinearScan()(ops.sigmoid(-gate), ops.sigmoid(gate) * candidate)

    return minimal_stack(
        x,
        mask,
        recurrence,
        units=units,
        num_layers=num_layers,
        dropout=dropout,
        kernel_size=kernel_size,
        feedforward_dim=feedforward_dim,
    )
