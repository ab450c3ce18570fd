"""A recurrent and a convolutional network side by side."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq.models._hints import CONVOLUTIONAL
from keraseq.models._register import register_model
from keraseq.models.layers.masked_convolution import fcn_blocks, real_steps


@register_model(
    title="LSTM beside a fully convolutional network",
    authors="Fazle Karim et al.",
    year=2018,
    paper="LSTM fully convolutional networks for time series classification. IEEE Access 6, "
    "arXiv:1709.05206",
    family="convolutional",
    pooling="mean",
    hints=CONVOLUTIONAL,
    second_size="lstm_units",
)
def lstm_fcn(x, mask, *, units=128, num_layers=3, dropout=0.8, lstm_units=8):
    """FCN's convolutions and a small LSTM read the series each by itself, side by side.

    ``units`` filters in the first and last of ``num_layers`` convolutions, twice as many between;
    ``dropout`` falls on the LSTM alone. The paper lets the LSTM see a series as one step of many
    channels (its dimension shuffle), which ties it to one length; here it reads step by step, and
    the shared pooling reads the mean of both branches, where the paper takes the LSTM's last step.

    Parameters
    ----------
    lstm_units : int, default=8
        Width of the LSTM, for which the paper tries 8, 64 and 128 on each problem; a parameter
        budget may solve it.
    """
    check_integer("lstm_units", lstm_units, 1)
    remembered = layers.LSTM(lstm_units, return_sequences=True)(x, mask=mask)
    remembered = layers.Dropout(dropout)(remembered)
    found = fcn_blocks(real_steps(x, mask), mask, units, num_layers, 0.0)
    return real_steps(ops.concatenate([found, remembered], axis=-1), mask)
