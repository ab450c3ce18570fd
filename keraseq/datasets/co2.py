"""Atmospheric carbon dioxide at Mauna Loa."""

from keraseq._checks import check_choice, import_extra
from keraseq.datasets._bunch import About, as_bunch

_ABOUT = About(
    "CO2: the concentration of carbon dioxide in the air at Mauna Loa, Hawaii, in parts per "
    "million by volume, 29 March 1958 to 29 December 2001: 2,284 weekly means of which 59 are "
    "missing, or 526 monthly means of those (5 months have no value at all), from the copy that "
    "statsmodels brings.",
    "public domain",
    "Keeling, Whorf (2004). Atmospheric CO2 concentrations derived from flask air samples at "
    "sites in the SIO network. Carbon Dioxide Information Analysis Center, Oak Ridge.",
)


def load_co2(*, frequency="monthly", missing="interpolate", return_X_y=False):
    """Load carbon dioxide in the air at Mauna Loa, 1958 to 2001 (no network; extra `recipes`).

    The default is what a forecaster takes as it is: monthly, so that a year is 12 steps, and
    without gaps. `load_co2(frequency="weekly", missing="keep")` is the series as published.

    Parameters
    ----------
    frequency : {"monthly", "weekly"}, default="monthly"
        Means over calendar months, dated on their first day, or the published means over weeks,
        dated on Saturdays.
    missing : {"interpolate", "keep"}, default="interpolate"
        Missing values are drawn on a straight line between their neighbours in time, or stay
        NaN. A month's mean is always that of the weeks that have a value.
    return_X_y : bool, default=False
        Return `(data, None)` rather than a Bunch.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (Series named "co2", in ppmv, with a DatetimeIndex: 526 months or 2,284 weeks),
        `target` (None), `target_names` (None), `subset` ("all": there is no published split),
        `DESCR`, `license`, `citation`.

    Raises
    ------
    ValueError
        If `frequency` or `missing` is not known.
    ImportError
        If statsmodels is not installed.

    Examples
    --------
    >>> from keraseq.datasets import load_co2
    >>> load_co2().data.tail(2).round(2)
    date
    2001-11-01    369.38
    2001-12-01    371.02
    Freq: MS, Name: co2, dtype: float64
    """
    check_choice("frequency", frequency, ["monthly", "weekly"])
    check_choice("missing", missing, ["interpolate", "keep"])
    data = import_extra("statsmodels.datasets", "recipes").co2.load_pandas().data["co2"]
    data = data.rename_axis("date").asfreq("W-SAT")
    if frequency == "monthly":
        data = data.resample("MS").mean()
    if missing == "interpolate":
        data = data.interpolate("time")
    return as_bunch(_ABOUT, data, return_X_y=return_X_y)
