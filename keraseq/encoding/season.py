"""How many steps make a season, by the dates alone."""

import numpy as np
import pandas as pd

from keraseq._checks import check_integer
from keraseq.encoding.find_step import find_step


def season_of(index, season=None):
    """Steps of a season: those given, else as the step of the dates suggests.

    A day of what is finer than days, a week of days (five steps of Monday to Friday), a year of
    what is coarser: 24 for hours, 7 for days, 52 for weeks, 12 for months, 4 for quarters.

    Parameters
    ----------
    index : pandas.Index
    season : int, optional
        Checked and returned.

    Returns
    -------
    int
        1 without dates, and where no season is a whole number of steps.

    Raises
    ------
    ValueError, TypeError
        If `season` is no integer of at least 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.season import season_of
    >>> [season_of(pd.date_range("2024-01-01", periods=30, freq=f)) for f in ("h", "D", "B", "MS")]
    [24, 7, 5, 12]
    """
    if season is not None:
        return check_integer("season", season, 1)
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return 1
    step = find_step(index)
    days_a_week = getattr(step, "days_a_week", None)
    if days_a_week is not None:
        return days_a_week
    if isinstance(getattr(step, "offset", None), pd.offsets.WeekOfMonth):
        return 12  # third Fridays, most of which lie four weeks apart and some five
    days = pd.Series(index).diff().median() / pd.Timedelta(days=1)
    if days >= 7:
        return max(1, round(365.25 / days))
    if days < 1:
        return round(1 / days) if _is_whole(1 / days) else 1
    # Seven is prime: of a step of two to six days as well, seven make whole weeks.
    return 7 if _is_whole(days) else 1


def _is_whole(number):
    return np.isclose(number, round(number), rtol=1e-6)
