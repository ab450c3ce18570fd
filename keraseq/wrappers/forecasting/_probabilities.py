"""Intervals and quantiles of a fitted forecaster."""

from keraseq.wrappers.forecasting.column_scaling import undo
from keraseq.wrappers.forecasting.intervals import (
    check_coverage,
    check_levels,
    model_band,
    widen,
)

_QUANTILES = (0.1, 0.5, 0.9)


class ProbabilisticForecasts:
    """The part of a fitted forecaster that says how sure a forecast is.

    Parameters
    ----------
    core : ForecastCore
    calibrator : Calibrator
    """

    def __init__(self, core, calibrator):
        self._core, self.calibrator = core, calibrator

    def predict_quantiles(
        self, n=None, *, quantiles=None, y=None, past=None, future=None, static=None
    ):
        """Forecast quantiles of the next values; a higher one is never below a lower one.

        Parameters
        ----------
        quantiles : sequence of float, optional
            Of a forecaster fitted with quantiles: some of them, all by default. Else any, (0.1,
            0.5, 0.9) by default: the forecast and the quantiles of its errors on windows that
            training has not seen. Learned quantiles are given as they were learned;
            `predict_interval` widens or narrows them to what held the claimed share of the truths.
        n, y, past, future, static : as in `predict`

        Returns
        -------
        DataFrame with column pairs (target, quantile), ndarray `(n, targets, quantiles)`, or a
        list of them

        Raises
        ------
        ValueError
            For quantiles that were not learned, or n beyond the horizon where they were: a
            quantile cannot be gone on from.
        """
        data, scalings, windows, n = self._core.read_end(n, y, past, future, static)
        core = self._core
        trained = core.params["quantiles"]
        values = core.predict(windows, n)
        if trained is None:
            levels = check_levels(_QUANTILES if quantiles is None else quantiles)
            scale = self.calibrator.scale(windows, data.panel)
            errors = self.calibrator.error_quantiles(n, levels)
            values = values[..., None] + errors * scale[..., None]
        else:
            levels = check_levels(trained if quantiles is None else quantiles)
            absent = [level for level in levels if level not in trained]
            if absent or n > core.horizon:
                raise ValueError(
                    f"the quantiles {list(trained)} were learned for {core.horizon} steps; "
                    f"{absent or n} cannot be had from them. Fit with other quantiles= or "
                    "horizon=, or use predict_interval."
                )
            values = values[..., [trained.index(level) for level in levels]]
        return data.panel.forecast(undo(values, scalings), list(levels))

    def predict_interval(
        self, n=None, *, coverage=0.9, y=None, past=None, future=None, static=None
    ):
        """Forecast intervals that hold the next values with probability `coverage`, step by step.

        Conformal prediction: the width is what would have held that share of the truths on windows
        held back from training. With `early_stopping` these windows have also chosen the epoch
        whose weights were kept, so that errors on them are a little smaller than later ones, and
        the intervals a little narrower than they should be. Without it none were held back: at the
        first call a second model is trained on the first four fifths, as `fit` trained the first,
        to measure its errors on the last; it is kept.

        With ``conformal="adaptive"`` errors are measured in units of the window's spread and its
        series' typical one, with "split" in the same units everywhere.

        Parameters
        ----------
        coverage : float, default=0.9
        n, y, past, future, static : as in `predict`

        Returns
        -------
        DataFrame with column pairs (target, "lower" | "upper"), ndarray `(n, targets, 2)`, or a
        list of them

        Raises
        ------
        ValueError
            Where too few windows were held back for this coverage.
        """
        end = self._core.read_end(n, y, past, future, static)
        return end[0].panel.forecast(
            self.intervals(check_coverage(coverage), *end), ["lower", "upper"]
        )

    def intervals(self, coverage, data, scalings, windows, n):
        """For each series `(n, targets, 2)`, in its units."""
        core, calibrator = self._core, self.calibrator
        band = model_band(core.predict(windows, n), core.params["quantiles"], coverage)
        scale = calibrator.scale(windows, data.panel)
        return undo(widen(band, calibrator.radius(n, coverage), scale), scalings)
