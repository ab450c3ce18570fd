"""Forecasts of the past beside what came."""

import pandas as pd

from keraseq._checks import check_choice
from keraseq._colours import assign_colours
from keraseq.plots._display import Display, titled
from keraseq.plots._names import in_legend
from keraseq.plots._series_axes import choose, label_dates, positions


class BacktestDisplay(Display):
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
    series : optional
        That the forecasts are of, where there are several.
    colours : dict of str to colour, optional
        By model.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
    """

    def __init__(
        self, forecasts, scores, *, models, metric=None, coverage=None, series=None, colours=None
    ):
        self.forecasts = forecasts
        self.scores = scores
        self.models = models
        self.metric = metric
        self.coverage = coverage
        self.series = series
        self.colours = assign_colours(models) if colours is None else colours

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
            series = choose("series", series, table["series"].unique())
            table = table[table["series"] == series]
        table = table[table["target"] == choose("target", target, table["target"].unique())]
        return cls(
            table.infer_objects(),  # dates, of which those of all series may be objects
            scores,
            models=list(models),
            metric=metric,
            coverage=result.coverage,
            series=series,
            colours=assign_colours(known),
        ).plot(ax=ax)

    def _size(self):
        return 8, 4.2

    def _draw(self, ax):
        if self.metric is None:
            self._plot_forecasts(ax)
        else:
            self._plot_metric(ax)

    def _plot_forecasts(self, ax):
        table = self.forecasts
        truth = table.drop_duplicates("date").sort_values("date")
        index = pd.Index(truth["date"])
        ax.plot(positions(index), truth["truth"], color="0.25", linewidth=1, label="truth")
        for model in self.models:
            colour = self.colours[model]
            label, end = in_legend(model), None
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
        target = str(table["target"].iloc[0])
        ax.set(ylabel=target, title=titled(f"Forecasts of {target} and what came", self.series))

    def _plot_metric(self, ax):
        for model in self.models:
            colour = self.colours[model]
            line = self.scores.loc[model][self.metric].dropna()
            marker = "o" if len(line) < 15 else None
            if len(line):
                ax.plot(line.index, line, color=colour, marker=marker, label=in_legend(model))
        if self.metric == "coverage" and self.coverage is not None:
            ax.axhline(self.coverage, color="0.5", linestyle="--", linewidth=1, label="claimed")
        title = titled(f"{self.metric} by steps ahead", "all series and targets")
        ax.set(xlabel="steps ahead", ylabel=self.metric, title=title)
