"""The rival of every forecast."""

import numpy as np

from keraseq._checks import check_integer
from keraseq.baselines._history import check_history


def seasonal_naive(history, horizon, season=1):
    """Repeat the last season; with ``season=1``, the last value.

    Parameters
    ----------
    history : array-like `(time,)` or `(..., time, targets)`
        At least one season. Windows may be stacked in front.
    horizon : int
        Steps to forecast.
    season : int, default=1
        Steps of a season, such as 12 for months in a year.

    Returns
    -------
    ndarray
        `history`'s shape with `horizon` steps.

    Raises
    ------
    TypeError, ValueError
        If the history is shorter than a season, or holds anything but finite numbers.

    Examples
    --------
    >>> from keraseq.baselines import seasonal_naive
    >>> seasonal_naive([1, 2, 3, 4], horizon=3, season=2).tolist()
    [3, 4, 3]
    """
    horizon = check_integer("horizon", horizon, 1)
    season = check_integer("season", season, 1)
    history, axis = check_history(history, season, f"season={season} needs")
    steps = history.shape[axis] - season + np.arange(horizon) % season
    return np.take(history, steps, axis=axis)
