"""A GRU over segments that answers all segments to come at once."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq._precision import full_precision
from keraseq.models._register import register_forecaster
from keraseq.models.layers.linear_over_time import as_forecast, whole_segments
from keraseq.models.layers.segment_codes import SegmentCodes


@register_forecaster(
    title="SegRNN",
    authors="Shengsheng Lin, Weiwei Lin, Wentai Wu, Feiyu Zhao, Ruichao Mo and Haotong Zhang",
    year=2023,
    paper="SegRNN: segment recurrent neural network for long-term time series forecasting. "
    "arXiv:2308.11200",
    family="recurrent",
    parallel=False,
    channels="mixed",
    normalize=False,
    # On ETTh1's validation part (96 steps, 128 units): MSE .650, by squared errors .667.
    hints={"forecast": {"loss": "mae", "learning_rate": 0.001, "steps": 3_600}},
)
def segrnn(x, *, horizon, targets, units=None, dropout=0.1, seg_len=24):
    """Read a history by segments; one more step of the same GRU answers each segment to come.

    Each channel, its last value taken off, passes through the same weights. In place of a segment
    the step that answers reads a code of the segment's place and one of its channel, so that all
    are computed at once. The paper has 512 units, for which a GPU saves hours; Keras's initial
    values are those of its GRU. Oldest steps that fill no segment are left out.

    Parameters
    ----------
    seg_len : int, default=24
        Steps of a segment, as the authors have it for hours.
    """
    seg_len = check_integer("seg_len", seg_len, 1)
    channels = x.shape[-1]
    each, n_ahead = targets // channels, -(-horizon // seg_len)
    last = x[:, -1:]
    rows = ops.transpose(whole_segments(x - last, seg_len), (0, 2, 1))
    segments = ops.reshape(rows, (-1, rows.shape[2] // seg_len, seg_len))
    gru = layers.GRU(units, name="gru")
    state = gru(layers.Dense(units, activation="relu", name="segment")(segments))
    codes = SegmentCodes(n_ahead, channels, units, name="codes")(state)
    y = gru(codes, initial_state=ops.repeat(state, n_ahead, axis=0))
    answer = layers.Dense(seg_len * each, name="answer", dtype=full_precision())
    y = answer(layers.Dropout(dropout)(y))
    y = ops.reshape(y, (-1, channels, n_ahead * seg_len, each))
    return ops.repeat(last, each, axis=-1) + as_forecast(y, horizon)
