"""The steps of an index: checked, found, filled up and continued."""

import numpy as np
import pandas as pd
from pandas.api.types import is_integer

_LARGEST_FILL = 100


def check_rising(index, name):
    """Refuse what holds no dates, periods or integers, and what does not rise."""
    if isinstance(index, pd.MultiIndex):
        raise TypeError(
            f"{name} has an index of {index.nlevels} levels. Many series are a long frame: give "
            f"{name}.reset_index(), and name its columns by series_col= and date_col=."
        )
    if not (
        isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)
        or pd.api.types.is_integer_dtype(index.dtype)
    ):
        raise TypeError(
            f"{name}'s index is {type(index).__name__} of {index.dtype}; it must hold dates, "
            f"periods or integers. For dates as text: {name}.index = "
            f"pandas.to_datetime({name}.index)."
        )
    if index.hasnans:
        raise ValueError(f"{name}'s dates hold NaT in row {int(np.argmax(index.isna()))}.")
    if index.is_monotonic_increasing and index.is_unique:
        return
    codes = index.asi8 if hasattr(index, "asi8") else index.to_numpy()
    place = int(np.argmax(codes[1:] <= codes[:-1])) + 1
    again = "is there twice" if index[place] == index[place - 1] else "comes after a later one"
    raise ValueError(
        f"{name}'s dates do not rise: {index[place]} (row {place}) {again}. Sort with "
        f"{name}.sort_index() and drop doubles with {name}[~{name}.index.duplicated()]."
    )


def find_step(index, freq):
    """The step between rows: the user's, or found; None for one dated row."""
    if freq is not None:
        return pd.tseries.frequencies.to_offset(freq)
    if isinstance(index, pd.PeriodIndex):
        return index.freq
    if not isinstance(index, pd.DatetimeIndex):
        return int(np.median(np.diff(index.to_numpy().astype(np.int64)))) if len(index) > 1 else 1
    if index.freq is not None:
        return index.freq
    if len(index) < 2:
        return None
    return _calendar_step(index) or _clock_step(index)


def _calendar_step(index):
    """Months, quarters or years, which are no fixed number of days; None for other steps."""
    months = np.diff(index.year * 12 + index.month)
    step = int(np.median(months))
    if step < 1 or (months < 1).any():
        return None
    if (index.day == index[0].day).all():
        return pd.DateOffset(months=step)
    return pd.offsets.MonthEnd(step) if index.is_month_end.all() else None


def _clock_step(index):
    # Wall-clock differences: a day stays a day where the clock is put forward.
    naive = index.tz_localize(None) if index.tz is not None else index
    step = pd.Timedelta(np.median(np.diff(naive.asi8)).item(), unit=naive.unit)
    whole_days = step % pd.Timedelta(days=1) == pd.Timedelta(0)
    return pd.DateOffset(days=step.days) if whole_days and step.days else step


def _range(index, step):
    if isinstance(index, pd.PeriodIndex):
        return pd.period_range(index[0], index[-1], freq=step)
    if isinstance(index, pd.DatetimeIndex):
        return pd.date_range(index[0], index[-1], freq=step).as_unit(index.unit)
    return pd.Index(np.arange(index[0], index[-1] + 1, step))


def gapless(index, step, missing, name):
    """Return the index with every step from first to last; an error where `missing` forbids."""
    if len(index) < 2:
        return index
    _check_span(index, step, name)
    full = _range(index, step)
    if full.equals(index):
        return index
    odd = index.difference(full)
    if len(odd):
        raise ValueError(
            f"{name}'s dates are not equally spaced: {odd[0]} is no whole number of steps of "
            f"{step} from the first. Resample first ({name}.resample(...).mean()), or use "
            "missing='ignore' to take rows as equal steps."
        )
    gap = full.difference(index)
    if missing == "error":
        raise ValueError(
            f"{name} has no row for {gap[0]} (and {len(gap) - 1} more dates at a step of {step}). "
            "Use missing='interpolate' to fill gaps, or missing='ignore' to take rows as equal "
            "steps."
        )
    return full


def _check_span(index, step, name):
    """Refuse what would be filled up with far more rows than there are."""
    if isinstance(index, pd.PeriodIndex):
        return
    # Twice, since the first step of an offset such as a month's end may be a short one.
    second = index[0] + step
    size = second + step - second
    first, last = (int(i) if is_integer(i) else i for i in (index[0], index[-1]))
    n = (last - first) / size
    if n > _LARGEST_FILL * len(index):
        raise ValueError(
            f"{name} has {len(index)} rows from {index[0]} to {index[-1]}, which at their usual "
            f"step of {step} would be {n:.3g}: the dates are not equally spaced, or one of them "
            "is wrong. Give freq=, or use missing='ignore' to take rows as equal steps."
        )


def labels_ahead(index, step, n):
    """The n labels after the end of `index`."""
    if n == 0:
        return index[:0]
    if step is None:
        raise ValueError("y has one row and no freq, so the next date is unknown; give freq=.")
    if isinstance(index, pd.PeriodIndex):
        return pd.period_range(index[-1] + 1, periods=n, freq=step)
    if isinstance(index, pd.DatetimeIndex):
        dates = pd.date_range(index[-1], periods=n + 2, freq=step).as_unit(index.unit)
        return dates[dates > index[-1]][:n]
    if int(index[-1]) + step * n > np.iinfo(np.int64).max:
        raise ValueError(f"y's index ends at {index[-1]}, too near the largest integer to go on.")
    return pd.Index(int(index[-1]) + step * np.arange(1, n + 1), name=index.name)
