"""Intervals and quantiles of a fitted forecaster."""

from keraseq.wrappers.forecasting._column_scaling import undo
from keraseq.wrappers.forecasting._core import train
from keraseq.wrappers.forecasting._intervals import (
    check_coverage,
    check_levels,
    model_band,
    widen,
)

_QUANTILES = (0.1, 0.5, 0.9)
_CALIBRATION_SHARE = 0.2


class ProbabilisticForecasts:
    """The part of SequenceForecaster that says how sure a forecast is."""

    def predict_quantiles(
        self, n=None, *, quantiles=None, y=None, past=None, future=None, static=None
    ):
        """Forecast quantiles of the next values; a higher one is never below a lower one.

        Parameters
        ----------
        quantiles : sequence of float, optional
            Of a forecaster fitted with quantiles: some of them, all by default. Else any, (0.1,
            0.5, 0.9) by default: the forecast and the quantiles of its errors on windows that
            training has not seen.
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
        data, scalings, windows, n = self._at_end(n, y, past, future, static)
        trained = self.params_["quantiles"]
        values = self._core.predict(windows, n)
        if trained is None:
            levels = check_levels(_QUANTILES if quantiles is None else quantiles)
            scale = self._core.scale(windows, self.conformal)
            errors = self._calibrated(n).error_quantiles(levels)
            values = values[..., None] + errors * scale[..., None]
        else:
            levels = check_levels(trained if quantiles is None else quantiles)
            absent = [level for level in levels if level not in trained]
            if absent or n > self.horizon:
                raise ValueError(
                    f"the quantiles {list(trained)} were learned for {self.horizon} steps; "
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
        held back from training. Where none were (see `early_stopping`), a second model is trained
        on the first four fifths to measure it, at every call.

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
        end = self._at_end(n, y, past, future, static)
        return end[0].panel.forecast(
            self._intervals(check_coverage(coverage), *end), ["lower", "upper"]
        )

    def _intervals(self, coverage, data, scalings, windows, n):
        """For each series `(n, targets, 2)`, in its units."""
        radius = self._calibrated(n).radius(coverage)
        band = model_band(self._core.predict(windows, n), self.params_["quantiles"], coverage)
        return undo(widen(band, radius, self._core.scale(windows, self.conformal)), scalings)

    def _calibrated(self, n):
        if self._calibration is not None and n == self.horizon:
            return self._calibration
        core = self._core
        if self._calibration is None:
            # Nothing was held back: what a model that has not seen the last part does on it.
            lengths = core.data.lengths()
            rows = [
                round(_CALIBRATION_SHARE * (length - self.lookback_ - n + 1)) + n - 1
                for length in lengths
            ]
            borders = [
                max(length - row, self.lookback_ + self.horizon)
                for length, row in zip(lengths, rows, strict=True)
            ]
            core = train(self, core.reader, core.data, self.params_, borders, validate=False)
        return core.calibrate(n, self.conformal)
