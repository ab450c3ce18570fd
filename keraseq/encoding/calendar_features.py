"""What a date says: time of day, day of the week, time of the year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

_DAY = pd.Timedelta(days=1)
_HARMONICS = (1, 2)


@dataclass(frozen=True)
class CalendarFeatures:
    """Which parts of the calendar turn within a series: those longer than its step.

    Attributes
    ----------
    time_of_day, day_of_week, time_of_year : bool

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.calendar_features import CalendarFeatures
    >>> days = pd.date_range("2024-01-01", periods=60, freq="D")
    >>> features = CalendarFeatures.of(days)
    >>> features.time_of_day, features.day_of_week, features.transform(days).shape
    (False, True, (60, 11))
    """

    time_of_day: bool
    day_of_week: bool
    time_of_year: bool

    @classmethod
    def of(cls, index):
        """Choose by the median step of a training series' dates."""
        dates = _dates(index)
        if dates is None or len(dates) < 2:
            raise TypeError(
                f"calendar=True needs dates, and y has {type(index).__name__} of {index.dtype}; "
                "give it dates (date_col=, or a DatetimeIndex), or calendar=False."
            )
        step = pd.Series(dates).diff().median()
        features = cls(step < _DAY, step < 7 * _DAY, step < 360 * _DAY)
        if not features.time_of_year:
            raise ValueError(
                f"calendar=True finds nothing in dates {step.days} days apart; use calendar=False."
            )
        return features

    def transform(self, index):
        """Return `(time, features)`: sines and cosines, and a column for each day of the week."""
        dates = _dates(index)
        of_day = (dates - dates.normalize()) / _DAY
        parts = []
        if self.time_of_day:
            parts += _waves(of_day)
        if self.day_of_week:
            parts += list(np.eye(7)[dates.day_of_week].T)
        if self.time_of_year:
            days = 365 + dates.is_leap_year
            parts += _waves((dates.day_of_year - 1 + of_day) / days)
        return np.stack(parts, axis=1)


def _dates(index):
    """In local time, for what people do follows the clock on the wall."""
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex):
        return None
    return index.tz_localize(None)


def _waves(share):
    angles = [2 * np.pi * k * np.asarray(share, dtype=float) for k in _HARMONICS]
    return [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
