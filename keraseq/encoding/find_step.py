"""Which step an index has, from its rows or the user's word."""

import itertools
import re
import warnings

import numpy as np
import pandas as pd
from pandas.api.types import is_integer

from keraseq.encoding.date_steps import CountStep, DateStep

_LARGEST_FILL = 100
_DAY = pd.Timedelta(days=1)
# A weekday is none of the pattern if it was left out at least twice, in a pattern that is kept
# so well that this is hardly chance.
_WEEKS_LEFT_OUT, _KEPT, _CHANCE = 2, 0.75, 0.01


def find_step(index, freq=None, known=None, name="y"):
    """Return the step of an index.

    The user's word counts first, then what is known (of training, or of the other series), where
    the rows are at least half of its steps. Else the step that has the fewest labels without a
    row: what :func:`pandas.infer_freq` says, months on a day of the month, a pattern of weekdays,
    or the usual difference, on the clock on the wall or in time that has passed.

    Parameters
    ----------
    index : DatetimeIndex, PeriodIndex or Index of integers
        Rising.
    freq : str, offset or int, optional
    known : CountStep or DateStep, optional
    name : str or SeriesSource

    Returns
    -------
    CountStep, DateStep or None
        None for one date.

    Raises
    ------
    ValueError, TypeError
        For a `freq` that is none, or none of this index.

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.find_step import find_step
    >>> dates = pd.DatetimeIndex(["2022-01-30", "2022-02-28", "2022-03-30"], name="due")
    >>> find_step(dates).ahead(dates, 2).strftime("%d %B").tolist()
    ['30 April', '30 May']
    """
    if freq is not None:
        return _given(index, freq, name)
    if known is not None and isinstance(known, DateStep) == _has_days(index):
        n_missing = _n_missing(known, index)
        if n_missing is not None and n_missing <= len(index):
            return known
    if not _has_days(index):
        return _best_count(index)
    dates = index if isinstance(index, pd.DatetimeIndex) else index.to_timestamp()
    declared = None if index.freq is None else DateStep.of(index.freq, dates)
    if len(index) == 1:
        return declared
    usual, elapsed = _usual(dates.tz_localize(None)), DateStep.of(_usual(dates), dates, True)
    steps = _candidates(dates)
    if declared is not None and isinstance(index, pd.DatetimeIndex):
        steps = itertools.chain([declared], steps)
    return _best(steps, index, DateStep.of(usual, dates) if usual >= _DAY else elapsed)


def is_sparse(step, index):
    """Whether an index would be filled up with far more rows than it has."""
    return step.count(index) > _LARGEST_FILL * len(index)


def _has_days(index):
    if isinstance(index, pd.PeriodIndex):
        return isinstance(index.freq, pd.offsets.Day) and index.freq.n == 1
    return isinstance(index, pd.DatetimeIndex)


def _best(steps, index, otherwise):
    """The step with the fewest labels that have no row; `otherwise` where none takes all rows."""
    best, fewest = otherwise, np.inf
    for step in steps:
        n_missing = _n_missing(step, index)
        if n_missing is not None and n_missing < fewest:
            best, fewest = step, n_missing
        if fewest == 0:
            break
    return best


def _n_missing(step, index):
    """How many labels have no row; None if a row is on no step."""
    if is_sparse(step, index):
        return None
    labels, places = step.grid(index)
    return None if (places < 0).any() else len(labels) - len(index)


def _best_count(index):
    codes = index.asi8 if isinstance(index, pd.PeriodIndex) else index.to_numpy().astype(np.int64)
    shortest = CountStep(index.freq.n if isinstance(index, pd.PeriodIndex) else 1)
    if len(codes) == 1:
        return shortest
    usual = CountStep(_middle(np.diff(codes)))
    if isinstance(index, pd.PeriodIndex):
        return _best([usual, shortest], index, shortest)
    return usual


def _candidates(dates):
    """The steps that these dates may have, the likeliest first."""
    usual, elapsed = _usual(dates.tz_localize(None)), _usual(dates)
    daily = DateStep.of(_DAY, dates)
    due = daily.due(dates)
    days = due.normalize()
    if usual >= _DAY and (due - days).nunique() == 1:
        for find in (_inferred, _months, _weekdays):
            offset = find(days)
            if offset is not None:
                yield DateStep.of(offset, dates)
        yield daily if usual == _DAY else DateStep.of(usual.round("D"), dates)
        if dates.tz is not None:
            yield DateStep.of(elapsed, dates, elapsed=True)
        return
    yield DateStep.of(elapsed, dates, elapsed=True)
    if dates.tz is not None and usual > pd.Timedelta(0):
        yield DateStep.of(usual, dates)


def _usual(dates):
    return pd.Timedelta(_middle(np.diff(dates.asi8)), unit=dates.unit)


def _middle(steps):
    """The median; of two that are the middle the smaller one, since no row is between them."""
    return int(np.sort(steps)[(len(steps) - 1) // 2])


def _inferred(days):
    """Of pandas, where it is no fixed time."""
    if len(days) < 3:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it will return offsets in place of text
        found = pd.infer_freq(days)
    offset = None if found is None else pd.tseries.frequencies.to_offset(found)
    fixed = (pd.offsets.Tick, pd.offsets.Day, pd.offsets.Week)
    return None if isinstance(offset, fixed) else offset


def _months(days):
    """Months, quarters or years, on a day that short months do not reach."""
    n = _middle(np.diff(days.year * 12 + days.month))
    if n < 1:
        return None
    return pd.DateOffset(months=n, day=31 if days.is_month_end.all() else int(days.day.max()))


def _weekdays(days):
    n_days = (days[-1] - days[0]).days + 1
    since = (np.arange(7) - days[0].day_of_week) % 7
    due = n_days // 7 + (since < n_days % 7)
    seen = np.isin(np.arange(7), days.day_of_week)
    if not 2 <= seen.sum() <= 6 or due[~seen].min() < _WEEKS_LEFT_OUT:
        return None
    n_due = due[seen].sum()
    chance = 1 - (len(days) + 1) / (n_due + 2)
    if len(days) < _KEPT * n_due or chance ** due[~seen].min() > _CHANCE:
        return None
    if (seen == (np.arange(7) < 5)).all():
        return pd.offsets.BusinessDay()
    return pd.offsets.CustomBusinessDay(weekmask="".join(seen.astype(int).astype(str)))


def _given(index, freq, name):
    if isinstance(index, pd.PeriodIndex) and not _has_days(index):
        return _given_periods(index, freq, name)
    if not _has_days(index):
        if not is_integer(freq) or freq < 1:
            raise ValueError(
                f"freq={freq!r} is a step of dates, and {name} has none: its rows are numbered. "
                "Leave freq out, or give the step as a whole number from 1 up."
            )
        return CountStep(int(freq))
    offset = _offset(freq)
    dates = index if isinstance(index, pd.DatetimeIndex) else index.to_timestamp()
    step = DateStep.of(offset, dates)
    start = pd.Timestamp(2024, 1, 1)
    if start + offset <= start:
        raise ValueError(f"freq={freq!r} does not go forward in time.")
    return step


def _given_periods(index, freq, name):
    offset, own = _offset(freq), index.freq
    if offset.base != own.base or offset.n % own.n or offset.n < 1:
        raise ValueError(
            f"freq={freq!r} is no whole number of the periods that {name} has, which are "
            f"{index.freqstr!r}. Leave freq out, or convert {name} with asfreq."
        )
    return CountStep(offset.n)


def _offset(freq):
    """A pandas offset, also from what pandas takes for periods alone, such as "M"."""
    if isinstance(freq, np.timedelta64):
        freq = pd.Timedelta(freq)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return pd.tseries.frequencies.to_offset(freq)
    except (ValueError, TypeError, FutureWarning, DeprecationWarning) as error:
        advice = re.search(r"(Did you mean|Please use) [^?.\"]*[?.]", str(error))
        reason = f" {advice.group()}" if advice else ""
    try:
        if isinstance(freq, str):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return pd.PeriodIndex([], freq=freq).freq
    except ValueError:
        pass
    raise ValueError(
        f"freq={freq!r} is no step of dates.{reason} Give a pandas offset, such as 'D', 'B' "
        "(Monday to Friday), 'W', 'ME' (ends of months), 'MS' (their first days), 'h' or '15min'."
    ) from None
