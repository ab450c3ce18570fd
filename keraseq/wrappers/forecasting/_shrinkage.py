"""How far forecasts are drawn towards a naive one, by what held-back windows say."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import stats

from keraseq._keras import ops

# Values of two horizons' stretch that count as independent, where the stretch is short: of few
# blocks nobody can tell how far they differ.
_INDEPENDENT, _FEW_HORIZONS = 5, 5


@dataclass(frozen=True)
class Shrinkage:
    """A share of the naive forecast in every forecast.

    Attributes
    ----------
    share : float
        0 is the model alone, 1 the naive forecast alone.
    season : int
        Steps of the season that the naive forecast repeats; with 1 it repeats the last value.
    """

    share: float
    season: int

    def apply(self, values, history, centre=None):
        """Draw a model's output towards the naive forecast; quantiles move with their centre.

        Parameters
        ----------
        values : ndarray `(windows, horizon, targets)` or `(windows, horizon, targets, quantiles)`
        history : ndarray `(windows, time, channels)`
            What it was forecast from; NaN before a series' first row.
        centre : int, optional
            The quantile that is the forecast.
        """
        if self.share == 0:
            return values
        naive = repeat_season(history[..., : values.shape[2]], values.shape[1], self.season)
        if centre is None:
            return values + np.float32(self.share) * (naive - values)
        return values + np.float32(self.share) * (naive - values[..., centre])[..., None]

    def draw(self, values, history, centre=None):
        """The same with symbolic tensors, of histories that lack no step."""
        if self.share == 0:
            return values
        steps = season_steps(history.shape[1], values.shape[1], self.season)
        naive = ops.take(history[..., : values.shape[2]], steps, axis=1)
        if centre is None:
            return values + self.share * (naive - values)
        return values + self.share * (naive - values[..., centre])[..., None]


def season_steps(time, horizon, season):
    """The steps of a history that the last season repeated consists of."""
    return time - season + np.arange(horizon) % season


def repeat_season(history, horizon, season):
    """Repeat the last season of `(windows, time, targets)`, of a shorter history the last value."""
    last = history[:, -1:]
    ahead = history[:, season_steps(history.shape[1], horizon, season)]
    return np.where(np.isnan(ahead), last, ahead)


class Judgement(NamedTuple):
    """What windows say of a model beside a naive forecast.

    Attributes
    ----------
    slope : float
        Of what followed on what the model says, both as differences from the naive forecast.
    doubt : float
        How much of it chance may have done: from 0, none, to 1, all.
    """

    slope: float
    doubt: float

    @property
    def share(self):
        """The naive forecast's, by which errors are least beyond doubt."""
        return 1.0 if self.doubt == 1 else 1 - min(1.0, self.slope) * (1 - self.doubt)


def judge(naive, forecast, truth, size, origins, confidence):
    """Return what speaks for a model, and the doubt of it.

    The model's share is the slope of what followed on what the model says, both as differences
    from the naive forecast (least squares; each series and target counts alike). It is drawn
    towards 0 as in James and Stein (1961): by (doubt / slope) squared, where doubt is what a slope
    of 0 would stay below so often as `confidence` says, so that what chance may have done is none.
    Errors of neighbouring windows are alike; the doubt is that of blocks of windows, a horizon long
    (by Student's t), as if different series erred independently. Less than five horizons make too
    few blocks; there the doubt is at least that of a regression on five independent values for
    every two horizons.

    Parameters
    ----------
    naive, forecast, truth : ndarray `(windows, horizon, targets)`
        NaN where nobody knows the truth.
    size : ndarray `(windows, targets)`
        What the naive forecast of each window's series errs by. Not by these windows: of a few,
        one that hardly moved would outweigh all others.
    origins : ndarray of int `(windows,)`
        The row from which each forecasts; of series one after another.
    confidence : float
        So often chance alone does not come as far.

    Returns
    -------
    Judgement
        Without doubt where the model says what the naive forecast says.
    """
    known, size = ~np.isnan(truth), size[:, None].astype(np.float64)
    said = np.where(known, forecast - naive, 0.0) / size
    came = np.where(known, truth - naive, 0.0) / size
    horizon = truth.shape[1]
    _, blocks = np.unique(origins // horizon, return_inverse=True)
    product = np.bincount(blocks, (said * came).sum(axis=(1, 2)))
    square = np.bincount(blocks, np.square(said).sum(axis=(1, 2)))
    if square.sum() == 0:
        return Judgement(1.0, 0.0)
    slope, n, doubt = product.sum() / square.sum(), len(square), 0.0
    if n > 1:
        spread = np.sqrt(n / (n - 1) * np.square(product - slope * square).sum()) / square.sum()
        doubt = spread * stats.t.ppf(confidence, n - 1)
    horizons = min(n, (np.ptp(origins) + 1) / horizon)
    if horizons < _FEW_HORIZONS:
        independent = _INDEPENDENT * max(1, horizons / 2)
        left = np.square(came - slope * said).sum() / independent
        doubt = max(doubt, np.sqrt(left / square.sum()) * stats.t.ppf(confidence, independent))
    return Judgement(float(slope), 1.0 if slope <= doubt else float(doubt / slope) ** 2)
