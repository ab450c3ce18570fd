"""The Theta method, fitted once and carried forward."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import lfilter

from keraseq._checks import import_extra
from keraseq.baselines._rivals import rival, unknown_season
from keraseq.baselines._series_rival import SeriesRival, filled, first_step

_FEWEST = 4


class Theta(SeriesRival):
    """A level that follows the values, half the slope of a line, and a season (statsmodels).

    Each series and each target is deseasonalised, where it has a season, and smoothed
    exponentially; to the level half the slope of its regression line is added a step. Smoothing,
    slope and season are learned once, from the training series; at every origin the level is what
    they make of the rows before it. A missing value takes the one before it.

    Parameters
    ----------
    horizon : int, default=1
        Steps forecast at once.
    season : "auto" or int, default="auto"
        As of :class:`keraseq.baselines.NaiveForecaster`. Of fewer than two seasons in training
        none is learned. A new history without dates begins in the season where training began.
    series_col, date_col, value_cols, missing, freq
        As of :class:`keraseq.SequenceForecaster`.

    Attributes
    ----------
    season_ : int
    parameters_ : list of list of dict
        For each series and target, what was learned.

    References
    ----------
    Assimakopoulos & Nikolopoulos (2000). The theta model: a decomposition approach to forecasting.
    International Journal of Forecasting. Hyndman & Billah (2003). Unmasking the theta method.

    Examples
    --------
    >>> from keraseq.baselines import Theta
    >>> forecaster = Theta(horizon=2, season=4).fit([1.0, 5, 2, 8] * 8)
    >>> forecaster.predict().round(2).tolist()
    [1.0, 5.0]
    """

    def _learn(self, data, horizon, season):
        self._models = []
        for place, series in enumerate(data.panel.series):
            if len(series.values) < _FEWEST:
                raise ValueError(
                    f"{data.panel.name(place)} has {len(series.values)} rows; the Theta method "
                    f"needs at least {_FEWEST}."
                )
            first = first_step(data, place)
            columns = filled(series.values).T
            self._models.append([_Line.fit(column, season, first) for column in columns])
        self.parameters_ = [[model.params for model in models] for models in self._models]
        return 1

    def _ahead(self, data, place, origins, n):
        columns = filled(data.panel.series[place].values).T
        models = self._models[self._place_in_training(data, place)]
        first = first_step(data, place)
        pairs = zip(models, columns, strict=True)
        return np.stack([model.ahead(c, origins, n, first) for model, c in pairs], axis=-1)


@dataclass(frozen=True)
class _Line:
    """What one column's model learned.

    Attributes
    ----------
    alpha, slope : float
        Of the smoothing; a step.
    seasonal : ndarray
        By steps from where training begins; empty without.
    multiplies : bool
        Whether the season is a factor, or is added.
    """

    alpha: float
    slope: float
    seasonal: np.ndarray
    multiplies: bool

    @property
    def params(self):
        return {"alpha": self.alpha, "slope": self.slope, "seasonal": self.seasonal.tolist()}

    @classmethod
    def fit(cls, column, season, first):
        if np.ptp(column) <= 1e-12 * np.abs(column).max():
            return cls(1.0, 0.0, np.empty(0), False)
        module = import_extra("statsmodels.tsa.forecasting.theta", "recipes")
        has_season = 1 < season <= len(column) // 2
        with warnings.catch_warnings():
            # Of a smoothing that ends at a bound or at the last iteration.
            warnings.simplefilter("ignore")
            model = module.ThetaModel(
                column, period=season if has_season else 1, deseasonalize=has_season
            )
            fitted = model.fit()
            ahead = np.asarray(fitted.forecast_components(season)["seasonal"])
        # By steps from where training begins, of which this series' first row is `first`.
        seasonal = np.roll(ahead, first + len(column)) if has_season else np.empty(0)
        line = cls(float(fitted.params["alpha"]), 0.0, seasonal, model.method.startswith("mul"))
        # statsmodels finds a slope in what is constant without its season.
        plain = line._without_season(column, first)
        return replace(line, slope=float(np.polyfit(np.arange(len(plain)), plain, 1)[0]))

    def ahead(self, column, origins, n, first):
        """Forecast n steps from each origin: `(origins, n)`."""
        season = self._season(first + origins[:, None] + np.arange(n))
        plain = self._without_season(column, first)
        alpha = max(self.alpha, 1e-6)
        level = lfilter([alpha], [1, alpha - 1], plain, zi=[(1 - alpha) * plain[0]])[0]
        # Smoothing lags behind a line by so many steps.
        lag = (1 - (1 - alpha) ** origins) / alpha
        line = self.slope / 2 * (np.arange(n) + lag[:, None])
        forecast = level[origins - 1][:, None] + line
        return forecast * season if self.multiplies else forecast + season

    def _without_season(self, column, first):
        season = self._season(first + np.arange(len(column)))
        return column / season if self.multiplies else column - season

    def _season(self, steps):
        if not len(self.seasonal):
            return np.full(steps.shape, float(self.multiplies))
        return self.seasonal[steps % len(self.seasonal)]


@rival("Theta", tasks=("forecasting",), needs="statsmodels", by_name=unknown_season)
def _theta(facts):
    reading = {"missing": facts.missing, "freq": facts.freq}
    return Theta(horizon=facts.horizon, season=facts.dated_season, **reading)
