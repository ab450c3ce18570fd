"""How well a forecaster does on what has happened."""

import warnings

import numpy as np

from keraseq._checks import check_integer
from keraseq.wrappers.forecasting._lookback import first_rows
from keraseq.wrappers.forecasting._seen import trained_until

_MOST_NAMED = 5


class ForecastEvaluation:
    """The part of a fitted forecaster that measures it.

    Parameters
    ----------
    core : ForecastCore
    """

    def __init__(self, core):
        self._core = core

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
        core = self._core
        start = check_integer("start", start, core.lookback)
        data = core.read(y, past, future, static)
        if len(data.panel) != 1:
            raise ValueError(
                f"predict_windows reads one series, and y has {len(data.panel)}; use backtest."
            )
        core.check_history(data)
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

    def score(self, y, *, past=None, future=None, static=None, season=None):
        """Return minus the mean absolute scaled error of one-horizon forecasts all through y.

        Errors are divided by the seasonal naive error of the training series (Hyndman & Koehler
        2006), as in `backtest` and :func:`keraseq.compare`, so that -1 is as good as repeating the
        last season was there. A series of a list, which has no name to find it by, is scaled by
        its own first `lookback_` rows. Rows that training had count too; :meth:`card` and
        `keraseq evaluate` leave them out.

        Parameters
        ----------
        y, past, future, static : as in `predict`
        season : int, optional
            Steps of a season; by default the forecaster's, else that of the dates' step (24 for
            hours, 7 for days, 12 for months, 4 for quarters, 52 for weeks), else 1.

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
        core = self._core
        data = core.read(y, past, future, static)
        core.check_history(data, core.horizon)
        first = first_rows(core.params, data)
        _warn_of_unjudged(data, first, core.horizon)
        return self._score(data, first, season)

    def score_of_new_rows(self, y):
        """Score as `score` does those rows alone that come behind training's.

        Returns
        -------
        score : float or None
            None where none of the series has a horizon of them.
        n_new : list of int
            For each series.
        """
        core = self._core
        data = core.read(y, None, None, None)
        core.check_history(data, core.horizon)
        ends, lengths = trained_until(data.panel, core.data.panel), data.lengths()
        n_new = [length - end for length, end in zip(lengths, ends, strict=True)]
        if max(n_new) < core.horizon:
            return None, n_new
        first = np.maximum(first_rows(core.params, data), ends)
        return self._score(data, first, None), n_new

    def _score(self, data, first, season):
        """Of the windows from row `first` of each series on."""
        core = self._core
        scale = core.mase_scale(data.panel, season)
        scalings = core.scalings(data, first)
        windows = core.windows(data, scalings, first=first)
        units = np.stack([scaling.scale for scaling in scalings]) / scale
        errors = np.abs(core.predict_points(windows, core.horizon) - windows.truth())
        return -float(np.nanmean(errors * units[windows.series][:, None]))


def _warn_of_unjudged(data, first, horizon):
    """Name the series that begin too late to be judged; raise where that is all of them."""
    late = [
        place
        for place, (row, length) in enumerate(zip(first, data.lengths(), strict=True))
        if row > length - horizon
    ]
    if not late:
        return
    said = ", ".join(data.panel.name(place) for place in late[:_MOST_NAMED])
    more = f" and {len(late) - _MOST_NAMED} more" if len(late) > _MOST_NAMED else ""
    text = (
        f"{said}{more}: nothing is known of a column until so late that fewer than horizon="
        f"{horizon} rows are left to forecast"
    )
    if len(late) == len(data.panel):
        raise ValueError(f"{text}, so there is nothing to score.")
    warnings.warn(f"{text}; the score is that of the others.", UserWarning, stacklevel=4)
