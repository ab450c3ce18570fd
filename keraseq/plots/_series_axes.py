"""What the plots of series share."""

import pandas as pd

from keraseq._checks import import_extra


def positions(index):
    """An index as matplotlib takes it: dates in local time, or numbers."""
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp()
    if isinstance(index, pd.DatetimeIndex) and index.tz is not None:
        # Matplotlib would write it in UTC.
        return index.tz_localize(None)
    return index


def label_dates(ax, index):
    """Short dates where the index holds dates, with the time zone beside them."""
    if not isinstance(positions(index), pd.DatetimeIndex):
        ax.set_xlabel("row" if index.name is None else str(index.name))
        return
    dates = import_extra("matplotlib.dates", "plot")
    locator = dates.AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    if getattr(index, "tz", None) is not None:
        ax.set_xlabel(str(index.tz))


def choose(argument, given, allowed):
    """Return `given`, or the first of `allowed`; raise for anything else."""
    allowed = list(allowed)
    if given is None:
        return allowed[0]
    if given not in allowed:
        raise ValueError(f"{argument}={given!r} is not there; there are {allowed[:20]}.")
    return given
