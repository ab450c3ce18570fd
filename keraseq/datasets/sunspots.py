"""Yearly sunspot numbers."""

import pandas as pd

from keraseq._checks import import_extra
from keraseq.datasets._bunch import About, as_bunch

_ABOUT = About(
    "Sunspots: the mean number of sunspots in each year from 1700 to 2008, 309 values with a "
    "cycle of about 11 years, from the copy that statsmodels brings.",
    "public domain",
    "National Geophysical Data Center, NOAA: yearly sunspot numbers, as distributed with "
    "statsmodels.",
)


def load_sunspots(*, return_X_y=False):
    """Load the yearly sunspot numbers from 1700 to 2008 (no network; extra `recipes`).

    Parameters
    ----------
    return_X_y : bool, default=False
        Return `(data, None)` rather than a Bunch.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (Series of 309 values named "sunspots", with the first day of each year as its
        index), `target` (None), `target_names` (None), `subset` ("all": there is no published
        split), `DESCR`, `license`, `citation`.

    Raises
    ------
    ImportError
        If statsmodels is not installed.

    Examples
    --------
    >>> from keraseq.datasets import load_sunspots
    >>> load_sunspots().data.tail(2)
    date
    2007-01-01    7.5
    2008-01-01    2.9
    Freq: YS-JAN, Name: sunspots, dtype: float64
    """
    table = import_extra("statsmodels.datasets", "recipes").sunspots.load_pandas().data
    years = pd.PeriodIndex(table["YEAR"].astype(int).astype(str), freq="Y")
    index = pd.DatetimeIndex(years.to_timestamp(), freq="YS", name="date")
    data = pd.Series(table["SUNACTIVITY"].to_numpy(dtype=float), index=index, name="sunspots")
    return as_bunch(_ABOUT, data, return_X_y=return_X_y)
