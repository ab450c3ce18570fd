"""Which row of a series a date is."""

import pandas as pd


def row_of_date(index, date, name="start"):
    """Return the first row at or after a date.

    Parameters
    ----------
    index : DatetimeIndex or PeriodIndex
        Rising.
    date : str, date, Timestamp or Period
        Local time where the index has a time zone and the date none.
    name : str
        What errors call it.

    Returns
    -------
    int
        The number of rows for a date after the last.

    Raises
    ------
    ValueError, TypeError
        For what is no date, or one in a time zone where the index has none.

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.row_of_date import row_of_date
    >>> row_of_date(pd.date_range("2024-01-01", periods=60, tz="Europe/Rome"), "2024-02-01")
    31
    """
    try:
        is_period = isinstance(index, pd.PeriodIndex)
        when = pd.Period(date, index.freq) if is_period else pd.Timestamp(date)
        if when is pd.NaT:
            raise ValueError("it is missing")
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}={date!r} is no date ({error}).") from None
    if is_period:
        return int(index.searchsorted(when))
    if when.tz is None and index.tz is not None:
        # A time that the zone leaves out begins with what follows; of one that is there twice the
        # first is meant.
        when = when.tz_localize(index.tz, ambiguous=True, nonexistent="shift_forward")
    if when.tz is not None and index.tz is None:
        raise TypeError(
            f"{name}={date!r} is in a time zone, and the dates of y have none; leave it out."
        )
    return int(index.searchsorted(when))
