"""Windows of a series, as views."""

import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding.unmask import unmask


def sliding_windows(values, lookback, horizon, stride=1):
    """Cut a series into histories and what followed them, without copying.

    Parameters
    ----------
    values : ndarray ``(time, channels)`` or ``(time,)``
        Of a masked array what is masked is NaN.
    lookback, horizon : int
        Steps of a history, and steps to forecast.
    stride : int, default=1
        Steps between the starts of two windows.

    Returns
    -------
    past, future : ndarray
        Read-only views ``(windows, lookback, channels)`` and ``(windows, horizon, channels)``.

    Raises
    ------
    ValueError
        If the series is shorter than ``lookback + horizon``.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.batching import sliding_windows
    >>> past, future = sliding_windows(np.arange(6.0)[:, None], lookback=3, horizon=2)
    >>> past[..., 0].tolist(), future[..., 0].tolist()
    ([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]], [[3.0, 4.0], [4.0, 5.0]])
    """
    lookback = check_integer("lookback", lookback, 1)
    horizon = check_integer("horizon", horizon, 1)
    stride = check_integer("stride", stride, 1)
    values = unmask(values, exact=False)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise ValueError(
            f"values has shape {values.shape}; it must be (time, channels) or (time,)."
        )
    if len(values) < lookback + horizon:
        raise ValueError(
            f"values has {len(values)} steps, fewer than lookback + horizon = {lookback} + "
            f"{horizon}; shorten one of them or give a longer series."
        )
    windows = np.lib.stride_tricks.sliding_window_view(values, lookback + horizon, axis=0)
    windows = windows[::stride].transpose(0, 2, 1)
    return windows[:, :lookback], windows[:, lookback:]
