"""Dense encoder and decoder over a history and all covariates, past and future."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq._precision import full_precision
from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_over_time import as_forecast, linear_over_time


@register_forecaster(
    title="TiDE",
    authors="Abhimanyu Das, Weihao Kong, Andrew Leach, Shaan Mathur, Rajat Sen and Rose Yu",
    year=2023,
    paper="Long-term forecasting with TiDE: time-series dense encoder. TMLR, arXiv:2304.08424",
    family="other",
)
def tide(
    x,
    *,
    horizon,
    targets,
    past=None,
    future=None,
    static=None,
    units=256,
    num_layers=2,
    dropout=0.3,
    temporal_width=4,
    decoder_output_dim=8,
    temporal_decoder_hidden=128,
):
    """Residual blocks over the history of each channel with all that is known beside it.

    Covariates are projected step by step, and joined with the history and static covariates to
    one vector for the encoder; the decoder gives a vector for each step to come, from which and
    the step's own covariates the last block answers. A matrix from history to horizon goes beside
    it all. All channels share the weights. Sizes are the paper's for long horizons of ETTh1; the
    last block has no layer normalisation, which over its single output would leave nothing.

    Parameters
    ----------
    temporal_width : int, default=4
        Features of a step's covariates once projected.
    decoder_output_dim : int, default=8
        Features of a step to come.
    temporal_decoder_hidden : int, default=128
        Hidden width of the block that answers.
    """
    width = check_integer("temporal_width", temporal_width, 1)
    per_step = check_integer("decoder_output_dim", decoder_output_dim, 1)
    final = check_integer("temporal_decoder_hidden", temporal_decoder_hidden, 1)
    channels = x.shape[-1]
    each = targets // channels
    beside = [None if c is None else _residual(c, units, width, dropout) for c in (past, future)]
    known = [_for_channels(c, channels) for c in (*beside, static) if c is not None]
    hidden = ops.concatenate([ops.transpose(x, (0, 2, 1)), *known], axis=-1)
    for _ in range(num_layers):
        hidden = _residual(hidden, units, units, dropout)
    for _ in range(num_layers - 1):
        hidden = _residual(hidden, units, units, dropout)
    hidden = _residual(hidden, units, horizon * per_step, dropout)
    steps = ops.reshape(hidden, (-1, channels, horizon, per_step))
    if future is not None:
        ahead = ops.repeat(beside[1][:, None], channels, axis=1)
        steps = ops.concatenate([steps, ahead], axis=-1)
    y = _residual(steps, final, each, dropout, answers=True)
    return linear_over_time(x, horizon, targets, name="skip") + as_forecast(y, horizon)


def _residual(x, hidden, width, dropout, answers=False):
    """A hidden layer and a linear way around it, normalised but where it answers."""
    dtype = full_precision() if answers else None
    inner = layers.Dense(hidden, activation="relu")(x)
    inner = layers.Dropout(dropout)(layers.Dense(width, dtype=dtype)(inner))
    around = layers.Dense(width, dtype=dtype, use_bias=False)(x)
    return inner + around if answers else layers.LayerNormalization()(inner + around)


def _for_channels(covariates, channels):
    """All of a row's covariates as one vector, once for each channel."""
    flat = layers.Flatten()(covariates)
    return ops.repeat(flat[:, None], channels, axis=1)
