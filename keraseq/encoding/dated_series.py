"""A dated series: read, checked, and continued."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_integer

from keraseq._checks import check_choice

_MISSING = ("error", "interpolate", "ignore")
_LARGEST_FILL = 100


@dataclass(frozen=True)
class DatedSeries:
    """Values of a series and what is needed to date their continuation.

    Attributes
    ----------
    values : ndarray `(time, targets)`
        float64, nothing missing.
    index : pandas.Index or None
    step : offset, timedelta or int, or None
    like : Series, DataFrame or ndarray
        Empty, in the user's form.
    """

    values: np.ndarray
    index: object
    step: object
    like: object

    @property
    def targets(self):
        """Names of the columns; an unnamed Series is "y", an array's columns are numbers."""
        if isinstance(self.like, pd.DataFrame):
            return list(self.like.columns)
        if isinstance(self.like, pd.Series):
            return ["y" if self.like.name is None else self.like.name]
        return list(range(self.values.shape[1]))

    @property
    def is_dated(self):
        return not isinstance(self.like, np.ndarray)

    def index_ahead(self, n):
        """The n labels after the end; of an array, row numbers."""
        return _continue(self.index, self.step, n)

    def forecast(self, values, labels=None):
        """Return values that follow, in the user's form, with their dates.

        Parameters
        ----------
        values : ndarray `(n, targets)` or `(n, targets, labels)`
        labels : list, optional
            What the last axis holds, such as ``["lower", "upper"]``: column pairs (target, label).
        """
        if not self.is_dated:
            return values[:, 0] if self.like.ndim == 1 else values
        index = self.index_ahead(len(values))
        if labels is not None:
            columns = pd.MultiIndex.from_product([self.targets, labels])
            return pd.DataFrame(values.reshape(len(values), -1), index, columns)
        if isinstance(self.like, pd.Series):
            return pd.Series(values[:, 0], index, name=self.like.name)
        return pd.DataFrame(values, index, columns=self.like.columns)


def read_dated_series(y, *, missing="error", freq=None, name="y"):
    """Read a Series, a frame or an array as a gapless series.

    Parameters
    ----------
    y : Series, DataFrame, or array `(time,)` or `(time, targets)`
        The index holds dates, periods or integers, rising.
    missing : {"error", "interpolate", "ignore"}
        For missing values and dates: an error that names the first; filled linearly in between;
        or (dates only) rows taken as equal steps.
    freq : str or offset, optional
        The step; found from the index by default.
    name : str
        What errors call it.

    Returns
    -------
    DatedSeries

    Raises
    ------
    ValueError, TypeError
        Saying which column and date.

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.dated_series import read_dated_series
    >>> y = pd.Series([1.0, 2.0], pd.to_datetime(["2020-01-31", "2020-02-29"]), name="sales")
    >>> read_dated_series(y).forecast(read_dated_series(y).values[:1]).index[0]
    Timestamp('2020-03-31 00:00:00')
    """
    check_choice("missing", missing, _MISSING)
    if isinstance(y, pd.Series):
        frame, like = y.to_frame(), y.iloc[:0]
    elif isinstance(y, pd.DataFrame):
        frame, like = y, y.iloc[:0]
    else:
        like = np.asarray(y)[:0] if np.ndim(y) else None
        if like is None or like.ndim > 2:
            raise ValueError(
                f"{name} has {np.ndim(y)} dimensions; it must be (time,) or (time, targets)."
            )
        frame = pd.DataFrame(np.asarray(y))
    if not len(frame) or not frame.shape[1]:
        raise ValueError(f"{name} is empty; give a series with at least some values.")
    frame = _numeric(frame, name)
    _check_rising(frame.index, name)
    step = _find_step(frame.index, freq)
    if missing != "ignore" and step is not None:
        frame = _check_gaps(frame, step, missing, name)
    frame = _check_values(frame, missing, name)
    return DatedSeries(frame.to_numpy(), frame.index, step, like)


def _numeric(frame, name):
    try:
        return frame.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(
            f"{name} holds values that are not numbers ({error}); convert or drop those columns."
        ) from None


def _check_rising(index, name):
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


def _find_step(index, freq):
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


def _check_gaps(frame, step, missing, name):
    index = frame.index
    if len(index) < 2:
        return frame
    _check_span(index, step, name)
    full = _range(index, step)
    if full.equals(index):
        return frame
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
    return frame.reindex(full)


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


def _check_values(frame, missing, name):
    values = frame.to_numpy()
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        row, column = infinite[0]
        raise ValueError(
            f"{name} holds infinity in column {frame.columns[column]!r} at {frame.index[row]}; "
            "replace it."
        )
    absent = np.argwhere(np.isnan(values))
    if not len(absent):
        return frame
    if np.isnan(values).all(axis=0).any():
        column = int(np.argmax(np.isnan(values).all(axis=0)))
        raise ValueError(f"{name}'s column {frame.columns[column]!r} holds nothing but NaN.")
    if missing != "interpolate":
        row, column = absent[0]
        raise ValueError(
            f"{name} holds NaN in column {frame.columns[column]!r} at {frame.index[row]} "
            f"({len(absent)} in all). Fill it, or use missing='interpolate'."
        )
    return frame.reset_index(drop=True).interpolate(limit_direction="both").set_axis(frame.index)


def _continue(index, step, n):
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
