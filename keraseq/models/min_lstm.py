"""The minimal long short-term memory."""

from keras import layers, ops

from keraseq.models._register import register_model
from keraseq.models.layers.chrono_bias import opposite_options
from keraseq.models.layers.linear_scan import LinearScan


@register_model(
    title="Minimal long short-term memory",
    authors="Leo Feng et al.",
    year=2024,
    paper="Were RNNs all we needed? arXiv:2410.01201",
    family="recurrent",
    causal=True,
    parallel=True,
)
def min_lstm(x, mask, *, units=None, num_layers=None, dropout=None, t_max=None):
    """An LSTM whose gates and candidate read the input alone, so that all steps run at once.

    ``h[t] = f[t] h[t - 1] + i[t] c[t]`` with the forget gate f and the input gate i divided by
    their sum, so that the state's size does not depend on the length; both, and the candidate c,
    are linear in ``x[t]``. 3(F + 1)H weights for F input channels and H units. In the paper's
    linear form; its logarithmic one asks for positive states.

    Parameters
    ----------
    t_max : int, optional
        The longest memory to begin with, in steps: biases drawn so that units forget after 2 to
        ``t_max`` of them (chrono initialisation, Tallec & Ollivier 2018). None begins at 0.
    """
    for _ in range(num_layers):
        keeps, lets_in = opposite_options(t_max)
        forget, enter = layers.Dense(units, **keeps)(x), layers.Dense(units, **lets_in)(x)
        candidate = layers.Dense(units)(x)
        # The logarithm of the two gates' ratio: their shares of the sum without a division.
        ratio = ops.log_sigmoid(forget) - ops.log_sigmoid(enter)
        x = LinearScan()(ops.sigmoid(ratio), ops.sigmoid(-ratio) * candidate)
        x = layers.Dropout(dropout)(x)
    return x * ops.cast(mask, x.dtype)[..., None]
