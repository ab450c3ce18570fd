"""The straight line through the first and the last value."""

import numpy as np

from keraseq._checks import check_integer
from keraseq.baselines._history import check_history


def drift(history, horizon):
    """Go on along the line from the first to the last value of the history.

    Parameters
    ----------
    history : array-like `(time,)` or `(..., time, targets)`
        At least two steps. Windows may be stacked in front.
    horizon : int
        Steps to forecast.

    Returns
    -------
    ndarray
        `history`'s shape with `horizon` steps.

    Raises
    ------
    TypeError, ValueError
        If the history has fewer than two steps, or holds anything but finite numbers.

    Examples
    --------
    >>> from keraseq.baselines import drift
    >>> drift([1, 2, 3], horizon=2).tolist()
    [4.0, 5.0]
    """
    horizon = check_integer("horizon", horizon, 1)
    history, axis = check_history(history, 2, "a line needs")
    history = np.moveaxis(history.astype(float), axis, 0)
    slope = (history[-1] - history[0]) / (len(history) - 1)
    ahead = np.arange(1, horizon + 1).reshape(-1, *[1] * (history.ndim - 1))
    return np.moveaxis(history[-1] + ahead * slope, 0, axis)
