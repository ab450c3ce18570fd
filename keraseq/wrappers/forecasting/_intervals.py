"""Conformal prediction: how wide an interval must be to hold the share of truths that it claims."""

from dataclasses import dataclass

import numpy as np

from keraseq._checks import check_fraction

_TRACKING_RATE = 0.05


@dataclass(frozen=True)
class Calibration:
    """Forecasts from windows that training has not seen, and what then happened.

    Attributes
    ----------
    values : ndarray `(windows, steps, targets)` or `(windows, steps, targets, quantiles)`
    truth : ndarray `(windows, steps, targets)`
    scale : ndarray `(windows, 1, targets)`
        What errors are divided by (:func:`window_scale`).
    quantiles : tuple or None
    """

    values: np.ndarray
    truth: np.ndarray
    scale: np.ndarray
    quantiles: tuple | None

    def scores(self, coverage):
        """How far each truth lies outside the model's own band, `(windows, steps, targets)`."""
        lower, _, upper = model_band(self.values, self.quantiles, coverage)
        return nonconformity(self.truth, lower, upper, self.scale)

    def radius(self, coverage):
        """What the band must be widened by in units of the scale, `(steps, targets)`.

        The quantile of split conformal prediction, with its correction for finitely many windows
        (Vovk et al. 2005; Lei et al. 2018; with quantiles Romano et al. 2019).
        """
        n = len(self.truth)
        level = np.ceil((n + 1) * coverage) / n
        if level > 1:
            needed = int(np.ceil(coverage / (1 - coverage)))
            raise ValueError(
                f"coverage={coverage} needs at least {needed} windows held back from training, "
                f"and there are {n}; lower it, or raise validation_fraction."
            )
        return np.quantile(self.scores(coverage), level, axis=0, method="higher")

    def error_quantiles(self, levels):
        """Quantiles of the errors in units of the scale, `(steps, targets, levels)`."""
        errors = (self.truth - self.values) / self.scale
        return np.moveaxis(np.quantile(errors, levels, axis=0), 0, -1)


def check_coverage(coverage):
    if check_fraction("coverage", coverage) == 0:
        raise ValueError("coverage=0 must lie between 0 and 1, both excluded.")
    return float(coverage)


def check_levels(quantiles):
    """Return `quantiles` as a tuple of rising numbers between 0 and 1."""
    try:
        levels = tuple(float(q) for q in quantiles)
    except (TypeError, ValueError):
        levels = ()
    if not levels or any(not 0 < q < 1 for q in levels) or list(levels) != sorted(set(levels)):
        raise ValueError(
            f"quantiles={quantiles!r} must be rising numbers between 0 and 1, such as "
            "(0.1, 0.5, 0.9)."
        )
    return levels


def window_scale(past, n_targets, conformal):
    """What errors of a window are measured in, `(windows, 1, targets)`: one, or its spread.

    Parameters
    ----------
    past : ndarray `(windows, lookback, channels)`
        Scaled; the targets first.
    conformal : {"adaptive", "split"}
    """
    targets = past[..., :n_targets].astype(np.float64)
    if conformal == "split":
        return np.ones((len(targets), 1, n_targets))
    return targets.std(axis=1, keepdims=True) + 1e-3


def model_band(values, quantiles, coverage):
    """Lower end, middle and upper end by the model alone; all one for a model without quantiles."""
    if quantiles is None:
        return values, values, values
    tail = (1 - coverage) / 2
    middle = central(quantiles)
    low = min(range(middle + 1), key=lambda i: abs(quantiles[i] - tail))
    high = min(range(middle, len(quantiles)), key=lambda i: abs(quantiles[i] - 1 + tail))
    return values[..., low], values[..., middle], values[..., high]


def central(quantiles):
    """The place of the quantile nearest to the median; None without quantiles."""
    if quantiles is None:
        return None
    return min(range(len(quantiles)), key=lambda i: abs(quantiles[i] - 0.5))


def nonconformity(truth, lower, upper, scale):
    return np.maximum(lower - truth, truth - upper) / scale


def widen(band, radius, scale):
    """The band with `radius` added at both ends, `(..., 2)`; never past the middle."""
    lower, middle, upper = band
    ends = np.minimum(lower - radius * scale, middle), np.maximum(upper + radius * scale, middle)
    return np.stack(ends, axis=-1)


class RadiusTracker:
    """A radius that follows the errors as the truth comes in.

    Quantile tracking (Angelopoulos, Candès & Tibshirani 2023): after every truth outside its
    interval the radius grows by ``rate * coverage``, after every other it shrinks by
    ``rate * (1 - coverage)``, so that in the long run the claimed share lies inside whatever the
    series does. The rate is a twentieth of the radius that calibration gave.

    Parameters
    ----------
    radius : ndarray `(steps, targets)`
        To begin with.
    coverage : float
    """

    def __init__(self, radius, coverage):
        self.radius = radius.copy()
        self._rate = _TRACKING_RATE * np.abs(radius)
        self._coverage = coverage

    def update(self, scores, known):
        """Learn from the scores `(steps, targets)` of one origin at the steps that are `known`."""
        outside = (scores > self.radius).astype(float)
        change = self._rate * (outside - (1 - self._coverage))
        self.radius = np.where(known[:, None], self.radius + change, self.radius)


def track(scores, origins, radius, coverage):
    """The radius at each origin when only truths from before it are known.

    Parameters
    ----------
    scores : ndarray `(origins, steps, targets)`
        Of one series.
    origins : ndarray of int
        First row forecast, rising.
    radius : ndarray `(steps, targets)`
        From calibration.

    Returns
    -------
    ndarray `(origins, steps, targets)`
    """
    tracker = RadiusTracker(radius, coverage)
    steps = np.arange(1, scores.shape[1] + 1)
    radii, oldest = [], 0
    for place, origin in enumerate(origins):
        before = origins[place - 1] if place else -1
        for earlier in range(oldest, place):
            arrived = origins[earlier] + steps
            known = (arrived <= origin) & (arrived > before)
            if known.any():
                tracker.update(scores[earlier], known)
            elif arrived[-1] <= before:
                oldest = earlier + 1
        radii.append(tracker.radius)
    return np.stack(radii)
