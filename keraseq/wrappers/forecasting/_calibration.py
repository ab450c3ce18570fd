"""How far a fitted forecaster's forecasts lie from truths that its training has not seen."""

import numpy as np

from keraseq.encoding.forecast_data import places
from keraseq.wrappers.forecasting._judging import (
    count_windows,
    held_back_borders,
    windows_from,
)
from keraseq.wrappers.forecasting._training import retrain
from keraseq.wrappers.forecasting.intervals import (
    Calibration,
    check_enough,
    mean_window_variance,
    window_scale,
)


class Calibrator:
    """Measures what a fit left, by it alone: nothing of the forecaster's parameters is read later.

    What it has measured it keeps, pickled too.

    Parameters
    ----------
    core : ForecastCore
    conformal : {"adaptive", "split"}
    """

    def __init__(self, core, conformal):
        self._core, self._conformal = core, conformal
        self._spread, self._measured = None, {}

    def radius(self, n, coverage):
        """What a band of n steps must be widened by in units of the scale, `(n, targets)`."""
        return self._calibration(n, coverage).radius(coverage)[:n]

    def error_quantiles(self, n, levels):
        """Quantiles of the errors of n steps in units of the scale, `(n, targets, levels)`."""
        return self._calibration(n).error_quantiles(levels)[:n]

    def scale(self, windows, panel=None):
        """What errors are measured in, `(windows, 1, targets)`.

        Parameters
        ----------
        windows : SeriesWindows
        panel : SeriesPanel, optional
            Whose windows they are; training's by default.
        """
        typical = self._typical_variance(panel)[windows.series]
        return window_scale(windows.past(), typical, self._conformal)

    def _typical_variance(self, panel):
        """Mean variance within a window, `(series, targets)`; of unknown series, over all known."""
        core = self._core
        if self._spread is None:
            parts, _ = core.scaling.arrays(core.data, core.scalings(core.data))
            self._spread = mean_window_variance(parts, core.lookback, core.n_targets)
        if panel is None or panel is core.data.panel:
            return self._spread
        known = places(panel, core.data.panel)
        if known is None:
            return np.broadcast_to(self._spread.mean(axis=0), (len(panel), core.n_targets))
        return self._spread[known]

    def _calibration(self, n, coverage=None):
        n = max(n, self._core.horizon)
        if n not in self._measured:
            self._measured[n] = self._measure(n, coverage)
        return self._measured[n]

    def _measure(self, n, coverage):
        core = self._core
        borders, retrains = held_back_borders(core, n)
        remedy = "fit on longer series" if retrains else "raise validation_fraction"
        check_enough(count_windows(core, borders, n), n, coverage, remedy)
        if retrains:
            # Nothing was held back: what a model that has not seen the last part does on it.
            core = retrain(core, borders)
        windows = windows_from(core, borders, n)
        return Calibration(
            core.predict(windows, n),
            windows.truth(n),
            self.scale(windows),
            core.params["quantiles"],
            remedy,
        )
