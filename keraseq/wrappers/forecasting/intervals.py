"""Conformal prediction: how wide an interval must be to hold the share of truths that it claims."""

import math
from dataclasses import dataclass

import numpy as np

from keraseq._checks import check_fraction
from keraseq.tasks import central_quantile

_TRACKING_RATE = 0.05
# Of a series' own spread; where nothing ever varied there is still rounding.
_LEAST_SCALE = 1e-3


@dataclass(frozen=True)
class Calibration:
    """Forecasts from windows that training has not seen, and what then happened.

    Attributes
    ----------
    values : ndarray `(windows, steps, targets)` or `(windows, steps, targets, quantiles)`
    truth : ndarray `(windows, steps, targets)`
        NaN where nobody knows it; such a forecast counts in nothing.
    scale : ndarray `(windows, 1, targets)`
        What errors are divided by (:func:`window_scale`).
    quantiles : tuple or None
    remedy : str
        What a user can do where the windows are too few.
    """

    values: np.ndarray
    truth: np.ndarray
    scale: np.ndarray
    quantiles: tuple | None
    remedy: str = "fit on longer series"

    def radius(self, coverage):
        """What the model's own band must be widened by in units of the scale, `(steps, targets)`.

        The quantile of split conformal prediction (Vovk et al. 2005; Lei et al. 2018; with
        quantiles Romano et al. 2019): of n scores the k-th smallest, k = ceil((n + 1) coverage).
        """
        lower, _, upper = model_band(self.values, self.quantiles, coverage)
        scores = nonconformity(self.truth, lower, upper, self.scale)
        known = (~np.isnan(scores)).sum(axis=0)
        check_enough(known.min(), len(known), coverage, self.remedy)
        # NaN is sorted to the end.
        place = conformal_rank(known, coverage) - 1
        return np.take_along_axis(np.sort(scores, axis=0), place[None], axis=0)[0]

    def error_quantiles(self, levels):
        """Quantiles of the errors in units of the scale, `(steps, targets, levels)`."""
        errors = (self.truth - self.values) / self.scale
        check_enough((~np.isnan(errors)).sum(axis=0).min(), errors.shape[1], None, self.remedy)
        return np.moveaxis(np.nanquantile(errors, levels, axis=0), 0, -1)


def conformal_rank(n, coverage):
    """Which of n scores, counted from the smallest, an interval must reach: (n + 1) coverage."""
    # 100 * 0.07 is a little over 7, but means 7.
    return np.ceil(np.round((np.asarray(n) + 1) * coverage, 9)).astype(int)


def check_enough(n_windows, n_steps, coverage, remedy):
    """Raise where there are too few windows for this coverage, or none at all."""
    if not n_windows:
        raise ValueError(
            f"no window held back from training has {n_steps} steps of truth behind it; {remedy}, "
            "or lower n."
        )
    if coverage is not None and conformal_rank(n_windows, coverage) > n_windows:
        needed = math.ceil(round(coverage / (1 - coverage), 6))
        raise ValueError(
            f"coverage={coverage} needs at least {needed} windows held back from training, "
            f"and there are {n_windows}; lower it, or {remedy}."
        )


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


def window_scale(past, typical_variance, conformal):
    """What errors of a window are measured in, `(windows, 1, targets)`.

    For adaptive intervals the window's spread, in equal parts with what is typical of its series:
    a flat history would else promise that nothing will ever happen again.

    Parameters
    ----------
    past : ndarray `(windows, lookback, channels)`
        Scaled; the targets first.
    typical_variance : ndarray `(windows, targets)`
        Of :func:`mean_window_variance`.
    conformal : {"adaptive", "split"}
        "split" measures all windows alike: in one.
    """
    if conformal == "split":
        return np.ones_like(typical_variance)[:, None]
    targets = past[..., : typical_variance.shape[1]].astype(np.float64)
    spread = np.sqrt(np.nanvar(targets, axis=1) + typical_variance)
    return np.maximum(spread, _LEAST_SCALE)[:, None]


def mean_window_variance(parts, lookback, n_targets):
    """Mean variance of each series' targets within `lookback` steps, `(series, targets)`.

    Parameters
    ----------
    parts : list of ndarray `(time, channels)`
        The targets first. What is missing counts in no window; a part shorter than `lookback` is
        one.
    """

    def of(rows):
        rows = rows[:, :n_targets].astype(np.float64)
        known = ~np.isnan(rows)
        rows = np.where(known, rows, 0.0)
        n = min(lookback, len(rows))
        count, first, second = (_moving_sum(part, n) for part in (known, rows, rows**2))
        count = np.maximum(count, 1)
        return np.maximum(second / count - (first / count) ** 2, 0).mean(axis=0)

    return np.stack([of(rows) for rows in parts])


def _moving_sum(rows, n):
    total = np.cumsum(np.concatenate([np.zeros_like(rows[:1], dtype=float), rows]), axis=0)
    return total[n:] - total[:-n]


def model_band(values, quantiles, coverage):
    """Lower end, middle and upper end by the model alone; all one for a model without quantiles."""
    if quantiles is None:
        return values, values, values
    tail = (1 - coverage) / 2
    middle = central_quantile(quantiles)
    low = min(range(middle + 1), key=lambda i: abs(quantiles[i] - tail))
    high = min(range(middle, len(quantiles)), key=lambda i: abs(quantiles[i] - 1 + tail))
    return values[..., low], values[..., middle], values[..., high]


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
        """Learn from the scores `(steps, targets)` of one origin at the steps that are `known`.

        A score that is NaN, of a truth that nobody knows, teaches nothing.
        """
        outside = (scores > self.radius).astype(float)
        change = self._rate * (outside - (1 - self._coverage))
        self.radius = np.where(
            known[:, None] & ~np.isnan(scores), self.radius + change, self.radius
        )


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
