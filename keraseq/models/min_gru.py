"""The minimal gated recurrent unit."""

from keras import layers, ops

from keraseq.models._register import register_model
from keraseq.models.layers.chrono_bias import chrono_options
from keraseq.models.layers.linear_scan import LinearScan


@register_model(
    title="Minimal gated recurrent unit",
    authors="Leo Feng et al.",
    year=2024,
    paper="Were RNNs all we needed? arXiv:2410.01201",
    family="recurrent",
    causal=True,
    parallel=True,
)
def min_gru(x, mask, *, units=None, num_layers=None, dropout=None, t_max=None):
    """A GRU whose gate and candidate read the input alone, so that all steps run at once.

    ``h[t] = (1 - z[t]) h[t - 1] + z[t] c[t]`` with gate z and candidate c linear in ``x[t]``;
    2(F + 1)H weights for F input channels and H units, a third of GRU's. In the paper's linear
    form; its logarithmic one asks for positive states.

    Parameters
    ----------
    t_max : int, optional
        The longest memory to begin with, in steps: biases drawn so that units forget after 2 to
        ``t_max`` of them (chrono initialisation, Tallec & Ollivier 2018). None begins at 0.
    """
    for _ in range(num_layers):
        gate = layers.Dense(units, **chrono_options(t_max, (-1,)))(x)
        candidate = layers.Dense(units)(x)
        x = LinearScan()(ops.sigmoid(-gate), ops.sigmoid(gate) * candidate)
        x = layers.Dropout(dropout)(x)
    return x * ops.cast(mask, x.dtype)[..., None]
