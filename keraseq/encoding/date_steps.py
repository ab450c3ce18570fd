"""The steps between the labels of an index: laid over its rows, and gone on with."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

_DAY = pd.Timedelta(days=1)
_MIDNIGHT = pd.Timedelta(0)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Steps that a mean length is of: whole weeks of any pattern of weekdays, and whole years of months;
# and where they begin, early enough for those of several years.
_MANY, _EARLY = 60, "1700-01-01"
# What is done about a time that a zone leaves out, and whether of one that it has twice the first
# is meant. A history may show any of these ways; the first one is taken where it shows none.
_ZONE_RULES = (
    ("shift_forward", True),
    ("shift_forward", False),
    (pd.Timedelta(hours=1), True),
    (pd.Timedelta(hours=1), False),
)


@dataclass(frozen=True)
class CountStep:
    """A step of integers, or of periods by their count.

    Attributes
    ----------
    n : int
    """

    n: int

    def __str__(self):
        return str(self.n)

    def in_words(self, index):
        """The step, of periods in those."""
        if _is_plain(index):
            return str(self)
        return pd.PeriodIndex([], freq=self.n * index.freq.base).freqstr

    def length(self, index):
        """Of a step: a number, or of periods the mean in days."""
        if _is_plain(index):
            return self.n
        first = pd.Period(_EARLY, freq=index.freq).ordinal
        codes = first + self.n * np.arange(_MANY + 1)
        return _mean_days(pd.PeriodIndex.from_ordinals(codes, freq=index.freq).to_timestamp())

    def count(self, index):
        """How many steps there are from the first label to the last."""
        first, last = index[[0, -1]] if _is_plain(index) else index.asi8[[0, -1]]
        return (int(last) - int(first)) / self.n

    def grid(self, index):
        """As of :class:`DateStep`."""
        codes, places = _even(_codes(index), self.n)
        return _label(codes, index), places

    def ahead(self, index, n):
        """As of :class:`DateStep`."""
        last = int(index[-1]) if _is_plain(index) else int(_codes(index)[-1])
        if last + self.n * n > np.iinfo(np.int64).max:
            raise ValueError(
                f"y's index ends at {index[-1]}, too near the largest integer to go on."
            )
        return _label(last + self.n * np.arange(1, n + 1), index)


@dataclass(frozen=True)
class DateStep:
    """A step of dates, or of periods of a day.

    Attributes
    ----------
    offset : Timedelta or pandas offset
    elapsed : bool
        Whether steps are counted in time that has passed; else on the clock on the wall, by which
        a day may have 23 hours.
    phase : Timedelta
        When rows are due on the wall: since midnight, or for a fixed step since a multiple of it.
    zone_rule : tuple
        What the history does about times that its zone leaves out or has twice.
    """

    offset: object
    elapsed: bool = False
    phase: pd.Timedelta = _MIDNIGHT
    zone_rule: tuple = _ZONE_RULES[0]

    @classmethod
    def of(cls, offset, dates, elapsed=False):
        """The step of these dates: when on the wall they are due, and the rule of their zone."""
        if isinstance(offset, pd.offsets.Day):
            offset = offset.n * _DAY
        elif isinstance(offset, pd.offsets.Tick):
            offset, elapsed = pd.Timedelta(offset), True
        step = cls(offset, elapsed and dates.tz is not None)
        if dates.tz is None or step.elapsed:
            return step
        since = dates.tz_localize(None).asi8 % _in_unit(step._cycle, dates.unit)
        phases, counts = np.unique(since, return_counts=True)
        usual = pd.Timedelta(int(phases[counts.argmax()]), unit=dates.unit)
        step = replace(step, phase=usual)
        due, most = step._last_due(dates), -1
        for rule in _ZONE_RULES:
            one = replace(step, zone_rule=rule)
            n_kept = int((one._dated(due, dates.tz).asi8 == dates.asi8).sum())
            if n_kept > most:
                step, most = one, n_kept
            if most == len(dates):
                break
        return step

    def __str__(self):
        if isinstance(self.offset, pd.Timedelta):
            if self.offset % _DAY == _MIDNIGHT:
                return f"{self.offset.days} days" if self.offset > _DAY else "a day"
            return pd.tseries.frequencies.to_offset(self.offset).freqstr
        if isinstance(self.offset, pd.offsets.CustomBusinessDay):
            return ", ".join(np.array(_WEEKDAYS)[self.offset.calendar.weekmask])
        months = getattr(self.offset, "kwds", {}).get("months")
        if months is None:
            return self.offset.freqstr
        return f"{months} months" if months > 1 else "a month"

    def in_words(self, index):
        """As of :class:`CountStep`."""
        return str(self)

    def length(self, index):
        """Of a step: the mean in days."""
        if isinstance(self.offset, pd.Timedelta):
            return self.offset / _DAY
        return _mean_days(pd.date_range(_EARLY, periods=_MANY + 1, freq=self.offset, unit="s"))

    @property
    def days_a_week(self):
        """Of a pattern of weekdays; else None."""
        if isinstance(self.offset, pd.offsets.CustomBusinessDay):
            return int(self.offset.calendar.weekmask.sum())
        return 5 if isinstance(self.offset, pd.offsets.BusinessDay) else None

    def count(self, index):
        """How many steps there are from the first label to the last, roughly."""
        first, last = self.due(_as_dates(index)[[0, -1]])
        # Twice, since the first step of an offset such as a month's end may be a short one.
        second = first + self.offset
        return (last - first) / (second + self.offset - second)

    def grid(self, index):
        """Lay the steps over an index.

        Parameters
        ----------
        index : DatetimeIndex or PeriodIndex
            Rising.

        Returns
        -------
        labels : Index
            All from the first row to the last; where there is a row, its own.
        places : ndarray of int
            Of the rows in it; -1 for those on no step.
        """
        dates = _as_dates(index)
        naive = self.due(dates)
        if isinstance(self.offset, pd.Timedelta):
            codes, places = _even(naive.asi8, _in_unit(self.offset, naive.unit))
            every = _label(codes, naive)
        else:
            every = pd.date_range(naive[0], naive[-1], freq=self.offset).as_unit(naive.unit)
            places = _once(every.get_indexer(naive))
        codes, known = self._dated(every, dates.tz).asi8.copy(), places >= 0
        codes[places[known]] = dates.asi8[known]
        kept = _is_before_next(codes)
        places = np.where(known, (np.cumsum(kept) - 1)[places], -1) if len(kept) else places
        return _like(_label(codes[kept], dates), index), places

    def ahead(self, index, n):
        """The `n` labels after the last one."""
        dates = _as_dates(index)
        start, more = self.due(dates[-1:])[0], 2
        while True:
            naive = pd.date_range(start, periods=n + more, freq=self.offset).as_unit(dates.unit)
            codes = self._dated(naive, dates.tz).asi8
            codes = codes[_is_before_next(codes) & (codes > dates.asi8[-1])]
            if len(codes) > n:
                return _like(_label(codes[:n], dates), index)
            more *= 4

    @property
    def _cycle(self):
        return self.offset if isinstance(self.offset, pd.Timedelta) else _DAY

    def _last_due(self, dates):
        """The last time on the wall, up to each of these, at which a row was due."""
        wall = dates.tz_localize(None)
        phase, cycle = (_in_unit(time, wall.unit) for time in (self.phase, self._cycle))
        return _label(wall.asi8 - (wall.asi8 - phase) % cycle, wall)

    def due(self, dates):
        """What steps are counted on, without a zone; of a date that its zone shifted, unshifted."""
        wall = dates.tz_localize(None)
        if dates.tz is None:
            return wall
        if self.elapsed:
            return dates.tz_convert(None)
        due = self._last_due(dates)
        meant = self._dated(due, dates.tz).asi8 == dates.asi8
        return _label(np.where(meant, due.asi8, wall.asi8), wall)

    def _dated(self, naive, zone):
        """The reverse of `due`."""
        if zone is None:
            return naive
        if self.elapsed:
            return naive.tz_localize("UTC").tz_convert(zone)
        nonexistent, first = self.zone_rule
        return naive.tz_localize(zone, np.full(len(naive), first), nonexistent)


def _mean_days(dates):
    return (dates[-1] - dates[0]) / _DAY / _MANY


def _is_plain(index):
    return not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)


def _as_dates(index):
    return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index


def _like(dates, index):
    return dates.to_period(index.freq) if isinstance(index, pd.PeriodIndex) else dates


def _codes(index):
    return index.to_numpy().astype(np.int64) if _is_plain(index) else index.asi8


def _label(codes, index):
    """An index like this one with other labels."""
    if isinstance(index, pd.PeriodIndex):
        return pd.PeriodIndex.from_ordinals(codes, freq=index.freq, name=index.name)
    if not isinstance(index, pd.DatetimeIndex):
        return pd.Index(codes, name=index.name)
    dates = pd.DatetimeIndex(codes.view(f"M8[{index.unit}]"), name=index.name)
    return dates if index.tz is None else dates.tz_localize("UTC").tz_convert(index.tz)


def _in_unit(step, unit):
    return step // pd.Timedelta(1, unit=unit)


def _even(codes, n):
    """Every n-th number from the first to the last, and the places of these in it."""
    since = codes - codes[0]
    every = codes[0] + n * np.arange(since[-1] // n + 1)
    return every, _once(np.where(since % n == 0, since // n, -1))


def _once(places):
    """-1 too for a place taken before: local time that a zone has twice."""
    known = places >= 0
    taken = np.maximum.accumulate(np.concatenate([[-1], places[:-1]])) >= places
    return np.where(known & ~taken, places, -1)


def _is_before_next(codes):
    """False for a time that its zone leaves out together with the step that follows."""
    return np.append(codes[:-1] < codes[1:], True)[: len(codes)]
