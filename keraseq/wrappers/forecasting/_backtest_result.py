"""What a backtest gives: a tidy frame of forecasts, and its scores."""

import html
import textwrap
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import mean_pinball_loss

from keraseq._checks import check_choice

_KEYS = ("series", "target", "model", "origin", "date", "step")
_PRINTED_WIDTH = 80
_NAIVE = ("naive", "seasonal_naive", "drift")


@dataclass(frozen=True, repr=False)
class Backtest:
    """What a backtest gives; printed, its scores.

    Attributes
    ----------
    forecasts : DataFrame
        A row for each model, series, origin, target and step: series (where there are several),
        target, model, origin (the last row known), date, step, forecast, lower, upper, truth, and
        scale (which MASE divides by: the seasonal naive error within the training part).
    scores : DataFrame
        A row for each model: MAE, RMSE, MSE, MASE, sMAPE (in percent), pinball (mean over
        the lower end, the forecast and the upper end), coverage, n_forecasts. MASE is NaN where
        training repeats itself exactly.
    coverage : float or None
        Claimed by the intervals.
    season : int
    """

    forecasts: pd.DataFrame
    coverage: float | None
    season: int

    @property
    def scores(self):
        return self.score_by("model")

    def score_by(self, *columns):
        """Return the scores of each model for each value of these columns.

        Parameters
        ----------
        *columns : {"step", "series", "target", "origin", "date", "model"}
            Models are never averaged: they come first where they are not named.

        Returns
        -------
        DataFrame
        """
        return _score_table(self.forecasts, columns, self.coverage)

    def __repr__(self):
        table = _written(self.scores.drop(columns="MSE")).rename_axis(None)
        table.index = [textwrap.shorten(str(name), 30, placeholder="...") for name in table.index]
        return f"{self._title()}\n{table.to_string(line_width=_PRINTED_WIDTH)}"

    def _repr_html_(self):
        table = _written(self.scores).rename_axis(None).to_html(border=0)
        return f"<p>{html.escape(self._title())}</p>\n{table}"

    def _title(self):
        table = self.forecasts
        origins = table["origin"].drop_duplicates()
        first, *others = (name for name in table["model"].unique() if name not in _NAIVE)
        parts = [
            f"{first} beside {', '.join([*others, 'naive forecasts'])}",
            f"{len(origins)} origins{_range(origins)}",
            f"horizon {table['step'].max()}, season {self.season}",
        ]
        if "series" in table:
            parts.insert(1, f"{table['series'].nunique()} series")
        if self.coverage is not None:
            parts.append(f"intervals of {self.coverage:.0%}")
        return textwrap.fill("Backtest: " + "; ".join(parts), _PRINTED_WIDTH)

    def plot(self, **arguments):
        """Draw it: :meth:`keraseq.plots.BacktestDisplay.from_backtest`."""
        from keraseq.plots.backtest_display import BacktestDisplay

        return BacktestDisplay.from_backtest(self, **arguments)


def _score_table(forecasts, by, coverage):
    """Average errors over the rows of each group; rows whose truth nobody knows count in none.

    Parameters
    ----------
    forecasts : DataFrame
        Of :class:`Backtest`.
    by : sequence of str
        Columns to group by; the model always is one, the first where it is not named.
    coverage : float or None
        Claimed by the intervals.

    Returns
    -------
    DataFrame
        MAE, RMSE, MSE, MASE, sMAPE, pinball, coverage, n_forecasts.

    Raises
    ------
    ValueError
        For a column that groups nothing.
    """
    present = [key for key in _KEYS if key in forecasts]
    for column in by:
        check_choice("score_by", column, present)
    by = list(by) if "model" in by else ["model", *by]
    truth, forecast = forecasts["truth"], forecasts["forecast"]
    error = forecast - truth
    size = truth.abs() + forecast.abs()
    rows = {
        "MAE": error.abs(),
        "MSE": error**2,
        "MASE": error.abs() / forecasts["scale"],
        # Nothing forecast where nothing came is no error.
        "sMAPE": (200 * error.abs() / size).where(size != 0, 0.0),
    }
    if coverage is not None:
        lower, upper = forecasts["lower"], forecasts["upper"]
        tail = (1 - coverage) / 2
        rows["pinball"] = (
            _pinball(truth, lower, tail)
            + _pinball(truth, forecast, 0.5)
            + _pinball(truth, upper, 1 - tail)
        ) / 3
        inside = ((lower <= truth) & (truth <= upper)).astype(float)
        rows["coverage"] = inside.where(lower.notna() & truth.notna())
    rows["n_forecasts"] = truth.notna()
    groups = pd.DataFrame(rows).groupby([forecasts[c] for c in by], sort=False, observed=True)
    scores = groups.mean()
    scores.insert(1, "RMSE", np.sqrt(scores["MSE"]))
    scores["n_forecasts"] = groups["n_forecasts"].sum()
    return scores


def _pinball(truth, forecast, level):
    """The pinball loss of each row; NaN where a value is unknown."""
    known = truth.notna() & forecast.notna()
    losses = pd.Series(np.nan, truth.index)
    if known.any():
        # Of one row of outputs, so that each is given and not their mean.
        pair = [truth[known]], [forecast[known]]
        losses[known] = mean_pinball_loss(*pair, alpha=level, multioutput="raw_values")
    return losses


def _written(scores):
    """The scores as people read them: four digits, nothing for NaN, coverage in percent."""
    return scores.apply(
        lambda column: column.map("{:.1%}".format if column.name == "coverage" else _digits)
    ).where(scores.notna(), "")


def _digits(value):
    if 1000 <= abs(value) < 1e15 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:#.4g}"


def _range(origins):
    """From the first to the last, where they compare: a list may hold series of any index."""
    try:
        return f" from {_day(origins.min())} to {_day(origins.max())}"
    except (TypeError, ValueError):
        return ""


def _day(date):
    return str(date).removesuffix(" 00:00:00")
