"""How well a forecaster does on what has happened."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer
from keraseq.wrappers.forecasting._backtest import run_backtest
from keraseq.wrappers.forecasting.intervals import check_coverage


class ForecastEvaluation:
    """The part of SequenceForecaster that measures it."""

    def predict_windows(self, y, start, *, past=None, future=None, static=None):
        """Forecast `horizon` steps from every origin whose targets lie in ``y[start:]``.

        For rolling evaluation of one series without refitting: window i reads the `lookback_` rows
        before row ``start + i`` and forecasts the rows from there on.

        Parameters
        ----------
        y : Series, DataFrame or array
        start : int
            First row to be forecast, at least `lookback_`.

        Returns
        -------
        forecast, truth : ndarray `(windows, horizon, targets)`
            In the user's units; the truth is NaN where a value is missing.

        Raises
        ------
        ValueError
            For a start that leaves no window, or before which a column has no value.
        """
        check_is_fitted(self)
        core = self._core
        start = check_integer("start", start, core.lookback)
        data = core.read(y, past, future, static)
        if len(data.panel) != 1:
            raise ValueError(
                f"predict_windows reads one series, and y has {len(data.panel)}; use backtest."
            )
        self._check_history(data)
        last = data.lengths()[0] - core.horizon
        if start > last:
            raise ValueError(
                f"start={start} leaves fewer than horizon={core.horizon} rows of y to forecast; it "
                f"may be at most {last}."
            )
        scalings = core.scalings(data, [start])
        windows = core.windows(data, scalings, first=[start])
        forecast = core.predict_points(windows, core.horizon)
        truth = np.lib.stride_tricks.sliding_window_view(
            data.panel.series[0].values[start:], core.horizon, axis=0
        ).transpose(0, 2, 1)
        return scalings[0].undo(forecast), truth

    def backtest(
        self,
        y,
        *,
        start=None,
        stride=None,
        cv=None,
        refit=False,
        past=None,
        future=None,
        static=None,
        coverage=0.9,
        season=None,
        verbose=1,
    ):
        """Forecast the past as if it were the future, beside seasonal naive and drift.

        A clone, of this forecaster's parameters as they now are, is fitted on the rows before
        `start` and forecasts from there on; this forecaster itself stays as it is. A clone writes
        no checkpoint: a fit that waits to be gone on with keeps its own.

        Parameters
        ----------
        y, past, future, static : as in `fit`
        start : int, date or float, optional
            First row to be forecast: its number, its date, or its place as a share of the rows;
            the last fifth by default. Of several series a share is one of all their dates, so that
            all begin at one date, where each has rows to learn from and to forecast there.
        stride : int, optional
            Rows between two origins; `horizon` by default, so that every row is forecast once.
        cv : cross-validator, optional
            In place of `start`, such as ``TimeSeriesSplit(5, gap=24)``: for each split a clone is
            fitted on its training rows and forecasts its test rows.
        refit : bool, default=False
            Fit again at each origin, on all rows before it.
        coverage : float or None, default=0.9
            Of the intervals; None for none.
        season : int, optional
            Steps of a season, for the naive rival and for MASE; by default that of the dates' step
            (24 for hours, 7 for days, 12 for months, 4 for quarters, 52 for weeks), else 1.
        verbose : int, default=1
            Show a progress bar in a terminal or notebook, if it takes longer than a few seconds;
            0 shows none.

        Returns
        -------
        Backtest
            With `forecasts` (a tidy frame), `scores` and `score_by`.

        Raises
        ------
        ValueError
            For training rows that do not all come before the test rows, or too few of them.
        KeyboardInterrupt
            Ctrl-C ends it as a whole.
        """
        return run_backtest(
            self,
            y,
            self._named({"past": past, "future": future, "static": static}),
            start=start,
            stride=stride,
            cv=cv,
            refit=refit,
            coverage=None if coverage is None else check_coverage(coverage),
            season=season,
            verbose=check_integer("verbose", verbose, 0),
        )

    def _named(self, given):
        """Covariates, and for those left out the columns of y that `fit` was told to take."""
        names = self._core.reader.named if hasattr(self, "_core") else {}
        return {kind: names.get(kind) if value is None else value for kind, value in given.items()}

    def score(self, y, *, past=None, future=None, static=None, season=None):
        """Return minus the mean absolute scaled error of one-horizon forecasts all through y.

        Errors are divided by the seasonal naive error of the training series (Hyndman & Koehler
        2006), as in `backtest` and :func:`keraseq.compare`, so that -1 is as good as repeating the
        last season was there. A series of a list, which has no name to find it by, is scaled by
        its own first `lookback_` rows.

        Parameters
        ----------
        y, past, future, static : as in `predict`
        season : int, optional
            Steps of a season; by default that of the dates' step (24 for hours, 7 for days, 12 for
            months, 4 for quarters, 52 for weeks), else 1.

        Returns
        -------
        float
            Every forecast value counts once, but those without a truth, and columns that repeat
            themselves exactly in training: their errors have no scale.

        Raises
        ------
        ValueError
            If no column has a scale.
        """
        check_is_fitted(self)
        core = self._core
        data = core.read(y, past, future, static)
        self._check_history(data, core.lookback + core.horizon)
        first = [core.lookback] * len(data.panel)
        scale = core.mase_scale(data.panel, season)
        scalings = core.scalings(data, first)
        windows = core.windows(data, scalings)
        units = np.stack([scaling.scale for scaling in scalings]) / scale
        errors = np.abs(core.predict_points(windows, core.horizon) - windows.truth())
        return -float(np.nanmean(errors * units[windows.series][:, None]))
