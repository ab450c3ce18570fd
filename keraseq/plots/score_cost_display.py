"""Score against cost: what is bought with what."""

from keraseq._checks import check_choice, import_extra
from keraseq._colours import GREY, assign_colours
from keraseq.comparison.costs import COSTS, telling_cost
from keraseq.plots._axes import MANY
from keraseq.plots._display import Display, check_any_score
from keraseq.plots._names import in_legend, name_places


class ScoreCostDisplay(Display):
    """Each model's score, with its 95 % interval, against what it costs.

    Entries without that cost, such as a baseline's parameters, are dashed lines.

    Parameters
    ----------
    table : DataFrame
        Of a comparison.
    metric : str
    cost : str
        A column of the table.
    colours : dict of str to colour

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
    """

    def __init__(self, table, *, metric, cost, colours):
        self.table = table
        self.metric = metric
        self.cost = cost
        self.colours = colours

    @classmethod
    def from_comparison(cls, result, *, cost=None, ax=None):
        """Draw a :class:`keraseq.comparison.Comparison`.

        Parameters
        ----------
        result : Comparison
        cost : str, optional
            A column of the table; the first of parameters, flops and seconds by which the models
            differ by default.
        ax : matplotlib Axes, optional

        Raises
        ------
        ValueError
            If `cost` is no cost that was measured, or no fit succeeded, so that there is no score.
        """
        check_any_score(result)
        cost = telling_cost(result.table) if cost is None else cost
        check_choice("cost", cost, [name for name in COSTS if name in result.table])
        return cls(
            result.table.dropna(subset=["score"]),
            metric=result.metric,
            cost=cost,
            colours=assign_colours(result.scores.columns, grey=result.baselines),
        ).plot(ax=ax)

    def _size(self):
        width, height = super()._size()
        return (width, height) if len(self.table) <= MANY else (1.4 * width, 1.6 * height)

    def _draw(self, ax):
        points = self.table.dropna(subset=[self.cost])
        many = len(self.table) > MANY
        for name, row in points.iterrows():
            half = None if row.isna()["low"] else [[row.score - row.low], [row.high - row.score]]
            ax.errorbar(
                float(row[self.cost]),
                row.score,
                yerr=half,
                fmt="D" if row.baseline else "o",
                mfc="white" if row.baseline else None,
                color=self.colours.get(name, GREY),
                capsize=3,
                label=None if many else in_legend(name),
            )
        for name, row in self.table.drop(points.index).iterrows():
            colour = self.colours.get(name, GREY)
            style = {"color": colour, "linestyle": "--", "linewidth": 1}
            ax.axhline(row.score, label=in_legend(name), **style)
        values = points[self.cost].astype(float)
        if len(values) and values.min() > 0 and values.max() / values.min() > 20:
            ax.set_xscale("log")
        elif len(values) and values.max() < 1.2 * values.min():
            # Models of one budget: the small differences between them are no finding.
            ax.set_xlim(0.8 * values.min(), 1.2 * values.max())
        cost = COSTS[self.cost]
        if cost.is_count:
            ax.xaxis.set_major_formatter(import_extra("matplotlib.ticker", "plot").EngFormatter())
        if many:
            name_places(
                ax,
                [
                    (float(row[self.cost]), row.score, name, self.colours.get(name, GREY))
                    for name, row in points.iterrows()
                ],
            )
        ax.set(xlabel=cost.label, ylabel=self.metric, title=f"{self.metric} against {cost.short}")
