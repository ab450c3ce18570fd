"""Who wins, by how much, and who cannot be told apart."""

from keraseq import _format
from keraseq._colours import GREY, assign_colours
from keraseq.comparison.ranking import alike_stretches, columns_of, far_below, judged_pairs
from keraseq.plots._axes import draw_stretches, explain_stretches
from keraseq.plots._display import Display, check_any_score
from keraseq.plots._names import plain


class RankingDisplay(Display):
    """Models by score, the best first, with 95 % intervals; baselines are grey, and lines.

    Bars at the right join neighbours of whom no pair differs detectably. A baseline far below all
    others is an arrow.

    Parameters
    ----------
    table : DataFrame
        Of a comparison: score, low, high and baseline of each model, the best first.
    judged : dict
        Of :func:`keraseq.comparison.ranking.judged_pairs`; empty for none.
    metric : str
    colours : dict of str to colour
    n_runs : int, optional

    Attributes
    ----------
    stretches : list of Stretch
    ax_, figure_ : matplotlib Axes and Figure
    """

    def __init__(self, table, judged, *, metric, colours, n_runs=None):
        self.table = table.dropna(subset=["score"])
        self.stretches = alike_stretches(list(self.table.index), judged) if judged else []
        self.metric = metric
        self.colours = colours
        self.n_runs = n_runs

    @classmethod
    def from_comparison(cls, result, *, ax=None):
        """Draw a :class:`keraseq.comparison.Comparison`.

        Raises
        ------
        ValueError
            If no fit succeeded, so that there is no score.
        """
        check_any_score(result)
        return cls(
            result.table,
            judged_pairs(result.significance) if result.n_runs > 1 else {},
            metric=result.metric,
            colours=assign_colours(result.scores.columns, grey=result.baselines),
            n_runs=result.n_runs,
        ).plot(ax=ax)

    def _size(self):
        return 7.5, 0.3 * len(self.table) + 1.7

    def _draw(self, ax):
        beyond = far_below(self.table)
        for row, (name, model) in enumerate(self.table.iterrows()):
            if name in beyond:
                # At the left edge, wherever that will be.
                edge = ax.get_yaxis_transform()
                ax.plot(0.01, row, "<", color=self.colours.get(name, GREY), transform=edge)
            else:
                self._draw_row(ax, row, name, model)
        columns = columns_of(self.stretches)
        scores = self.table["score"].items()
        labels = [plain(f"{name}  {_format.score(score)}") for name, score in scores]
        ax.set_yticks(range(len(labels)), labels)
        ax.set_ylim(len(labels) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines[["left", "right", "top"]].set_visible(False)
        ax.margins(x=0.04)
        draw_stretches(ax, columns)
        few = "" if self.n_runs is None else f", {self.n_runs} run{'s' * (self.n_runs != 1)}"
        n_models = int((~self.table["baseline"].astype(bool)).sum())
        ax.set_title(f"{n_models} model{'s' * (n_models != 1)} by {self.metric}{few}")
        ax.set_xlabel(f"{self.metric}, 95 % interval{explain_stretches(columns)}", fontsize="small")

    def _draw_row(self, ax, row, name, model):
        colour = self.colours.get(name, GREY)
        if model.baseline:
            ax.axvline(model.score, color=colour, linestyle="--", linewidth=0.9, zorder=0)
        if model.low == model.low:
            ax.hlines(row, model.low, model.high, color=colour, linewidth=2.5, alpha=0.6)
        face = "white" if model.baseline else colour
        ax.plot(model.score, row, "D" if model.baseline else "o", color=colour, mfc=face)
