"""How far forecasts are drawn towards a naive one, by what held-back windows say."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from keraseq._keras import ops

# So often chance alone would not come as far: a naive forecast is left for good reasons only.
_CONFIDENCE = 0.9
# Values of one stretch that count as independent. Simulated, a ridge that is judged on 15 windows
# of 12 steps: with 4, 5, 6 and 8 of them errors of a random walk are 1.005, 1.012, 1.019 and 1.028
# of the naive forecast's (by blocks 1.057), of a walk with a trend .97, .96, .95 and .93.
_INDEPENDENT = 5


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


def fit_share(naive, forecast, truth, size, blocks):
    """The naive forecast's share, by which errors are least beyond doubt.

    The model's share is the slope of what followed on what the model says, both as differences
    from the naive forecast (least squares; each series and target counts alike). It is drawn
    towards 0 as in James and Stein (1961): by (doubt / slope) squared, where doubt is what a slope
    of 0 would stay below in nine cases of ten, so that what chance may have done is none. Errors
    of neighbouring windows are alike; the doubt is that of blocks of windows (by Student's t), as
    if different series erred independently. Fewer windows than two horizons are one stretch of
    time, of which blocks are mere pieces: there the doubt is at least that of a regression on five
    independent values.

    Parameters
    ----------
    naive, forecast, truth : ndarray `(windows, horizon, targets)`
        NaN where nobody knows the truth.
    size : ndarray `(windows, targets)`
        What the naive forecast of each window's series errs by. Not by these windows: of a few,
        one that hardly moved would outweigh all others.
    blocks : ndarray of int `(windows,)`
        The block of neighbours that a window belongs to.

    Returns
    -------
    float
        0 where the model says what the naive forecast says.
    """
    known, size = ~np.isnan(truth), size[:, None].astype(np.float64)
    said = np.where(known, forecast - naive, 0.0) / size
    came = np.where(known, truth - naive, 0.0) / size
    _, blocks = np.unique(blocks, return_inverse=True)
    product = np.bincount(blocks, (said * came).sum(axis=(1, 2)))
    square = np.bincount(blocks, np.square(said).sum(axis=(1, 2)))
    if square.sum() == 0:
        return 0.0
    slope, n, doubt = product.sum() / square.sum(), len(square), 0.0
    if n > 1:
        spread = np.sqrt(n / (n - 1) * np.square(product - slope * square).sum()) / square.sum()
        doubt = spread * stats.t.ppf(_CONFIDENCE, n - 1)
    if len(truth) < 2 * truth.shape[1]:
        left = np.square(came - slope * said).sum() / _INDEPENDENT
        doubt = max(doubt, np.sqrt(left / square.sum()) * stats.t.ppf(_CONFIDENCE, _INDEPENDENT))
    if slope <= doubt:
        return 1.0
    return float(1 - min(1.0, slope) * (1 - (doubt / slope) ** 2))
