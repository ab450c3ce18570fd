"""What forecasting rivals share: how they read series, and how they are measured."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer, check_steps_ahead
from keraseq.baselines.find_season import find_season
from keraseq.baselines.mase_scale import mase_scale
from keraseq.encoding.fill_gaps import first_origins
from keraseq.encoding.forecast_data import places
from keraseq.encoding.forecast_reader import ForecastReader
from keraseq.encoding.season import season_of
from keraseq.encoding.series_columns import Columns


class SeriesRival(BaseEstimator):
    """A forecaster that is called as :class:`keraseq.SequenceForecaster` is.

    A subclass learns in `_learn` and forecasts in `_ahead`; its parameters are at least those that
    `fit` reads here.
    """

    _reads_covariates = False

    def __init__(
        self,
        *,
        horizon=1,
        season="auto",
        series_col=None,
        date_col=None,
        value_cols=None,
        missing="error",
        freq=None,
    ):
        self.horizon = horizon
        self.season = season
        self.series_col = series_col
        self.date_col = date_col
        self.value_cols = value_cols
        self.missing = missing
        self.freq = freq

    def fit(self, y, *, past=None, future=None, static=None):
        """Learn from a series, or from many.

        Parameters
        ----------
        y, past, future, static : as of :class:`keraseq.SequenceForecaster`

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            For series that cannot be read or are too short, or covariates where none are read.
        """
        horizon = check_integer("horizon", self.horizon, 1)
        given = {"past": past, "future": future, "static": static}
        named = [name for name, value in given.items() if value is not None]
        if named and not self._reads_covariates:
            raise ValueError(
                f"{named[0]} is given, and {type(self).__name__} reads no covariates; leave it "
                "out, or use keraseq.baselines.LagTrees."
            )
        columns = Columns.of(self.series_col, self.date_col, self.value_cols)
        reader = ForecastReader(columns, self.missing, self.freq, calendar=False, phase=True)
        data = reader.fit(y, **given)
        for series in data.panel.series:
            series.index_ahead(horizon)  # dates that run out are an error before training
        return self.learn(reader, data)

    def learn(self, reader, data):
        """Learn from series as a reader has read them; covariates that are not read do no harm.

        Parameters
        ----------
        reader : ForecastReader
        data : ForecastData
        """
        horizon, season = check_integer("horizon", self.horizon, 1), self._season_of(data)
        self._needed = self._learn(data, horizon, season)
        self._given_season = None if self._finds_season else season
        self._reader, self._data, self._horizon, self.season_ = reader, data, horizon, season
        return self

    def ahead(self, data, place, origins):
        """Forecast `horizon` steps of a series from each origin, `(origins, horizon, targets)`.

        Parameters
        ----------
        data : ForecastData
        place : int
            Of the series.
        origins : ndarray of int
            Rows known.

        Raises
        ------
        ValueError
            Where the first origin has too little history.
        """
        needed = self._needed_by(data, place)
        if origins.min() < needed:
            raise ValueError(
                f"{data.panel.name(place)} has {origins.min()} rows before the first forecast; "
                f"{type(self).__name__} needs at least {needed}. Begin later."
            )
        return self._ahead(data, place, origins, self._horizon)

    @property
    def _finds_season(self):
        return isinstance(self.season, str) and self.season == "auto"

    def _season_of(self, data):
        if not self._finds_season:
            return check_integer("season", self.season, 1)
        values = max((series.values for series in data.panel.series), key=len)
        return find_season(values, self.horizon)

    def predict(self, n=None, *, y=None, past=None, future=None, static=None):
        """Forecast the `n` (by default `horizon`) steps after the training series, or after y."""
        check_is_fitted(self)
        n = check_steps_ahead(n, self._horizon)
        data = self._reader.read(y, past, future, static, n, self._data)
        ends = data.lengths()
        self._check_history(data, ends)
        values = [self._ahead(data, i, np.array([end]), n)[0] for i, end in enumerate(ends)]
        return data.panel.forecast(values)

    def predict_windows(self, y, start, *, past=None, future=None, static=None):
        """Forecast `horizon` steps from every origin whose targets lie in ``y[start:]``.

        Parameters
        ----------
        y : Series, DataFrame or array
        start : int
            First row to be forecast.

        Returns
        -------
        forecast, truth : ndarray `(windows, horizon, targets)`
            The truth is NaN where a value is missing.
        """
        check_is_fitted(self)
        data = self._reader.read(y, past, future, static, 0, self._data)
        if len(data.panel) != 1:
            raise ValueError(f"predict_windows reads one series, and y has {len(data.panel)}.")
        start = check_integer("start", start, 1)
        self._check_history(data, [start])
        return self._windows(data, 0, start)

    def score(self, y, *, past=None, future=None, static=None, season=None):
        """Return minus the mean absolute scaled error of one-horizon forecasts all through y.

        As of :meth:`keraseq.SequenceForecaster.score`; forecasts begin where there is history
        enough. A series of a list is scaled by its own rows before that, two seasons at least.
        """
        check_is_fitted(self)
        data = self._reader.read(y, past, future, static, 0, self._data)
        trained = self._data.panel
        season = self._given_season if season is None else season
        season = season_of(trained.longest.index, season)
        known, errors = places(data.panel, trained), []
        for place, series in enumerate(data.panel.series):
            begun = int(first_origins(series.values).max()) - 1
            first = max(self._needed_by(data, place), begun + (2 * season if known is None else 1))
            if len(series.values) < first + self._horizon:
                raise ValueError(
                    f"{data.panel.name(place)} has {len(series.values)} rows; a score of "
                    f"{type(self).__name__} needs at least {first} + horizon = "
                    f"{first + self._horizon} here."
                )
            rows = series.values[:first] if known is None else trained.series[known[place]].values
            forecast, truth = self._windows(data, place, first)
            errors.append(np.abs(forecast - truth) / mase_scale(rows, season))
        errors = np.concatenate(errors)
        if np.isnan(errors).all():
            raise ValueError(
                f"Training repeats itself exactly every {season} steps, or holds no two values so "
                "far apart; give another season=."
            )
        return -float(np.nanmean(errors))

    def _place_in_training(self, data, place):
        """Where the parameters of a series are: series of a list are training's in their order."""
        known = places(data.panel, self._data.panel)
        if known is not None:
            return known[place]
        if len(data.panel) != len(self._data.panel):
            raise ValueError(
                f"y has {len(data.panel)} series and training had {len(self._data.panel)}; each "
                "has parameters of its own, and a list must have as many."
            )
        return place

    def _windows(self, data, place, start):
        values = data.panel.series[place].values
        origins = np.arange(start, len(values) - self._horizon + 1)
        if not len(origins):
            raise ValueError(
                f"start={start} leaves fewer than horizon={self._horizon} rows of "
                f"{data.panel.name(place)}, which has {len(values)}."
            )
        truth = np.stack([values[origin : origin + self._horizon] for origin in origins])
        return self._ahead(data, place, origins, self._horizon), truth

    def _needed_by(self, data, place):
        """Rows of history without which a series cannot be forecast."""
        return self._needed

    def _check_history(self, data, ends):
        for place, end in enumerate(ends):
            needed = self._needed_by(data, place)
            if end < needed:
                raise ValueError(
                    f"{data.panel.name(place)} has {end} rows to go on from; "
                    f"{type(self).__name__} needs at least {needed}."
                )
            missing = np.isnan(data.panel.series[place].values[:end]).all(axis=0)
            if missing.any():
                column = data.panel.targets[int(np.argmax(missing))]
                raise ValueError(
                    f"{data.panel.name(place)} has no value of {column!r} in the first {end} rows, "
                    "so nothing can be forecast from there."
                )


def first_step(data, place):
    """Steps from training's first row of a series to its first one here.

    None are told where all begin as they did, as in a backtest.
    """
    return 0 if data.starts is None else int(data.starts[place])


def filled(values):
    """Values with the last one before in place of a missing one, at the beginning the first."""
    rows = np.arange(len(values))[:, None]
    known = ~np.isnan(values)
    last = np.maximum.accumulate(np.where(known, rows, -1), axis=0)
    last = np.where(last < 0, known.argmax(axis=0), last)
    return np.take_along_axis(values, last, axis=0)
