"""The strongest cheap rival of a forecaster."""

from dataclasses import replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.utils import check_random_state
from threadpoolctl import threadpool_limits

from keraseq.baselines._lag_features import LagFeatures
from keraseq.baselines._rivals import rival
from keraseq.baselines._series_rival import SeriesRival

_MOST_ROWS = 40_000
_JUDGED = 0.2  # of the origins, the last ones
_MOST_TREES = 150
_LEARNING_RATE = 0.05
# Rows that are forecast at once.
_CHUNK = 100_000


class LagTrees(SeriesRival):
    """Boosted trees that read lags and correct the naive forecast, one model for all steps ahead.

    A row is a target's step ahead from an origin: how far ahead it is, the last values, how far
    the last seasons' repetition went wrong, level and spread of the last season, the covariates of
    the past as they last were and those of the future at that step. All are differences from the
    (seasonal) naive forecast in units of the series' own naive error, and so is the answer; trends
    and levels that training never saw are no obstacle, and series share what they have learned.
    How many trees there are is judged on the last fifth of the origins: none, if they do not help.

    Parameters
    ----------
    horizon : int, default=1
        Steps forecast at once.
    season : "auto" or int, default="auto"
        As of :class:`keraseq.baselines.NaiveForecaster`.
    series_col, date_col, value_cols, missing, freq
        As of :class:`keraseq.SequenceForecaster`. A missing value takes the one before it.
    random_state : int, RandomState or None, default=None
        Draws the 40,000 rows that are learned from, where there are more.

    Attributes
    ----------
    season_ : int
    n_iter_ : int
        Trees.

    References
    ----------
    Januschowski et al. (2022). Forecasting with trees. International Journal of Forecasting.

    Examples
    --------
    >>> from keraseq.baselines import LagTrees
    >>> forecaster = LagTrees(horizon=3).fit([1.0, 5, 2, 8] * 10)
    >>> forecaster.predict().tolist()
    [1.0, 5.0, 2.0]
    """

    _reads_covariates = True

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
        random_state=None,
    ):
        reading = {"series_col": series_col, "date_col": date_col, "value_cols": value_cols}
        reading |= {"missing": missing, "freq": freq}
        super().__init__(horizon=horizon, season=season, **reading)
        self.random_state = random_state

    def _learn(self, data, horizon, season):
        generator = check_random_state(self.random_state)
        features = LagFeatures(horizon, season)
        ends = data.lengths()
        first = [max(features.needed, _first_known(s.values)) for s in data.panel.series]
        if all(end <= begin for begin, end in zip(first, ends, strict=True)):
            raise ValueError(
                f"y has {max(ends)} rows at most; with season={season} it needs at least "
                f"{min(first) + 1}. Give more, or season=1."
            )
        spans = [max(0, end - begin) for begin, end in zip(first, ends, strict=True)]
        judged = [end - int(_JUDGED * span) for end, span in zip(ends, spans, strict=True)]
        self.n_iter_ = _count_trees(features, data, first, judged, ends, generator)
        self._trees, self._features = None, features
        if self.n_iter_:
            drawn = features.draw(data, first, ends, _MOST_ROWS, generator)
            self._trees = _fit_trees(self.n_iter_, *drawn)
        return features.needed

    def _ahead(self, data, place, origins, n):
        if n > self._features.horizon:
            return self._beyond(data, place, origins, n)
        targets = len(data.panel.targets)
        forecast = np.empty((len(origins), n, targets))
        size = max(1, _CHUNK // n)
        for first in range(0, len(origins), size):
            chunk = origins[first : first + size]
            pairs = np.repeat(chunk, n), np.tile(np.arange(n), len(chunk))
            for column in range(targets):
                rows, base, scale = self._features.of(data, place, column, *pairs)
                values = base + scale * self._moves(rows)
                forecast[first : first + size, :, column] = values.reshape(len(chunk), n)
        return forecast

    def _moves(self, rows):
        if self._trees is None:
            return 0.0
        # Threads gain little on so few rows, and wait long where other work has the processors.
        with threadpool_limits(1, "openmp"):
            return self._trees.predict(rows)

    def _beyond(self, data, place, origins, n):
        """Forecast on from the forecast."""
        horizon = self._features.horizon
        if data.past is not None:
            raise ValueError(
                f"n={n} goes beyond horizon={horizon}, which needs the covariates of the past "
                "where they are not yet known; fit with a longer horizon, or without past=."
            )
        forecast = []
        for origin in origins:
            known = data.panel.series[place].values[:origin]
            while len(known) < origin + n:
                step = min(horizon, origin + n - len(known))
                longer = replace(data.panel.series[place], values=known)
                series = [*data.panel.series[:place], longer, *data.panel.series[place + 1 :]]
                grown = replace(data, panel=replace(data.panel, series=tuple(series)))
                more = self._ahead(grown, place, np.array([len(known)]), step)[0]
                known = np.concatenate([known, more])
            forecast.append(known[origin:])
        return np.stack(forecast)


def _count_trees(features, data, first, judged, ends, generator):
    """How many trees, fitted to what lies before them, forecast the judged origins best."""
    rows, truth = features.draw(data, first, judged, _MOST_ROWS, generator)
    judged_rows, judged_truth = features.draw(data, judged, ends, _MOST_ROWS // 4, generator)
    if not len(truth) or not len(judged_truth):
        return 0
    trees = _fit_trees(_MOST_TREES, rows, truth)
    with threadpool_limits(1, "openmp"):
        guesses = [np.zeros(len(judged_truth)), *trees.staged_predict(judged_rows)]
    return int(np.argmin([np.abs(guess - judged_truth).mean() for guess in guesses]))


def _fit_trees(n, rows, truth):
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        learning_rate=_LEARNING_RATE,
        max_iter=n,
        early_stopping=False,
        random_state=0,
    )
    # A column of NaN alone is refused; one of zeros is never split.
    with threadpool_limits(1, "openmp"):
        return trees.fit(np.where(np.isnan(rows).all(axis=0), 0.0, rows), truth)


def _first_known(values):
    """The first row before which every column has a value."""
    return int((~np.isnan(values)).argmax(axis=0).max()) + 1


@rival("lag trees", tasks=("forecasting",))
def _lag_trees(facts):
    season = facts.season or "auto"
    reading = {"missing": facts.missing, "freq": facts.freq}
    return LagTrees(season=season, horizon=facts.horizon, **reading)
