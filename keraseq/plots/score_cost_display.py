"""Score against cost: what is bought with what."""

from keraseq._checks import check_choice
from keraseq.plots._axes import colours, legend_beside, take_axes

_LABELS = {
    "parameters": "trainable weights",
    "flops": "floating-point operations a sequence",
    "seconds": "seconds to fit",
    "latency_ms": "milliseconds to predict one row",
    "latency_per_row_ms": "milliseconds a row among many",
    "epochs": "epochs",
    "memory_mb": "memory, MB",
}


class ScoreCostDisplay:
    """Each model's score, with its 95 % interval, against what it costs.

    Entries without that cost, such as a baseline's parameters, are dashed lines.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
    """

    def __init__(self, table, *, metric, cost):
        self.table = table
        self.metric = metric
        self.cost = cost

    @classmethod
    def from_comparison(cls, result, *, cost="parameters", ax=None):
        """Draw a :class:`keraseq.comparison.Comparison`.

        Raises
        ------
        ValueError
            If `cost` is no cost that was measured.
        """
        check_choice("cost", cost, [name for name in _LABELS if name in result.table])
        return cls(result.table.dropna(subset=["score"]), metric=result.metric, cost=cost).plot(
            ax=ax
        )

    def plot(self, ax=None):
        ax = take_axes(ax)
        points = self.table.dropna(subset=[self.cost])
        colour = colours(self.table.index)
        for name, row in points.iterrows():
            half = None if row.isna()["low"] else [[row.score - row.low], [row.high - row.score]]
            x = float(row[self.cost])
            ax.errorbar(
                x,
                row.score,
                yerr=half,
                fmt="s" if row.baseline else "o",
                color=colour[name],
                capsize=3,
                label=name,
            )
        for name, row in self.table.drop(points.index).iterrows():
            ax.axhline(row.score, color=colour[name], linestyle="--", linewidth=1, label=name)
        values = points[self.cost].astype(float)
        if len(values) and values.min() > 0 and values.max() / values.min() > 20:
            ax.set_xscale("log")
        elif len(values) and values.max() < 1.2 * values.min():
            # Models of one budget: the small differences between them are no finding.
            ax.set_xlim(0.8 * values.min(), 1.2 * values.max())
        ax.set(xlabel=_LABELS[self.cost], ylabel=self.metric)
        legend_beside(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self
