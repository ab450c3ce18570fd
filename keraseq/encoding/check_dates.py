"""What an index must be for its series to be forecast, in words that say how to mend it."""

import numpy as np
import pandas as pd

from keraseq.encoding.find_step import is_sparse

_KINDS = {
    "string": "text",
    "date": "Python's dates",
    "datetime": "Python's datetimes",
    "timedelta": "durations",
    "timedelta64": "durations",
    "floating": "decimal numbers",
}
_CUSTOM = "pandas.offsets.CustomBusinessDay({})"
_DATES = ("string", "date", "datetime", "datetime64", "mixed")


def read_index(index, source):
    """Return an index of dates, periods or integers that rise; refuse any other.

    Parameters
    ----------
    index : pandas.Index
    source : SeriesSource

    Returns
    -------
    DatetimeIndex, PeriodIndex or Index of integers
        Dates of Arrow are pandas' own.

    Raises
    ------
    ValueError, TypeError
    """
    if isinstance(index, pd.MultiIndex):
        raise TypeError(
            f"{source} has an index of {index.nlevels} levels. Many series are a long frame: give "
            f"{source}.reset_index(), and name its columns by series_col= and date_col=."
        )
    if isinstance(index.dtype, pd.ArrowDtype) and index.dtype.kind == "M":
        index = pd.DatetimeIndex(index, name=index.name)
    is_dated = isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)
    if not is_dated and not pd.api.types.is_integer_dtype(index.dtype):
        raise TypeError(_no_dates(index, source))
    if index.hasnans:
        empty = "NaT" if is_dated else "nothing"
        raise ValueError(
            f"{source.dates} holds {empty} in row {int(np.argmax(index.isna()))}; every row needs "
            f"its {'date' if is_dated else 'number'}."
        )
    if index.is_monotonic_increasing and index.is_unique:
        return index
    codes = index.asi8 if is_dated else index.to_numpy()
    place = int(np.argmax(codes[1:] <= codes[:-1])) + 1
    again = "is there twice" if index[place] == index[place - 1] else "comes after a later one"
    raise ValueError(
        f"{source}'s {'dates' if is_dated else 'numbers'} do not rise: {index[place]} (row {place})"
        f" {again}. Sort with {source.sort}; {source.drop_doubles}."
    )


def _no_dates(index, source):
    kind = pd.api.types.infer_dtype(index, skipna=True)
    text = f"{source.dates} holds {_KINDS.get(kind, kind)}; it must hold dates, periods or integers"
    if isinstance(index, pd.TimedeltaIndex):
        begin = source.assign("pandas.Timestamp('2024-01-01') + {}", " + datetime(2024, 1, 1)")
        return f"{text}. Add the time at which they begin: {begin}."
    if kind == "datetime" and any(getattr(date, "tzinfo", None) for date in index):
        line = source.assign("pandas.to_datetime({}, utc=True)")
        return f"{text}. Dates of several offsets become one time line by {line}."
    if kind in _DATES:
        return f"{text}. Convert it: {source.parse_dates}."
    if kind == "floating":
        return f"{text}. Convert it: {source.assign('{}.astype(int)', '.cast(int)')}."
    return f"{text}."


def gapless(index, step, missing, source):
    """Return the index with every step from first to last.

    Parameters
    ----------
    index : DatetimeIndex, PeriodIndex or Index of integers
        Rising.
    step : CountStep or DateStep
    missing : {"error", "interpolate"}
    source : SeriesSource

    Returns
    -------
    Index

    Raises
    ------
    ValueError
        For rows on no step, and with ``missing="error"`` for a step without a row.
    """
    if len(index) < 2:
        return index
    what = "numbers" if pd.api.types.is_integer_dtype(index.dtype) else "dates"
    ways = f"{_freq(index)}, or use missing='ignore' to take rows as equal steps"
    usual = f"their usual step of {step.in_words(index)}"
    if is_sparse(step, index):
        raise ValueError(
            f"{source} has {len(index)} rows from {index[0]} to {index[-1]}, which at {usual} "
            f"would be {step.count(index):.3g}: the {what} are not equally spaced, "
            f"or one of them is wrong. Give {ways}."
        )
    full, places = step.grid(index)
    if (places < 0).any():
        odd = index[int(np.argmax(places < 0))]
        raise ValueError(
            f"{source}'s {what} are not equally spaced: {odd} does not lie on {usual}. "
            f"Give the right {ways}."
        )
    if len(full) > len(index) and missing == "error":
        gap = full.difference(index)
        more = f", nor for {len(gap) - 1} more {what}" if len(gap) > 1 else ""
        raise ValueError(
            f"{source} has no row for {gap[0]}{more}, at {usual}. Use missing='interpolate' to "
            f"fill gaps, missing='ignore' to take rows as equal steps{_other_days(step)}."
        )
    return full


def _freq(index):
    if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        return (
            "freq= (such as 'B' for Monday to Friday, 'ME' and 'MS' for ends and first days of "
            "months)"
        )
    return "freq= (a whole number)"


def _other_days(step):
    """How to say that a day without a row is none of the series."""
    offset = getattr(step, "offset", None)
    if isinstance(offset, pd.Timedelta) and offset == pd.Timedelta(days=1):
        given = "'B' (Monday to Friday) or " + _CUSTOM.format("weekmask='Sun Mon Tue Wed Thu'")
    elif isinstance(offset, pd.offsets.CustomBusinessDay):
        days = str(step).replace(",", "")
        given = _CUSTOM.format(f"weekmask={days!r}, holidays=[...]")
    elif isinstance(offset, pd.offsets.BusinessDay):
        given = _CUSTOM.format("holidays=[...]")
    else:
        return ""
    return f"; where days without a row are none of the series, give freq={given}"
