"""Exponential smoothing, fitted once and carried forward."""

import warnings
from dataclasses import dataclass

import numpy as np

from keraseq._checks import import_extra
from keraseq.baselines._rivals import rival, unknown_season
from keraseq.baselines._series_rival import SeriesRival, filled

_FEWEST = 10  # of statsmodels' heuristic for the first state without a season


class ETS(SeriesRival):
    """Exponential smoothing: level, trend and season, each moved by the errors (statsmodels).

    Errors and season are additive; the trend is left out or damped, as the corrected AIC likes
    better; each series and each target has its own model. Parameters are learned once, from the
    training series; at every origin the state is what they make of the rows before it. A missing
    value takes the one before it.

    Parameters
    ----------
    horizon : int, default=1
        Steps forecast at once.
    season : "auto" or int, default="auto"
        As of :class:`keraseq.baselines.NaiveForecaster`. Of fewer than two seasons in training, or
        fewer rows than a season and ten, none is learned.
    series_col, date_col, value_cols, missing, freq
        As of :class:`keraseq.SequenceForecaster`.

    Attributes
    ----------
    season_ : int
    parameters_ : list of list of dict
        For each series and target, what was learned.

    References
    ----------
    Hyndman, Koehler, Ord & Snyder (2008). Forecasting with exponential smoothing. Springer.

    Examples
    --------
    >>> from keraseq.baselines import ETS
    >>> forecaster = ETS(horizon=2, season=4).fit([1.0, 5, 2, 8] * 8)
    >>> forecaster.predict().round(2).tolist()
    [1.0, 5.0]
    """

    def _learn(self, data, horizon, season):
        for place, series in enumerate(data.panel.series):
            if len(series.values) < _FEWEST:
                raise ValueError(
                    f"{data.panel.name(place)} has {len(series.values)} rows; exponential "
                    f"smoothing needs at least {_FEWEST}."
                )
        self._models = [
            [_Smoothing.fit(column, season) for column in filled(series.values).T]
            for series in data.panel.series
        ]
        self.parameters_ = [[model.params for model in models] for models in self._models]
        return _FEWEST

    def _needed_by(self, data, place):
        models = self._models[self._place_in_training(data, place)]
        return max(model.needed for model in models)

    def _ahead(self, data, place, origins, n):
        columns = filled(data.panel.series[place].values).T
        models = self._models[self._place_in_training(data, place)]
        return np.stack(
            [
                model.ahead(column, origins, n)
                for model, column in zip(models, columns, strict=True)
            ],
            axis=-1,
        )


@dataclass(frozen=True)
class _Smoothing:
    """What one column's model learned.

    Attributes
    ----------
    settings : dict
        Of statsmodels' ETSModel.
    values : ndarray
        Its smoothing parameters.
    season : int
        1 without.
    centre, scale : float
        Which values are shifted and divided by.
    """

    settings: dict
    values: np.ndarray
    params: dict
    season: int
    centre: float
    scale: float

    @classmethod
    def fit(cls, column, season):
        season = season if len(column) >= _fewest_rows(season) else 1
        centre, scale = column.mean(), column.std()
        if scale <= 1e-12 * abs(centre):
            return cls({}, np.empty(0), {}, 1, centre, 1.0)
        scaled, fits = (column - centre) / scale, []
        _module()  # which, when first imported, has its warnings shown always
        seasonal = {"seasonal": "add", "seasonal_periods": season} if season > 1 else {}
        for trend in ({}, {"trend": "add", "damped_trend": True}):
            settings = {"error": "add", **trend, **seasonal}
            with warnings.catch_warnings():
                # Of fits that end at a bound or at the last iteration the best is taken as it is.
                warnings.simplefilter("ignore")
                found = _model(scaled, settings).fit(disp=False)
                fits.append((found.aicc, found, settings))
        _, best, settings = min(fits, key=lambda fit: fit[0])
        params = dict(zip(best.param_names, map(float, best.params), strict=False))
        return cls(settings, np.asarray(best.params), params, season, centre, scale)

    @property
    def needed(self):
        """Rows of history from which the first state is found."""
        return _fewest_rows(self.season)

    def ahead(self, column, origins, n):
        """Forecast n steps from each origin: `(origins, n)`."""
        if not self.settings:
            return np.repeat(column[origins - 1][:, None], n, axis=1)
        scaled = (column - self.centre) / self.scale
        states = self._states(scaled, int(origins.min()))
        steps, last = np.arange(n), states[origins - 1]
        forecast = np.repeat(last[:, :1], n, axis=1)
        if "trend" in self.settings:
            damping = self.params["damping_trend"]
            forecast = forecast + last[:, 1:2] * np.cumsum(damping ** (steps + 1))
        if self.season > 1:
            rows = origins[:, None] - self.season + steps % self.season
            forecast = forecast + states[rows, -1]
        return forecast * self.scale + self.centre

    def _states(self, scaled, first):
        """Level, trend and season at each row; the first ones are found before row `first`."""
        begin = _model(scaled[:first], self.settings)
        known = {"initial_level": begin.initial_level, "initial_trend": begin.initial_trend}
        known["initial_seasonal"] = begin.initial_seasonal
        model = _model(scaled, self.settings, initialization_method="known", **known)
        with np.errstate(all="ignore"):  # of a fit without error the likelihood is infinite
            return np.asarray(model.smooth(self.values).states)


def _fewest_rows(season):
    """Rows below which statsmodels' heuristic finds no first state."""
    return max(_FEWEST + 2 * (season // 2), 2 * season) if season > 1 else _FEWEST


def _model(values, settings, initialization_method="heuristic", **initial):
    initial = {name: value for name, value in initial.items() if value is not None}
    return _module().ETSModel(
        values, **settings, initialization_method=initialization_method, **initial
    )


def _module():
    return import_extra("statsmodels.tsa.exponential_smoothing.ets", "recipes")


@rival("ETS", tasks=("forecasting",), needs="statsmodels", by_name=unknown_season)
def _ets(facts):
    reading = {"missing": facts.missing, "freq": facts.freq}
    return ETS(horizon=facts.horizon, season=facts.dated_season, **reading)
