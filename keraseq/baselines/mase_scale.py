"""What errors are divided by to be compared over series: the M of MASE, everywhere."""

import warnings

import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding.unmask import unmask

_ROUNDING = 1e-12


def mase_scale(training, season=1):
    """Mean absolute error of the seasonal naive forecast within the training rows.

    Errors divided by it, on average, are the mean absolute scaled error (Hyndman & Koehler 2006):
    below 1 is better than repeating the last season would have been in training.

    Parameters
    ----------
    training : array-like `(time,)` or `(time, targets)`
        Rows that training saw. Missing values count in no difference.
    season : int, default=1
        Steps of a season. Where training has no more rows than one season, 1 takes its place.

    Returns
    -------
    float or ndarray `(targets,)`
        NaN where training repeats itself exactly (a constant does), or is too short: there is
        nothing to divide by.

    Examples
    --------
    >>> from keraseq.baselines import mase_scale
    >>> float(mase_scale([1, 5, 2, 7], season=2)), float(mase_scale([3, 3, 3]))
    (1.5, nan)
    """
    values = unmask(training, exact=False).astype(np.float64)
    season = check_integer("season", season, 1)
    lag = season if len(values) > season else 1
    with warnings.catch_warnings():
        # Of a column of NaN alone the mean is NaN, which is what it shall be.
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        warnings.filterwarnings("ignore", "All-NaN", RuntimeWarning)
        error = np.nanmean(np.abs(values[lag:] - values[:-lag]), axis=0)
        level = np.nanmax(np.abs(values), axis=0, initial=0.0)
    return np.where(error > _ROUNDING * level, error, np.nan)[()]
