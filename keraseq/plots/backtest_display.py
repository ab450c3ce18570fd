"""Forecasts of the past beside what came."""

import pandas as pd

from keraseq._checks import check_choice
from keraseq.plots._axes import colours, legend_beside, take_axes
from keraseq.plots._series_axes import choose, label_dates, positions


class BacktestDisplay:
    """The forecasts of a backtest over the truth, or an error measure by step ahead.

    Parameters
    ----------
    forecasts : DataFrame
        Of one series and target; see :class:`Backtest`.
    scores : DataFrame
        A row for each model and step.
    models : list of str
    metric : str, optional
        Draw this column of the scores in place of the forecasts.
    coverage : float, optional
        Claimed by the intervals.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
    """

    def __init__(self, forecasts, scores, *, models, metric=None, coverage=None):
        self.forecasts = forecasts
        self.scores = scores
        self.models = models
        self.metric = metric
        self.coverage = coverage

    @classmethod
    def from_backtest(cls, result, *, metric=None, models=None, series=None, target=None, ax=None):
        """Draw what :meth:`keraseq.SequenceForecaster.backtest` gave.

        Parameters
        ----------
        result : Backtest
        metric : {"MAE", "RMSE", "MSE", "MASE", "sMAPE", "pinball", "coverage"}, optional
            Draw it by step ahead, over all series and targets; the forecasts by default.
        models : list of str, optional
            All for a metric; for the forecasts the forecaster and the seasonal naive (or naive)
            rival.
        series, target : optional
            Which to draw the forecasts of; the first by default.
        ax : matplotlib Axes, optional

        Raises
        ------
        ValueError
            For a model, series, target or metric that is not there.
        """
        table = result.forecasts
        known = list(table["model"].unique())
        if models is None:
            rival = "seasonal_naive" if "seasonal_naive" in known else "naive"
            models = known if metric is not None else [known[0], rival]
        for model in models:
            check_choice("models", model, known)
        scores = result.score_by("model", "step")
        if metric is not None:
            check_choice("metric", metric, [c for c in scores.columns if c != "n_forecasts"])
        if "series" in table:
            table = table[table["series"] == choose("series", series, table["series"].unique())]
        table = table[table["target"] == choose("target", target, table["target"].unique())]
        return cls(
            table, scores, models=list(models), metric=metric, coverage=result.coverage
        ).plot(ax=ax)

    def plot(self, ax=None):
        """Draw on `ax`, or on a new figure."""
        ax = take_axes(ax, size=(8, 4.2))
        if self.metric is None:
            self._plot_forecasts(ax)
        else:
            self._plot_metric(ax)
        legend_beside(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _plot_forecasts(self, ax):
        table = self.forecasts
        truth = table.drop_duplicates("date").sort_values("date")
        index = pd.Index(truth["date"])
        ax.plot(positions(index), truth["truth"], color="0.25", linewidth=1, label="truth")
        for model, colour in colours(self.models).items():
            label, end = model, None
            for _, one in table[table["model"] == model].groupby("origin", sort=True):
                # Of origins closer together than the horizon, those whose forecasts do not overlap.
                if end is not None and one["date"].iloc[0] <= end:
                    continue
                end = one["date"].iloc[-1]
                dates = positions(pd.Index(one["date"]))
                ax.plot(dates, one["forecast"], color=colour, linewidth=1.2, label=label)
                if one["lower"].notna().any():
                    band = None if label is None else f"{self.coverage:.0%} interval"
                    ax.fill_between(
                        dates,
                        one["lower"],
                        one["upper"],
                        color=colour,
                        alpha=0.15,
                        linewidth=0,
                        label=band,
                    )
                label = None
        label_dates(ax, index)
        ax.set_ylabel(str(table["target"].iloc[0]))

    def _plot_metric(self, ax):
        for model, colour in colours(self.models).items():
            line = self.scores.loc[model][self.metric].dropna()
            marker = "o" if len(line) < 15 else None
            if len(line):
                ax.plot(line.index, line, color=colour, marker=marker, label=model)
        if self.metric == "coverage" and self.coverage is not None:
            ax.axhline(self.coverage, color="0.5", linestyle="--", linewidth=1, label="claimed")
        ax.set_xlabel("steps ahead")
        ax.set_ylabel(self.metric)
