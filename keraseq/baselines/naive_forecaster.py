"""The naive forecasts behind a forecaster's fit and predict."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice, check_integer, check_steps_ahead
from keraseq.baselines._rivals import rival
from keraseq.baselines.drift import drift
from keraseq.baselines.find_season import find_season
from keraseq.baselines.seasonal_naive import seasonal_naive
from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.fill_gaps import fill_gaps, known_before
from keraseq.encoding.like_training import check_columns, check_step


class NaiveForecaster(BaseEstimator):
    """Forecast by repeating the last season, along a line, or the mean.

    Parameters
    ----------
    method : {"seasonal", "drift", "mean"}, default="seasonal"
    horizon : int, default=1
        Steps forecast at once.
    season : "auto" or int, default="auto"
        Steps of a season; by default that of 1, 4, 7, 12, 24, 52, 168 and 365 whose repetition
        would have forecast the training series best, `horizon` steps at once (1 repeats the last
        value).
    missing : {"error", "interpolate", "ignore"}, default="error"
        Missing values and dates, as of :class:`keraseq.SequenceForecaster`: at every origin gaps
        are filled with what was known by then.
    freq : str, pandas offset or int, optional
        Step of the rows, as of :class:`keraseq.SequenceForecaster`.

    Attributes
    ----------
    season_ : int
        1 where the method has no use for a season.
    mean_ : ndarray `(targets,)`

    Examples
    --------
    >>> from keraseq.baselines import NaiveForecaster
    >>> forecaster = NaiveForecaster(horizon=3).fit([1.0, 5, 2, 8] * 5)
    >>> forecaster.season_, forecaster.predict().tolist()
    (4, [1.0, 5.0, 2.0])
    """

    def __init__(self, method="seasonal", *, horizon=1, season="auto", missing="error", freq=None):
        self.method = method
        self.horizon = horizon
        self.season = season
        self.missing = missing
        self.freq = freq

    def fit(self, y):
        """Remember a series.

        Parameters
        ----------
        y : Series, DataFrame or array `(time,)` or `(time, targets)`

        Raises
        ------
        ValueError
            For fewer than two rows, missing values or dates that do not rise.
        """
        check_choice("method", self.method, ("seasonal", "drift", "mean"))
        check_integer("horizon", self.horizon, 1)
        series = read_dated_series(y, missing=self.missing, freq=self.freq)
        if len(series.values) < 2:
            raise ValueError(f"y has {len(series.values)} rows; a forecast needs at least 2.")
        self.season_ = self._season_of(series.values)
        self.mean_ = np.nanmean(series.values, axis=0)
        self._series = series
        # A parameter that is set later counts from the next fit on.
        self._method, self._horizon, self._missing = self.method, self.horizon, self.missing
        return self

    def _read(self, y):
        """A series read like training's, in its step."""
        series = read_dated_series(y, missing=self._missing, known=self._series.step)
        check_columns(series, self._series)
        if self._missing != "ignore":
            check_step(series, [self._series])
        return series

    def _season_of(self, values):
        if not (isinstance(self.season, str) and self.season == "auto"):
            return check_integer("season", self.season, 1)
        return find_season(values, self.horizon) if self.method == "seasonal" else 1

    def predict(self, n=None, *, y=None):
        """Forecast the `n` (by default `horizon`) steps after the training series, or after y."""
        check_is_fitted(self)
        n = check_steps_ahead(n, self._horizon)
        series = self._series if y is None else self._read(y)
        return series.forecast(self._ahead(fill_gaps(series.values), n))

    def predict_windows(self, y, start):
        """Forecast `horizon` steps from every origin whose targets lie in ``y[start:]``.

        Parameters
        ----------
        y : as in `fit`
        start : int
            First row to be forecast.

        Returns
        -------
        forecast, truth : ndarray `(windows, horizon, targets)`
            The truth is NaN where a value is missing.
        """
        check_is_fitted(self)
        values = self._read(y).values
        past = known_before(values)
        start = check_integer("start", start, self.season_)
        origins = range(start, len(values) - self._horizon + 1)
        if not origins:
            raise ValueError(f"start={start} leaves fewer than horizon={self._horizon} rows of y.")
        forecast = np.stack([self._ahead(past(origin), self._horizon) for origin in origins])
        return forecast, np.stack([values[origin : origin + self._horizon] for origin in origins])

    def _ahead(self, values, n):
        if self._method == "seasonal":
            return seasonal_naive(values, n, self.season_)
        if self._method == "drift":
            return drift(values, n)
        return np.repeat(self.mean_[None], n, axis=0)


def _naive(method, facts, **settings):
    reading = {"missing": facts.missing, "freq": facts.freq}
    return NaiveForecaster(method, horizon=facts.horizon, **reading, **settings)


@rival("seasonal naive", tasks=("forecasting",))
def _seasonal(facts):
    return _naive("seasonal", facts, season=facts.season or "auto")


@rival("drift", tasks=("forecasting",))
def _drift(facts):
    return _naive("drift", facts)


@rival("mean", tasks=("forecasting",), floor=True)
def _mean(facts):
    return _naive("mean", facts)
