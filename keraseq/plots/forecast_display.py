"""A forecast behind its history."""

from dataclasses import replace

import numpy as np
import pandas as pd

from keraseq._checks import check_integer
from keraseq._colours import assign_colours
from keraseq.encoding.series_panel import read_panel
from keraseq.plots._display import Display, name_of, titled
from keraseq.plots._series_axes import choose, label_dates, positions
from keraseq.wrappers.forecasting.column_scaling import undo
from keraseq.wrappers.forecasting.intervals import check_coverage

_HISTORY_HORIZONS = 4


class ForecastDisplay(Display):
    """History, forecast, interval bands and, where it is known, what came.

    Parameters
    ----------
    history, forecast : Series
    bands : dict of float to DataFrame
        Coverage to the columns "lower" and "upper".
    truth : Series, optional
    name : str
        Of the target.
    title : str

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
    """

    def __init__(self, history, forecast, *, bands=None, truth=None, name="y", title=""):
        self.history = history
        self.forecast = forecast
        self.bands = bands or {}
        self.truth = truth
        self.name = name
        self.title = title

    @classmethod
    def from_estimator(
        cls,
        forecaster,
        n=None,
        *,
        y=None,
        past=None,
        future=None,
        static=None,
        truth=None,
        coverage=(0.5, 0.9),
        series=None,
        target=None,
        history=None,
        ax=None,
    ):
        """Forecast with a fitted :class:`keraseq.SequenceForecaster` and draw it.

        Parameters
        ----------
        forecaster : SequenceForecaster
        n, y, past, future, static
            As of its `predict`.
        truth : as y, optional
            What came; drawn as far as it reaches beyond the history.
        coverage : float or sequence of float, default=(0.5, 0.9)
            Of the interval bands; an empty one for none.
        series : id or int, optional
            Which of many series; the first by default.
        target : column name, optional
            The first by default.
        history : int, optional
            Rows of history to show; four times n by default.
        ax : matplotlib Axes, optional

        Returns
        -------
        ForecastDisplay

        Raises
        ------
        ImportError
            Without matplotlib (extra `plot`).
        ValueError
            For a series or target that is not there, or too few windows for a coverage.
        """
        end = data, scalings, windows, n = forecaster._at_end(n, y, past, future, static)
        panel = data.panel
        ids = list(panel.ids or range(len(panel)))
        place = ids.index(choose("series", series, ids))
        target = choose("target", target, panel.targets)
        column = panel.targets.index(target)
        one = panel.series[place]
        ahead = one.index_ahead(n)
        points = undo(forecaster._core.predict_points(windows, n), scalings)[place]
        bands = {}
        for level in np.atleast_1d(np.asarray(coverage, dtype=float)):
            ends = forecaster._probabilities.intervals(check_coverage(float(level)), *end)[place]
            bands[float(level)] = pd.DataFrame(ends[:, column], ahead, columns=["lower", "upper"])
        shown = _HISTORY_HORIZONS * n if history is None else check_integer("history", history, 0)
        first = max(0, len(one.values) - shown)
        return cls(
            pd.Series(one.values[first:, column], one.index[first:]),
            pd.Series(points[:, column], ahead),
            bands=bands,
            truth=None if truth is None else _truth(truth, panel, place, column, ahead),
            name=str(target),
            title=titled(
                f"{name_of(forecaster)}: forecast of {target}", ids[place] if len(ids) > 1 else None
            ),
        ).plot(ax=ax)

    def _draw(self, ax):
        joined = pd.concat([self.history[-1:], self.forecast])
        colour, other = assign_colours(["forecast", "truth"]).values()
        ax.plot(positions(self.history.index), self.history, color="0.25", label="history")
        for place, level in enumerate(sorted(self.bands, reverse=True)):
            band = self.bands[level]
            ax.fill_between(
                positions(band.index),
                band["lower"],
                band["upper"],
                color=colour,
                # The narrower the darker, in the legend too.
                alpha=min(0.15 + 0.2 * place, 0.8),
                linewidth=0,
                label=f"{level:.0%} interval",
            )
        ax.plot(positions(joined.index), joined, color=colour, label="forecast")
        if self.truth is not None:
            ax.plot(positions(self.truth.index), self.truth, color=other, label="truth")
        label_dates(ax, self.history.index)
        ax.set(ylabel=self.name, title=self.title)


def _truth(truth, panel, place, column, ahead):
    """What `truth` says of the dates ahead; of an array, its first rows."""
    columns = panel.columns
    if hasattr(truth, "columns") and isinstance(panel.series[0].like, pd.DataFrame):
        columns = replace(columns, values=tuple(panel.targets))
    # Of a few rows the step may be another one.
    known = read_panel(truth, columns, missing="interpolate", known=panel, name="truth")
    if panel.ids is not None:
        if panel.ids[place] not in known.ids:
            raise ValueError(f"truth has no series {panel.ids[place]!r}.")
        found = known.series[known.ids.index(panel.ids[place])]
    else:
        found = known.series[place]
    values = pd.Series(found.values[:, column], found.index)
    if not found.is_dated:
        return values[: len(ahead)].set_axis(ahead[: len(values)])
    return values[values.index.isin(ahead)]
